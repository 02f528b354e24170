-- SPDX-License-Identifier: MIT
-- How far apart two times may lie that one rule gave, where a kernel's timer wheel rounds them up and this process reads its clock late.

local wheel = {}

local JIFFY <const> = 0.004 -- seconds, at HZ 250
local LEVEL <const> = 64    -- slots of a level; each level's are eight times as wide as those of the one before
local WIDER <const>, LEVELS <const> = 8, 6
local LATE <const> = 0.010  -- seconds: how late this process may read its clock
local SHORTEST <const> = 0.2 -- seconds: no timer that backs off begins with less

---How wide the slots are that a timer of so many seconds ends in: 4 ms below 0.256 s, 32 ms below 2.048 s, 256 ms below 16.384 s, and so on.
---@param seconds number
---@return number seconds
function wheel.grain(seconds)
  local grain, reach = JIFFY, JIFFY * LEVEL
  for _ = 2, LEVELS do
    if seconds < reach - 1e-9 then return grain end
    grain, reach = grain * WIDER, reach * WIDER
  end
  return grain
end

-- A lone time is one timer's, or that of several each of which lasted twice as long as the one before: each is late by its grain.
local function of_one(seconds)
  if seconds < 2 * SHORTEST then return wheel.grain(seconds) end
  local sum, step = 0, seconds / 2
  while step >= SHORTEST / 2 do
    sum, step = sum + wheel.grain(step), step / 2
  end
  return math.max(sum, wheel.grain(seconds))
end

local function rises(list)
  for i = 2, #list do
    if math.type(list[i]) ~= "float" or math.type(list[i - 1]) ~= "float" or list[i] <= list[i - 1] then return false end
  end
  return #list > 1
end

---How far a value may lie from another's: of a time one grain, and 10 ms for this process; in a list of times that rise, the sum of the grains of the
---steps up to it, each of which was a timer's.
---@param value number|number[]  a time, or a list that holds the one at `at`
---@param at? integer
---@return number seconds
function wheel.slack(value, at)
  if type(value) ~= "table" then return of_one(value) + LATE end
  if not rises(value) then return of_one(value[at]) + LATE end
  local sum = wheel.grain(value[1])
  for i = 2, at do sum = sum + wheel.grain(value[i] - value[i - 1]) end
  return sum + LATE
end

return wheel
