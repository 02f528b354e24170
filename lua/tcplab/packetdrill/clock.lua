-- SPDX-License-Identifier: MIT
-- The times of events: from when to when each may happen, in ns since the script began.

local clock = {}

local NANO <const> = 1e9
local FARTHEST <const> = 1e8 -- seconds

local function ns(seconds) return math.floor(math.min(seconds, FARTHEST) * NANO + 0.5) end

---The time of an event.
---@param time table  of the grammar
---@param base integer  ns: what relative times count from
---@return { any: boolean, from: integer, to: integer, ends: integer? }
function clock.window(time, base)
  if time.any then return { any = true, from = base, to = math.maxinteger, ends = time.ends and base + ns(time.ends) } end
  local start = time.relative and base or 0
  local from = start + ns(time.from)
  local to = time.to and start + ns(time.to) or from
  return { any = false, from = from, to = to, ranged = time.to ~= nil, ends = time.ends and start + ns(time.ends) }
end

---How far a time may be off.
---@param settings tcplab.packetdrill.settings
---@param waited integer  ns that were to pass
---@return integer ns
function clock.tolerance(settings, waited)
  return math.max(ns(settings.tolerance), math.floor(math.abs(waited) * settings.percent / 100))
end

return clock
