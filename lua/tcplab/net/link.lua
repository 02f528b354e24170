-- SPDX-License-Identifier: MIT
-- A link between two nodes: delay, rate, queue, troubles by chance, faults on purpose, filters.

local core = require "tcplab.core"
local check = require "tcplab.base.check"
local fault = require "tcplab.net.fault"
local flood = require "tcplab.net.flood"
local hook = require "tcplab.net.hook"
local near = require "tcplab.base.near"
local segments = require "tcplab.trace.segment"
local strict = require "tcplab.base.strict"

---Options of one direction; what is left out keeps its value. A probability is a number from 0 to 1.
---@class tcplab.link_options
---@field delay? number        seconds; 5 and more draw a warning, for they look like milliseconds, and so do those of jitter and reorder_by
---@field jitter? number       seconds: up to so much more, uniformly
---@field rate? number         bits per second of IP packets; math.huge: no limit
---@field queue? integer       packets that may wait for the wire; math.huge: no limit
---@field queue_bytes? integer bytes that may wait
---@field loss? number|{ good?: number, bad?: number, enter: number, leave: number }  a probability, or Gilbert-Elliott's model
---@field duplicate? number    probability
---@field reorder? number      probability that later packets overtake one
---@field reorder_by? number   seconds it is held back; 0: a quarter of the delay
---@field corrupt? number      probability of one flipped bit in the TCP part
---@field mark? number         probability of a congestion mark on packets that can carry one
---@field mark_queue? integer  packets waiting from which on such packets are marked; 0: never
---@field mtu? integer         bytes, from 68 on; IPv6 hears of nothing below 1280, text over IPv4 needs 104; IPv4 packets without DF pass whole
---@field name? string         for net:link alone

---A wire between two nodes, with troubles by chance (its options), faults on purpose, and filters.
---@class tcplab.link
---@field name string  "client-server", unless the option name says otherwise
---@field id integer   its number in the network, from 1
---@field a tcplab.host|tcplab.switch  the end named first
---@field b tcplab.host|tcplab.switch  the other
---@field network tcplab.network  whose it is
local link = { __name = "tcplab.link" }

local UNLIMITED_PACKETS = 0xffffffff
local network_class <const> = { __name = "tcplab.network" } -- or one that is like it

-- ---- options ----

local chance = check.chance

local function rate(value, name)
  if value == math.huge then return 0 end
  if type(value) ~= "number" or not (value >= 1 and value < 0x1p63) then
    check.fail("%s: bits per second expected, got %s", name, check.shown(value))
  end
  return math.tointeger(value // 1)
end

local function packets(value, name)
  if value == math.huge then return UNLIMITED_PACKETS end
  return check.integer(value, name, 0, UNLIMITED_PACKETS)
end

local function bytes(value, name)
  if value == math.huge then return -1 end
  return check.integer(value, name, 1, math.maxinteger)
end

local MODEL = { good = true, bad = true, enter = true, leave = true }

local function loss(value, _, into)
  local model = value
  if type(value) == "table" then
    for name in pairs(value) do
      if not MODEL[name] then check.fail("loss: unknown field %s; a loss model has good, bad, enter and leave", check.shown(name)) end
    end
    if value.enter == nil or value.leave == nil then check.fail("loss: a loss model needs enter and leave") end
  else
    model = { good = value, bad = 1, enter = 0, leave = 1 }
  end
  into.loss_good = chance(model.good or 0, model == value and "loss.good" or "loss")
  into.loss_bad = chance(model.bad or 1, "loss.bad")
  into.loss_enter = chance(model.enter, "loss.enter")
  into.loss_leave = chance(model.leave, "loss.leave")
end

local function mtu(value, name) return check.integer(value, name, 68, 65535) end

local LONG <const> = 5 -- s: from here on a link's delay looks like milliseconds

local function span(value, name) return check.span(check.looks_like_seconds(value, name, LONG), name) end

local readers = {
  delay = span, jitter = span, rate = rate, queue = packets, queue_bytes = bytes, loss = loss, duplicate = chance,
  reorder = chance, reorder_by = span, corrupt = chance, mark = chance, mark_queue = packets, mtu = mtu,
}

local option_names = {
  "delay", "jitter", "rate", "queue", "queue_bytes", "loss", "duplicate", "reorder", "reorder_by", "corrupt", "mark", "mark_queue", "mtu",
}

local function check_names(options)
  for name in pairs(options) do
    if not readers[name] and name ~= "name" then
      check.fail("unknown link option %s%s", check.shown(name), near.hint(name, option_names))
    end
  end
end

-- One direction's options as the core takes them.
local function read(options, argument)
  if options == nil then return nil end
  check.type(options, "table", argument)
  check_names(options)
  local into = {}
  for _, name in ipairs(option_names) do
    local value = options[name]
    if value ~= nil then
      local number = readers[name](value, name, into)
      if name ~= "loss" then into[name] = number end
    end
  end
  return into
end

-- ---- making and changing ----

local function free_name(network, wanted)
  local taken, name, count = {}, wanted, 1
  for _, each in ipairs(network._links) do taken[each.name] = true end
  while taken[name] do
    count = count + 1
    name = wanted .. "#" .. count
  end
  return name
end

---Called by net:link.
local function new(network, a, b, options, options_back)
  if a == b then check.fail("b: a link needs two ends") end
  local ab = read(options, "options")
  local ba = options_back == nil and ab or read(options_back, "options_back")
  local wanted = options and options.name or a.name .. "-" .. b.name
  local name = free_name(network, check.type(wanted, "string", "name"))
  local id = core.link(network._core, name, a.id, b.id, ab, ba)
  return setmetatable({ _network = network, _name = name, _id = id, _a = a, _b = b }, link)
end

---Changes options, of both directions, or of each with its own table.
---```lua
---link:set { delay = 0.100, loss = 0.01 }
---link:set({ rate = 10e6, queue = 50 }, { rate = 1e6 }) -- there, and back
---link:set { loss = { enter = 0.01, leave = 0.3, bad = 0.5 } } -- Gilbert and Elliott's: losses come in bursts
---```
---@param options? tcplab.link_options       both ways, or from a to b when options_back is given
---@param options_back? tcplab.link_options  from b to a
function link:set(options, options_back)
  check.self(self, link, "set")
  self._network:_check_open()
  local ab = read(options, "options")
  local ba = options_back == nil and ab or read(options_back, "options_back")
  self._network:_do(function() assert(core.link_set(self._network._core, self._id, ab, ba)) end)
end

---Takes the link down: what is on it, and what comes, is dropped.
---```lua
---link:down()
---print(client:connect(server, 80, { timeout = 2 }))  --> nil timeout EAGAIN
---```
function link:down()
  check.self(self, link, "down")
  self._network:_check_open()
  self._network:_do(function() assert(core.link_up(self._network._core, self._id, false)) end)
end

---Brings the link up again.
---```lua
---link:down()
---net:spawn(function() net:sleep(2) link:up() end)
---client:connect(server, 80)
---print(net:now())  --> 3.02
---```
function link:up()
  check.self(self, link, "up")
  self._network:_check_open()
  self._network:_do(function() assert(core.link_up(self._network._core, self._id, true)) end)
end

-- net:link(a, b, options) over a real network, where net.link is the one wire: the wire, with these options set.
function link:__call(network, a, b, options, options_back)
  if not self._is_wire then check.fail("link: net:link makes one; %s is one already", check.shown(self)) end
  check.self(network, network_class, "link")
  network:_check_open()
  if network:_node(a, "a") == network:_node(b, "b") then check.fail("b: a link needs two ends") end
  if options and options.name then check.fail("name: a real network has one wire, %s", check.shown(self._name)) end
  if options or options_back then self:set(options, options_back) end
  return self
end

-- ---- faults ----

---Drops the segments that fit. Faults act where a packet enters the link, in the order in which they were set; the first drop wins.
---```lua
---link:drop("SYN-ACK", 1)                        -- the first
---link:drop("DATA", { 3, 5 })                    -- the third and the fifth
---link:drop({ kind = "ACK", from = "server" })   -- each from the server
---link:drop(function(segment) return #segment.payload == 1 end, 1)
---client:connect(server, 80)
---print(net:now())  --> 1.02
---```
---@param match? tcplab.match                 which segments fit; without: all
---@param which? tcplab.which                  which of those that fit; "all" without
---@return tcplab.fault
function link:drop(match, which)
  check.self(self, link, "drop")
  return fault.new(self, "drop", match, which)
end

---Delays the segments that fit.
---```lua
---link:delay("SYN", 1, 0.5)
---client:connect(server, 80)
---print(net:now())  --> 0.52
---```
---@param match? tcplab.match                 which segments fit; without: all
---@param which? tcplab.which                  which of those that fit; "all" without
---@param seconds number                      so much more than the link takes
---@return tcplab.fault
function link:delay(match, which, seconds)
  check.self(self, link, "delay")
  return fault.new(self, "delay", match, which, { delay = check.span(seconds, "seconds") })
end

---Sends copies of the segments that fit.
---```lua
---link:duplicate("DATA", "all", 2)
---conn:send "hello"
---net:run(1)
---print(peer:receive(5), peer:status().receive_queue)  --> hello 0
---```
---@param match? tcplab.match                 which segments fit; without: all
---@param which? tcplab.which                  which of those that fit; "all" without
---@param copies? integer  extra ones; 1
---@return tcplab.fault
function link:duplicate(match, which, copies)
  check.self(self, link, "duplicate")
  return fault.new(self, "duplicate", match, which, { copies = check.integer(copies or 1, "copies", 1, 1000) })
end

---Flips a bit in the segments that fit.
---```lua
---link:corrupt("DATA", 1)
---net:on("segment", function(event) if event.point == "refused" then print(event.reason) end end)
---conn:send "hello"  --> tcp-checksum
---net:run(1)
---```
---@param match? tcplab.match                 which segments fit; without: all
---@param which? tcplab.which                  which of those that fit; "all" without
---@param at? integer  the byte of the TCP segment, from 0, whose lowest bit flips; left out: drawn
---@return tcplab.fault
function link:corrupt(match, which, at)
  check.self(self, link, "corrupt")
  return fault.new(self, "corrupt", match, which, { at = at ~= nil and check.integer(at, "at", 0, 65534) or nil })
end

---Lets later packets overtake the segments that fit.
---```lua
---local fault = link:reorder("DATA", 1)
---conn:send(("x"):rep(3000))
---net:run(1)
---print(fault.count, conn:status().retransmissions)  --> 1 0
---```
---@param match? tcplab.match                 which segments fit; without: all
---@param which? tcplab.which                  which of those that fit; "all" without
---@param seconds? number  how long each is held; left out: until the next packet that way has passed
---@return tcplab.fault
function link:reorder(match, which, seconds)
  check.self(self, link, "reorder")
  return fault.new(self, "reorder", match, which, { delay = seconds and check.span(seconds, "seconds") })
end

---Sets the congestion mark on the segments that fit and can carry one.
---```lua
---server:listen(81, { ecn = 1 })
---local conn = client:connect(server, 81, { ecn = 1 })
---link:mark("DATA", 1)
---conn:on("congestion", function(event) if event.reason == "ecn" then print(event.ssthresh) end end)  --> 2896
---conn:send(("x"):rep(3000))
---net:run(1)
---```
---@param match? tcplab.match                 which segments fit; without: all
---@param which? tcplab.which                  which of those that fit; "all" without
---@return tcplab.fault
function link:mark(match, which)
  check.self(self, link, "mark")
  return fault.new(self, "mark", match, which)
end

---Sends segments by the million over the link, evenly in time, from now on: SYNs of strangers, or segments in another's name.
---```lua
---local flood = link:flood { to = server, port = 80, rate = 1e6, seconds = 0.01 }
---net:run(0.1)
---print(flood.count, listener:status().half_open)  --> 10000 1024
---```
---@param options tcplab.flood_options
---@return tcplab.flood
function link:flood(options)
  check.self(self, link, "flood")
  return flood.new(self, options)
end

---The core's question about one packet.
local function run_match(network, id, segment, from, sender)
  local asked = network._functions[id]
  if not asked or not segment then return false end
  return asked(segments.wrap(segment), network._nodes[from], network._nodes[sender])
end

-- ---- filters ----

local VERDICT = { delay = true, duplicate = true }

local function number_of(filter, kind, value, name, ...)
  local ok, number = pcall(check[kind], value, name, ...)
  return ok and number or check.blame(filter, "%s", (number:gsub("^.-:%d+: ", "")))
end

-- drop, delay, copies
local function verdict(filter, answer)
  if answer == nil then return false end
  if answer == "drop" then return true end
  if type(answer) ~= "table" then
    check.blame(filter, 'filter: it must return nothing, "drop" or a table, not %s', check.shown(answer))
  end
  for name in pairs(answer) do
    if not VERDICT[name] then
      check.blame(filter, "filter: unknown field %s in its answer; there are delay and duplicate", check.shown(name))
    end
  end
  return false, answer.delay and number_of(filter, "span", answer.delay, "filter: delay"),
    answer.duplicate and number_of(filter, "integer", answer.duplicate, "filter: duplicate", 0, 1000)
end

-- The bytes of a segment that a filter may have changed into none.
local function bytes_after(filter, segment)
  local ok, made = pcall(segment.bytes, segment)
  return ok and made or check.blame(filter, "filter: it leaves a segment with %s", (made:gsub("^.-:%d+: ", "")))
end

---The core's question: what to do with a packet. A segment that the function changed is sent as changed.
local function run_filter(network, id, segment, from)
  local filter = network._functions[id]
  if not filter or not segment then return false, nil, nil, nil end
  local before = segments.wrap(segment):bytes()
  local drop, delay, copies = verdict(filter, filter(segment, network._nodes[from]))
  if drop then return true, nil, nil, nil end
  local after = bytes_after(filter, segment)
  return false, delay, copies, after ~= before and after or nil
end

---Hangs a filter; packet.lua shares it.
local function hang_filter(owner, id, f)
  local network = owner.network
  network._functions[id] = f
  network:_name_decider(id, owner)
  return hook.new("filter", function()
    network._functions[id] = nil
    network:_do(function()
      if not network.closed then core.filter_close(network._core, id) end
    end)
  end, {})
end

---Lets a function decide about every TCP segment, and ICMP error (kind "ICMP"), that enters the link. It may change the segment, and
---returns nothing, "drop", or a table { delay = seconds, duplicate = copies }.
---```lua
---link:filter(function(segment, from)
---  if segment.kind == "DATA" and from == client then segment.payload = segment.payload:upper() end
---end)
---conn:send "hello"
---print(peer:receive(5))  --> HELLO
---```
---@param f fun(segment: tcplab.Segment, from: tcplab.host|tcplab.switch): nil|"drop"|{ delay?: number, duplicate?: integer }  must not wait
---@return tcplab.hook
function link:filter(f)
  check.self(self, link, "filter")
  self._network:_check_open()
  check.callable(f, "function")
  return hang_filter(self, core.link_filter(self._network._core, self._id), f)
end

function link:__tostring() return ("link: %s"):format(self._name) end

strict.seal(link, {
  what = "link", kept = { "network", "name", "id", "a", "b" },
  calls = { from = "link.a and link.b are its ends", to = "link.a and link.b are its ends" },
  options = function() return option_names end, option_call = "link:set { %s = value }",
  option_read = "link:set { %s = value } sets it, and the script alone knows what it is",
})

return { new = new, class = link, run_match = run_match, run_filter = run_filter, hang_filter = hang_filter }
