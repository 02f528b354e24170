-- SPDX-License-Identifier: MIT
-- A network: hosts, switches and links in one time, and the loop that moves it on.
--
-- The loop, `_advance`, does the first of these that there is to do: deliver one notice (hooks, waiting tasks), resume one ready task, run the core.
-- Whoever waits in the main chunk calls it again and again until what he waits for has come; a task that waits yields to it.
--
-- A real network is the same with another `_pass`: it lets the core run up to the real clock's time, reads packets, and waits. It may also
-- set `_catch_up`, called before each user call, so that the core's clock shows the present. Nothing else knows the difference.

local core = require "tcplab.core"
local check = require "tcplab.base.check"
local hook = require "tcplab.net.hook"
local host = require "tcplab.net.host"
local line = require "tcplab.base.queue"
local link = require "tcplab.net.link"
local moment = require "tcplab.trace.moment"
local nearest = require "tcplab.base.nearest"
local ring = require "tcplab.net.ring"
local segment = require "tcplab.trace.segment"
local settings = require "tcplab.base.settings"
local task = require "tcplab.net.task"
local trace = require "tcplab.net.trace"

local SLICE = 4096 -- events run before Lua has its turn, so that Ctrl-C works
local DAY = 86400 * 1000000000
local KINDS = core.kinds()
local DEADLOCK = "nothing that could end this wait can ever happen"
local ENDLESS = "a day has gone by without an end of this wait (timers that run: %s)"

---Hosts, switches and links in one time. `tostring` and `close` as all objects have them; a variable `<close>` closes it.
---Only closing or collecting the network frees it: losing another handle changes nothing in it.
---@class tcplab.network
---@field trace tcplab.trace  what happened, oldest first
---@field closed boolean  whether it was closed
local network = { __name = "tcplab.network" }

local TRACE_NOTICES, TRACE_BYTES = 100000, 64 << 20

-- ---- making one ----

-- Policies, match functions and filters come in from the core by number; see host.lua and link.lua.
local function callbacks(holder)
  local function from(owner) return function(...) return owner(holder[1], ...) end end
  return {
    filter = from(link.run_filter),
    match = from(link.run_match),
    isn = from(host.run_isn),
    admit = from(host.run_admit),
    rto = from(host.run_rto),
    delay_ack = from(host.run_delay_ack),
    congestion = from(host.run_congestion),
  }
end

local function trace_limits(given)
  if given == false and not settings.traced then return 0, 0 end
  if not given then return TRACE_NOTICES, TRACE_BYTES end
  check.type(given, "table", "trace: false or a table expected; trace")
  for name in pairs(given) do
    if name ~= "limit" and name ~= "bytes" then check.fail("trace: unknown option %s; there are limit and bytes", check.shown(name)) end
  end
  return check.integer(given.limit or TRACE_NOTICES, "trace.limit", 1, 1 << 40),
    check.integer(given.bytes or TRACE_BYTES, "trace.bytes", 1, 1 << 50)
end

---A network over a new core. Lab and tun call it.
---@param options { seed: integer, trace?: false|table, packet_bytes?: integer }
---@param pass? fun(self: tcplab.network, until_ns?: integer, events: integer): "idle"|"time"|"notice"|"slice"|"interrupted"
---@return tcplab.network
local function new(options, pass)
  local holder = setmetatable({}, { __mode = "v" }) -- the core must not keep the network alive
  local config = callbacks(holder)
  config.seed, config.packet_bytes = options.seed, options.packet_bytes
  config.trace_limit, config.trace_bytes_limit = trace_limits(options.trace)
  local self = setmetatable({ _core = core.new(config), _seed = options.seed, closed = false }, network)
  holder[1] = self
  self._hosts, self._nodes, self._links, self._names = {}, {}, {}, {}
  self._owners = {} -- names by address and prefix length
  self._faults = {}
  self._functions = {} -- filters and match functions by the core's number
  self._hooks, self._hung, self._watched, self._hooked = {}, 0, {}, 0
  self._alarms = {}
  self._later = {} -- what policies, filters and match functions left to be done
  self._tasks, self._spawned = line.new(), 0
  self._queue = line.new() -- of those that are ready
  self._pass = pass
  self.trace = trace.new(ring.new(self))
  if settings.on_network then settings.on_network(self) end
  return self
end

network.__index = network

-- What the virtual network does when nothing is ready: the next events happen at once.
function network:_pass(until_ns, events) return core.run(self._core, until_ns, events) end

-- ---- what must wait for the end of an event ----

---Does it now; when a policy, filter or match function asks, as soon as the event that it decides about is over.
---@param f fun()
function network:_do(f)
  if self.closed or not core.later(self._core) then return f() end
  self._later[#self._later + 1] = f
end

-- Does what was left to be done; true when there was something.
local function do_later(self)
  if not self._later[1] or self.closed or core.later(self._core) then return false end
  while self._later[1] do table.remove(self._later, 1)() end
  return true
end

---Before each user call: what was left to be done is done, and a real network's clock shows the present.
function network:_catch_up()
  if do_later(self) then self:_check_open() end
end

---After a user call in which policies and filters may have run.
function network:_finish() do_later(self) end

-- ---- parts ----

local function check_name(self, name, what)
  check.type(name, "string", "name")
  if name == "" then check.fail("name: a %s needs a name", what) end
  if not utf8.len(name) or name:find "%c" then check.fail("name: a line of UTF-8 text expected, got %q", name) end
  if self._names[name] then check.fail("name: there is a %s already", check.shown(name)) end
  return name
end

local function address_key(prefix) return ("%s/%d"):format(core.prefix_text(prefix)) end

---Raises unless a new node could have the address or prefix.
function network:_check_free(prefix)
  if not select(4, core.prefix_text(prefix)) then check.fail("address: %s: no host can have it", prefix) end
  local owner = self._owners[address_key(prefix)]
  if owner then check.fail("address: %s: address already in use, by %s", prefix, owner) end
end

---Gives a node an address or prefix.
function network:_own(node, prefix)
  assert(core.address(self._core, node.id, prefix))
  self._owners[address_key(prefix)] = node.name
  node.addresses[#node.addresses + 1] = prefix:match "^[^/]+"
end

---Adds a part to the network's books.
function network:_add_node(node)
  self._nodes[node.id] = node
  self._names[node.name] = node
  return node
end

---Adds a host with a TCP stack of its own.
---```lua
---local router = net:host("third", { address = { "10.0.0.3", "2001:db8::3" }, profile = "linux", isn = 1000 })
---print(router.addresses[2])  --> 2001:db8::3
---```
---@param name string
---@param options? tcplab.host_options
---@return tcplab.host
function network:host(name, options)
  check.self(self, network, "host")
  self:_check_open()
  local new_host = host.new(self, check_name(self, name, "host"), options)
  self._hosts[#self._hosts + 1] = new_host
  return self:_add_node(new_host)
end

---It forwards by address, and has no stack of its own.
---@class tcplab.switch
---@field name string
---@field id integer
local switch = { __name = "tcplab.switch" }
switch.__index = switch

function switch:__tostring() return ("switch: %s"):format(self.name) end

---Adds a switch: it forwards by address, along the path with the fewest links.
---```lua
---local switch = net:switch "middle"
---local third = net:host("third", { address = "10.0.0.3" })
---net:link(client, switch)
---net:link(switch, third, { rate = 1e6 })
---```
---@param name string
---@return tcplab.switch
function network:switch(name)
  check.self(self, network, "switch")
  self:_check_open()
  check_name(self, name, "switch")
  return self:_add_node(setmetatable({ name = name, id = core.switch(self._core, name), network = self }, switch))
end

-- A node given as an object or by its name.
function network:_node(given, argument)
  if type(given) == "string" then
    local node = self._names[given]
    if node then return node end
    check.fail("%s: there is no %s; did you mean %s?", argument, check.shown(given), check.shown(nearest(given, self:_node_names())))
  end
  if type(given) == "table" and given.network == self and self._nodes[given.id] == given then return given end
  check.fail("%s: a host or switch of this network expected, got %s", argument, check.shown(given))
end

function network:_node_names()
  local names = {}
  for i, node in ipairs(self._nodes) do names[i] = node.name end
  return names
end

---Joins two hosts or switches by a link.
---```lua
---local third = net:host("third", { address = "10.0.0.3" })
---local slow = net:link(client, third, { delay = 0.1, rate = 1e6, queue = 20 }, { delay = 0.3 }) -- there, and back
---print(slow.name)  --> client-third
---```
---@param a tcplab.host|tcplab.switch|string  one end, or its name
---@param b tcplab.host|tcplab.switch|string  the other
---@param options? tcplab.link_options       both ways, or from a to b when options_back is given
---@param options_back? tcplab.link_options  from b to a
---@return tcplab.link
function network:link(a, b, options, options_back)
  check.self(self, network, "link")
  self:_check_open()
  local new_link = link.new(self, self:_node(a, "a"), self:_node(b, "b"), options, options_back)
  self._links[new_link.id] = new_link
  return new_link
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
  if event.moment ~= "segment" then return event end
  if event.segment then segment.wrap(event.segment) end
  event.link = self._links[event.link]
  event.from, event.to, event.sender = self._nodes[event.from], self._nodes[event.to], self._nodes[event.sender]
  event.fault = self._faults[event.fault]
  return event
end

-- ---- hooks ----

-- How many hooks watch each kind at each host (0: all), as the core's mask.
function network:_count_watch(id, kind, change)
  local counts = self._watched[id]
  if not counts then
    counts = {}
    self._watched[id] = counts
  end
  counts[kind] = (counts[kind] or 0) + change
  local mask = 0
  for _, each in ipairs(moment.list) do
    if (counts[each.name] or 0) > 0 then mask = mask | KINDS[each.name] end
  end
  core.watch(self._core, id, mask)
end

-- A moment's hooks stand in lists: one for each connection that has some, one for all others.
local OTHERS <const>, NONE <const> = 1, {}

local function hooks_at(self, name, place)
  local lists = self._hooks[name]
  return lists and lists[place] or NONE
end

-- A new list each time: an event under way goes on over the old one.
local function set_hooks(self, name, place, list)
  local lists = self._hooks[name] or {}
  self._hooks[name], lists[place] = lists, list[1] and list or nil
  self._hooked = next(lists) and self._hooked | KINDS[name] or self._hooked & ~KINDS[name]
end

local function take_off(self, off)
  local place, left = off._conn or OTHERS, {}
  for _, each in ipairs(hooks_at(self, off.moment, place)) do
    if each ~= off then left[#left + 1] = each end
  end
  set_hooks(self, off.moment, place, left)
  self:_do(function()
    if self.closed then return end
    if off._conn and off.moment ~= "segment" then
      off._conn:_watch(off.moment, -1)
    else
      self:_count_watch(off._host and off._host.id or 0, off.moment, -1)
    end
  end)
end

---Hangs a hook: for the whole network, one host, or one connection.
function network:_hook(name, f, at_host, at_conn)
  moment.check(name)
  check.callable(f, "function")
  self._hung = self._hung + 1
  local fields = { _call = f, _host = at_host, _conn = at_conn, _number = self._hung }
  local new_hook = hook.new(name, function(off) take_off(self, off) end, fields)
  local place = at_conn or OTHERS
  local list = hooks_at(self, name, place)
  list = table.move(list, 1, #list, 1, {})
  list[#list + 1] = new_hook
  set_hooks(self, name, place, list)
  self:_do(function()
    if at_conn and name ~= "segment" then
      at_conn:_watch(name, 1)
    else
      self:_count_watch(at_host and at_host.id or 0, name, 1)
    end
  end)
  return new_hook
end

---Calls a function at each such moment, anywhere in the network. Hooks of one moment run in the order in which they were hung.
---```lua
---local hook = net:on("state", function(event) print(event.host.name, event.from, event.to) end)
---client:open { address = server, port = 81 } --> client CLOSED SYN-SENT
---net:run(0)
---hook:close()
---```
---@param moment_name tcplab.moment  its name, as "state"
---@param f fun(event: tcplab.event)  must not wait; what it raises comes out of the call that let the network run
---@return tcplab.hook
function network:on(moment_name, f)
  check.self(self, network, "on")
  self:_check_open()
  return self:_hook(moment_name, f)
end

local function concerns(each, event) return not each.closed and (each._host == nil or each._host == event.host) end

-- Two lists as one, in the order in which the hooks were hung.
local function merged(one, other)
  local list = table.move(one, 1, #one, 1, {})
  table.move(other, 1, #other, #list + 1, list)
  table.sort(list, function(a, b) return a._number < b._number end)
  return list
end

local function hooks_for(self, event)
  local others, own = hooks_at(self, event.moment, OTHERS), event.conn and hooks_at(self, event.moment, event.conn) or NONE
  if not own[1] then return others end
  return others[1] and merged(others, own) or own
end

-- What one hook does to its event, the next does not see.
local function fresh(event)
  local twin = {}
  for name, value in next, event do twin[name] = value end
  if event.segment then twin.segment = segment.clone(event.segment) end
  return twin
end

-- Calls all hooks that the event concerns; the first failure is raised when all have been called.
local function call_hooks(self, event)
  local failed, problem, list = false, nil, hooks_for(self, event)
  local outer = self._in_hook
  for _, each in ipairs(list) do
    if concerns(each, event) then
      self._in_hook = event.moment
      local ok, raised = core.call(each._call, #list > 1 and fresh(event) or event)
      self._in_hook = outer
      if not ok and not failed then failed, problem = true, raised end
    end
  end
  if failed then error(problem, 0) end
end

-- ---- delivering notices ----

-- Wakes who waits for what the notice tells.
local function wake(self, name, owner, ref, gist)
  if name == "alarm" then
    local sleeper = self._alarms[gist]
    self._alarms[gist] = nil
    if sleeper then
      sleeper._alarm = nil
      self:_ready(sleeper, "time")
    end
  elseif name == "accept" then
    owner:_accepting(gist)
  elseif ref ~= 0 then
    owner:_changed(ref)
  end
end

-- Delivers what core.notice answered; false when that was nothing. A connection that has come to CLOSED is retired when its hooks have run.
local function deliver(self, name, id, ref, gist, event)
  if not name then return false end
  local owner = self._nodes[id]
  wake(self, name, owner, ref, gist)
  local ok, problem = true, nil
  if event then ok, problem = pcall(call_hooks, self, self:_wrap(event)) end
  if gist == true and not self.closed then owner:_retire(ref) end
  if not ok then error(problem, 0) end
  return true
end

-- ---- tasks ----

---Puts a task at the end of those that are ready.
function network:_ready(sleeper, why)
  sleeper:_wake(why)
  self:_enqueue(sleeper)
end

function network:_enqueue(ready)
  self._queue:add(ready)
  if not self.closed then core.later(self._core) end -- where a filter made it ready, the run stops after the event
end

function network:_unready(given) self._queue:remove(given) end

function network:_forget_task(over) self._tasks:remove(over) end

function network:_set_alarm(until_ns, sleeper)
  local id = core.alarm(self._core, until_ns)
  self._alarms[id] = sleeper
  return id
end

function network:_cancel_alarm(id)
  self._alarms[id] = nil
  self:_do(function()
    if not self.closed then core.alarm_cancel(self._core, id) end
  end)
end

local function resume(self, ready)
  self._task = ready
  local ok, problem = ready:_resume()
  self._task = nil
  if not ok then error(problem, 0) end
end

---Starts a task: it runs beside the script at the next step of the present time, and may wait.
---```lua
---local task = net:spawn(function(name)
---  net:sleep(0.5)
---  return name .. " slept"
---end, "it")
---print(task:join())  --> it slept
---```
---@param f function  what it does; it may wait
---@param ... any  its arguments
---@return tcplab.task
function network:spawn(f, ...)
  check.self(self, network, "spawn")
  self:_check_open()
  check.callable(f, "function")
  self._spawned = self._spawned + 1
  local started = task.new(self, self._spawned, f, ...)
  self._tasks:add(started)
  self:_enqueue(started)
  return started
end

-- ---- the loop ----

function network:_check_open()
  if self.closed then check.fail("the network is closed") end
end

---Does one thing: delivers a notice, resumes a task, or runs the core up to until_ns.
---@param until_ns? integer
---@param events? integer
---@return "notice"|"task"|"slice"|"idle"|"time"|"interrupted"|"closed" what
function network:_advance(until_ns, events)
  if self.closed then return "closed" end
  if do_later(self) then return self.closed and "closed" or "notice" end
  if deliver(self, core.notice(self._core, self._hooked)) then return "notice" end
  local ready = self._queue:take()
  if ready then
    resume(self, ready)
    return "task"
  end
  local why = self:_pass(until_ns, events or SLICE)
  if settings.on_pass then settings.on_pass(self) end
  return why
end

-- With nothing left to happen, time passes all the same: up to until_ns.
local function let_time_pass(self, until_ns) core.alarm(self._core, until_ns) end

-- Why a run or step is out of place here; nil when it is in place. In a coroutine that the main chunk made it is.
local function out_of_place(self)
  if self._in_hook then return ("a hook (%s)"):format(self._in_hook) end
  if self._task then return coroutine.running() == self._task._co and "a task" or "a coroutine made by a task" end
end

local function check_may_run(self, method)
  check.self(self, network, method)
  self:_check_open()
  local where = out_of_place(self)
  if not where then return end
  local instead = where == "a task" and "net:sleep and the calls that wait let the others run" or "start a task with net:spawn instead"
  check.fail("%s: not in %s, which runs inside the network's own step; %s", method, where, instead)
end

-- The same for a call that waits.
local function unfit_to_wait(self)
  if core.later(self._core) then return "a policy, filter or match function" end
  return out_of_place(self)
end

local function may_yield(where) return where == "a task" and coroutine.isyieldable() end

-- The task that may yield here, or nil where the main chunk advances the network; raises where nobody may wait.
local function waiting_task(self, what)
  local where = unfit_to_wait(self)
  if not where then return nil end
  if may_yield(where) then return self._task end
  if where == "a task" then where = "a function called from C inside a task" end
  check.fail("%s would have to wait, which %s must not: start a task with net:spawn, or settimeout(0)", what, where)
end

---Whether a call that waits is in place here.
function network:_may_wait()
  local where = unfit_to_wait(self)
  return not where or may_yield(where)
end

---Raises where a call that waits is out of place.
function network:_check_may_wait(what)
  self:_check_open()
  waiting_task(self, what)
end

local FAILURES = {
  time = { "timeout", "EAGAIN" },
  idle = { DEADLOCK, "EDEADLK" },
  interrupted = { "interrupted", "EINTR" },
  closed = { "closed", "ECANCELED" },
}

local function failure(why) return nil, FAILURES[why][1], FAILURES[why][2] end

-- The timers that keep coming back, for a run or a wait that met its limit: "client: keepalive".
local function running_timers(self)
  local names = {}
  for _, owner in ipairs(self._hosts) do
    for _, name in ipairs(owner:_running_timers()) do names[#names + 1] = owner.name .. ": " .. name end
  end
  return names
end

-- The main chunk's wait: advances the network until the signal was raised. Without a limit of its own it has that of a run.
local function wait_advancing(self, on, until_ns)
  local count, last = on and on.count, until_ns or self:_limit()
  while true do
    local why = self:_advance(last)
    if self.closed then return failure "closed" end
    if on and on.count ~= count then return true end
    if why == "idle" and until_ns then
      if core.now(self._core) >= until_ns then return failure("time") end
      let_time_pass(self, until_ns)
    elseif why == "time" and not until_ns then
      return nil, ENDLESS:format(table.concat(running_timers(self), ", ")), "EDEADLK"
    elseif FAILURES[why] then
      return failure(why)
    end
  end
end

---Waits until the signal is raised (spurious wakings are the caller's to tell) or the time has come.
---@param on? tcplab.signal
---@param until_ns? integer
---@param what string       the call, for messages
---@return true? ok, string? message, string? code
function network:_wait(on, until_ns, what)
  self:_check_open()
  local sleeper = waiting_task(self, what)
  if not sleeper then return wait_advancing(self, on, until_ns) end
  if sleeper:_wait(on, until_ns, what) == "raised" then return true end
  return failure(self.closed and "closed" or "time")
end

local LAST = 9000000000 * 1000000000 -- ns: as far as the clock goes

local function from_now(self, seconds, name)
  local span, now = check.span(seconds, name), self:_present()
  if span > LAST - now then check.fail("%s: %s seconds from now is beyond the end of the clock, 9e9 seconds", name, tostring(seconds)) end
  return now + span
end

---@param seconds? number
---@return integer? until_ns  absolute; nil without a limit
function network:_until(seconds, name)
  if seconds == nil or seconds == math.huge then return nil end
  return from_now(self, seconds, name)
end

function network:_present()
  self:_catch_up()
  return core.now(self._core)
end

---Waits for some time: a task yields, the main chunk lets the network run.
---```lua
---net:sleep(0.25)
---print(net:now())  --> 0.25
---```
---@param seconds number
---@return true? ok, string? message, string? code
function network:sleep(seconds)
  check.self(self, network, "sleep")
  self:_check_open()
  local ok, message, code = self:_wait(nil, from_now(self, seconds, "seconds"), "sleep")
  if ok or message == "timeout" then return true end
  return nil, message, code
end

-- ---- running ----

-- What a run that has ended leaves: the tasks that still wait, and after "limit" the timers that run.
local function remaining(self, why)
  local tasks = self._tasks:list()
  if why == "limit" then tasks.timers = running_timers(self) end
  return tasks
end

-- Runs until the time, or for ever; done is asked between events.
local function run_to(self, until_ns, events, done)
  self._stopped = false
  while true do
    if done and done() then return "done" end
    if self._stopped then return "stopped" end
    local why = self:_advance(until_ns, events)
    if why == "idle" or why == "time" then return why end
    if why == "interrupted" or why == "closed" then return "stopped" end
  end
end

-- A run of so many seconds lasts so long, whether or not something happens in it.
local function run_for(self, until_ns)
  local why = run_to(self, until_ns, SLICE)
  if why ~= "idle" or core.now(self._core) >= until_ns then return why end
  let_time_pass(self, until_ns)
  why = run_to(self, until_ns, SLICE)
  return why == "time" and not core.deadline(self._core) and "idle" or why
end

---Lets the network run: until nothing is left to happen, or for some seconds. Without seconds a virtual network stops after a day.
---```lua
---conn:close()
---peer:close()
---local why, waiting = net:run()
---print(why, #waiting, net:now())  --> idle 0 240.05
---```
---@param seconds? number  0 does all that is due
---@return "idle"|"time"|"stopped"|"limit" why
---@return tcplab.task[] waiting  the tasks that still wait; after "limit" its field timers names the timers that run
function network:run(seconds)
  check_may_run(self, "run")
  local why
  if seconds then
    why = run_for(self, from_now(self, seconds, "seconds"))
  else
    why = run_to(self, self:_limit(), SLICE)
    if why == "time" then why = "limit" end
  end
  return why, remaining(self, why)
end

---When a run without seconds ends at the latest.
function network:_limit() return core.now(self._core) + DAY end

---Lets the network run until the function answers true; it is asked before each event.
---```lua
---print((net:run_until(function() return conn.state == "CLOSE-WAIT" end, 2)))  --> false
---peer:close()
---print(net:run_until(function() return conn.state == "CLOSE-WAIT" end, 2))  --> true
---```
---@param condition fun(): any  must not wait
---@param limit? number     seconds; a day without
---@return boolean met
---@return "idle"|"limit"|"stopped"|nil why  when it was not met
---@return tcplab.task[]? waiting
function network:run_until(condition, limit)
  check_may_run(self, "run_until")
  check.callable(condition, "condition")
  local until_ns = limit and self:_until(limit, "limit") or self:_limit()
  local why = run_to(self, until_ns, 1, condition)
  if why == "done" then return true end
  if why == "time" then why = "limit" end
  return false, why, remaining(self, why)
end

-- Notices and ready tasks, until there are none.
local function settle(self)
  while not self.closed do
    if not do_later(self) and not deliver(self, core.notice(self._core, self._hooked)) then
      local ready = self._queue:take()
      if not ready then return end
      resume(self, ready)
    end
  end
end

---Lets one event happen, with the hooks and tasks that it wakes. On a real network it waits for one.
---```lua
---client:open { address = server, port = 80 }
---while net:step() and net:now() < 0.015 do end
---print(net:now())  --> 0.02
---```
---@return boolean happened  false: nothing is left to happen
function network:step()
  check_may_run(self, "step")
  settle(self)
  if self.closed or not core.deadline(self._core) then return false end
  self:_pass(core.deadline(self._core), 1)
  settle(self)
  return true
end

---Makes the run under way return "stopped".
---```lua
---net:on("timer", function(event) if event.timer == "time-wait" then net:stop() end end)
---conn:close()
---peer:close()
---print((net:run()))  --> stopped
---```
function network:stop()
  check.self(self, network, "stop")
  self._stopped = true
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

---The script's own random numbers, from the network's seed; arguments as for math.random.
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
  if m == nil then return (core.random(self._core, 0) >> 11) * 0x1p-53 end
  if n == nil then m, n = 1, m end
  m = check.integer(m, "m", math.mininteger, math.maxinteger)
  n = check.integer(n, "n", math.mininteger, math.maxinteger)
  if m > n then check.fail("random: the interval from %d to %d is empty", m, n) end
  return m + core.random(self._core, n - m + 1)
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

---The part of that name.
---```lua
---print(net:node "server" == server)  --> true
---```
---@param name string
---@return tcplab.host|tcplab.switch|nil
function network:node(name)
  check.self(self, network, "node")
  return self._names[name]
end

-- ---- closing ----

local function close(self)
  if self.closed then return end
  if settings.on_close then settings.on_close(self) end
  core.close(self._core)
  self.closed, self._later = true, {}
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
  if self.closed then return "network: closed" end
  return ("network: %d hosts, %.6f s"):format(#self._hosts, core.now(self._core) / 1e9)
end

return { new = new, class = network, switch = switch }
