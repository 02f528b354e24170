-- SPDX-License-Identifier: MIT
-- What happened in a network: a bounded record of segments, state changes, timers, samples and errors, oldest first.

local check = require "tcplab.base.check"
local file = require "tcplab.base.file"
local formats = require "tcplab.save.formats"
local ladder = require "tcplab.draw.ladder"
local near = require "tcplab.base.near"
local saved = require "tcplab.save.saved"
local strict = require "tcplab.base.strict"

local trace = {}

---A record of what happened: a network's, `net.trace`, or one that `tcplab.load` has read. In the latter hosts, links and connections are plain
---values: tcplab.saved_host, tcplab.saved_link and tcplab.saved_connection; listeners and faults are numbers.
---@class tcplab.trace
---@field lost integer events that newer ones have overwritten
local trace_methods = { __name = "tcplab.trace" }

---What `events` picks; every field given must agree.
---@class tcplab.trace.filter
---@field host? tcplab.host|string       the host, or its name
---@field conn? tcplab.connection        the connection, at its own host
---@field moment? tcplab.moment          any but "data", which the trace does not keep
---@field link? tcplab.link|string       the link, or its name: segments alone

---What is to be known of a trace besides its events. Private.
---@class tcplab.trace.about
---@field tcplab string   the version that made it
---@field seed integer
---@field ns integer      the network's time
---@field lost integer
---@field hash string
---@field hosts { name: string, kind: string, addresses: string[] }[]
---@field links { name: string, a: string, b: string }[]

local filters = { host = true, conn = true, moment = true, link = true }
local kept = { accept = true, congestion = true, error = true, rtt = true, segment = true, state = true, timer = true, urgent = true }

-- The source of a trace's events is a network's ring or a saved trace.
local function check_self(self, method)
  check.self(self, trace_methods, method)
  self._source:check_open()
end

local function check_parts(source, filter)
  if filter.conn ~= nil then source:key(filter.conn, "events: conn") end
  if filter.host ~= nil then source:check_host(filter.host, "events: host") end
  if filter.link ~= nil and not source:has_link(filter.link) then
    check.fail("events: link: a link of this network, or its name, expected, got %s", check.shown(filter.link))
  end
end

local function check_filter(filter)
  for name in pairs(filter) do -- any one of several mistakes will do
    if not filters[name] then check.fail("events: unknown field %s%s", check.shown(name), near.hint(name, { "conn", "host", "link", "moment" })) end
  end
  if filter.moment ~= nil and not kept[filter.moment] then
    check.fail("events: moment: the trace keeps no %s; it keeps accept, congestion, error, rtt, segment, state, timer and urgent",
      check.shown(filter.moment))
  end
end

local function is(thing, wanted) return wanted == nil or thing == wanted or (type(thing) == "table" and thing.name == wanted) end

local function fits(event, filter)
  if filter.conn ~= nil and event.conn ~= filter.conn then return false end
  return is(event.host, filter.host) and is(event.link, filter.link)
end

---Steps through what is kept, oldest first.
---```lua
---for event in net.trace:events { host = "client", moment = "state" } do print(event.to, conn.state) end
---```
---@param filter? tcplab.trace.filter  without: every event
---@return fun(): tcplab.event?
function trace_methods:events(filter)
  check_self(self, "events")
  filter = check.type(filter or {}, "table", "events: filter")
  check_filter(filter)
  check_parts(self._source, filter)
  local step = self._source:events(filter.moment)
  return function()
    for event in step do
      if fits(event, filter) then return event end
    end
  end
end

-- Every event as plain data, oldest first: names instead of objects. For drawing and saving; private.
function trace_methods:_plain() return self._source:plain() end

-- What stands for a connection in those. Private.
function trace_methods:_key(conn) return self._source:key(conn, "conn") end

-- The same options, their connection named as the plain events name it.
local function by_key(self, options, method)
  if type(options) ~= "table" or options.conn == nil then return options end
  local wanted = {}
  for name, value in pairs(options) do wanted[name] = value end
  wanted.conn = self._source:key(options.conn, method .. ": conn")
  return wanted
end

---Draws the trace: the hosts at the sides with their states, segments as arrows, losses and timers where they happened.
---```lua
---conn:close()
---print(net.trace:ladder { conn = conn, width = 120, from = 0.02 })
---```
---@param options? tcplab.ladder.options
---@return string text lines that end in a newline, 80 columns at most unless width says otherwise
function trace_methods:ladder(options)
  check_self(self, "ladder")
  return ladder.draw(self:_plain(), by_key(self, options, "ladder"), self.lost)
end

---Writes the trace to a file, in the format that the name's extension says; the file appears whole or not at all.
---`.pcapng` is for Wireshark, each packet with a comment; `.pkt` a script for packetdrill, of the host that the option `host` names, which
---passes when it is run against a host of the same options (`tcplab pkt`); `.svg` a drawn ladder, or the picture that `picture` or a double
---extension names, as in `x.sequence.svg` and `x.congestion.svg`; `.txt` the ladder as text; `.mmd` a sequence diagram for Mermaid; `.jsonl` is for
---programs (see tcplab.jsonl), and `tcplab.load` reads it.
---```lua
---conn:send "hello"
---net:run(1)
---net.trace:save "mine.pcapng"
---net.trace:save("mine.svg", { hosts = { "client", "server" } })
---net.trace:save "mine.sequence.svg"
---print(net.trace:save "/nowhere/mine.jsonl")
---```
---@param path string
---@param options? tcplab.picture.options|tcplab.save.pkt.options  what a picture shows (.svg, .txt, .mmd); whose script it is (.pkt)
---@return true? ok
---@return string? message
---@return string? code "ENOSPC", "EACCES" ...
function trace_methods:save(path, options)
  check_self(self, "save")
  check.type(path, "string", "save: path")
  local write, message = formats.writer(path)
  if not write then check.fail("save: %s", message) end
  local record = { events = self:_plain(), lost = self.lost, about = self._source:about() }
  return file.replace(path, write(record, by_key(self, options, "save"), path))
end

---A number that stands for every event ever traced, overwritten ones too: equal for equal runs.
---```lua
---print(#net.trace:hash())  --> 16
---```
---@return string hash 16 hexadecimal digits
function trace_methods:hash()
  check_self(self, "hash")
  return self._source:hash()
end

---Forgets what is kept; the hash goes on.
---```lua
---client:connect(server, 80)
---net.trace:clear()
---for _ in net.trace:events() do print "never" end
---```
function trace_methods:clear()
  check_self(self, "clear")
  self._source:clear()
end

local computed = {}

function computed.lost(self)
  self._source:check_open()
  return self._source:lost()
end

function trace_methods:__tostring()
  if self._source:closed() then return "trace of a closed network" end
  return ("trace %s, %d events overwritten"):format(self:hash(), self.lost)
end

strict.seal(trace_methods, {
  what = "trace", computed = computed,
  calls = { count = "for event in trace:events() do counts them", seed = "net.trace has no seed; tcplab.lab { seed = ... } is given it" },
})

---A trace of the events of a source. Scripts find a network's as `net.trace`.
---@param source table  tcplab.ring's or tcplab.saved's
---@return tcplab.trace
function trace.new(source) return setmetatable({ _source = source }, trace_methods) end

---Reads a trace that was saved as `.jsonl`. It draws, saves and compares as a network's own.
---```lua
---client:connect(server, 80)
---net.trace:save "mine.jsonl"
---local before = assert(tcplab.load "mine.jsonl")
---print(before:hash() == net.trace:hash())  --> true
---print(select(3, tcplab.load "nothing.jsonl"))  --> ENOENT
---```
---@param path string
---@return tcplab.trace? trace
---@return string? message  names the file and the line that is not as it should be
---@return string? code     "ENOENT" ...; "EBADMSG": no trace, of another version, broken or cut off; "ENOTSUP": the rock dkjson is missing
function trace.load(path)
  local source, message, code = saved.open(check.type(path, "string", "load: path"))
  if not source then return nil, message, code end
  return trace.new(source)
end

---The trace that a value is, or a network's.
---@param value any
---@return tcplab.trace?
function trace.of(value)
  if trace.is(value) then return value end
  local own = type(value) == "table" and rawget(value, "_trace")
  return trace.is(own) and own or nil
end

---Whether a value is a trace.
---@param value any
---@return boolean
function trace.is(value) return getmetatable(value) == trace_methods end

return trace
