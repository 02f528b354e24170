-- SPDX-License-Identifier: MIT
-- A stream that is not connected yet, in LuaSocket's shape: a master that becomes a server or a client.

local check = require "tcplab.base.check"
local strict = require "tcplab.base.strict"
local tunables = require "tcplab.connection.tunables"

---```lua
---local master = server:tcp() -- as socket.tcp() of LuaSocket
---master:setoption("reuseaddr", true)
---master:bind("*", 81)
---master:listen(32)
---local stream = client:tcp()
---stream:settimeout(5)
---stream:connect("10.0.0.2", 81)
---print(stream:send "hello\n", stream:gettimeout())  --> 6 5
---local served = master:accept()
---print(served:receive())  --> hello
---```
---A stream in LuaSocket's shape that is not connected yet: bind and listen, or connect, say what it becomes. Only host:tcp makes one.
---@class tcplab.socket
---@field host tcplab.host    whose it is
---@field closed boolean  whether close was called
local socket = { __name = "tcplab.socket" }

---Called by host:tcp.
---@param host tcplab.host
local function new(host) return setmetatable({ _host = host, _closed = false, _options = {} }, socket) end

local function check_self(self, method) check.self(self, socket, method) end

-- Whatever it has become.
local function stream(self) return self._conn or self._listener end

local function not_yet() return nil, "not connected", "ENOTCONN" end

-- LuaSocket's "*" is any address, its port 0 any port.
local function own_address(address) return address ~= "*" and address ~= "0.0.0.0" and address ~= "::" and address or nil end

---Chooses its own end.
---@param address string|tcplab.host  "*" for any
---@param port integer   0 for any
---@return integer? ok  1
---@return string? message
function socket:bind(address, port)
  check_self(self, "bind")
  if stream(self) then return nil, "invalid argument", "EINVAL" end
  self._address = own_address(address)
  self._port = tonumber(port)
  if self._port ~= 0 then check.port(self._port, "port") end
  return 1
end

---Becomes a server at the port it was bound to.
---@param backlog? integer  the option of that name
---@return integer? ok  1
---@return string? message
---@return string? code
function socket:listen(backlog)
  check_self(self, "listen")
  if stream(self) then return nil, "invalid argument", "EINVAL" end
  if not self._port then check.fail("listen: bind a port first") end
  local opts = { address = self._address, backlog = backlog }
  for name, value in next, self._options do opts[name] = value end
  local listener, message, code = self._host:listen(self._port, opts)
  if not listener then return nil, message, code end
  self._listener = listener
  listener:settimeout(self._timeout)
  return 1
end

---As listener:accept, once it listens.
---@return tcplab.connection? conn
---@return string? message
---@return string? code
function socket:accept()
  check_self(self, "accept")
  if not self._listener then return not_yet() end
  local conn, message, code = self._listener:accept()
  if conn then conn._lenient = true end
  return conn, message, code
end

---Becomes a client: as host:connect, but a name that nobody knows is answered as LuaSocket does. The network's option hosts says who is known.
---```lua
---print(client:tcp():connect("example.com", 80))  --> nil host or service not provided, or not known EAI_NONAME
---```
---@param address string|tcplab.host
---@param port integer
---@return integer? ok  1
---@return string? message
---@return string? code
function socket:connect(address, port)
  check_self(self, "connect")
  if stream(self) then return nil, "already connected", "EISCONN" end
  if not self._host:_resolves(address) then return nil, "host or service not provided, or not known", "EAI_NONAME" end
  local opts = { local_address = self._address, local_port = self._port ~= 0 and self._port or nil, timeout = self._timeout }
  for name, value in next, self._options do opts[name] = value end
  local conn, message, code = self._host:connect(address, tonumber(port), opts)
  if not conn then return nil, message, code end
  self._conn = conn
  conn:settimeout(self._timeout)
  return 1
end

---As connection:send.
---@param ... any
---@return integer? last, string? message, integer? last_sent, string? code
function socket:send(...)
  check_self(self, "send")
  if not self._conn then return nil, "closed", 0, "ENOTCONN" end
  return self._conn:send(...)
end

---As connection:receive.
---```lua
---local stream = client:tcp()
---stream:connect("10.0.0.2", 80)
---listener:accept():send "hello\n"
---print(stream:receive "*l")  --> hello
---print(stream:dirty(), stream:getstats())  --> false 6 0
---```
---@param ... any
---@return string? data, string? message, string? partial, string? code
function socket:receive(...)
  check_self(self, "receive")
  if not self._conn then return nil, "closed", "", "ENOTCONN" end
  return self._conn:receive(...)
end

---As connection:shutdown.
---@param how? "send"|"receive"|"both"
---@return integer? ok, string? message, string? code
function socket:shutdown(how)
  check_self(self, "shutdown")
  if not self._conn then return not_yet() end
  return self._conn:shutdown(how)
end

---Limits how long each call waits, in seconds; nil or negative: no limit.
---@param seconds? number  0: not at all
---@param mode? "b"|"t"
---@return integer 1
function socket:settimeout(seconds, mode)
  check_self(self, "settimeout")
  self._timeout = check.timeout(seconds, "seconds")
  if stream(self) then stream(self):settimeout(seconds, mode) end
  return 1
end

---What settimeout was told; nil: no limit.
---@return number? seconds
function socket:gettimeout()
  check_self(self, "gettimeout")
  return self._timeout
end

---A tunable by its name or LuaSocket's: "tcp-nodelay", "reuseaddr", "reuseport", "keepalive", "linger".
---@param name tcplab.tunable
---@param value any    in its unit
---@return integer? ok  1
---@return string? message
function socket:setoption(name, value)
  check_self(self, "setoption")
  if self._conn then return self._conn:setoption(name, value) end
  tunables.encode(name, value, self._host:_tunables())
  self._options[name] = value
  return 1
end

---What setoption was told, or what holds without.
---@param name tcplab.tunable
---@return any value
function socket:getoption(name)
  check_self(self, "getoption")
  if self._conn then return self._conn:getoption(name) end
  if self._options[name] ~= nil then return self._options[name] end
  return self._host:getoption(name)
end

---The other end, once it is connected.
---@return string? address, integer|string port, string? family
function socket:getpeername()
  check_self(self, "getpeername")
  if not self._conn then return not_yet() end
  return self._conn:getpeername()
end

---Its own end, as far as it was chosen.
---@return string? address, integer|string port, string? family
function socket:getsockname()
  check_self(self, "getsockname")
  if stream(self) then return stream(self):getsockname() end
  return type(self._address) == "string" and self._address or "0.0.0.0", self._port or 0, "inet"
end

---What has passed.
---@return integer received, integer sent
function socket:getstats()
  check_self(self, "getstats")
  if not self._conn then return 0, 0 end
  return self._conn:getstats()
end

---Whether receive would answer at once.
---@return boolean
function socket:dirty()
  check_self(self, "dirty")
  return self._conn ~= nil and self._conn:dirty()
end

local function note_closed(self, ...)
  self._closed = true
  return ...
end

---Closes what it has become. Does nothing the second time.
---```lua
---local stream = client:tcp()
---stream:connect("10.0.0.2", 80)
---print(stream:getpeername())  --> 10.0.0.2 80 inet
---print((stream:getsockname()))  --> 10.0.0.1
---stream:shutdown "send"
---print(stream:getoption "nodelay")  --> false
---print(stream:close())  --> 1
---```
---@return integer? ok       1
---@return string? message   as of connection:close
---@return string? code
function socket:close()
  check_self(self, "close")
  if stream(self) then return note_closed(self, stream(self):close()) end
  return note_closed(self, 1)
end

function socket:__close()
  self._closed = true
  if stream(self) then getmetatable(stream(self)).__close(stream(self)) end
end

function socket:__tostring()
  if self._listener then return "tcp{server}: " .. tostring(self._listener) end
  if self._conn then return "tcp{client}: " .. tostring(self._conn) end
  return "tcp{master}: " .. self._host._name
end

-- Libraries ask a stream whether it has a method: reading what it has not is nil, as with LuaSocket's.
strict.seal(socket, {
  what = "stream", kept = { "host", "closed" }, lenient = function() return true end, calls = { timeout = "stream:settimeout(seconds) sets it" },
  options = tunables.names, option_call = 'stream:setoption("%s", value)', option_read = 'stream:getoption "%s"',
})

return { new = new, class = socket }
