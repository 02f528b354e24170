-- SPDX-License-Identifier: MIT
-- What an option might be, so that an answer comes out as it did: what some profile has, the other choices, and numbers that the answer itself tells.

local tunables = require "tcplab.connection.tunables"

local candidates = {}

local COUNT <const> = 1000 -- no count that an answer tells is above
local SMALL <const>, SCALE <const> = 16, 14 -- counts that are tried in any case; the largest window scale
local BYTES <const>, TICK <const> = 64, 0.01 -- and no size, and no time, below

local function in_range(option, value)
  if type(value) ~= "number" then return true end
  return value >= option.minimum and value <= option.maximum
end

-- Numbers of an answer that could be a value of the unit, by their own size or one more or less.
local TOLD = {}

function TOLD.count(value, add)
  if math.type(value) ~= "integer" or value > COUNT then return end
  for _, near in ipairs { value, value - 1, value + 1 } do add(near) end
end

-- A window scale too tells a size.
function TOLD.bytes(value, add)
  if math.type(value) ~= "integer" then return end
  if value >= BYTES then add(value) elseif value >= 0 and value <= SCALE then add(0xffff << value) end
end

function TOLD.seconds(value, add)
  if math.type(value) == "float" and value >= TICK then add(value) end
end

local function rounded(seconds) return (seconds * 1000 + 0.5) // 1 / 1000 end

-- The time between two, and how much more that is than twice the one before.
local function each_step(list, i, f)
  local before, this, after = list[i - 1] or 0.0, list[i], list[i + 1]
  if math.type(this) ~= "float" or math.type(after) ~= "float" or math.type(before) ~= "float" then return end
  f(rounded(after - this))
  f(rounded(after - this - 2 * (this - before)))
end

-- Each number of an answer, of a list also its length and the first steps.
local function each_number(values, order, f)
  for _, name in ipairs(order) do
    local value = values[name]
    if type(value) ~= "table" then
      if value ~= nil then f(value) end
    else
      f(#value)
      for i = 1, math.min(#value, 4) do
        f(value[i])
        each_step(value, i, f)
      end
    end
  end
end

local function told(option, row, add)
  local by_unit = TOLD[option.unit]
  if by_unit then each_number(row.values, row.order, function(value) by_unit(value, add) end) end
end

-- Profiles' values in the profiles' order.
local function profiles_values(option, names, add)
  for _, name in ipairs(names) do add(option.default[name]) end
end

-- A list into which each value goes once.
local function collection(option)
  local list, met = {}, {}
  return list, function(value)
    if value == nil or met[value] or not in_range(option, value) then return end
    met[value] = true
    list[#list + 1] = value
  end
end

---What differs enough from one another that an answer that heeds the option at all is another with one of them.
---@param option tcplab.option
---@param names string[]  the profiles to look at
---@return any[] values
function candidates.samples(option, names)
  local list, add = collection(option)
  profiles_values(option, names, add)
  for _, choice in ipairs(option.choices or {}) do add(choice) end
  if option.unit == "boolean" then
    add(true)
    add(false)
  elseif not option.choices and list[1] then
    for _, value in ipairs { list[1] * 2, list[1] // 2, list[1] // 16, option.unit == "seconds" and 0.2 or 1 } do add(value) end
  end
  return list
end

---@param option tcplab.option
---@param row tcplab.probe.row  the answer that is wanted
---@param names string[]        the profiles to look at
---@return any[] values  each once
function candidates.of(option, row, names)
  local list, add = collection(option)
  for _, value in ipairs(candidates.samples(option, names)) do add(value) end
  if option.unit == "count" then
    for value = 0, SMALL do add(value) end
  end
  told(option, row, add)
  return list
end

---Every option there is.
---@return tcplab.option[]
function candidates.options() return tunables.list() end

return candidates
