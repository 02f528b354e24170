-- SPDX-License-Identifier: MIT
-- The kernel's end of a real network: the node where its packets come from and go to, and a host whose connections are the kernel's own sockets.

local core = require "tcplab.core"
local address = require "tcplab.net.address"
local check = require "tcplab.base.check"
local connection = require "tcplab.connection.kernel.connection"
local listener = require "tcplab.connection.kernel.listener"
local mixin = require "tcplab.base.mixin"
local options = require "tcplab.connection.kernel.options"
local queue = require "tcplab.base.queue"
local strict = require "tcplab.base.strict"
local sysctl = require "tcplab.net.sysctl"

---This machine's kernel as a host: connections, listeners and options are its own, in the network namespace that this process is in. Sockets that a
---script has not closed live on until the network is closed; then they end without a segment.
---@class tcplab.kernel_host
---@field name string  "kernel", or as it was given
---@field id integer   its number in the network
---@field network tcplab.tun_network
---@field addresses string[]  those of the device
local host = mixin({ __name = "tcplab.kernel_host", __like = { ["tcplab.host"] = true } }, address)
host._kind = "edge" -- in saved traces

-- What a stack would hold ahead, or tell of, a socket does not.
local function nothing() return 0 end
local verbs = setmetatable({ hold = nothing, ahead = nothing, recall = nothing }, { __index = core.kernel })

local CONNECT_OPTIONS <const> = { "local_address", "local_port", "timeout", "data" }
local LISTEN_OPTIONS <const> = { "address", "backlog" }
local OPEN_OPTIONS <const> = { "address", "port", "local_address", "local_port", "passive" }
local SOMAXCONN <const> = 4096

---The kernel's end of a network, by the name "kernel". Its addresses come with the device.
---@param network tcplab.tun_network
---@return tcplab.kernel_host
local function new(network)
  local self = setmetatable({ _name = "kernel", _claimed = false, _addresses = {}, _network = network, _verbs = verbs }, host)
  self._id = core.edge(network._core, self._name)
  self._sockets = {}                                           -- open ones by descriptor
  self._connections, self._listeners = queue.new(), queue.new() -- and in the order of their coming
  return self
end

-- ---- becoming a host of the script's ----

local function check_addresses(self, given)
  for _, text in ipairs(type(given) == "table" and given or { given }) do
    local own = false
    for _, mine in ipairs(self._addresses) do own = own or core.parse_address(tostring(text)) == mine end
    if not own then
      check.fail("address: the kernel has the device's, %s, and not %s", table.concat(self._addresses, " and "), check.shown(text))
    end
  end
end

-- The kernel's settings among the options, by name.
local function settings_of(given)
  local names = {}
  for name in pairs(given) do
    if type(name) == "string" and name:match "^net%." then
      names[#names + 1] = name
    elseif name ~= "kernel" and name ~= "address" then
      check.fail('option %s: with kernel = true there are the kernel\'s own settings alone, as ["net.ipv4.tcp_ecn"]', check.shown(name))
    end
  end
  table.sort(names)
  return names
end

---The script takes it as a host, by a name of its own.
---@return tcplab.kernel_host self
function host:_claim(name, given)
  if self._claimed then check.fail("name: the kernel is a host of this network already: %s", check.shown(self._name)) end
  check_addresses(self, given.address)
  local names = settings_of(given)
  self._network:_rename(self, name)
  self._claimed = true
  for _, setting in ipairs(names) do
    local ok, message = sysctl.set(setting, given[setting])
    if not ok then check.fail("%s", message) end
  end
  return self
end

-- ---- its sockets ----

function host:_call(verb, ...) return core.kernel[verb](self._network._core, self._id, ...) end

local function keep(self, socket, line)
  self._sockets[socket._ref] = socket
  line:add(socket)
  return socket
end

---A socket of a connection that has none but its number yet.
function host:_adopt(ref) return keep(self, connection.new(self, ref), self._connections) end

---It is closed.
function host:_forget(socket)
  self._sockets[socket._ref] = nil
  self._connections:remove(socket)
  self._listeners:remove(socket)
end

---Wakes those who waited for what has come.
function host:_wake()
  while true do
    local ref = core.kernel.ready(self._network._core)
    if not ref then return end
    self._sockets[ref]._signal:raise(self._network)
  end
end

local function family_of(text) return text:find(":", 1, true) and 6 or 4 end

-- Sets the options in their order, then binds where an end of its own is asked for. Answers nothing, or why not.
local function prepare(self, ref, set, local_address, local_port)
  local ok, message, code = true, nil, nil
  for _, option in ipairs(set) do
    ok, message, code = self:_call("set_option", ref, option[1], option[2])
    if not ok then return message, code end
  end
  if local_address or local_port then ok, message, code = self:_call("bind", ref, local_address, local_port) end
  if not ok then return message, code end
end

-- A socket of that family on which `begin` has been called; or nil, message, code.
local function socket_of(self, family, set, local_address, local_port, begin, ...)
  self._network:_catch_up()
  local ref, message, code = self:_call("open", family)
  if not ref then return nil, message, code end
  message, code = prepare(self, ref, set, local_address, local_port)
  local ok = not message
  if ok then ok, message, code = self:_call(begin, ref, ...) end
  if ok then return ref end
  self:_call("close", ref)
  return nil, message, code
end

local function own_end(self, given)
  local text = given.local_address and self:_address(given.local_address, "local_address")
  return text, given.local_port and check.port(given.local_port, "local_port")
end

-- Answers the connection under way; or nil, message, code.
local function begin_connection(self, given, set, remote, port)
  local local_address, local_port = own_end(self, given)
  local ref, message, code = socket_of(self, family_of(remote), set, local_address, local_port, "connect", remote, port)
  if not ref then return nil, message, code end
  return self:_adopt(ref)
end

---Connects: socket(2), setsockopt(2), bind(2) where an end of its own is asked for, connect(2); and waits until the handshake is over.
---```lua live
---local net = assert(tcplab.tun { address = "10.9.0.1/24" })
---local kernel = net:host("kernel", { kernel = true })
---local server = net:host("server", { address = "10.9.0.2" })
---local listener = assert(server:listen(80))
---local conn = assert(kernel:connect(server, 80, { TCP_NODELAY = true, timeout = 5 }))
---conn:send "hello\n"
---print(listener:accept():receive())  --> hello
---print(kernel:connect(server, 81))  --> nil connection refused ECONNREFUSED
---for _, each in ipairs(kernel:connections()) do print(each == conn) end  --> true
---```
---@param remote string|tcplab.host  an address, a host, or a host's name
---@param port integer
---@param opts? table  local_address, local_port, timeout (seconds), data (what to send first; with TCP_FASTOPEN_CONNECT the SYN may carry it);
---and socket options by their C names
---@return tcplab.kernel_connection? conn
---@return string? message
---@return string? code  the errno's name
function host:connect(remote, port, opts)
  check.self(self, host, "connect")
  opts = opts or {}
  local set = options.read(opts, CONNECT_OPTIONS)
  remote = address.reachable(self, remote, "address")
  check.port(port, "port")
  local data = check.type(opts.data or "", "string", "data")
  local until_ns = self._network:_until(opts.timeout, "timeout")
  self._network:_check_may_wait "connect"
  local conn, message, code = begin_connection(self, opts, set, remote, port)
  if not conn then return nil, message, code end
  local done
  done, message, code = conn:_await_handshake(until_ns)
  if done and data ~= "" then
    local _
    done, message, _, code = conn:send(data)
  end
  if done then return conn end
  conn:close()
  return nil, message, code
end

---Begins to connect, and returns at once, in SYN-SENT. Calls that send and receive wait for the end of the handshake.
---```lua live
---local net = assert(tcplab.tun { address = "10.9.0.1/24" })
---local kernel = net:host("kernel", { kernel = true })
---net:host("server", { address = "10.9.0.2" })
---net.link:drop "SYN"
---print(kernel:open({ address = "10.9.0.2", port = 80 }).state)  --> SYN-SENT
---```
---@param opts table  address, port (the remote end), local_address, local_port; and socket options by their C names
---@return tcplab.kernel_connection? conn
---@return string? message
---@return string? code
function host:open(opts)
  check.self(self, host, "open")
  local set = options.read(opts, OPEN_OPTIONS)
  if opts.passive then check.fail "passive: the kernel has no passive OPEN of one connection; there is listen" end
  local remote = address.reachable(self, opts.address, "address")
  return begin_connection(self, opts, set, remote, check.port(opts.port, "port"))
end

local function has_ipv6(self)
  for _, text in ipairs(self._addresses) do
    if family_of(text) == 6 then return true end
  end
  return false
end

---Listens: socket(2), setsockopt(2), bind(2), listen(2). Without an address, at all the kernel has, of both families where the device has IPv6.
---```lua live
---local net = assert(tcplab.tun { address = "10.9.0.1/24" })
---local kernel = net:host("kernel", { kernel = true, ["net.ipv4.tcp_ecn"] = 1 })
---local listener = assert(kernel:listen(80, { backlog = 5, SO_REUSEADDR = true }))
---local conn = assert(net:host("ours", { address = "10.9.0.2" }):connect(kernel, 80))
---local peer = assert(listener:accept())
---conn:send "hello\n"
---print(peer:receive(), kernel:listen(80))  --> hello nil address already in use EADDRINUSE
---```
---@param port integer  0: the kernel's choice, which the listener's port tells
---@param opts? table   address, backlog (4096 without; the kernel keeps one more); and socket options by their C names
---@return tcplab.kernel_listener? listener
---@return string? message
---@return string? code
function host:listen(port, opts)
  check.self(self, host, "listen")
  opts = opts or {}
  local set = options.read(opts, LISTEN_OPTIONS)
  local own = opts.address and self:_address(opts.address, "address")
  check.integer(port, "port", 0, 65535)
  local backlog = check.integer(opts.backlog or SOMAXCONN, "backlog", 0, 0x7fffffff)
  local family = own and family_of(own) or has_ipv6(self) and 6 or 4
  local ref, message, code = socket_of(self, family, set, own, port, "listen", backlog)
  if not ref then return nil, message, code end
  return keep(self, listener.new(self, ref, own), self._listeners)
end

---Its connections that no script has closed, oldest first.
---@return tcplab.kernel_connection[]
function host:connections()
  check.self(self, host, "connections")
  return self._connections:list()
end

---Its listeners that no script has closed, oldest first.
---@return tcplab.kernel_listener[]
function host:listeners()
  check.self(self, host, "listeners")
  return self._listeners:list()
end

-- ---- its settings ----

---Changes one of the kernel's settings, for the whole namespace that this process is in.
---```lua live
---local net = assert(tcplab.tun { address = "10.9.0.1/24" })
---local kernel = net:host("kernel", { kernel = true })
---kernel:setoption("net.ipv4.tcp_sack", false)
---print(kernel:getoption "net.ipv4.tcp_sack", (kernel:setoption("net.ipv4.tcp_cwnd", 5)))  --> 0 nil
---```
---@param name string  as of sysctl(8): "net.ipv4.tcp_ecn"
---@param value integer|boolean|string  several numbers as one text: "4096 131072 6291456"
---@return true? ok
---@return string? message
---@return string? code  "ENOENT": this kernel does not know it
function host:setoption(name, value)
  check.self(self, host, "setoption")
  return sysctl.set(name, value)
end

---One of the kernel's settings.
---@param name string
---@return integer|string|nil value  several numbers as one text
---@return string? message
---@return string? code
function host:getoption(name)
  check.self(self, host, "getoption")
  return sysctl.get(name)
end

-- ---- watching, ending ----

---Calls a function at each segment that the kernel sends or is sent. The kernel tells no other moments: status() has to be asked.
---```lua live
---local net = assert(tcplab.tun { address = "10.9.0.1/24" })
---local kernel = net:host("linux", { kernel = true })
---net:host("ours", { address = "10.9.0.2" })
---local kinds = {}
---kernel:on("segment", function(event) kinds[#kinds + 1] = event.segment.kind end)
---kernel:connect("10.9.0.2", 80)
---print(#kinds > 0, kernel.name, net:node "linux" == kernel)  --> true linux true
---kernel:close()
---```
---@param moment "segment"
---@param f fun(event: tcplab.event)  must not wait
---@return tcplab.hook
function host:on(moment, f)
  check.self(self, host, "on")
  if moment ~= "segment" then check.fail('on: the kernel tells of no moment but "segment", got %s', check.shown(moment)) end
  check.callable(f, "function")
  return self._network:_hook(moment, function(event)
    if event.from == self or event.to == self and event.point ~= "sent" then f(event) end
  end)
end

---Closes its listeners and aborts its connections. It goes on being the kernel.
function host:close()
  check.self(self, host, "close")
  if self._network._closed then return end
  for _, each in ipairs(self._listeners:list()) do each:close() end
  for _, each in ipairs(self._connections:list()) do each:abort() end
end

host.__close = host.close

function host:__tostring() return ("kernel: %s (%s)"):format(self._name, table.concat(self._addresses, ", ")) end

strict.seal(host, { what = "kernel", kept = { "network", "name", "id", "addresses" } })

return { new = new, class = host }
