-- SPDX-License-Identifier: MIT
-- Where two runs part: their traces compared connection by connection, segment by segment.
--
-- Each end of a connection is compared for itself: the segments it sent, in their order, and the states it went through. So it does not matter
-- how what happened at one end falls between what happened at the other, which a little more delay changes.

local caption = require "tcplab.trace.caption"
local check = require "tcplab.base.check"
local flow = require "tcplab.trace.conversation"
local listing = require "tcplab.trace.listing"
local nearest = require "tcplab.base.nearest"
local trace = require "tcplab.net.trace"

---What counts as equal. Sequence numbers count from the initial ones and ephemeral ports do not count, whatever is given here.
---@class tcplab.diff.options
---@field tolerance? number     seconds that times may differ by; default 0. Times count from each trace's first segment
---@field names? boolean        whether connections are known by their hosts' names and the port called (default), or by their order alone
---@field timestamps? boolean   whether the values of the timestamps option count; default false
---@field ip_id? boolean        whether IPv4's identification counts; default false
---@field ignore? string[]      fields that do not count, of those that tcplab.difference names

---Where two traces part, as text in the ladder's words: `tostring(difference)`.
---@class tcplab.difference
---@field connection string   "client > server:80"
---@field what "segment"|"state"|"error" what parts
---@field from string         the host that sent it, or whose state it is
---@field number integer      which of that host's segments, states or errors on this connection, from 1
---@field time number         seconds, in the first trace; in the second where the first has nothing
---@field before string[]     what happened before on the connection, in the first trace: lines
---@field first? string       the line of the first trace; nil: it has no more
---@field second? string      the line of the second trace; nil: it has no more
---@field fields tcplab.difference.field[]  what differs; empty where one trace has no more
---@field others integer      further connections that part
local difference = { __name = "tcplab.difference" }
difference.__index = difference

---A field that differs: of a segment `port` (the one that was called), `kind`, `flags`, `seq`, `ack`, `size`, `window`, `urgent`, `options`,
---`payload`, `ecn`, `dscp`, `ttl`, `ip_id`, `retransmission`, `probe`, `duplicated`, `corrupted`, `marked`, `fate`, `time` (when it was sent) or
---`arrival`; of a state `from`, `to` or `time`; of an error `code` or `time`.
---@class tcplab.difference.field
---@field name string
---@field first string  as text
---@field second string

local CONTEXT = 3 -- lines shown before the difference

-- ---- what there is to compare, field by field ----

local function shown(value)
  if value == nil then return "none" end
  if type(value) == "boolean" then return value and "yes" or "no" end
  return tostring(value)
end

local function other(side) return side == "left" and "right" or "left" end

local function options_of(item, settings)
  local list = {}
  for _, text in ipairs(caption.options(item.packet.segment, item.flow[other(item.side)].base)) do
    list[#list + 1] = settings.timestamps and text or text:gsub("^ts .*", "ts")
  end
  return table.concat(list, ", ")
end

-- An end of which only the network's edge was seen: what happens there is not known.
local function is_edge(place) return place.edge ~= nil and place.host == place.edge end

local function called_port(item) return item.flow.right.address:match ":(%d+)$" end

-- What the packet says; of one that cannot be read, the bytes.
local function carried(item, add, settings)
  local packet = item.packet
  local segment = packet.segment
  if not segment then
    add("kind", caption.labels(packet, item.flow, true)[1])
    return add("payload", packet.event.bytes or "", listing.quoted)
  end
  local seq, ack = caption.numbers(packet, item.flow, true)
  add("kind", segment.kind)
  add("flags", segment.flags)
  add("seq", seq)
  add("ack", ack)
  add("size", #segment.payload)
  add("payload", segment.payload, listing.quoted)
  for _, name in ipairs { "window", "urgent" } do add(name, segment[name]) end
  add("options", options_of(item, settings))
  for _, name in ipairs { "ecn", "dscp", "ttl" } do add(name, segment[name]) end
  if settings.ip_id then add("ip_id", segment.ip_id) end
end

local function fate_of(packet)
  local text = listing.fate(packet)
  return text ~= "" and text or "arrived"
end

local function happened(item, add, unknown)
  local packet = item.packet
  local segment = packet.segment or {}
  if not unknown[item.side] then
    add("retransmission", segment.retransmission or false)
    add("probe", segment.probe or false)
  end
  add("duplicated", packet.event.duplicated or false)
  add("corrupted", packet.corrupted or false)
  add("marked", packet.marked or false)
  if unknown[other(item.side)] or not packet.fate then return end
  add("fate", fate_of(packet))
  if packet.fate ~= "dropped" then add("arrival", packet.ended, "time") end
end

local tell = {}

function tell.segment(item, add, settings, unknown)
  add("port", called_port(item))
  carried(item, add, settings)
  add("time", item.ns, "time")
  happened(item, add, unknown)
end

function tell.state(item, add)
  add("from", item.event.from)
  add("to", item.event.to)
  add("time", item.ns, "time")
end

function tell.error(item, add)
  add("code", item.event.code)
  add("time", item.ns, "time")
end

-- The fields that count, in order: name, value, and how it is shown.
local function fields_of(item, settings, unknown)
  local fields, by_name = {}, {}
  tell[item.kind](item, function(name, value, how)
    if settings.ignored[name] then return end
    local field = { name = name, value = value, how = how }
    fields[#fields + 1], by_name[name] = field, field
  end, settings, unknown)
  return fields, by_name
end

-- ---- comparing ----

local function show_time(ns) return ("%d.%09d"):format(ns // 1000000000, ns % 1000000000):gsub("0+$", ""):gsub("%.$", ".0") .. " s" end

local function show_field(field)
  if field == nil or field.value == nil then return "none" end
  if field.how == "time" then return show_time(field.value) end
  return field.how and field.how(field.value) or shown(field.value)
end

local function agree(one, two, settings)
  if not two then return false end
  if one.how == "time" then return math.abs((one.value - settings.start.first) - (two.value - settings.start.second)) <= settings.tolerance end
  return one.value == two.value
end

-- What was still under way when a trace ended had no fate yet, and what was lost never arrives.
local MAY_LACK = { fate = true, arrival = true }

-- What differs between two items, in order of their fields.
local function differences(first, second, settings, unknown)
  local ones = fields_of(first, settings, unknown)
  local twos, by_name = fields_of(second, settings, unknown)
  local list, seen = {}, {}
  local function note(name, one, two) list[#list + 1] = { name = name, first = show_field(one), second = show_field(two) } end
  for _, one in ipairs(ones) do
    local two = by_name[one.name]
    seen[one.name] = true
    if (two or not MAY_LACK[one.name]) and not agree(one, two, settings) then note(one.name, one, two) end
  end
  for _, two in ipairs(twos) do
    if not seen[two.name] and not MAY_LACK[two.name] then note(two.name, nil, two) end
  end
  return list
end

local LANES = { -- in the order in which they are told apart where they part at one time
  { "segment", "left" }, { "segment", "right" }, { "state", "left" }, { "state", "right" }, { "error", "left" }, { "error", "right" },
}

local function lane_of(items, kind, side)
  local lane = {}
  for _, item in ipairs(items) do
    if item.kind == kind and item.side == side then lane[#lane + 1] = item end
  end
  return lane
end

-- The first place where one end's segments, states or errors part.
local function part_lane(first, second, settings, unknown)
  for i = 1, math.max(#first, #second) do
    local one, two = first[i], second[i]
    local fields = one and two and differences(one, two, settings, unknown) or {}
    if not (one and two) or #fields > 0 then return { number = i, one = one, two = two, fields = fields } end
  end
end

local function when(parting, settings)
  local one = parting.one and parting.one.ns - settings.start.first or math.maxinteger
  local two = parting.two and parting.two.ns - settings.start.second or math.maxinteger
  return math.min(one, two)
end

-- The first place where two flows part; nil when they do not.
local function part_flows(first, second, settings)
  local ones, twos, best = listing.of(first), listing.of(second), nil
  local unknown = { left = is_edge(first.left) or is_edge(second.left), right = is_edge(first.right) or is_edge(second.right) }
  for _, lane in ipairs(LANES) do
    local kind, side = lane[1], lane[2]
    local known = kind == "segment" or not unknown[side]
    local parting = known and part_lane(lane_of(ones, kind, side), lane_of(twos, kind, side), settings, unknown)
    if parting then
      parting.kind, parting.side, parting.when = kind, side, when(parting, settings)
      if not best or parting.when < best.when then best = parting end
    end
  end
  if best then best.flow, best.items = first, ones end
  return best
end

-- ---- which connection of one trace is which of the other ----

local function name_of(place) return place.host or place.address:match "^(.*):%d+$" end

local function key_of(f) return ("%s > %s:%s"):format(name_of(f.left), name_of(f.right), f.right.address:match ":(%d+)$") end
local function key_turned(f) return ("%s > %s:%s"):format(name_of(f.right), name_of(f.left), f.left.address:match ":(%d+)$") end
local function key_unported(f) return ("%s > %s"):format(name_of(f.left), name_of(f.right)) end
local function key_of_all() return "" end

-- Pairs what has no partner yet, in order of appearance, by what the two functions say of either.
local function pair_by(firsts, seconds, partner, taken, key_first, key_second, found)
  local waiting = {}
  for _, f in ipairs(seconds) do
    if not taken[f] then
      local key = key_second(f)
      waiting[key] = waiting[key] or {}
      table.insert(waiting[key], f)
    end
  end
  for _, f in ipairs(firsts) do
    local line = not partner[f] and waiting[key_first(f)]
    local match = line and table.remove(line, 1)
    if match then
      partner[f], taken[match] = match, true
      if found then found(match) end
    end
  end
end

local function pair(firsts, seconds, settings)
  local partner, taken = {}, {}
  if settings.names then
    pair_by(firsts, seconds, partner, taken, key_of, key_of)
    pair_by(firsts, seconds, partner, taken, key_of, key_turned, flow.mirror)
    pair_by(firsts, seconds, partner, taken, key_unported, key_unported)
  else
    pair_by(firsts, seconds, partner, taken, key_of_all, key_of_all)
  end
  return partner, taken
end

-- A connection that one trace alone has.
local function lone(f, which, settings)
  local items = lane_of(listing.of(f), "segment", f.packets[1].side)
  local parting = { kind = "segment", side = f.packets[1].side, number = 1, fields = {}, flow = f, items = {}, [which] = items[1] }
  parting.when = when(parting, settings)
  return parting
end

local function partings(firsts, seconds, settings)
  local partner, taken = pair(firsts, seconds, settings)
  local list = {}
  for _, f in ipairs(firsts) do
    local parting
    if partner[f] then parting = part_flows(f, partner[f], settings) else parting = lone(f, "one", settings) end
    list[#list + 1] = parting
  end
  for _, f in ipairs(seconds) do
    if not taken[f] then list[#list + 1] = lone(f, "two", settings) end
  end
  return list
end

-- ---- telling ----

local function time_of(item) return item and item.ns / 1e9 end

-- The last lines before a parting: of the flow's items in the first trace, those before its item, or before its end.
local function context(parting)
  local before = {}
  for _, item in ipairs(parting.items) do
    if item == parting.one then break end
    if parting.one or item.ns <= parting.two.ns then before[#before + 1] = item end
  end
  return table.move(before, math.max(1, #before - CONTEXT + 1), #before, 1, {})
end

-- All lines of the difference in one layout.
local function lines_of(parting)
  local items = context(parting)
  local count = #items
  items[#items + 1] = parting.one
  items[#items + 1] = parting.two
  local lines = listing.lines(items, false)
  local before = table.move(lines, 1, count, 1, {})
  return before, parting.one and lines[count + 1], parting.two and lines[#lines]
end

local function tell_parting(parting, others)
  local before, first, second = lines_of(parting)
  local names = { flow = parting.flow }
  return setmetatable({
    connection = listing.name(names, "left") .. " > " .. listing.name(names, "right", true), what = parting.kind,
    from = listing.name(names, parting.side), number = parting.number, time = time_of(parting.one) or time_of(parting.two), before = before,
    first = first, second = second, fields = parting.fields, others = others,
  }, difference)
end

local function ordinal(n)
  local last = n % 100 // 10 ~= 1 and n % 10 or 0
  return n .. (({ "st", "nd", "rd" })[last] or "th")
end

---The difference as text: what came before, the two lines, and the fields that differ. Lines end in a newline.
---@return string
function difference:__tostring()
  local whose = self.what == "segment" and "segment from " or self.what .. " of "
  local lines = { ("%s: parts at the %s %s%s"):format(self.connection, ordinal(self.number), whose, self.from) }
  for _, line in ipairs(self.before) do lines[#lines + 1] = "          " .. line end
  lines[#lines + 1] = "  first:  " .. (self.first or "(nothing more)")
  lines[#lines + 1] = "  second: " .. (self.second or "(nothing more)")
  for _, field in ipairs(self.fields) do lines[#lines + 1] = ("  %s: first %s, second %s"):format(field.name, field.first, field.second) end
  if self.others == 1 then lines[#lines + 1] = "1 more connection parts too" end
  if self.others > 1 then lines[#lines + 1] = self.others .. " more connections part too" end
  return table.concat(lines, "\n") .. "\n"
end

-- ---- the call ----

local FIELD_NAMES = {
  "port", "kind", "flags", "seq", "ack", "size", "window", "urgent", "options", "payload", "ecn", "dscp", "ttl", "ip_id", "retransmission", "probe",
  "duplicated", "corrupted", "marked", "fate", "time", "arrival", "from", "to", "code",
}

local OPTIONS = { "tolerance", "names", "timestamps", "ip_id", "ignore" }

local function read_ignored(list)
  local known, ignored = {}, {}
  for _, name in ipairs(FIELD_NAMES) do known[name] = true end
  for _, name in ipairs(check.type(list or {}, "table", "diff: ignore")) do
    if not known[name] then check.fail("diff: ignore: there is no field %s; did you mean %q?", check.shown(name), nearest(name, FIELD_NAMES)) end
    ignored[name] = true
  end
  return ignored
end

local function read_options(given)
  check.type(given, "table|nil", "diff: options")
  given = given or {}
  for name in pairs(given) do -- any one of several mistakes will do
    local known = false
    for _, each in ipairs(OPTIONS) do known = known or each == name end
    if not known then check.fail("diff: unknown option %s; did you mean %q?", check.shown(name), nearest(name, OPTIONS)) end
  end
  for _, name in ipairs { "names", "timestamps", "ip_id" } do check.type(given[name], "boolean|nil", "diff: " .. name) end
  return {
    tolerance = check.span(given.tolerance or 0, "diff: tolerance"), names = given.names ~= false, timestamps = given.timestamps or false,
    ip_id = given.ip_id or false, ignored = read_ignored(given.ignore),
  }
end

local function events_of(value, name)
  if type(value) == "table" and not trace.is(value) and trace.is(value.trace) then value = value.trace end
  if not trace.is(value) then check.fail("diff: %s: a trace or a network expected, got %s", name, check.shown(value)) end
  return value:_plain()
end

local function start_of(flows)
  local start
  for _, f in ipairs(flows) do
    for _, packet in ipairs(f.packets) do
      local ns = packet.sent or packet.ended
      start = math.min(start or ns, ns)
    end
  end
  return start or 0
end

local function count_segments(flows)
  local count = 0
  for _, f in ipairs(flows) do count = count + #f.packets end
  return count
end

---Compares two traces. What is compared are TCP's segments with what became of them, and the states and errors of connections.
---```lua
---local function run(delay)
---  local net = tcplab.lab { seed = 7 }
---  local a, b = net:host("a", { address = "10.0.0.1" }), net:host("b", { address = "10.0.0.2" })
---  net:link(a, b, { delay = delay })
---  b:listen(80)
---  a:connect(b, 80)
---  return net
---end
---print(tcplab.diff(run(0.010), run(0.011), { tolerance = 0.01 }))  --> nil 3
---print(tcplab.diff(run(0.010), run(0.011)).what)  --> segment
---```
---@param first tcplab.trace|tcplab.network
---@param second tcplab.trace|tcplab.network
---@param options? tcplab.diff.options
---@return tcplab.difference? difference  where they part first; nil when they are equal
---@return integer segments               how many the first trace has
local function diff(first, second, options)
  local settings = read_options(options)
  local firsts, seconds = flow.sort(events_of(first, "first")), flow.sort(events_of(second, "second"))
  settings.start = { first = start_of(firsts), second = start_of(seconds) }
  local list, best = partings(firsts, seconds, settings), nil
  for _, parting in ipairs(list) do
    if not best or parting.when < best.when then best = parting end
  end
  return best and tell_parting(best, #list - 1), count_segments(firsts)
end

return diff
