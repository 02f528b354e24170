-- SPDX-License-Identifier: MIT
-- A question's answer: by a host of some options, or by a profile.

local lab = require "tcplab.probe.subject.lab"
local probe = require "tcplab.probe"
local wheel = require "tcplab.probe.wheel"

local asked = {}

---@param name string
---@param options? string|table  a profile's name, or options; profile rfc9293 without
function asked.of(name, options)
  local question = probe.questions({ name })[1]
  local subject <close> = lab.new(options or "rfc9293", question.rtt)
  return question.ask(subject)
end

-- Times that were measured, and those of a profile: a kernel's timers end on the grid of its wheel, whose phase differs from machine to machine; and
-- its answers take a little, two slots of the finest.
local function is_near(measured, time) return math.abs(measured - time) <= math.max(2 * wheel.grain(0), wheel.grain(measured)) end

---Fails where a profile's value is not what was measured, times (floats) as the timer wheel allows.
function asked.agrees(name, profile, measured)
  local values = asked.of(name, profile)
  for value, wanted in pairs(measured) do -- any one of several will do
    local found = values[value]
    if type(wanted) ~= "table" then wanted, found = { wanted }, { found } end
    local told = ("%s of %s: %s = %s, measured: %s"):format(name, profile, value, table.concat(found or {}, " "), table.concat(wanted, " "))
    assert(#wanted == #found, told)
    for i, each in ipairs(wanted) do
      local fits = each == found[i] or math.type(each) == "float" and math.type(found[i]) == "float" and is_near(each, found[i])
      assert(fits, told)
    end
  end
end

---The profiles of the kernels that were measured, between two of them.
---@param first? string  "5.10" without
---@param last? string   "7.2" without
function asked.kernels(first, last)
  local list, inside = {}, false
  for _, version in ipairs { "5.10", "6.1", "6.12", "6.18", "7.2" } do
    inside = inside or version == (first or "5.10")
    if inside then list[#list + 1] = "linux-" .. version end
    if version == last then break end
  end
  return list
end

---A list of so many times one value, and so on: times(16, 0.0, 14, 0.042).
function asked.times(...)
  local list = {}
  for i = 1, select("#", ...), 2 do
    local count, value = select(i, ...)
    for _ = 1, count do list[#list + 1] = value end
  end
  return list
end

return asked
