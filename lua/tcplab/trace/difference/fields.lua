-- SPDX-License-Identifier: MIT
-- Fields of a segment, a state or an error: those that count, and where two of them differ.

local caption = require "tcplab.trace.caption"
local listing = require "tcplab.trace.listing"

local fields = {}

---The names of all fields.
---@type string[]
fields.names = {
  "port", "kind", "flags", "seq", "ack", "size", "window", "urgent", "options", "payload", "ecn", "dscp", "ttl", "ip_id", "retransmission", "probe",
  "duplicated", "corrupted", "marked", "fate", "time", "arrival", "from", "to", "code",
}

local function shown(value)
  if value == nil then return "none" end
  if type(value) == "boolean" then return value and "yes" or "no" end
  return tostring(value)
end

local function other(side) return side == "left" and "right" or "left" end

local function options_of(item, settings)
  local list = {}
  for _, text in ipairs(caption.options(item.packet.segment, item.conversation[other(item.side)].base)) do
    list[#list + 1] = settings.timestamps and text or text:gsub("^ts .*", "ts")
  end
  return table.concat(list, ", ")
end

local function called_port(item) return item.conversation.right.address:match ":(%d+)$" end

-- What the packet says; of one that cannot be read, the bytes.
local function carried(item, add, settings)
  local packet = item.packet
  local segment = packet.segment
  if not segment then
    add("kind", caption.labels(packet, item.conversation, true)[1])
    return add("payload", packet.event.bytes or "", listing.quoted)
  end
  local seq, ack = caption.numbers(packet, item.conversation, true)
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
local function of(item, settings, unknown)
  local list, by_name = {}, {}
  tell[item.kind](item, function(name, value, how)
    if settings.ignored[name] then return end
    local field = { name = name, value = value, how = how }
    list[#list + 1], by_name[name] = field, field
  end, settings, unknown)
  return list, by_name
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

---What differs between two items, in order of their fields.
---@return tcplab.difference.field[]
function fields.differences(first, second, settings, unknown)
  local ones = of(first, settings, unknown)
  local twos, by_name = of(second, settings, unknown)
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

return fields
