-- SPDX-License-Identifier: MIT
-- The tunables of one connection.

local core = require "tcplab.core"
local check = require "tcplab.base.check"
local record = require "tcplab.connection.record"
local tunables = require "tcplab.connection.tunables"

local CODES = core.codes()

local call, gone = record.call, record.gone

---@class tcplab.connection
local methods = { __name = "tcplab.connection" }

---Changes a tunable of this connection. LuaSocket's names are known too: "tcp-nodelay", "linger" with { on =, timeout = } ...
---```lua
---conn:setoption("nodelay", true)
---conn:setoption("linger", { on = true, timeout = 2 })
---conn:setoption("congestion", "reno")
---```
---@param name tcplab.tunable  see tcplab.options
---@param value any    in its unit; what is out of its range raises
---@return integer? ok  1
---@return string? message
---@return string? code
function methods:setoption(name, value)
  check.self(self, methods, "setoption")
  local function base()
    return tunables.all(function(number) return call(self, "get_tunable", number) or 0 end)
  end
  local numbers, values, control = tunables.encode(name, value, base)
  if self._closed or gone(self) then return nil, "closed", CODES.closed end
  self._network:_catch_up()
  if control then self._host:_give_control(self._ref, control) end
  for _, number in ipairs(numbers) do
    local ok, message, code = call(self, "set_tunable", number, values[number])
    if not ok then return nil, message, code end
  end
  if tunables.has_control(values) and not control then self._host:_forget_control(self._ref) end
  return 1
end

---A tunable's value for this connection.
---```lua
---print(conn:getoption "nodelay", conn:getoption "keepalive")  --> false false
---```
---@param name tcplab.tunable  see tcplab.options
---@return any value
---@return string? message
---@return string? code
function methods:getoption(name)
  check.self(self, methods, "getoption")
  local numbers, decode = tunables.decode(name)
  if gone(self) then return nil, "closed", CODES.closed end
  local values = {}
  for _, number in ipairs(numbers) do
    local value, message, code = call(self, "get_tunable", number)
    if not value then return nil, message, code end
    values[number] = value
  end
  if tunables.is_script(values) then return self._host:_control_of(self._ref).given end
  return decode(values)
end

return { methods = methods }
