-- SPDX-License-Identifier: MIT
-- Faults on purpose: which segments of a link they meet, and the handle that counts them.

local core = require "tcplab.core"
local check = require "tcplab.base.check"
local near = require "tcplab.base.near"
local strict = require "tcplab.base.strict"

---A kind; or fields that must all agree, `from` naming the host or switch where the segment enters the link; or a function.
---@alias tcplab.match tcplab.match_kind|tcplab.match_fields|fun(segment: tcplab.Segment, from: tcplab.host|tcplab.switch): any

---SYN (without ACK), SYN-ACK, FIN and RST test flags, DATA the payload; ACK is a bare acknowledgement, NONE a segment with no flag of
---these and no payload.
---@alias tcplab.match_kind "SYN"|"SYN-ACK"|"FIN"|"RST"|"DATA"|"ACK"|"NONE"|"ANY"

---Which of the segments that fit: a number, a list of them, or "all". They are counted for each fault, from 1, from when it was set; both directions
---together unless the match says `from`, retransmissions too unless it says `retransmission`.
---@alias tcplab.which integer|integer[]|"all"

---Fields that must all agree with the segment.
---@class tcplab.match_fields
---@field kind? tcplab.match_kind       as the match alone
---@field from? tcplab.host|tcplab.switch|string  where it enters the link: one direction
---@field seq? integer         on the wire
---@field ack? integer         on the wire
---@field relative? { seq?: integer, ack?: integer }  counted from the initial sequence numbers
---@field flags? string           tcpdump's letters, all of them
---@field source? string
---@field source_port? integer
---@field destination? string
---@field destination_port? integer
---@field window? integer      as in the header, unscaled
---@field urgent? integer
---@field payload? string      all of it
---@field size? integer           bytes of payload
---@field ttl? integer
---@field dscp? integer
---@field ecn? integer
---@field ip_id? integer
---@field df? boolean
---@field flow_label? integer
---@field reserved? integer    as in tcplab.Segment
---@field retransmission? boolean  its sender had sent all of it before
---@field probe? boolean       a keep-alive, zero-window or tail loss probe
---@field chance? number       how probably one that fits in all else fits, 0 to 1; drawn from the fault's own numbers

---A fault that was set on a link. Losing the handle does not take it off.
---@class tcplab.fault
---@field kind "drop"|"delay"|"duplicate"|"corrupt"|"reorder"|"mark"
---@field link tcplab.link
---@field count integer    segments it acted on
---@field matched integer  segments that fitted
---@field closed boolean   it was taken off
local fault = { __name = "tcplab.fault" }

local KINDS = { "SYN", "SYN-ACK", "FIN", "RST", "DATA", "ACK", "NONE", "ANY" }
local FIELDS = {
  "kind", "from", "seq", "ack", "relative", "flags", "source", "source_port", "destination", "destination_port", "window", "urgent", "payload",
  "size", "ttl", "dscp", "ecn", "ip_id", "df", "flow_label", "reserved", "retransmission", "probe", "chance",
}

local function set_of(list)
  local set = {}
  for _, name in ipairs(list) do set[name] = true end
  return set
end

local is_kind, is_field = set_of(KINDS), set_of(FIELDS)

-- ---- reading a match ----

local function check_kind(kind)
  if not is_kind[kind] then
    check.fail("match: there is no kind %s%s", check.shown(kind), near.hint(kind, KINDS))
  end
  return kind
end

-- The fields that the core compares itself.
local in_core = {
  kind = function(into, value) into.kind = check_kind(value) end,
  from = function(into, value, network) into.from = network:_node(value, "match.from").id end,
  seq = function(into, value) into.seq = check.integer(value, "match.seq", 0, 0xffffffff) end,
  ack = function(into, value) into.ack = check.integer(value, "match.ack", 0, 0xffffffff) end,
  source_port = function(into, value) into.source_port = check.integer(value, "match.source_port", 0, 65535) end,
  destination_port = function(into, value) into.destination_port = check.integer(value, "match.destination_port", 0, 65535) end,
  size = function(into, value) into.payload_size = check.integer(value, "match.size", 0, 65535) end,
  retransmission = function(into, value) into.retransmission = check.type(value, "boolean", "match.retransmission") end,
  chance = function(into, value) into.chance = check.chance(value, "match.chance") end,
}

local function address(value, name)
  local text = core.parse_address(check.type(value, "string", name))
  return text or check.fail("%s: %q is no IP address", name, value)
end

local function up_to(most)
  return function(value, name) return check.integer(value, name, 0, most) end
end

local function flag_letters(value, name)
  if check.type(value, "string", name):find "[^FSRP.UEWe]" then check.fail("%s: the letters are F S R P . U E W e, got %q", name, value) end
  return value
end

local function true_or_false(value, name) return check.type(value, "boolean", name) end

local function relative_numbers(value, name)
  for each, number in pairs(check.type(value, "table", name)) do
    if each ~= "seq" and each ~= "ack" then check.fail("%s: unknown field %s; there are seq and ack", name, check.shown(each)) end
    check.integer(number, name .. "." .. each, 0, 0xffffffff)
  end
  return value
end

-- Those that Lua compares: how the wanted value is read. One that no segment could have raises.
local in_lua = {
  relative = relative_numbers, flags = flag_letters, source = address, destination = address, window = up_to(0xffff), urgent = up_to(0xffff),
  payload = function(value, name) return check.type(value, "string", name) end, ttl = up_to(255), dscp = up_to(63), ecn = up_to(3),
  ip_id = up_to(0xffff), df = true_or_false, flow_label = up_to(0xfffff), reserved = up_to(7), probe = true_or_false,
}

local function sorted_letters(flags)
  local letters = {}
  for letter in flags:gmatch(".") do letters[#letters + 1] = letter end
  table.sort(letters)
  return table.concat(letters)
end

local function same_relative(segment, wanted)
  local relative = segment.relative or {}
  return (wanted.seq == nil or relative.seq == wanted.seq) and (wanted.ack == nil or relative.ack == wanted.ack)
end

-- Whether one field of a segment is as wanted, where Lua compares.
local function field_test(name, given)
  local wanted = in_lua[name](given, "match." .. name)
  if name == "flags" then
    local sorted = sorted_letters(wanted)
    return function(segment) return segment.flags ~= nil and sorted_letters(segment.flags) == sorted end
  elseif name == "relative" then
    return function(segment) return same_relative(segment, wanted) end
  elseif name == "probe" then
    return function(segment) return (segment.probe or false) == wanted end
  end
  return function(segment) return segment[name] == wanted end
end

local function all_of(tests)
  if #tests == 0 then return nil end
  return function(segment)
    for _, test in ipairs(tests) do
      if not test(segment) then return false end
    end
    return true
  end
end

local function read_fields(into, match, network)
  for name in pairs(match) do
    if not is_field[name] then check.fail("match: unknown field %s%s", check.shown(name), near.hint(name, FIELDS)) end
  end
  local tests = {}
  for _, name in ipairs(FIELDS) do
    local wanted = match[name]
    if wanted ~= nil and in_core[name] then
      in_core[name](into, wanted, network)
    elseif wanted ~= nil then
      tests[#tests + 1] = field_test(name, wanted)
    end
  end
  return all_of(tests)
end

-- Fills in what the core compares; answers the function that Lua is to be asked.
local function read_match(into, match, network)
  if match == nil then return nil end
  if type(match) == "string" then
    into.kind = check_kind(match)
  elseif type(match) == "function" then
    return match
  elseif type(match) == "table" then
    return read_fields(into, match, network)
  else
    check.fail("match: a kind, a table of fields or a function expected, got %s", check.shown(match))
  end
end

local function ascending(list)
  local numbers = {}
  for i, number in ipairs(list) do numbers[i] = check.integer(number, "which", 1, math.maxinteger) end
  table.sort(numbers)
  return numbers
end

local function read_which(which)
  if which == nil or which == "all" then return nil end
  if type(which) == "table" then
    if #which == 0 then check.fail('which: an empty list; "all" means every one') end
    return ascending(which)
  end
  if type(which) ~= "number" then check.fail('which: a number, a list or "all" expected, got %s', check.shown(which)) end
  return ascending { which }
end

-- ---- the handle ----

---Called by the link's methods.
---@param on tcplab.link
---@param kind string
---@param match? tcplab.match
---@param which? integer|integer[]|"all"
---@param how? table
---@return tcplab.fault
local function new(on, kind, match, which, how)
  local network = on.network
  network:_check_open()
  local into = how or {}
  into.fault = kind
  local asked = read_match(into, match, network)
  into.call = asked ~= nil
  into.which = read_which(which)
  local id = core.fault(network._core, on.id, into)
  local self = setmetatable({ _kind = kind, _link = on, _closed = false, _id = id, _matched = 0, _acted = 0 }, fault)
  network._functions[id] = asked
  if asked then network:_name_decider(id, on) end
  network._faults[id] = self
  return self
end

local function refresh(self)
  if self._closed or self._link._network.closed then return end
  local matched, acted = core.fault_count(self._link._network._core, self._id)
  if matched then self._matched, self._acted = matched, acted end
end

local computed = {}

function computed.count(self)
  refresh(self)
  return self._acted
end

function computed.matched(self)
  refresh(self)
  return self._matched
end

---Takes the fault off the link; its counts stay. Does nothing the second time.
---```lua
---local fault = link:drop "SYN"
---net:spawn(function() net:sleep(5) fault:close() end)
---client:connect(server, 80)
---print(fault.count, fault.closed)  --> 3 true
---```
function fault:close()
  check.self(self, fault, "close")
  if self._closed then return end
  refresh(self)
  self._closed = true
  local network = self._link._network
  network._functions[self._id] = nil
  network:_do(function()
    if not network.closed then core.fault_close(network._core, self._id) end
  end)
end

fault.__close = fault.close

function fault:__tostring()
  return ("fault: %s on %s, %d so far%s"):format(self._kind, self._link._name, self.count, self._closed and " (closed)" or "")
end

strict.seal(fault, { what = "fault", kept = { "kind", "link", "closed" }, computed = computed })

return { new = new, class = fault }
