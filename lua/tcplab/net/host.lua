-- SPDX-License-Identifier: MIT
-- A host: addresses, a TCP stack of its own with its options and policies, and the connections and listeners that live in it.

local core = require "tcplab.core"
local check = require "tcplab.base.check"
local congestion = require "tcplab.connection.congestion"
local connection = require "tcplab.connection.connection"
local link = require "tcplab.net.link"
local listener = require "tcplab.connection.listener"
local machine = require "tcplab.connection.machine"
local moment = require "tcplab.trace.moment"
local options = require "tcplab.connection.tunables"
local pages = require "tcplab.base.pages"
local segment = require "tcplab.trace.segment"
local socket = require "tcplab.connection.socket"

---Besides these, every tunable (see tcplab.options): they are the defaults of the host's connections. A policy that returns nil leaves the
---decision to the built-in rule; the ACK of text then waits as long as the option delayed_ack says, that of a FIN not at all.
---```lua
---local odd = net:host("odd", {
---  address = "10.0.0.9", msl = 5, sack = false,
---  isn = function(conn) return 1000 end,
---  admit = function(syn, listener) if syn.source == "10.0.0.66" then return "drop" end end,
---  rto = function(conn, seconds) return math.min(seconds, 3) end,
---  delay_ack = function(conn, segment) return segment.kind == "FIN" and false or 0.2 end,
---})
---net:link(odd, server)
---print(odd:connect(server, 80).tcb.snd.iss, odd:getoption "msl")  --> 1000 5.0
---```
---@class tcplab.host_options: tcplab.tunables
---@field address? string|string[]  one address, a list, or a prefix owned whole ("10.1.0.0/16")
---@field profile? string           the set of tunables to start from: "rfc9293" (default), "linux", "freebsd", "rfc793"
---@field isn? "rfc6528"|"clock"|"random"|"constant"|integer|fun(conn: tcplab.connection): integer?  initial sequence numbers: the option, always
---this one, or a policy that chooses. When it raises, the connect or open that asked comes to nothing; a SYN is answered by the option's number
---@field admit? fun(syn: tcplab.Segment, listener: tcplab.listener): "accept"|"drop"|"reset"|"cookie"|nil  decides about a SYN
---@field rto? fun(conn: tcplab.connection, seconds: number): number?  changes the retransmission timeout about to be used
---@field congestion? string|tcplab.congestion_control  "reno", "cubic", or one in Lua
---@field delay_ack? fun(conn: tcplab.connection, segment: tcplab.Segment): number|false|nil  seconds the ACK may wait; false: not at all

---Options of connect, listen and open: tunables, and these.
---@class tcplab.open_options: tcplab.tunables
---@field address? string|tcplab.host        listen: the one address to listen at; open: the other end's
---@field port? integer                      open: the other end's
---@field passive? boolean                   open: LISTEN instead of SYN-SENT
---@field local_address? string|tcplab.host  which of the host's own addresses
---@field local_port? integer                1 to 65535; an ephemeral one without
---@field timeout? number                    connect: seconds
---@field data? string                       connect: what to send first; with fast_open the SYN may carry it (RFC 7413)
---@field congestion? string|tcplab.congestion_control  its name, or one in Lua

---Addresses and a TCP stack of its own. Where a host is asked for, its name will do.
---@class tcplab.host
---@field name string  as it was given
---@field id integer   its number in the network, from 1
---@field network tcplab.network  whose it is
---@field addresses string[]  in the order in which they were given
---@field machine tcplab.host_machine  overrides and coverage
---@field closed boolean  whether close was called
local host = { __name = "tcplab.host" }

local PAGE = 256 -- records read at a time

local OWN_OPTIONS = { "address", "profile", "admit", "rto", "delay_ack" }
local POLICIES = { "admit", "rto", "delay_ack" }

-- ---- making one ----

local function address_list(network, given)
  if given == nil then return {} end
  local list = type(given) == "table" and given or { given }
  for i, text in ipairs(list) do
    check.type(text, "string", "address")
    if not core.prefix_text(text) then check.fail("address: %q is neither an IP address nor a prefix", text) end
    network:_check_free(text)
    for j = 1, i - 1 do
      if list[j] == text then check.fail("address: %q is there twice", text) end
    end
  end
  return list
end

-- The option isn is a tunable when it is a name, the constant one when it is a number, and else a policy: the options without what it is not.
local function without_isn(given)
  local isn = given.isn
  if isn == nil or type(isn) == "string" then return given end
  local rest = {}
  for name, value in next, given do rest[name] = value end
  rest.isn = nil
  if type(isn) ~= "number" then return rest, check.callable(isn, "isn") end
  rest.isn, rest.isn_constant = "constant", check.integer(isn, "isn", 0, 0xffffffff)
  return rest
end

local function read_policies(given, isn)
  local policies = { isn = isn }
  for _, name in ipairs(POLICIES) do
    if given[name] ~= nil then policies[name] = check.callable(given[name], name) end
  end
  return policies
end

---Called by net:host.
local function new(network, name, given)
  network:_check_open()
  given = given or {}
  check.type(given, "table", "options")
  local values = options.profile(given.profile or options.profiles()[1])
  local isn
  given, isn = without_isn(given)
  local own, control = options.read(given, OWN_OPTIONS)
  options.overlay(values, own)
  local addresses, policies = address_list(network, given.address), read_policies(given, isn)
  local id = core.host(network._core, name, values, policies)
  local self = setmetatable({ network = network, name = name, id = id, addresses = {}, closed = false, _policies = policies }, host)
  self._control = control
  self._controls = {} -- scripts' congestion controls by reference: what connections and listeners were given
  self._entries = {}  -- what the core finds for those that send
  self._connections = setmetatable({}, { __mode = "v" })
  self._listeners = setmetatable({}, { __mode = "v" })
  self.machine = machine.of_host(self)
  for _, prefix in ipairs(addresses) do network:_own(self, prefix) end
  return self
end

host.__index = host

-- ---- objects for references ----

---The one object for a connection's reference. ends: those of one that may be gone.
---@return tcplab.connection
function host:_connection(ref, ends)
  local known = self._connections[ref]
  if known then return known end
  known = connection.new(self, ref, ends)
  self._connections[ref] = known
  return known
end

---@return tcplab.listener
function host:_listener(ref)
  local known = self._listeners[ref]
  if known then return known end
  known = listener.new(self, ref)
  self._listeners[ref] = known
  return known
end

-- Notices' ways to those who wait.
function host:_changed(ref)
  local known = self._connections[ref]
  if known then known._signal:raise(self.network) end
end

function host:_accepting(ref)
  local known = self._listeners[ref]
  if known then known._signal:raise(self.network) end
end

-- A connection has come to CLOSED: its record goes, unless something in it is still to be read.
function host:_retire(ref)
  local known = self._connections[ref]
  if known then
    known:_retire()
  elseif core.readable(self.network._core, self.id, ref) == 0 then
    core.release(self.network._core, self.id, ref)
    self:_forget_control(ref)
  end
end

-- ---- congestion controls in Lua ----

-- What a connection was given, or the listener it came from, or the host.
local function control_for(self, ref)
  local given = self._controls[ref]
  if given then return given end
  local status = core.status(self.network._core, self.id, ref, false)
  return status and self._controls[status.listener] or self._control
end

---The control of a connection that runs under a script's.
---@return table control
function host:_control_of(ref)
  local entry = self._entries[ref]
  return entry and entry.control or control_for(self, ref) or {}
end

-- The entry is held here: the core's hold on it is weak.
function host:_enter_control(ref, control)
  local entry = congestion.entry(control or control_for(self, ref))
  self._entries[ref] = entry
  core.set_control(self.network._core, self.id, ref, entry)
end

function host:_give_control(ref, control)
  self._controls[ref] = control
  self:_enter_control(ref, control)
end

function host:_forget_control(ref)
  self._controls[ref] = nil
  if not self._entries[ref] then return end
  self._entries[ref] = nil
  core.set_control(self.network._core, self.id, ref, nil)
end

-- A connection that leaves its listener keeps what the listener was given.
function host:_inherit_control(ref, from)
  self._controls[ref] = self._controls[ref] or self._controls[from]
end

---The names of the timers that run at its connections, each once.
---@return string[]
function host:_running_timers()
  local names, seen, at = {}, {}, 0
  while at do
    local refs, _, after = core.connections(self.network._core, self.id, at, PAGE)
    for _, ref in ipairs(refs) do
      local timers = core.status(self.network._core, self.id, ref, false).timers or {} -- a listener has none
      for _, name in ipairs(moment.timers) do
        if timers[name] and not seen[name] then
          names[#names + 1] = name
          seen[name] = true
        end
      end
    end
    at = after
  end
  return names
end

-- ---- addresses ----

local function family(text) return select(2, core.parse_address(text)) end

local function of_family(addresses, wanted)
  for _, text in ipairs(addresses) do
    if wanted == nil or family(text) == wanted then return text end
  end
end

---An address given as text, as a host, or as a host's name.
---@param given any
---@param argument string
---@param wanted? integer  4 or 6: of a host's addresses
---@return string
function host:_address(given, argument, wanted)
  if type(given) == "string" then
    local text = core.parse_address(given)
    if text then return text end
  end
  local node = self.network:_node(given, argument)
  local text = node.addresses and of_family(node.addresses, wanted)
  if not text then check.fail("%s: %s has no address%s", argument, node.name, wanted and " of IPv" .. wanted or "") end
  return text
end

-- The address of `given` in a family that this host has too, where it can be chosen.
local function reachable(self, given, argument)
  local mine = self.addresses[1] and family(self.addresses[1])
  if type(given) == "table" and given.addresses and of_family(given.addresses, mine) then return self:_address(given, argument, mine) end
  return self:_address(given, argument)
end

-- ---- opening ----

local CONNECT_OPTIONS = { "local_address", "local_port", "timeout", "data" }
local LISTEN_OPTIONS = { "address" }
local OPEN_OPTIONS = { "address", "port", "local_address", "local_port", "passive" }

local function check_open(self, method)
  check.self(self, host, method)
  self.network:_check_open()
  if self.closed then check.fail("%s: the host is closed", method) end
end

local function own_end(self, given)
  local address = given.local_address and self:_address(given.local_address, "local_address")
  return address, given.local_port and check.port(given.local_port, "local_port")
end

-- Answers the reference, and how many bytes of data were taken; or nil, message, code.
local function open(self, way, local_address, local_port, address, port, values, control, data)
  self.network:_catch_up()
  local ref, result, code = core.open(self.network._core, self.id, way, local_address, local_port, address, port, values, data)
  if ref then self._controls[ref] = control or not options.has_control(values) and self._control or nil end
  self.network:_finish()
  return ref, result, code
end

---Opens a connection and waits until it is established, and until TCP has taken all of `data`. With the option fast_open the SYN asks for a
---cookie, or carries the server's and what fits of the data (RFC 7413): the server may then read it at once, and, should the network double
---the SYN, once more. The data is sent in any case, and by this call alone: what the SYN did not bring follows the handshake.
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
function host:connect(address, port, opts)
  check_open(self, "connect")
  opts = opts or {}
  local values, control = options.read(opts, CONNECT_OPTIONS)
  local remote = reachable(self, address, "address")
  check.port(port, "port")
  local data = check.type(opts.data or "", "string", "data")
  local until_ns = self.network:_until(opts.timeout, "timeout")
  self.network:_check_may_wait("connect")
  local local_address, local_port = own_end(self, opts)
  local ref, taken, code = open(self, "active", local_address, local_port, remote, port, values, control, data)
  if not ref then return nil, taken, code end
  return self:_connection(ref):_await_open(until_ns, data, taken)
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
function host:listen(port, opts)
  check_open(self, "listen")
  opts = opts or {}
  local values, control = options.read(opts, LISTEN_OPTIONS)
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
---@param opts tcplab.open_options  address, port (the remote end), local_address, local_port, passive, tunables
---@return tcplab.connection? conn
---@return string? message
---@return string? code
function host:open(opts)
  check_open(self, "open")
  check.type(opts, "table", "options")
  local values, control = options.read(opts, OPEN_OPTIONS)
  local remote = opts.address and reachable(self, opts.address, "address")
  local port = opts.port and check.port(opts.port, "port")
  local local_address, local_port = own_end(self, opts)
  local way = opts.passive and "passive" or "active"
  local ref, message, code = open(self, way, local_address, local_port, remote, port, values, control)
  if not ref then return nil, message, code end
  local conn = self:_connection(ref)
  conn:_own()
  return conn
end

---An unconnected stream of LuaSocket's shape, for code that was written for it: bind, listen, connect, and then as what it has become.
---```lua
---local stream = client:tcp()
---stream:settimeout(5)
---print(stream:connect("10.0.0.2", 80))  --> 1
---```
---@return tcplab.socket
function host:tcp()
  check_open(self, "tcp")
  return socket.new(self)
end

---Connections of the host, in every state but LISTEN of a listener: also half-open ones and those in TIME-WAIT, in the order of their places in the
---stack, a free one of which goes to the next comer. It is a list, read as far as it is looked at; `for conn in host:connections() do` walks over a
---million of them with a few in memory, and what comes or goes meanwhile is met or not.
---```lua
---for each in client:connections() do print(each == conn, each.state) end  --> true ESTABLISHED
---```
---@return tcplab.connection[]
function host:connections()
  check_open(self, "connections")
  return pages(function(at)
    self.network:_check_open()
    local refs, listens, after = core.connections(self.network._core, self.id, at, PAGE)
    local page = {}
    for i, ref in ipairs(refs) do
      if not listens[i] then page[#page + 1] = self:_connection(ref) end
    end
    return page, after
  end)
end

---Listeners of the host, oldest first.
---```lua
---for _, each in ipairs(server:listeners()) do print(each.port) end  --> 80
---```
---@return tcplab.listener[]
function host:listeners()
  check_open(self, "listeners")
  local refs, listens = core.connections(self.network._core, self.id)
  local list = {}
  for i, ref in ipairs(refs) do
    if listens[i] then list[#list + 1] = self:_listener(ref) end
  end
  return list
end

-- ---- packets by hand ----

-- A segment as bytes; where it leaves an end open, this host's address is filled in.
local function packet(self, given, open_end)
  if type(given) == "string" then return given end
  check.type(given, "table|string", "segment")
  if given[open_end] ~= nil then return segment.wrap(given):bytes() end
  local other = open_end == "source" and given.destination or given.source
  local copy = {}
  for name, value in next, given do copy[name] = value end
  copy[open_end] = of_family(self.addresses, other and family(other))
  return segment.wrap(copy):bytes()
end

---Sends a segment as if this host had made it. Its source may be left open.
---```lua
---client:inject(tcplab.segment { kind = "SYN", seq = 1, source_port = 4000, destination = "10.0.0.2", destination_port = 80 })
---net:run(0.015)
---print(listener:status().half_open)  --> 1
---```
---@param seg tcplab.Segment|string  a segment, or the bytes of an IP packet
---@return true? ok, string? message, string? code
function host:inject(seg)
  check_open(self, "inject")
  self.network:_catch_up()
  local ok, message, code = core.inject(self.network._core, self.id, packet(self, seg, "source"))
  self.network:_finish()
  return ok, message, code
end

---Hands the host a segment as if it had arrived. Its destination may be left open.
---```lua
---local syn = tcplab.segment { kind = "SYN", seq = 1, source = "10.0.0.9", source_port = 4000, destination_port = 80 }
---print(server:deliver(syn))  --> accepted connection: 10.0.0.2:80 > 10.0.0.9:4000 SYN-RECEIVED
---```
---@param seg tcplab.Segment|string  a segment, or the bytes of an IP packet
---@return string? reason  "accepted", or the check that refused it
---@return tcplab.connection|string|nil conn  whom it was for
function host:deliver(seg)
  check_open(self, "deliver")
  self.network:_catch_up()
  local reason, ref, code = core.deliver(self.network._core, self.id, packet(self, seg, "destination"))
  self.network:_finish()
  if not reason then return nil, ref, code end
  return reason, ref ~= 0 and self:_connection(ref) or nil
end

---Lets a function decide about every packet that comes in or goes out at this host's door; as link:filter.
---```lua
---local wall = server:filter("in", function(segment) return segment.kind == "RST" and "drop" or nil end)
---conn:abort()
---net:run(1)
---print(peer.state)  --> ESTABLISHED
---wall:close()
---```
---@param direction "in"|"out"  what comes, or what goes
---@param f fun(segment: tcplab.Segment, from: tcplab.host|tcplab.switch): nil|"drop"|{ delay?: number, duplicate?: integer }
---@return tcplab.hook
function host:filter(direction, f)
  check_open(self, "filter")
  if direction ~= "in" and direction ~= "out" then check.fail('direction: "in" or "out" expected, got %s', check.shown(direction)) end
  check.callable(f, "function")
  return link.hang_filter(self.network, core.host_filter(self.network._core, self.id, direction == "in"), f)
end

---Sends what goes to the prefix over this link, whatever the shortest path is.
---```lua
---local other = net:link(client, server, { delay = 0.5 })
---client:route("10.0.0.2", other)
---client:connect(server, 80)
---print(net:now())  --> 0.51
---```
---@param prefix string  "10.1.0.0/16", or an address
---@param over tcplab.link  one that the host stands at
function host:route(prefix, over)
  check_open(self, "route")
  if not core.prefix_text(check.type(prefix, "string", "prefix")) then
    check.fail("prefix: %q is neither an IP address nor a prefix", prefix)
  end
  if getmetatable(over) ~= link.class or over.network ~= self.network then
    check.fail("link: a link of this network expected, got %s", check.shown(over))
  end
  local ok, message = core.route(self.network._core, self.id, prefix, over.id)
  if not ok then check.fail("route: %s", message) end
end

-- ---- watching ----

---Calls a function at each such moment of this host's connections and segments.
---```lua
---server:on("accept", function(event) print(event.conn.state) end)  --> ESTABLISHED
---client:connect(server, 80)
---net:run(1)
---```
---@param moment tcplab.moment  its name, as "accept"
---@param f fun(event: tcplab.event)  must not wait
---@return tcplab.hook
function host:on(moment, f)
  check_open(self, "on")
  return self.network:_hook(moment, f, self)
end

---What a host's stack has done, and what it holds.
---@class tcplab.host_counters
---@field packets_in integer
---@field packets_out integer
---@field refused table<string, integer>     packets by the check that refused them: see tcplab.reasons
---@field retransmissions integer
---@field resets_out integer                 RSTs sent
---@field challenges integer                 challenge ACKs sent (RFC 5961)
---@field sacks_refused integer              SACK ranges that cannot be, or that there was no room for
---@field cookies { sent: integer, taken: integer, refused: integer }  SYN cookies
---@field half_open_dropped integer          half-open connections that made room for newer ones
---@field fast_opens integer                 SYNs whose text was taken (RFC 7413)
---@field fast_open_limited integer          SYNs whose text was not, for fast_open_pending
---@field fast_open_cookies_refused integer  SYNs whose cookie was not ours
---@field fast_open_forgotten integer        servers forgotten, to remember others
---@field time_wait_overflows integer        connections that found no place in TIME-WAIT
---@field events_lost integer                moments for which there was no room
---@field connections integer                now; half-open ones and those in TIME-WAIT do not count
---@field half_open integer                  now
---@field time_wait integer                  now
---@field listeners integer                  now
---@field buffer_bytes integer               memory of send and receive buffers, now
---@field record_bytes integer               memory of records and tables, now

---Counts of what the stack has done, and of what it holds.
---```lua
---client:deliver(tcplab.segment { kind = "ACK", seq = 0, ack = 1, source = "10.0.0.2", source_port = 80, destination_port = 9 })
---print(client:counters().packets_in)  --> 1
---```
---@return tcplab.host_counters
function host:counters()
  check_open(self, "counters")
  return core.host_counters(self.network._core, self.id)
end

---Changes a tunable for connections opened from now on.
---```lua
---client:setoption("rto_min", 0.2)
---client:setoption("net.ipv4.tcp_fin_timeout", 60) -- Linux's names are known too
---```
---@param name tcplab.tunable  see tcplab.options
---@param value any    in its unit; what is out of its range raises
function host:setoption(name, value)
  check_open(self, "setoption")
  local number, encoded, control = options.encode(name, value)
  assert(core.set_tunable(self.network._core, self.id, 0, number, encoded))
  if options.is_control(number) then self._control = control end
end

---A tunable's value for connections opened from now on.
---```lua
---print(client:getoption "msl", client:getoption "congestion")  --> 120.0 reno
---```
---@param name tcplab.tunable  see tcplab.options
---@return any value
function host:getoption(name)
  check_open(self, "getoption")
  local number, decode = options.decode(name)
  local value = core.get_tunable(self.network._core, self.id, 0, number)
  if options.is_script(number, value) then return self._control.given end
  return decode(value)
end

---A crash, and a start with an empty memory: connections and listeners are lost at once, and no segment says so. Their handles answer "closed",
---with the code "EHOSTDOWN". What was known of other hosts is forgotten, the secrets behind initial sequence numbers are new; options, policies,
---filters and the time stay. With the option quiet_time the host then keeps quiet for one MSL (RFC 9293 3.4.3).
---```lua
---server:reboot()
---conn:send "are you there?"
---print(conn:receive())  --> nil closed ECONNRESET
---```
function host:reboot()
  check_open(self, "reboot")
  self.network:_catch_up()
  local refs, listens = core.connections(self.network._core, self.id)
  assert(core.reboot(self.network._core, self.id))
  for i, ref in ipairs(refs) do
    local known = listens[i] and self._listeners[ref]
    if known then known:_lose() end
    if listens[i] then self:_forget_control(ref) end
  end
  self.network:_finish()
end

---Ends all that lives on the host: listeners are closed, connections aborted. What comes for it afterwards is answered as where nothing runs; its
---methods raise. Does nothing the second time.
---```lua
---server:close()
---print(client:connect(server, 80))  --> nil connection refused ECONNREFUSED
---```
function host:close()
  check.self(self, host, "close")
  if self.closed then return end
  self.closed = true
  if self.network.closed then return end
  local refs, listens = core.connections(self.network._core, self.id)
  for i, ref in ipairs(refs) do
    if listens[i] then self:_listener(ref):close() else self:_connection(ref):abort() end
  end
end

host.__close = host.close

-- How many of each record there are, where there are any.
local function census(self)
  if self.closed or self.network.closed then return "" end
  local counters = core.host_counters(self.network._core, self.id)
  local parts, shown = {}, { listeners = "listeners", connections = "connections", half_open = "half-open", time_wait = "TIME-WAIT" }
  for _, name in ipairs { "listeners", "connections", "half_open", "time_wait" } do
    if counters[name] > 0 then parts[#parts + 1] = ("%s %d"):format(shown[name], counters[name]) end
  end
  return #parts > 0 and ": " .. table.concat(parts, ", ") or ""
end

function host:__tostring()
  return ("host: %s (%s)%s%s"):format(self.name, table.concat(self.addresses, ", "), self.closed and " (closed)" or "", census(self))
end

-- ---- policies: the core's questions. nil leaves the decision to the built-in rule. ----

local function nonsense(policy, expected, answer)
  error(("policy %s: it must return %s, not %s"):format(policy, expected, check.shown(answer)), 0)
end

local function run_isn(network, id, ref)
  local owner = network._nodes[id]
  local isn = owner._policies.isn(owner:_connection(ref))
  if isn == nil then return nil end
  local whole = type(isn) == "number" and math.tointeger(isn)
  if not whole or whole < 0 or whole > 0xffffffff then nonsense("isn", "an integer from 0 to 2^32 - 1, or nothing", isn) end
  return whole
end

local ADMISSIONS = { accept = 0, drop = 1, reset = 2, cookie = 3 }

local function run_admit(network, id, listener_ref, _, syn)
  local owner = network._nodes[id]
  local answer = owner._policies.admit(segment.wrap(syn), owner:_listener(listener_ref))
  if answer == nil then return nil end
  return ADMISSIONS[answer] or nonsense("admit", '"accept", "drop", "reset", "cookie" or nothing', answer)
end

local function is_span(value) return type(value) == "number" and value >= 0 and value < 9e9 end

local function run_rto(network, id, ref, built_in)
  local owner = network._nodes[id]
  local seconds = owner._policies.rto(owner:_connection(ref), built_in / 1e9)
  if seconds == nil then return nil end
  if not is_span(seconds) or seconds == 0 then nonsense("rto", "seconds above 0, or nothing", seconds) end
  return check.span(seconds, "policy rto")
end

local function run_delay_ack(network, id, ref, _, seg)
  local owner = network._nodes[id]
  local seconds = owner._policies.delay_ack(owner:_connection(ref), segment.wrap(seg))
  if seconds == nil then return nil end
  if seconds == false then return 0 end
  if not is_span(seconds) then nonsense("delay_ack", "seconds, false or nothing", seconds) end
  return check.span(seconds, "policy delay_ack")
end

-- A connection under a script's congestion control is met for the first time.
local function run_congestion(network, id, ref) network._nodes[id]:_enter_control(ref) end

return {
  run_congestion = run_congestion,
  new = new, class = host, run_isn = run_isn, run_admit = run_admit, run_rto = run_rto, run_delay_ack = run_delay_ack,
}
