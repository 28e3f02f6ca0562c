-- How buckets are kept, and what a charge makes of them: what the scripts of charges and of leases have in common. What is
-- above this line sets `now`, in microseconds.
--
-- All numbers are integers of at most 2^53, which is what a double holds exactly.

-- How far a clock may be set back with the window that was reached staying the current one.
local SET_BACK = 86400000000
local CELLS = 60
-- A bucket that owes nothing is kept for so many milliseconds longer, in case the clock steps.
local SLACK = 10000
-- In microseconds.
local CENTURY = 36525 * 86400 * 1000000
-- Redis refuses what it can't add to its clock: 30,000 years are enough.
local LONGEST = 1000000000000000

local function int(number) return string.format('%.0f', number) end

local function divide(number, by)
    local rest = math.fmod(number, by)
    return (number - rest) / by, rest
end

-- a * b / q with its rest, for a < q <= 2^52 and b <= 2^53. The product needs twice the digits that there are.
local function times(a, b, q)
    if a * b < 9007199254740992 then return divide(a * b, q) end
    local quotient, rest, bit = 0, 0, 1
    while bit * 2 <= b do bit = bit * 2 end
    while bit >= 1 do
        quotient, rest = quotient * 2, rest * 2
        if rest >= q then quotient, rest = quotient + 1, rest - q end
        if b >= bit then
            b, rest = b - bit, rest + a
            if rest >= q then quotient, rest = quotient + 1, rest - q end
        end
        bit = bit / 2
    end
    return quotient, rest
end

-- Windows aligned to a clock. Kept: the end of the window, and what was used in it; of a quota that adds, in all, which is
-- kept for a century after it was last used.
local function aligned(held, of, last, adds)
    local finish, used = -1, 0
    if held then
        finish, used = string.match(held, '^(%d+) (%d+)$')
        finish, used = tonumber(finish), tonumber(used)
    end
    if not (now < finish and finish - now <= SET_BACK + of.window) then
        if last > finish and not adds then used = 0 end
        finish = last
    end
    return {
        left = function() return math.max(of.limit - used, 0) end,
        take = function(cost) used = used + cost end,
        -- What is kept to tell later what was taken now: only the window that it was in has it back.
        taken = function() return finish end,
        back = function(cost, taken) if adds or taken == finish then used = math.max(used - cost, 0) end end,
        kept = function() return int(finish) .. ' ' .. int(used), adds and now + CENTURY or finish end,
        stand = function() return used, finish - now, 0 end,
    }
end

-- Any span of a window's length. Kept: when it was last charged, the number of the newest cell, and what was used in each
-- cell by how many cells ago that was.
local function sliding(held, of)
    local current = divide(now, of.window)
    local newest, moved, used, sum = current, false, {}, 0
    if held then
        local at, number, rest = string.match(held, '^(%d+) (%d+)(.*)$')
        local ago = 0
        if now < tonumber(at) then
            -- The clock was set back, by how much nobody knows: no time has gone by, and one cell more makes sure of it.
            newest, moved = current + 1, true
        else
            newest = math.max(current, tonumber(number))
            ago = newest - tonumber(number)
        end
        for cell, count in string.gmatch(rest, ' (%d+):(%d+)') do
            cell = tonumber(cell) + ago
            if cell < CELLS then
                used[cell] = tonumber(count)
                sum = sum + used[cell]
            end
        end
    end
    local function until_free(cell) return (newest - cell + CELLS) * of.window - now end
    return {
        moved = moved,
        left = function() return math.max(of.limit - sum, 0) end,
        take = function(cost) used[0], sum = (used[0] or 0) + cost, sum + cost end,
        taken = function() return now end,
        back = function(cost, taken)
            local cell = math.max(newest - math.floor(taken / of.window), 0)
            local given = math.min(cost, used[cell] or 0)
            if given > 0 then
                used[cell], sum = used[cell] - given, sum - given
                if used[cell] == 0 then used[cell] = nil end
            end
        end,
        kept = function()
            local text, youngest = int(now) .. ' ' .. int(newest), CELLS
            for cell = CELLS - 1, 0, -1 do
                if used[cell] then text, youngest = text .. ' ' .. cell .. ':' .. int(used[cell]), cell end
            end
            return text, now + until_free(youngest)
        end,
        stand = function(cost)
            local reset, retry, freed = 0, -1, 0
            local lacks = cost - math.max(of.limit - sum, 0)
            for cell = CELLS - 1, 0, -1 do
                if used[cell] then
                    reset, freed = until_free(cell), freed + used[cell]
                    if lacks > 0 and retry < 0 and freed >= lacks then retry = reset end
                end
            end
            if lacks > 0 and retry < 0 then retry = until_free(0) end
            return sum, reset, retry
        end,
    }
end

-- A bucket that gains `gains` tokens in `window` microseconds. Kept: when it was last charged, and what was missing then,
-- in tokens and in parts of a token, of which it has as many as `window` has microseconds.
local function bucket(held, of)
    local missing, parts, moved = 0, 0, false
    if held then
        local at, whole, rest = string.match(held, '^(%d+) (%d+) (%d+)$')
        missing, parts = tonumber(whole), tonumber(rest)
        -- Where the clock was set back, no time has gone by, and it goes by from now on.
        moved = now < tonumber(at)
        local spans, span = divide(math.max(now - tonumber(at), 0), of.window)
        local gained, part = times(span, of.gains, of.window)
        missing, parts = missing - (spans * of.gains + gained), parts - part
        if parts < 0 then missing, parts = missing - 1, parts + of.window end
        if missing < 0 then missing, parts = 0, 0 end
    end
    local function lacking() return missing + (parts > 0 and 1 or 0) end
    return {
        moved = moved,
        left = function() return math.max(of.limit - lacking(), 0) end,
        take = function(cost) missing = missing + cost end,
        taken = function() return now end,
        -- Whole tokens, and none that the bucket may have gained in their place; one less lest a double round in its
        -- favour.
        back = function(cost, taken)
            local passed = math.max(now - taken, 0)
            local gained = passed > 0 and math.ceil(of.gains * passed / of.window) + 1 or 0
            missing = missing - math.max(cost - gained, 0)
            if missing < 0 then missing, parts = 0, 0 end
        end,
        kept = function()
            return int(now) .. ' ' .. int(missing) .. ' ' .. int(parts), now + lacking() / of.gains * of.window
        end,
        stand = function() return missing, parts, 0 end,
    }
end

-- The state of a bucket by its arguments: how it counts, what is to be taken, the limit, the window, and what else there is
-- to know. Nothing where a calendar was given that the time doesn't lie in.
local function state_of(held, kind, argument)
    local of = { cost = argument(2), limit = argument(3), window = argument(4) }
    local state
    if kind == 'window' then
        local number = divide(now, of.window)
        state = aligned(held, of, (number + 1) * of.window)
    elseif kind == 'period' then
        for n = 5, 7 do
            local first, last = argument(n), argument(n + 1)
            if first <= now and now < last then state = aligned(held, of, last) end
        end
        if not state then return nil end
    elseif kind == 'sliding' then
        state = sliding(held, of)
    elseif kind == 'adding' then
        -- The limit is what there is in this period, and in no other.
        if now < argument(6) or argument(7) <= now then return nil end
        state = aligned(held, of, argument(7), true)
    else
        of.gains = argument(5)
        state = bucket(held, of)
    end
    state.cost = of.cost
    state.room = of.cost <= state.left()
    return state
end

local function keep(key, state)
    local text, until_fresh = state.kept()
    local milliseconds = math.min(math.ceil(math.max(until_fresh - now, 0) / 1000) + SLACK, LONGEST)
    redis.call('SET', key, text, 'PX', int(milliseconds))
    return milliseconds
end
