-- SPDX-License-Identifier: MIT
-- How a host's connections and listeners begin: connect, listen, RFC 9293's OPEN, and LuaSocket's tcp().

local core = require "tcplab.core"
local addresses = require "tcplab.net.address"
local check = require "tcplab.base.check"
local tunables = require "tcplab.connection.tunables"
local socket = require "tcplab.connection.socket"

---@class tcplab.host
local methods = { __name = "tcplab.host" }

local CONNECT_OPTIONS = { "local_address", "local_port", "timeout", "data" }
local LISTEN_OPTIONS = { "address" }
local OPEN_OPTIONS = { "address", "port", "local_address", "local_port", "passive", "data" }

local function own_end(self, given)
  local address = given.local_address and self:_address(given.local_address, "local_address")
  return address, given.local_port and check.port(given.local_port, "local_port")
end

-- Answers the reference, and how many bytes of data were taken; or nil, message, code.
local function open(self, way, local_address, local_port, address, port, values, control, data)
  self._network:_catch_up()
  local ref, result, code = core.open(self._network._core, self._id, way, local_address, local_port, address, port, values, data)
  if ref then self._controls[ref] = control or not tunables.has_control(values) and self._control or nil end
  self._network:_finish()
  return ref, result, code
end

---Opens a connection and waits until it is established, and until TCP has taken all of `data`. With the option fast_open and data, "" too,
---the SYN asks for a cookie, or carries the server's and what fits of the data (RFC 7413): the server may then read it at once, and, should the
---network double the SYN, once more. The data is sent in any case, and by this call alone: what the SYN did not bring follows the handshake.
---```lua
---local conn = assert(client:connect("10.0.0.2", 80, { timeout = 3, nodelay = true }))
---print(conn.state)  --> ESTABLISHED
---print(client:connect(server, 81))  --> nil connection refused ECONNREFUSED
---```
---@param address string|tcplab.host  an address, a host, or a host's name
---@param port integer             1 to 65535
---@param opts? tcplab.open_options
---@return tcplab.connection? conn
---@return string? message  "connection refused", "timeout" ...
---@return string? code     "ECONNREFUSED" ...
function methods:connect(address, port, opts)
  check.self(self, methods, "connect")
  self:_check_open "connect"
  opts = opts or {}
  local values, control = tunables.read(opts, CONNECT_OPTIONS, self:_tunables())
  local remote = addresses.reachable(self, address, "address")
  check.port(port, "port")
  local data = check.type(opts.data, "string|nil", "data")
  local until_ns = self._network:_until(opts.timeout, "timeout")
  check.timeout(opts.timeout, "timeout")
  self._network:_check_may_wait("connect")
  local local_address, local_port = own_end(self, opts)
  local ref, taken, code = open(self, "active", local_address, local_port, remote, port, values, control, data)
  if not ref then return nil, taken, code end
  return self:_connection(ref):_await_open(until_ns, data or "", taken)
end

---Listens: connections to the port are taken in and wait for accept. Without an address they come to any of the host's, unless another listener has
---the very address.
---```lua
---local any = assert(server:listen(0, { backlog = 10 }))
---print(any.port > 1023)  --> true
---print(server:listen(80))  --> nil address already in use EADDRINUSE
---```
---@param port integer     0: an ephemeral one, which the listener's port tells
---@param opts? tcplab.open_options
---@return tcplab.listener? listener
---@return string? message
---@return string? code     "EADDRINUSE" ...
function methods:listen(port, opts)
  check.self(self, methods, "listen")
  self:_check_open "listen"
  opts = opts or {}
  local values, control = tunables.read(opts, LISTEN_OPTIONS, self:_tunables())
  local address = opts.address and self:_address(opts.address, "address")
  check.integer(port, "port", 0, 65535)
  local ref, message, code = open(self, "listener", address, port, nil, nil, values, control)
  if not ref then return nil, message, code end
  return self:_listener(ref)
end

---RFC 9293's OPEN: returns at once, in SYN-SENT or, with passive, in LISTEN.
---```lua
---local conn = assert(client:open { address = server, port = 80 })
---print(conn.state)  --> SYN-SENT
---local waiting = assert(server:open { local_port = 81, passive = true })
---print(waiting.state)  --> LISTEN
---```
---@param opts tcplab.open_options  address, port (the remote end), local_address, local_port, passive, data, tunables
---@return tcplab.connection? conn
---@return string|integer message  or, with a connection, how many bytes of data were taken
---@return string? code
function methods:open(opts)
  check.self(self, methods, "open")
  self:_check_open "open"
  check.type(opts, "table", "options")
  local values, control = tunables.read(opts, OPEN_OPTIONS, self:_tunables())
  local remote = opts.address and addresses.reachable(self, opts.address, "address")
  local port = opts.port and check.port(opts.port, "port")
  local local_address, local_port = own_end(self, opts)
  local way = opts.passive and "passive" or "active"
  local data = check.type(opts.data, "string|nil", "data")
  local ref, taken, code = open(self, way, local_address, local_port, remote, port, values, control, data)
  if not ref then return nil, taken, code end
  local conn = self:_connection(ref)
  conn:_own()
  return conn, taken
end

---An unconnected stream of LuaSocket's shape, for code that was written for it: bind, listen, connect, and then as what it has become.
---```lua
---local stream = client:tcp()
---stream:settimeout(5)
---print(stream:connect("10.0.0.2", 80))  --> 1
---```
---@return tcplab.socket
function methods:tcp()
  check.self(self, methods, "tcp")
  self:_check_open "tcp"
  return socket.new(self)
end

return { methods = methods }
