-- SPDX-License-Identifier: MIT
-- The congestion controls in Lua that a host's connections and listeners were given.

local core = require "tcplab.core"
local congestion = require "tcplab.connection.congestion"

---@class tcplab.host
local methods = { __name = "tcplab.host" }

-- What a connection was given, or the listener it came from, or the host.
local function control_for(self, ref)
  local given = self._controls[ref]
  if given then return given end
  local status = core.status(self._network._core, self._id, ref, false)
  return status and self._controls[status.listener] or self._control
end

---The control of a connection that runs under a script's.
---@return table control
function methods:_control_of(ref)
  local entry = self._entries[ref]
  return entry and entry.control or control_for(self, ref) or {}
end

-- The entry is held here: the core's hold on it is weak.
function methods:_enter_control(ref, control)
  local entry = congestion.entry(control or control_for(self, ref))
  self._entries[ref] = entry
  core.set_control(self._network._core, self._id, ref, entry)
end

function methods:_give_control(ref, control)
  self._controls[ref] = control
  self:_enter_control(ref, control)
end

function methods:_forget_control(ref)
  self._controls[ref] = nil
  if not self._entries[ref] then return end
  self._entries[ref] = nil
  core.set_control(self._network._core, self._id, ref, nil)
end

-- A connection that leaves its listener keeps what the listener was given.
function methods:_inherit_control(ref, from)
  self._controls[ref] = self._controls[ref] or self._controls[from]
end

return { methods = methods }
