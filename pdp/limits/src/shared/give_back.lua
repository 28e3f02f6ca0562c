-- Gives back a part of what was taken. What is above this line sets `now`, in microseconds; the states are those that the
-- script of charges keeps.
--
-- KEYS: a bucket each. ARGV: five numbers for each of them: how it counts, how much comes back, the window (of a sliding
-- one the cell), when it was taken or the end of the window in which it was, and what a bucket gains in its window.

local WIDTH = 5
local CELLS = 60

local function int(number) return string.format('%.0f', number) end

-- Only to the window that is still the current one.
local function aligned(held, of)
    local finish, used = string.match(held, '^(%d+) (%d+)$')
    if tonumber(finish) ~= of.taken then return held end
    return finish .. ' ' .. int(math.max(tonumber(used) - of.cost, 0))
end

-- To what was used of all periods.
local function adding(held, of)
    local finish, used = string.match(held, '^(%d+) (%d+)$')
    return finish .. ' ' .. int(math.max(tonumber(used) - of.cost, 0))
end

-- To the cell of that time, no more than is in it.
local function sliding(held, of)
    local at, number, rest = string.match(held, '^(%d+) (%d+)(.*)$')
    local ago = math.max(tonumber(number) - math.floor(of.taken / of.window), 0)
    local text = at .. ' ' .. number
    for cell, count in string.gmatch(rest, ' (%d+):(%d+)') do
        local used = tonumber(count)
        if tonumber(cell) == ago then used = math.max(used - of.cost, 0) end
        if used > 0 then text = text .. ' ' .. cell .. ':' .. int(used) end
    end
    return text
end

-- Whole tokens, and none that the bucket may have gained in their place; one less lest a double round in its favour.
local function bucket(held, of)
    local at, missing, parts = string.match(held, '^(%d+) (%d+) (%d+)$')
    local passed = math.max(now - of.taken, 0)
    local gained = passed > 0 and math.ceil(of.gains * passed / of.window) + 1 or 0
    local left = tonumber(missing) - math.max(of.cost - gained, 0)
    if left < 0 then return at .. ' 0 0' end
    return at .. ' ' .. int(left) .. ' ' .. parts
end

local gives = { window = aligned, adding = adding, sliding = sliding, bucket = bucket }
for i = 1, #KEYS do
    local held, left = redis.call('GET', KEYS[i]), redis.call('PTTL', KEYS[i])
    if held and left > 0 then
        local function argument(n) return tonumber(ARGV[(i - 1) * WIDTH + n]) end
        local of = { cost = argument(2), window = argument(3), taken = argument(4), gains = argument(5) }
        redis.call('SET', KEYS[i], gives[ARGV[(i - 1) * WIDTH + 1]](held, of), 'PX', left)
    end
end
return now
