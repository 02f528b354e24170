-- SPDX-License-Identifier: MIT
-- A network: hosts, switches and links in one time, and the loop that moves it on.
--
-- A real network is the same with another `_pass`: it lets the core run up to the real clock's time, reads packets, and waits. It may also
-- set `_catch_up`, called before each user call, so that the core's clock shows the present. Nothing else knows the difference.

local core = require "tcplab.core"
local check = require "tcplab.base.check"
local deferral = require "tcplab.net.deferral"
local hook = require "tcplab.net.hook"
local link = require "tcplab.net.link"
local mixin = require "tcplab.base.mixin"
local moment = require "tcplab.trace.moment"
local names = require "tcplab.net.names"
local policy = require "tcplab.net.policy"
local queue = require "tcplab.base.queue"
local ring = require "tcplab.net.ring"
local run = require "tcplab.net.run"
local scheduler = require "tcplab.net.scheduler"
local segment = require "tcplab.trace.segment"
local settings = require "tcplab.base.settings"
local strict = require "tcplab.base.strict"
local topology = require "tcplab.net.topology"
local trace = require "tcplab.net.trace"
local wait = require "tcplab.net.wait"

---Hosts, switches and links in one time. `tostring` and `close` as all objects have them; a variable `<close>` closes it.
---Only closing or collecting the network frees it: losing another handle changes nothing in it.
---@class tcplab.network
---@field trace tcplab.trace  what happened, oldest first
---@field closed boolean  whether it was closed
local network = mixin({ __name = "tcplab.network" }, topology, hook, deferral, scheduler, wait, run)

core.on_misuse(function(message) check.fail("%s", message) end)

local TRACE_NOTICES, TRACE_BYTES = 100000, 64 << 20

-- ---- making one ----

-- Policies, match functions and filters come in from the core by number; see policy.lua and link.lua.
local function callbacks(holder)
  local function from(owner) return function(...) return owner(holder[1], ...) end end
  return {
    filter = from(link.run_filter),
    match = from(link.run_match),
    isn = from(policy.run_isn),
    admit = from(policy.run_admit),
    rto = from(policy.run_rto),
    delay_ack = from(policy.run_delay_ack),
    congestion = from(policy.run_congestion),
  }
end

-- What the virtual network does when nothing is ready: the next events happen at once.
local function pass_lab(self, until_ns, events) return core.run(self._core, until_ns, events) end

local function trace_limits(given)
  if given == false and not settings.traced then return 0, 0 end
  if not given then return TRACE_NOTICES, TRACE_BYTES end
  if type(given) ~= "table" then check.fail("trace: false or a table expected, got %s", check.shown(given)) end
  for name in pairs(given) do
    if name ~= "limit" and name ~= "bytes" then check.fail("trace: unknown option %s; there are limit and bytes", check.shown(name)) end
  end
  return check.integer(given.limit or TRACE_NOTICES, "trace.limit", 1, 1 << 40),
    check.integer(given.bytes or TRACE_BYTES, "trace.bytes", 1, 1 << 50)
end

---A network over a new core. Lab and tun call it.
---@param options { seed: integer, trace?: false|table, hosts?: table, packet_bytes?: integer }
---@param pass? fun(self: tcplab.network, until_ns?: integer, events: integer): "idle"|"time"|"notice"|"slice"|"interrupted"
---@return tcplab.network
local function new(options, pass)
  local holder = setmetatable({}, { __mode = "v" }) -- the core must not keep the network alive
  local config = callbacks(holder)
  config.seed, config.packet_bytes = options.seed, options.packet_bytes
  local resolved = names.read(options.hosts)
  config.trace_limit, config.trace_bytes_limit = trace_limits(options.trace)
  local self = strict.with_private({
    _core = core.new(config), _seed = options.seed, _resolved = resolved, _closed = false, _in_hook = false, _task = false,
  }, network)
  holder[1] = self
  self._hosts, self._nodes, self._links, self._names = {}, {}, {}, {}
  self._owners = {} -- names by address and prefix length
  self._faults = {}
  self._functions = {} -- filters and match functions by the core's number
  self._deciders, self._decider_count, self._streams = {}, {}, {}
  self._hooks, self._hung, self._watched, self._hooked = {}, 0, {}, 0
  self._alarms = {}
  self._later = {} -- what policies, filters and match functions left to be done
  self._tasks, self._spawned = queue.new(), 0
  self._queue = queue.new() -- of those that are ready
  self._pass = pass or pass_lab
  self._trace = trace.new(ring.new(self))
  if settings.on_network then settings.on_network(self) end
  return self
end

function network:_check_open()
  if self._closed then check.fail("the network is closed") end
end

-- ---- events as objects ----

---Puts objects in the place of an event's numbers. A number that means nothing any more becomes nil.
---@param event table
---@return tcplab.event event  the same table
function network:_wrap(event)
  local owner = self._nodes[event.host]
  event.host = owner
  local is_host = owner and owner._connection
  event.conn, event.ends = is_host and event.conn and owner:_connection(event.conn, event.ends) or nil, nil
  event.listener = is_host and event.listener and owner:_listener(event.listener) or nil
  if event.moment ~= "segment" then return moment.event(event) end
  if event.segment then segment.wrap(event.segment) end
  event.link = self._links[event.link]
  event.from, event.to, event.sender = self._nodes[event.from], self._nodes[event.to], self._nodes[event.sender]
  event.fault = self._faults[event.fault]
  return moment.event(event)
end

-- ---- time and chance ----

---The network's time.
---```lua
---net:run(1.5)
---print(net:now())  --> 1.5
---```
---@return number seconds  since it began
function network:now()
  check.self(self, network, "now")
  self:_check_open()
  return self:_present() / 1e9
end

---When the next event is due, in the network's time.
---```lua
---client:open { address = server, port = 80 }
---print(net:deadline())  --> 0.01
---```
---@return number? seconds  nil when nothing is left to happen
function network:deadline()
  check.self(self, network, "deadline")
  self:_check_open()
  if self._queue.count > 0 then return core.now(self._core) / 1e9 end
  local due = core.deadline(self._core)
  return due and due / 1e9
end

---A real network's descriptor: readable when run(0) has something to do. A virtual one has none.
---```lua
---print((net:fd()))  --> nil
---```
---@return integer? fd, string? message, string? code
function network:fd()
  check.self(self, network, "fd")
  return nil, "a virtual network has no descriptor", "ENOTSUP"
end

---The name that a filter's or match function's numbers are drawn by: its owner's, and how many have been hung there.
---@param id integer  the core's
---@param owner tcplab.link|tcplab.host
function network:_name_decider(id, owner)
  local count = (self._decider_count[owner] or 0) + 1
  self._decider_count[owner] = count
  self._deciders[id] = ("%s %d"):format(owner.name, count)
end

-- What decides has numbers of its own, so that another one changes nothing in it.
local function draw(self, n)
  local what, who = core.deciding(self._core)
  if not what then return core.random(self._core, n) end
  local key = what .. " " .. who
  local stream = self._streams[key]
  if not stream then
    local is_function = what == "filter" or what == "match"
    stream = core.stream(self._seed, what, is_function and self._deciders[who] or self._nodes[who].name)
    self._streams[key] = stream
  end
  return core.draw(stream, n)
end

---The script's own random numbers, from the network's seed; arguments as for math.random. A filter, match function or policy draws from numbers of
---its own, which no other draws from.
---```lua
---local dice = net:random(6)
---print(dice >= 1 and dice <= 6, net:random() < 1)  --> true true
---```
---@param m? integer  with m alone: from 1 to m; without: from 0 to below 1
---@param n? integer  from m to n
---@return number
function network:random(m, n)
  check.self(self, network, "random")
  self:_check_open()
  if m == nil then return (draw(self, 0) >> 11) * 0x1p-53 end
  if n == nil then m, n = 1, m end
  m = check.integer(m, "m", math.mininteger, math.maxinteger)
  n = check.integer(n, "n", math.mininteger, math.maxinteger)
  if m > n then check.fail("random: the interval from %d to %d is empty", m, n) end
  return m + draw(self, n - m + 1)
end

---Counts of what the network has done; unseen: moments of floods' segments that neither the trace nor a hook that asked was shown.
---```lua
---link:drop("ACK", 1)
---conn:send "hello"
---net:run(1)
---print(net:counters().dropped.fault)  --> 1
---```
---@return { events: integer, packets: integer, dropped: table<string, integer>, notices_lost: integer, unseen: integer, memory: integer }
function network:counters()
  check.self(self, network, "counters")
  self:_check_open()
  return core.counters(self._core)
end

-- ---- closing ----

local function close(self)
  if self._closed then return end
  if settings.on_close then settings.on_close(self) end
  core.close(self._core)
  self._closed, self._later = true, {}
  local failed, problem = false, nil
  for _, each in ipairs(self._tasks:list()) do
    if each.state ~= "running" then
      local ok, raised = pcall(each.close, each)
      if not ok and not failed then failed, problem = true, raised end
    end
  end
  if failed then error(problem, 0) end
end

---Frees the network, without a segment. Tasks that wait are closed. Does nothing the second time.
---```lua
---net:close()
---print(net.closed, conn.state)  --> true CLOSED
---```
function network:close()
  check.self(self, network, "close")
  self:_do(function() close(self) end)
end

function network:__close() self:close() end

function network:__tostring()
  if self._closed then return "network: closed" end
  return ("network: %d hosts, %.6f s"):format(#self._hosts, core.now(self._core) / 1e9)
end

local LAB_GIVEN <const> = "it is given when the network is made: tcplab.lab { %s = ... }"

local calls = {
  time = "net:now() tells it", seed = LAB_GIVEN:format "seed", packet_bytes = LAB_GIVEN:format "packet_bytes", limit = LAB_GIVEN:format "trace",
}
network.link = nil
strict.seal(network, { what = "network", kept = { "trace", "closed" }, computed = { link = function() return topology.link end }, calls = calls })

return { new = new, class = network, calls = calls }
