-- Charges all limits of a request, or none, and takes what a node may let through by itself for a while: its leases. Redis
-- runs a script as a whole: nothing comes in between.
--
-- KEYS: a bucket each, then for each of them its leases. ARGV: eleven numbers for each bucket, eight as the script of
-- charges has them, then whether the node's lease is looked after, how much of it is left, which comes back, and how much
-- to take ahead where there is room behind the request. Then the node, and for how many milliseconds a lease holds.
-- Gives the time, 1 where all have room and 0 else, and four numbers for each bucket: how it stands, and what was taken
-- ahead; the time alone where a calendar was given that it doesn't lie in.
--
-- Kept of a lease, under its node: how much was taken, when or in which window, and until when it holds. One that holds no
-- more comes back whole: its node, which gives back what is left in time, was not there to do so.

local WIDTH = 11

local count = #KEYS / 2
local node, holds = ARGV[count * WIDTH + 1], tonumber(ARGV[count * WIDTH + 2])
local all, admitted = {}, true
for i = 1, count do
    local function argument(n) return tonumber(ARGV[(i - 1) * WIDTH + n]) end
    local held = redis.call('GET', KEYS[i])
    local state = state_of(held, ARGV[(i - 1) * WIDTH + 1], argument)
    if not state then return { now } end
    state.looks_after, state.ahead, state.gone = argument(9) == 1, argument(11), {}
    local leases = redis.call('HGETALL', KEYS[count + i])
    for n = 1, #leases, 2 do
        local amount, taken, ends = string.match(leases[n + 1], '^(%d+) (%d+) (%d+)$')
        local is_own = state.looks_after and leases[n] == node
        if is_own or tonumber(ends) <= now then
            local returned = tonumber(amount)
            if is_own then returned = math.min(returned, argument(10)) end
            state.back(returned, tonumber(taken))
            state.gone[#state.gone + 1] = leases[n]
        end
    end
    state.changed = #state.gone > 0
    state.room = state.cost <= state.left()
    all[i], admitted = state, admitted and state.room
end

local answer = { now, admitted and 1 or 0 }
for i = 1, count do
    local state, ahead = all[i], 0
    if admitted then
        ahead = math.min(state.ahead, state.left() - state.cost)
        if state.cost + ahead > 0 then
            state.take(state.cost + ahead)
            state.changed = true
        end
    end
    if #state.gone > 0 then redis.call('HDEL', KEYS[count + i], unpack(state.gone)) end
    if state.changed or state.moved then
        local milliseconds = keep(KEYS[i], state)
        if ahead > 0 then
            local lease = int(ahead) .. ' ' .. int(state.taken()) .. ' ' .. int(now + holds * 1000)
            redis.call('HSET', KEYS[count + i], node, lease)
            -- For as long as the bucket: what is forgotten of it before stays taken.
            redis.call('PEXPIRE', KEYS[count + i], int(math.max(milliseconds, holds)))
        end
    end
    local first, second, third = state.stand(admitted and 0 or state.cost)
    answer[#answer + 1] = first
    answer[#answer + 1] = second
    answer[#answer + 1] = third
    answer[#answer + 1] = ahead
end
return answer
