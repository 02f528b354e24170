-- SPDX-License-Identifier: MIT
-- Descriptors: what the numbers of a script stand for. A call that makes one gets the number that the script expects.

local verdict = require "tcplab.packetdrill.verdict"

---@class tcplab.packetdrill.descriptors
local descriptors = {}
descriptors.__index = descriptors

---@return tcplab.packetdrill.descriptors
function descriptors.new() return setmetatable({}, descriptors) end

---Gives a thing the number that a call expects to get.
---@return integer number
function descriptors:open(thing, call)
  local wanted = call:result_wanted()
  if math.type(wanted) ~= "integer" or wanted < 0 then
    if thing.close then thing:close() end
    return 0 -- the call is expected to fail, and does not
  end
  if self[wanted] then verdict.failed(("the descriptor %d is open already"):format(wanted)) end
  self[wanted] = thing
  return wanted
end

---What a number stands for; nil: nothing.
function descriptors:find(number) return self[number] end

---The same, and the number is free.
function descriptors:take(number)
  local found = self[number]
  self[number] = nil
  return found
end

return descriptors
