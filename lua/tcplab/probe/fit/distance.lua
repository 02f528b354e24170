-- SPDX-License-Identifier: MIT
-- How far two answers lie apart: 0 where they are alike, 1 for each value that has nothing of the other's.

local wheel = require "tcplab.probe.wheel"

local distance = {}

local LEAST <const> = 0.01 -- of what is not alike

local function numbers(a, b, slack)
  if a == b or math.abs(a - b) <= slack + 1e-9 then return 0 end
  return math.max(LEAST, math.abs(a - b) / (math.abs(a) + math.abs(b)))
end

local function items(a, b, slack)
  if type(a) == "number" and type(b) == "number" then return numbers(a, b, math.type(a) == "float" and slack or 0) end
  return a == b and 0 or 1
end

local function has_words(list) return type(list[1]) == "string" end

-- Of words, how many have to be put in, left out or changed.
local function edits(a, b)
  local row = {}
  for j = 0, #b do row[j] = j end
  for i = 1, #a do
    local corner = row[0]
    row[0] = i
    for j = 1, #b do
      local changed = corner + (a[i] == b[j] and 0 or 1)
      corner, row[j] = row[j], math.min(changed, row[j] + 1, row[j - 1] + 1)
    end
  end
  return row[#b]
end

local function lists(a, b, slack)
  local longer = math.max(#a, #b)
  if longer == 0 then return 0 end
  if has_words(a) or has_words(b) then return edits(a, b) / longer end
  local sum = 0
  for i = 1, longer do sum = sum + items(a[i], b[i], slack(a, i)) end
  return sum / longer
end

local function none() return 0 end

---@param real boolean?  the first was taken by a real clock
function distance.value(a, b, real)
  local slack = real and wheel.slack or none
  if type(a) == "table" and type(b) == "table" then return lists(a, b, slack) end
  return items(a, b, math.type(a) == "float" and slack(a) or 0)
end

---@param row tcplab.probe.row
---@param other tcplab.probe.row?  nil: there was no answer
---@param real boolean?
---@return number
function distance.row(row, other, real)
  local sum = 0
  for _, name in ipairs(row.order) do sum = sum + (other and distance.value(row.values[name], other.values[name], real) or 1) end
  return sum
end

return distance
