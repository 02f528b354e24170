-- SPDX-License-Identifier: MIT
-- Where two sheets part.

local wheel = require "tcplab.probe.wheel"

---A value that two sheets have not alike.
---@class tcplab.probe.difference
---@field question string
---@field value string  its name
---@field first any
---@field second any

local ROUNDING <const> = 1e-9

local function is_time(value) return math.type(value) == "float" end

local function item(value, at)
  if type(value) == "table" then return value[at] end
  return value
end

-- slack: how far apart a time of the second's may lie; counts and words may not at all.
local function alike(first, second, at, slack)
  local a, b = item(first, at), item(second, at)
  if not (is_time(a) and is_time(b)) then return a == b end
  return math.abs(a - b) <= math.max(slack(first, at), slack(second, at)) + ROUNDING
end

local function same(first, second, slack)
  if type(first) ~= "table" or type(second) ~= "table" then
    return type(first) == type(second) and alike(first, second, nil, slack)
  end
  for i = 1, math.max(#first, #second) do
    if not alike(first, second, i, slack) then return false end
  end
  return true
end

local function none() return 0 end

---@param first tcplab.probe.sheet
---@param second tcplab.probe.sheet
---@param tolerance? number  seconds that times may differ by; without: none between labs, and what timers' grains make where a real clock ran
---@return tcplab.probe.difference[]
---@return integer count  how many values were compared
return function(first, second, tolerance)
  local others, list, count = {}, {}, 0
  local slack = tolerance and function() return tolerance end or (first.real or second.real) and wheel.slack or none
  for _, row in ipairs(second) do others[row.question] = row end
  for _, row in ipairs(first) do
    local other = others[row.question]
    for _, name in ipairs(other and other.order or {}) do
      count = count + 1
      if not same(row.values[name], other.values[name], slack) then
        list[#list + 1] = { question = row.question, value = name, first = row.values[name], second = other.values[name] }
      end
    end
  end
  return list, count
end
