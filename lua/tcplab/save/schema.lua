-- SPDX-License-Identifier: MIT
-- What the values of a saved trace may be. A kind is a function that gives the value back, or raises a table { wrong = message } that begins with the
-- value's name. Nothing that has passed can surprise who draws, compares or saves it.

local check = require "tcplab.base.check"
local core = require "tcplab.core"
local moment = require "tcplab.trace.moment"

local schema = {}

---Raises what is wrong.
---@param format string
---@param ... any
function schema.wrong(format, ...) error({ wrong = format:format(...) }, 0) end

local wrong = schema.wrong

local function expected(what, value, name)
  wrong("%s: %s expected, got %s", name, what, value == nil and "nothing" or check.shown(value))
end

-- ---- kinds ----

local MAX <const> = math.maxinteger

local function integer(low, high)
  return function(value, name)
    if math.type(value) ~= "integer" then expected("an integer", value, name) end
    if value < low or value > high then wrong("%s: %d is not between %d and %d", name, value, low, high) end
    return value
  end
end

local function number(value, name)
  if type(value) ~= "number" then expected("a number", value, name) end
  if not (value >= 0 and value < math.huge) then wrong("%s: %s is no time", name, check.shown(value)) end
  return value
end

local function of_type(wanted, word)
  return function(value, name)
    if type(value) ~= wanted then expected(word, value, name) end
    return value
  end
end

local text, boolean = of_type("string", "a string"), of_type("boolean", "true or false")
local list, object = of_type("table", "a list"), of_type("table", "an object")

local function one_of(names)
  local known = {}
  for _, each in ipairs(names) do known[each] = true end
  return function(value, name)
    if not known[text(value, name)] then wrong("%s: there is no %s", name, check.shown(value)) end
    return value
  end
end

local function base16(value, name)
  if text(value, name):find "[^%x]" then wrong("%s: not base 16", name) end
  return value
end

local function list_of(kind)
  return function(values, name)
    local clean = {}
    for i, value in ipairs(list(values, name)) do clean[i] = kind(value, ("%s[%d]"):format(name, i)) end
    return clean
  end
end

local count, word = integer(0, MAX), integer(0, 0xffffffff)

-- ---- fields ----

-- name, kind, and "optional" where there may be nothing
local EVENT <const> = {
  { "ns", count }, { "order", count }, { "moment", one_of(moment.names) }, { "host", text, "optional" }, { "conn", text, "optional" },
}

local STATE <const> = one_of(core.states())

local OF <const> = {
  segment = {
    { "segment", object, "optional" }, { "link", text, "optional" }, { "point", one_of { "sent", "dropped", "delivered", "refused" } },
    { "reason", text, "optional" }, { "from", text, "optional" }, { "to", text, "optional" }, { "sender", text, "optional" },
    { "state", STATE, "optional" }, { "packet", count }, { "bytes", base16 }, { "fault", count, "optional" },
    { "corrupted", boolean }, { "marked", boolean }, { "duplicated", boolean },
  },
  state = { { "from", STATE }, { "to", STATE }, { "event", one_of(core.events()) } },
  timer = {
    { "timer", one_of(moment.timers) }, { "action", one_of { "set", "fired", "cancelled" } }, { "deadline", number, "optional" },
  },
  rtt = { { "sample", number }, { "srtt", number }, { "rttvar", number }, { "rto", number } },
  congestion = {
    { "cwnd", count }, { "ssthresh", count }, { "flight", count }, { "pipe", count }, { "pacing", count, "optional" }, { "reason", text },
  },
  accept = { { "listener", count, "optional" } },
  data = { { "bytes", count } },
  urgent = { { "bytes", count } },
  error = { { "message", text }, { "code", text }, { "soft", boolean } },
}

local SEGMENT <const> = { { "relative", object }, { "retransmission", boolean }, { "probe", boolean } }
local RELATIVE <const> = { { "seq", word, "optional" }, { "ack", word, "optional" } }

local HEADER <const> = {
  { "tcplab", text }, { "seed", integer(math.mininteger, MAX) }, { "ns", count }, { "events", count }, { "lost", count },
  { "hash", base16 }, { "hosts", list }, { "links", list },
}
local HOST <const> = {
  { "name", text }, { "kind", one_of { "host", "hand", "switch", "edge" } }, { "addresses", list_of(text) },
}
local LINK <const> = { { "name", text }, { "a", text }, { "b", text } }

-- A new table with the fields that are known, and nothing else.
local function take(given, name, fields, into)
  if type(given) ~= "table" then expected("an object", given, name) end
  for _, field in ipairs(fields) do
    local key, kind, optional = field[1], field[2], field[3]
    local value = given[key]
    if value ~= nil or not optional then into[key] = kind(value, key) end
  end
  return into
end

---@param given any
---@return tcplab.jsonl.header
function schema.header(given)
  local header = take(given, "header", HEADER, {})
  for i, host in ipairs(header.hosts) do header.hosts[i] = take(host, ("hosts[%d]"):format(i), HOST, {}) end
  for i, link in ipairs(header.links) do header.links[i] = take(link, ("links[%d]"):format(i), LINK, {}) end
  return header
end

---@param given any
---@return tcplab.jsonl.event
function schema.event(given)
  local event = take(given, "event", EVENT, {})
  take(given, "event", OF[event.moment], event)
  if event.segment then
    event.segment = take(event.segment, "segment", SEGMENT, {})
    event.segment.relative = take(event.segment.relative, "relative", RELATIVE, {})
  end
  return event
end

return schema
