-- SPDX-License-Identifier: MIT
-- A hand's pace: so many packets at most over any second. What waits does so after it has sent, so that what it sends next leaves at once.

local check = require "tcplab.base.check"

local pace = {}

---@class tcplab.hand
local methods = { __name = "tcplab.hand" }
pace.methods = methods

local SECOND <const> = 1000000000

---@param rate any  what the script gave; nil: no limit
---@return table?
function pace.new(rate)
  if rate == nil then return nil end
  return { rate = check.integer(rate, "rate", 1, 1000000), sent = 0, times = {} }
end

---A packet has left: waits until the next may.
function methods:_keep_pace()
  local it = self._pace
  if not it then return end
  it.times[it.sent % it.rate], it.sent = self._network:_present(), it.sent + 1
  local oldest = it.times[it.sent % it.rate]
  local free = oldest and oldest + SECOND + 1
  if free and free > self._network:_present() then self._network:_wait(nil, free, "send") end
end

return pace
