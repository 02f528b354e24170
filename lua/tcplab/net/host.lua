-- SPDX-License-Identifier: MIT
-- A host: addresses, a TCP stack of its own with its options and policies, and the connections and listeners that live in it.

local core = require "tcplab.core"
local address = require "tcplab.net.address"
local check = require "tcplab.base.check"
local congestion = require "tcplab.net.congestion"
local connection = require "tcplab.connection.connection"
local listener = require "tcplab.connection.listener"
local machine = require "tcplab.connection.machine"
local mixin = require "tcplab.base.mixin"
local moment = require "tcplab.trace.moment"
local open = require "tcplab.net.open"
local tunables = require "tcplab.connection.tunables"
local packet = require "tcplab.net.packet"
local pages = require "tcplab.base.pages"
local policy = require "tcplab.net.policy"
local profile = require "tcplab.connection.profile"
local strict = require "tcplab.base.strict"

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
---@field kernel? boolean           over tcplab.tun: it is the kernel itself (see tcplab.kernel_host)
---@field profile? string|table     the set of tunables to start from: a name of tcplab.profiles, "rfc9293" by default, or a table of options, whose
---`base` is such a one in turn
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
---@field timeout? number                    connect: seconds; 500 and more draw a warning, for they look like milliseconds
---@field data? string                       connect, open: what to send first; with fast_open the SYN may carry it (RFC 7413)
---@field congestion? string|tcplab.congestion_control  its name, or one in Lua

---Addresses and a TCP stack of its own. Where a host is asked for, its name will do.
---@class tcplab.host
---@field name string  as it was given
---@field id integer   its number in the network, from 1
---@field network tcplab.network  whose it is
---@field addresses string[]  in the order in which they were given
---@field machine tcplab.host_machine  overrides and coverage
---@field closed boolean  whether close was called
local host = mixin({ __name = "tcplab.host" }, address, congestion, open, packet)

local PAGE = 256 -- records read at a time

local OWN_OPTIONS = table.move(policy.names, 1, #policy.names, 4, { "address", "profile", "kernel" })

-- ---- making one ----

---Called by net:host.
local function new(network, name, given)
  network:_check_open()
  given = given or {}
  check.type(given, "table", "options")
  local policies, rest = policy.read(given)
  local values, control = profile.under(given.profile, rest, OWN_OPTIONS)
  local addresses = address.list(network, given.address)
  local id = core.host(network._core, name, values, policies)
  local self = setmetatable({
    _network = network, _name = name, _id = id, _addresses = {}, _closed = false, _verbs = core, _policies = policies, _arrived = false,
    _connection = host._connection, _changed = host._changed,
  }, host)
  self._control = control or false
  self._controls = {} -- scripts' congestion controls by reference: what connections and listeners were given
  self._entries = {}  -- what the core finds for those that send
  self._connections = setmetatable({}, { __mode = "v" })
  self._listeners = setmetatable({}, { __mode = "v" })
  self._machine = machine.of_host(self)
  for _, prefix in ipairs(addresses) do network:_own(self, prefix) end
  return self
end

function host:_check_open(method)
  self._network:_check_open()
  if self._closed then check.fail("%s: the host is closed", method) end
end

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
  if known then known._signal:raise(self._network) end
end

function host:_accepting(ref)
  local known = self._listeners[ref]
  if known then known._signal:raise(self._network) end
end

-- A connection has come to CLOSED: its record goes, unless something in it is still to be read.
function host:_retire(ref)
  local known = self._connections[ref]
  if known then
    known:_retire()
  elseif core.readable(self._network._core, self._id, ref) == 0 then
    core.release(self._network._core, self._id, ref)
    self:_forget_control(ref)
  end
end

---The names of the timers that run at its connections, each once.
---@return string[]
function host:_running_timers()
  local names, seen, at = {}, {}, 0
  while at do
    local refs, _, after = core.connections(self._network._core, self._id, at, PAGE)
    for _, ref in ipairs(refs) do
      local timers = core.status(self._network._core, self._id, ref, false).timers or {} -- a listener has none
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

---Connections of the host, in every state but LISTEN of a listener: also half-open ones and those in TIME-WAIT, in the order of their places in the
---stack, a free one of which goes to the next comer. It is a list, read as far as it is looked at; `for conn in host:connections() do` walks over a
---million of them with a few in memory, and what comes or goes meanwhile is met or not.
---```lua
---for each in client:connections() do print(each == conn, each.state) end  --> true ESTABLISHED
---```
---@return tcplab.connection[]
function host:connections()
  check.self(self, host, "connections")
  self:_check_open "connections"
  return pages(function(at)
    self._network:_check_open()
    local refs, listens, after = core.connections(self._network._core, self._id, at, PAGE)
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
  check.self(self, host, "listeners")
  self:_check_open "listeners"
  local refs, listens = core.connections(self._network._core, self._id)
  local list = {}
  for i, ref in ipairs(refs) do
    if listens[i] then list[#list + 1] = self:_listener(ref) end
  end
  return list
end

-- ---- watching ----

---Calls a function at each such moment of this host's connections and segments.
---```lua
---server:on("accept", function(event) print(event.conn.state) end)  --> ESTABLISHED
---client:connect(server, 80)
---net:run(1)
---```
---@param moment_name tcplab.moment  its name, as "accept"
---@param f fun(event: tcplab.event)  must not wait
---@return tcplab.hook
function host:on(moment_name, f)
  check.self(self, host, "on")
  self:_check_open "on"
  return self._network:_hook(moment_name, f, self)
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
  check.self(self, host, "counters")
  self:_check_open "counters"
  return core.host_counters(self._network._core, self._id)
end

-- What reads the tunables' values for connections to come.
---@package
---@return fun(): integer[]
function host:_tunables()
  return function() return core.host_tunables(self._network._core, self._id) end
end

---Changes a tunable for connections opened from now on.
---```lua
---client:setoption("rto_min", 0.2)
---client:setoption("net.ipv4.tcp_fin_timeout", 60) -- Linux's names are known too
---```
---@param name tcplab.tunable  see tcplab.options
---@param value any    in its unit; what is out of its range raises
function host:setoption(name, value)
  check.self(self, host, "setoption")
  self:_check_open "setoption"
  local numbers, values, control = tunables.encode(name, value, self:_tunables())
  for _, number in ipairs(numbers) do assert(core.set_tunable(self._network._core, self._id, 0, number, values[number])) end
  if tunables.has_control(values) then self._control = control end
end

---Changes a tunable of a listener, for connections that come from now on.
---@param listening tcplab.listener
---@param name string
---@param value any
function host:_set_listener(listening, name, value)
  local numbers, values = tunables.encode(name, value, self:_tunables())
  for _, number in ipairs(numbers) do assert(core.set_tunable(self._network._core, self._id, listening._ref, number, values[number])) end
end

---A tunable's value for connections opened from now on.
---```lua
---print(client:getoption "msl", client:getoption "congestion")  --> 120.0 reno
---```
---@param name tcplab.tunable  see tcplab.options
---@return any value
function host:getoption(name)
  check.self(self, host, "getoption")
  self:_check_open "getoption"
  local numbers, decode = tunables.decode(name)
  local values = {}
  for _, number in ipairs(numbers) do values[number] = core.get_tunable(self._network._core, self._id, 0, number) end
  if tunables.is_script(values) then return self._control.given end
  return decode(values)
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
  check.self(self, host, "reboot")
  self:_check_open "reboot"
  self._network:_catch_up()
  local refs, listens = core.connections(self._network._core, self._id)
  assert(core.reboot(self._network._core, self._id))
  for i, ref in ipairs(refs) do
    local known = listens[i] and self._listeners[ref]
    if known then known:_lose() end
    if listens[i] then self:_forget_control(ref) end
  end
  self._network:_finish()
end

---Ends all that lives on the host: listeners are closed, connections aborted. What comes for it afterwards is answered as where nothing runs; its
---methods raise. Does nothing the second time.
---```lua
---server:close()
---print(client:connect(server, 80))  --> nil connection refused ECONNREFUSED
---```
function host:close()
  check.self(self, host, "close")
  if self._closed then return end
  self._closed = true
  if self._network._closed then return end
  local refs, listens = core.connections(self._network._core, self._id)
  for i, ref in ipairs(refs) do
    if listens[i] then self:_listener(ref):close() else self:_connection(ref):abort() end
  end
end

host.__close = host.close

-- How many of each record there are, where there are any.
local function census(self)
  if self._closed or self._network._closed then return "" end
  local counters = core.host_counters(self._network._core, self._id)
  local parts, shown = {}, { listeners = "listeners", connections = "connections", half_open = "half-open", time_wait = "TIME-WAIT" }
  for _, name in ipairs { "listeners", "connections", "half_open", "time_wait" } do
    if counters[name] > 0 then parts[#parts + 1] = ("%s %d"):format(shown[name], counters[name]) end
  end
  return #parts > 0 and ": " .. table.concat(parts, ", ") or ""
end

function host:__tostring()
  return ("host: %s (%s)%s%s"):format(self._name, table.concat(self._addresses, ", "), self._closed and " (closed)" or "", census(self))
end

strict.seal(host, {
  what = "host", kept = { "network", "name", "id", "addresses", "machine", "closed" },
  calls = {
    address = "host.addresses is the list of them; they are given when the host is made", port = "connections and listeners have ports",
    profile = 'it is given when the host is made: net:host(name, { profile = "linux" })',
    admit = "a policy is given when the host is made: net:host(name, { admit = function(syn, listener) ... end })",
    rto = "a policy is given when the host is made: net:host(name, { rto = function(conn, seconds) ... end })",
    delay_ack = "a policy is given when the host is made: net:host(name, { delay_ack = function(conn, segment) ... end })",
  },
  options = tunables.names, option_call = 'host:setoption("%s", value)', option_read = 'host:getoption "%s"',
})

return { new = new, class = host }
