-- SPDX-License-Identifier: MIT
-- A connection's two ends, and what has passed between them.

local check = require "tcplab.base.check"
local record = require "tcplab.connection.record"

local call, gone = record.call, record.gone

local ends = {}

---@class tcplab.connection
local methods = { __name = "tcplab.connection" }
ends.methods = methods

local function name_of(address, port)
  if not address then return nil, "not connected", "ENOTCONN" end
  return address, port, address:find(":", 1, true) and "inet6" or "inet"
end

-- The ends, or nothing where the core answered nil, message, code.
local function known(address, port, ...)
  if math.type(port) == "integer" then return address, port, ... end
end

-- Once both are known they are kept: a half-open record takes its own along when it goes.
---@return string? address, integer? port, string? remote_address, integer? remote_port
function ends.of(self)
  local near, near_port, far, far_port
  if not gone(self) then near, near_port, far, far_port = known(call(self, "ends")) end
  if far then self._ends = { near, near_port, far, far_port } end
  if self._ends then return table.unpack(self._ends, 1, 4) end
  if near_port then return near, near_port end
  local final = self._final
  if final and final.local_port then return final.local_address, final.local_port, final.remote_address, final.remote_port end
end

---The other end.
---```lua
---print(conn:getpeername())  --> 10.0.0.2 80 inet
---```
---@return string? address, integer|string port, string family  "inet" or "inet6"; nil, message, code before there is a peer
function methods:getpeername()
  check.self(self, methods, "getpeername")
  local _, _, address, port = ends.of(self)
  return name_of(address, port)
end

---Our own end.
---```lua
---local address, port = conn:getsockname()
---print(address, port > 1023)  --> 10.0.0.1 true
---```
---@return string? address, integer|string port, string family
function methods:getsockname()
  check.self(self, methods, "getsockname")
  local address, port = ends.of(self)
  return name_of(address, port)
end

---What has passed.
---```lua
---conn:send "hello"
---print(conn:getstats())  --> 0 5
---```
---@return integer received, integer sent  bytes through this handle
function methods:getstats()
  check.self(self, methods, "getstats")
  return self._received, self._sent
end

local function endpoint(address, port)
  if not address then return "*" end
  if address:find(":", 1, true) then return ("[%s]:%d"):format(address, port) end
  return ("%s:%d"):format(address, port)
end

---Both as text: "10.0.0.1:4000 > 10.0.0.2:80".
---@return string
function ends.text(self)
  local local_address, local_port, remote_address, remote_port = ends.of(self)
  return endpoint(local_address, local_port) .. " > " .. endpoint(remote_address, remote_port)
end

return ends
