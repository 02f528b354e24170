-- SPDX-License-Identifier: MIT
-- A trace as JSON lines: a header, then one line an event. What is written can be read again without a loss.

local hex = require "tcplab.base.hex"
local check = require "tcplab.base.check"
local core = require "tcplab.core"
local conversation = require "tcplab.trace.conversation"
local moment = require "tcplab.trace.moment"
local schema = require "tcplab.save.schema"
local strict = require "tcplab.base.strict"

local jsonl = {}

jsonl.FORMAT, jsonl.VERSION = "tcplab-trace", 1

---The first line of a trace saved as `.jsonl`. Keys stand in this order; times in seconds are decimal numbers with nine places.
---@class tcplab.jsonl.header
---@field format "tcplab-trace"
---@field version integer  of this schema: 1
---@field tcplab string    the version that wrote it
---@field seed integer     of the network
---@field ns integer       the network's time when it was saved, nanoseconds
---@field events integer   how many lines follow
---@field lost integer     how many earlier events had been overwritten
---@field hash string      of all events ever traced, 16 hexadecimal digits
---@field hosts { name: string, kind: "host"|"hand"|"switch"|"edge", addresses: string[] }[]  in the order in which they were made
---@field links { name: string, a: string, b: string }[]

---Each further line: an event with the fields of its moment (see tcplab.moment), in that page's order. Hosts, links, `sender`, and a segment's `from`
---and `to` are names; `fault` and `listener` are numbers of the network's own. What an event does not have is left out.
---@class tcplab.jsonl.event
---@field ns integer       nanoseconds of the network's time
---@field time number      the same in seconds
---@field order integer    counts what happened in the network
---@field moment tcplab.moment
---@field host? string
---@field conn? string     the connection: its host's name, "#" and a number from 1, in the order in which they appear
---@field segment? tcplab.jsonl.segment  segment; left out for what does not parse
---@field bytes? string|integer          segment: the whole IP packet in base 16, which alone counts when the trace is read; urgent: how many

---A segment as its line shows it, for other programs: a reader of tcplab's takes `retransmission`, `probe` and `relative`, and the rest from `bytes`.
---@class tcplab.jsonl.segment
---@field kind string
---@field flags string            tcpdump's letters, as in tcplab.Segment
---@field source string
---@field source_port integer
---@field destination string
---@field destination_port integer
---@field seq integer
---@field ack? integer
---@field relative { seq?: integer, ack?: integer }  counted from the initial sequence numbers
---@field window integer          as in the header, unscaled
---@field urgent integer
---@field reserved integer
---@field options table[]         as in tcplab.Option; `cookie` and `data` in base 16
---@field payload_size integer    bytes
---@field ttl integer
---@field dscp integer
---@field ecn integer
---@field ip_id? integer
---@field flow_label? integer
---@field df? boolean             false where IPv4's DF is clear
---@field checksum? integer       TCP's, where it is wrong
---@field retransmission boolean
---@field probe boolean
---@field type? integer           ICMP, like what follows
---@field code? integer
---@field meaning? string
---@field mtu? integer
---@field id? integer
---@field sequence? integer
---@field quoted? tcplab.Quoted

-- ---- writing ----


local ESCAPES = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }

local function escape(c) return ESCAPES[c] or ("\\u%04x"):format(c:byte()) end

-- Bytes that are no UTF-8 are taken for Latin-1.
local function quoted(text)
  local unsafe = utf8.len(text) and '[%c"\\\127]' or '[%c"\\\127-\255]'
  return '"' .. text:gsub(unsafe, escape) .. '"'
end

local function scalar(value)
  if math.type(value) == "float" then return (("%.9f"):format(value):gsub(",", ".")) end
  if type(value) == "string" then return quoted(value) end
  return tostring(value)
end

-- An object under construction: `"key":value` texts.
local function put(parts, name, value)
  if value ~= nil then parts[#parts + 1] = quoted(name) .. ":" .. value end
end

local function put_scalars(parts, from, names)
  for _, name in ipairs(names) do
    if from[name] ~= nil then put(parts, name, scalar(from[name])) end
  end
end

local function object(parts) return "{" .. table.concat(parts, ",") .. "}" end
local function array(parts) return "[" .. table.concat(parts, ",") .. "]" end

local function each(list, show)
  local shown = {}
  for i, value in ipairs(list) do shown[i] = show(value) end
  return array(shown)
end

local function scalars(from, names)
  local parts = {}
  put_scalars(parts, from, names)
  return object(parts)
end

local function show_option(option)
  local parts = {}
  put_scalars(parts, option, { "kind", "name", "value", "echo", "minutes" })
  if option.blocks then put(parts, "blocks", each(option.blocks, function(block) return each(block, scalar) end)) end
  for _, name in ipairs { "cookie", "data" } do
    if option[name] then put(parts, name, quoted(hex.encode(option[name]))) end
  end
  return object(parts)
end

local BEFORE = { "kind", "flags", "source", "source_port", "destination", "destination_port", "seq", "ack" }
local MIDDLE = { "window", "urgent", "reserved" }
local AFTER = { "ttl", "dscp", "ecn", "ip_id", "flow_label", "retransmission", "probe", "type", "code", "meaning", "mtu", "id", "sequence" }
local QUOTED = { "source", "source_port", "destination", "destination_port", "seq" }

local function show_segment(segment)
  local parts = {}
  put_scalars(parts, segment, BEFORE)
  if segment.relative then put(parts, "relative", scalars(segment.relative, { "seq", "ack" })) end
  put_scalars(parts, segment, MIDDLE)
  if segment.options then put(parts, "options", each(segment.options, show_option)) end
  if segment.payload then put(parts, "payload_size", scalar(#segment.payload)) end
  put_scalars(parts, segment, AFTER)
  if segment.df == false then put(parts, "df", "false") end
  put_scalars(parts, segment, { "checksum" })
  if segment.quoted then put(parts, "quoted", scalars(segment.quoted, QUOTED)) end
  return object(parts)
end

-- The fields of each moment, in the order of its description.
local FIELDS = {}
for _, description in ipairs(moment.list) do
  local names = {}
  for i, field in ipairs(description.fields) do names[i] = field[1] end
  FIELDS[description.name] = names
end

local function show_field(event, name)
  local value = event[name]
  if value == nil then return nil end
  if name == "segment" then return show_segment(value) end
  if name == "bytes" and type(value) == "string" then return quoted(hex.encode(value)) end
  if type(value) == "table" then value = conversation.name(value) end
  return scalar(value)
end

-- Names for connections, whatever stands for them in the events.
local function conn_names()
  local named, counts = {}, {}
  return function(conn, host)
    if not named[conn] then
      counts[host] = (counts[host] or 0) + 1
      named[conn] = host .. "#" .. counts[host]
    end
    return named[conn]
  end
end

local function show_event(event, conn_name)
  local host, parts = conversation.name(event.host), {}
  put_scalars(parts, { ns = event.ns, time = event.ns / 1e9, order = event.order, moment = event.moment, host = host },
    { "ns", "time", "order", "moment", "host" })
  if event.conn then put(parts, "conn", quoted(conn_name(event.conn, host))) end
  for _, name in ipairs(FIELDS[event.moment]) do put(parts, name, show_field(event, name)) end
  return object(parts)
end

local function show_host(host)
  local parts = {}
  put_scalars(parts, host, { "name", "kind" })
  put(parts, "addresses", each(host.addresses, quoted))
  return object(parts)
end

local function show_header(about, count)
  local parts = {}
  put_scalars(parts, {
    format = jsonl.FORMAT, version = jsonl.VERSION, tcplab = about.tcplab, seed = about.seed, ns = about.ns, events = count, lost = about.lost,
    hash = about.hash,
  }, { "format", "version", "tcplab", "seed", "ns", "events", "lost", "hash" })
  put(parts, "hosts", each(about.hosts, show_host))
  put(parts, "links", each(about.links, function(link) return scalars(link, { "name", "a", "b" }) end))
  return object(parts)
end

---Writes a trace.
---@param out file*      or anything with its write
---@param events table[] a trace's events, oldest first, segments with their bytes
---@param about tcplab.trace.about
---@return any ok        as file:write answers
---@return string? message
---@return integer? number
function jsonl.write(out, events, about)
  local conn_name = conn_names()
  local ok, message, number = out:write(show_header(about, #events), "\n")
  for _, event in ipairs(events) do
    if not ok then break end
    ok, message, number = out:write(show_event(event, conn_name), "\n")
  end
  return ok, message, number
end

-- ---- reading ----

-- What is wrong with a line comes out as the reader's message.
local wrong = schema.wrong

local function known_in(things, value, name)
  if value == nil then return nil end
  return things[value] or wrong("%s: there is no %s", name, check.shown(value))
end

local function read_segment(shown, bytes)
  local segment, message = core.parse(bytes, true)
  if not segment then wrong("bytes: %s", message) end
  segment.relative, segment.retransmission, segment.probe = shown.relative, shown.retransmission, shown.probe
  return segment
end

local Reader = {}
Reader.__index = Reader

-- Makes an object of each, in its place, and finds them by name.
local function index(list, what, make)
  local by_name = {}
  for i, given in ipairs(list) do
    if by_name[given.name] then wrong("%s[%d]: there is a %s already", what, i, check.shown(given.name)) end
    list[i] = make(given, i)
    by_name[given.name] = list[i]
  end
  return by_name
end

local function new_reader(given)
  if type(given) ~= "table" or given.format ~= jsonl.FORMAT then wrong("no trace of tcplab: its first line has no format %q", jsonl.FORMAT) end
  if given.version ~= jsonl.VERSION then
    wrong("a trace of version %s; this tcplab reads version %d", check.shown(given.version), jsonl.VERSION)
  end
  local header = schema.header(given)
  local self = setmetatable({ header = header, conns = {}, events = {}, ns = 0 }, Reader)
  self.hosts = index(header.hosts, "hosts", function(host, id)
    host.id = id
    return setmetatable(host, jsonl.host)
  end)
  self.links = index(header.links, "links", function(link, id)
    local a, b = known_in(self.hosts, link.a, "a"), known_in(self.hosts, link.b, "b")
    return setmetatable({ id = id, name = link.name, a = a, b = b }, jsonl.link)
  end)
  return self
end

function Reader:conn(name, host)
  if name == nil then return nil end
  local known = self.conns[name]
  if known and known.host ~= host then wrong("conn: %s is one of another host", check.shown(name)) end
  if not known then
    if not host then wrong("host: a string expected, got nothing") end
    known = setmetatable({ name = name, host = host }, jsonl.connection)
    self.conns[name], self.conns[#self.conns + 1] = known, known
  end
  return known
end

-- Puts objects in the place of names.
function Reader:event(given)
  local event = schema.event(given)
  if event.ns < self.ns then wrong("ns: %d is before the event above", event.ns) end
  self.ns = event.ns
  event.time = event.ns / 1e9
  event.host = known_in(self.hosts, event.host, "host")
  event.conn = self:conn(event.conn, event.host)
  if event.moment == "segment" then
    event.bytes = hex.decode(event.bytes) or wrong "bytes: not base 16"
    event.segment = event.segment and read_segment(event.segment, event.bytes)
    event.link = known_in(self.links, event.link, "link")
    for _, name in ipairs { "from", "to", "sender" } do event[name] = known_in(self.hosts, event[name], name) end
  end
  self.events[#self.events + 1] = event
end

-- A line that is nested beyond what Lua's stack holds raises.
local function decode(text, json)
  local ok, value, position, message = pcall(json.decode, text, 1, nil, nil, nil)
  if not ok then wrong "it is nested too deeply" end
  if message then wrong("%s", (message:gsub(" at line 1,", " at"))) end
  if text:find("%S", position) then wrong("column %d: nothing more was expected", position) end
  return value
end

local function read_lines(lines, json)
  local number, reader = 0, nil
  local ok, trouble = pcall(function()
    for line in lines do
      number = number + 1
      local value = decode(line, json)
      if reader then reader:event(value) else reader = new_reader(value) end
    end
    number = number + 1
    if not reader then wrong "an empty file is no trace" end
    if #reader.events ~= reader.header.events then wrong("the trace ends after %d of %d events", #reader.events, reader.header.events) end
  end)
  if ok then return reader end
  if type(trouble) ~= "table" or not trouble.wrong then error(trouble, 0) end
  return nil, number, trouble.wrong
end

---A host, switch or edge in a trace that was read.
---@class tcplab.saved_host
---@field name string
---@field kind "host"|"hand"|"switch"|"edge"
---@field addresses string[]
---@field id integer
jsonl.host = { __name = "tcplab.saved_host", __tostring = function(self) return self.kind .. ": " .. self.name end }
strict.value(jsonl.host, { what = "host of a saved trace", fields = { "name", "kind", "addresses", "id" } })

---A link in a trace that was read.
---@class tcplab.saved_link
---@field name string
---@field a tcplab.saved_host
---@field b tcplab.saved_host
---@field id integer
jsonl.link = { __name = "tcplab.saved_link", __tostring = function(self) return "link: " .. self.name end }
strict.value(jsonl.link, { what = "link of a saved trace", fields = { "name", "a", "b", "id" } })

---A connection in a trace that was read, at one of its ends.
---@class tcplab.saved_connection
---@field name string  "client#1"
---@field host tcplab.saved_host
jsonl.connection = { __name = "tcplab.saved_connection", __tostring = function(self) return "connection: " .. self.name end }
strict.value(jsonl.connection, { what = "connection of a saved trace", fields = { "name", "host" } })

---Reads a trace.
---@param lines fun(): string? the next line
---@param json table           dkjson, or what decodes as it does
---@return { header: tcplab.jsonl.header, events: table[], conns: tcplab.saved_connection[] }? saved
---@return integer? line  that is not as it should be
---@return string? message
function jsonl.read(lines, json) return read_lines(lines, json) end

return jsonl
