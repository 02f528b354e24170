-- SPDX-License-Identifier: MIT
-- Deferral to the end of an event: a policy, filter or match function decides about a packet or call that is under way, and what it asks for beside
-- its answer is done as soon as that is over.

local core = require "tcplab.core"

local deferral = {}

---@class tcplab.network
local methods = { __name = "tcplab.network" }
deferral.methods = methods

---Does it now; when a policy, filter or match function asks, as soon as the event that it decides about is over.
---@param f fun()
function methods:_do(f)
  if self._closed or not core.later(self._core) then return f() end
  self._later[#self._later + 1] = f
end

---Does what was left to be done.
---@return boolean did  there was something
function deferral.settle(self)
  if not self._later[1] or self._closed or core.later(self._core) then return false end
  while self._later[1] do table.remove(self._later, 1)() end
  return true
end

---Before each user call: what was left to be done is done, and a real network's clock shows the present.
function methods:_catch_up()
  if deferral.settle(self) then self:_check_open() end
end

---After a user call in which policies and filters may have run.
function methods:_finish() deferral.settle(self) end

return deferral
