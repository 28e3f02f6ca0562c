-- Charges all limits of a request, or none. Redis runs a script as a whole: nothing comes in between.
--
-- KEYS: a bucket each. ARGV: eight numbers for each of them, beginning with how it counts and what is to be taken.
-- Gives the time, 1 where all have room and 0 else, and three numbers for each bucket that tell how it stands; the time
-- alone where a calendar was given that it doesn't lie in.

local WIDTH = 8

local all, admitted = {}, true
local held = redis.call('MGET', unpack(KEYS))
for i = 1, #KEYS do
    local function argument(n) return tonumber(ARGV[(i - 1) * WIDTH + n]) end
    local state = state_of(held[i], ARGV[(i - 1) * WIDTH + 1], argument)
    if not state then return { now } end
    all[i], admitted = state, admitted and state.room
end

local answer = { now, admitted and 1 or 0 }
for i = 1, #KEYS do
    local state = all[i]
    local takes = admitted and state.cost > 0
    if takes then state.take(state.cost) end
    if takes or state.moved then keep(KEYS[i], state) end
    local first, second, third = state.stand(admitted and 0 or state.cost)
    answer[#answer + 1] = first
    answer[#answer + 1] = second
    answer[#answer + 1] = third
end
return answer
