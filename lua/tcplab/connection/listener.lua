-- SPDX-License-Identifier: MIT
-- A listener: connections come to it, and wait to be accepted.

local core = require "tcplab.core"
local accept = require "tcplab.connection.accept"
local check = require "tcplab.base.check"
local mixin = require "tcplab.base.mixin"
local signal = require "tcplab.base.signal"
local strict = require "tcplab.base.strict"
local tunables = require "tcplab.connection.tunables"

local CODES = core.codes()

---Connections come to it, and wait to be accepted. The options backlog and half_open bound its two queues.
---@class tcplab.listener
---@field host tcplab.host
---@field network tcplab.network
---@field port integer   the one it listens at
---@field address? string  the one address it listens at; nil: all
---@field closed boolean  no connection comes to it any more
local listener = mixin({ __name = "tcplab.listener" }, accept)

---The host makes the one object for a reference.
local function new(host, ref)
  local self = setmetatable({
    _host = host, _network = host._network, _closed = false, _timeout = false, _ref = ref, _signal = signal.new(),
  }, listener)
  local status = core.listener_status(host.network._core, host.id, ref)
  if status then
    self._port, self._address = status.port, status.address
  else
    self._closed = true -- an old event's
  end
  return self
end

local function call(self, verb, ...) return core[verb](self._network._core, self._host._id, self._ref, ...) end

function listener:_take()
  if self._closed then return nil, "closed", self._lost and CODES.rebooted or CODES.closed end
  self._network:_catch_up()
  local ref, message, code = call(self, "accept")
  if not ref then return nil, message, code end
  local conn = self._host:_connection(ref)
  self._host:_inherit_control(ref, self._ref)
  conn:_own()
  return conn
end

-- The core tells of every comer.
function listener._expect() end

---Where it listens; "0.0.0.0" stands for every address.
---```lua
---print(listener:getsockname())  --> 0.0.0.0 80 inet
---```
---@return string address, integer port, string family
function listener:getsockname()
  check.self(self, listener, "getsockname")
  local address = self._address or "0.0.0.0"
  return address, self._port, address:find(":", 1, true) and "inet6" or "inet"
end

---How full its two queues are, and what became of those who found no place.
---@class tcplab.listener_status
---@field address? string          the one it listens at; nil: all
---@field port integer   the one it listens at
---@field half_open integer        connections in SYN-RECEIVED
---@field half_open_limit integer  how many there may be: the option half_open
---@field waiting integer          established connections that wait for accept
---@field backlog integer          how many there may be: the option backlog
---@field syn_data integer         bytes of text on SYNs that are held
---@field fast_open integer        connections whose SYN's text was taken, the handshake not over (RFC 7413)
---@field dropped table<string, integer>  SYNs and last ACKs by the reason ("half-open-full" ...); half-open connections: "half-open-dropped"
---@field cookies table<string, integer>  SYN cookies: sent, taken when an ACK brought one back, refused when it brought something else

---How full its queues are.
---```lua
---client:connect(server, 80)
---net:run(1)
---local status = listener:status()
---print(status.half_open, status.waiting, status.backlog)  --> 0 1 128
---```
---@return tcplab.listener_status? status  nil once it is closed
function listener:status()
  check.self(self, listener, "status")
  if self._closed or self._network._closed then return nil end
  return (call(self, "listener_status"))
end

---The host has lost its memory, and the listener with it.
function listener:_lose()
  self._closed, self._lost = true, true
  self._signal:raise(self._network)
end

-- An iterator over the connections of a queue, as it was when the iteration began.
local function each(self, method, queue)
  check.self(self, listener, method)
  local refs = not self._closed and not self._network._closed and call(self, "listener_queue", queue) or {}
  local i = 0
  return function()
    i = i + 1
    return refs[i] and self._host:_connection(refs[i])
  end
end

---Iterates the connections in SYN-RECEIVED, oldest first, as the fields that a half-open record keeps.
---```lua
---link:drop("ACK")
---client:connect(server, 80)
---for conn in listener:half_open() do print(conn.state) end  --> SYN-RECEIVED
---```
---@return fun(): tcplab.connection?
function listener:half_open() return each(self, "half_open", "half_open") end

---Iterates the established connections that wait for accept, oldest first.
---```lua
---client:connect(server, 80)
---net:run(1)
---for conn in listener:waiting() do print(conn.state) end  --> ESTABLISHED
---```
---@return fun(): tcplab.connection?
function listener:waiting() return each(self, "waiting", "waiting") end

---Stops listening: half-open connections are dropped, waiting ones reset, accepted ones live on. Does nothing the second time.
---```lua
---listener:close()
---print(client:connect(server, 80))  --> nil connection refused ECONNREFUSED
---```
---@return integer 1
function listener:close()
  check.self(self, listener, "close")
  if self._closed then return 1 end
  self._closed = true
  if self._network._closed then return 1 end
  self._network:_catch_up()
  self._network:_do(function()
    if self._network._closed then return end
    call(self, "listener_close")
    self._host:_forget_control(self._ref)
    self._signal:raise(self._network)
  end)
  return 1
end

listener.__close = listener.close

function listener:__tostring()
  local status = self:status()
  local queues = status and (" half-open %d/%d, waiting %d/%d"):format(status.half_open, status.half_open_limit, status.waiting, status.backlog)
  return ("listener: %s:%s%s"):format(self._address or "*", self._port or "?", queues or " (closed)")
end

strict.seal(listener, {
  what = "listener", kept = { "host", "network", "port", "address", "closed" },
  calls = { timeout = "listener:settimeout(seconds) sets it", state = "listener:status() tells how full its queues are" },
  options = tunables.names, option_call = 'host:listen(port, { %s = value })', option_read = 'listener:status() and host:getoption "%s"',
})

return { new = new, class = listener }
