-- SPDX-License-Identifier: MIT
-- Accepting: a listener's calls that wait for a connection. It has `_take`, one attempt, and `_expect`, which asks to be told of the next comer.

local core = require "tcplab.core"
local check = require "tcplab.base.check"

local CODES = core.codes()

---@class tcplab.listener
local methods = { __name = "tcplab.listener" }

---Takes the connection that has waited longest; waits for one when there is none.
---```lua
---listener:settimeout(1)
---print(listener:accept())  --> nil timeout EAGAIN
---client:connect(server, 80)
---print(listener:accept().state)  --> ESTABLISHED
---```
---@return tcplab.connection? conn
---@return string? message  "timeout", "closed"
---@return string? code
function methods:accept()
  check.self(self, methods, "accept")
  self._network:_check_open()
  local until_ns = self._timeout ~= 0 and self._network:_until(self._timeout, "timeout") or nil
  while true do
    local conn, message, code = self:_take()
    if conn or code ~= CODES.again then return conn, message, code end
    if self._timeout == 0 then return nil, "timeout", CODES.again end
    self:_expect()
    local ok
    ok, message, code = self._network:_wait(self._signal, until_ns, "accept")
    if not ok then return nil, message, code end
  end
end

---Limits how long accept waits, in seconds. 0: it does not; nil or negative: no limit.
---```lua
---listener:settimeout(0)
---print(listener:accept())  --> nil timeout EAGAIN
---```
---@param seconds? number
---@return integer 1
function methods:settimeout(seconds)
  check.self(self, methods, "settimeout")
  self._timeout = check.timeout(seconds, "seconds") or false
  return 1
end

---What settimeout was told; nil: no limit.
---```lua
---listener:settimeout(2.5)
---print(listener:gettimeout())  --> 2.5
---```
---@return number? seconds
function methods:gettimeout()
  check.self(self, methods, "gettimeout")
  return self._timeout or nil
end

return { methods = methods }
