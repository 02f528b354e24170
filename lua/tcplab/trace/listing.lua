-- SPDX-License-Identifier: MIT
-- A trace as a list: what the ladder draws, one line for each segment, state change, timer and error, in the words that `assert.trace` reads.
--
--   0.020  server > client  SYN-ACK seq=0 ack=1 win=65535 lost: fault
--   0.020  client: SYN-SENT -> ESTABLISHED

local caption = require "tcplab.trace.caption"
local conversation = require "tcplab.trace.conversation"

local listing = {}

---One line of a listing, before it is text.
---@class tcplab.listing.item
---@field kind "segment"|"state"|"timer"|"error"
---@field ns integer                    when it was sent, or happened
---@field order integer                 its place in the trace
---@field conversation tcplab.conversation
---@field side "left"|"right"           whose it is: the sender's
---@field packet? tcplab.conversation.packet    segment
---@field event? table                  all others

local function other(side) return side == "left" and "right" or "left" end

-- ---- collecting ----

local listed = { state = true, timer = true, error = true }

local function item_of(f, step)
  if listed[step.kind] then
    return { kind = step.kind, ns = step.ns, order = step.event.order or 0, conversation = f, side = step.side, event = step.event }
  end
  local packet = step.packet
  return {
    kind = "segment", ns = packet.sent or packet.ended, order = packet.event.order or 0, conversation = f, side = packet.side, packet = packet,
  }
end

---What happened in one conversation, in the order in which it happened; a segment stands where it was sent.
---@param f tcplab.conversation
---@return tcplab.listing.item[]
function listing.of(f)
  local items, seen = {}, {}
  for _, step in ipairs(f.steps) do
    if not (step.packet and seen[step.packet]) then items[#items + 1] = item_of(f, step) end
    if step.packet then seen[step.packet] = true end
  end
  return items
end

---What happened in several conversations, in the trace's order.
---@param conversations tcplab.conversation[]
---@return tcplab.listing.item[]
function listing.merge(conversations)
  local items = {}
  for i, f in ipairs(conversations) do
    for j, item in ipairs(listing.of(f)) do
      item.rank = { item.ns, item.order, i, j }
      items[#items + 1] = item
    end
  end
  table.sort(items, function(a, b)
    for k = 1, 4 do
      if a.rank[k] ~= b.rank[k] then return a.rank[k] < b.rank[k] end
    end
    return false
  end)
  return items
end

-- ---- text ----

local function plain(name)
  if name:find "^[%w_.%-]+$" then return name end
  return ("%q"):format(name)
end

local function port(socket) return socket:match ":%d+$" end

---An end's name in a line: its host's, or its address.
---@param item tcplab.listing.item
---@param side "left"|"right"
---@param ported? boolean with its port
---@return string
function listing.name(item, side, ported)
  local place = item.conversation[side]
  if not place.host then return ported and place.address or place.address:sub(1, -#port(place.address) - 1) end
  return plain(place.host) .. (ported and port(place.address) or "")
end

local ESCAPES = { ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t", ['"'] = '\\"', ["\\"] = "\\\\" }

---A segment's text in quotes, and no more of it than fits a line.
---@param payload string
---@return string
function listing.quoted(payload)
  local text = payload:sub(1, 24):gsub('[%c"\\\127-\255]', function(c) return ESCAPES[c] or ("\\x%02x"):format(c:byte()) end)
  return ('"%s"%s'):format(text, #payload > 24 and "..." or "")
end

---What became of a packet, beyond its arrival.
---@param packet tcplab.conversation.packet
---@return string "" when it arrived
function listing.fate(packet)
  if packet.fate == "dropped" then return "lost: " .. (packet.reason or "unknown") end
  if packet.fate == "refused" then return "refused: " .. (packet.reason or "unknown") end
  return ""
end

local function segment_text(item, ported)
  local packet = item.packet
  local words = { ("%s > %s "):format(listing.name(item, item.side, ported), listing.name(item, other(item.side), ported)) }
  words[#words + 1] = caption.labels(packet, item.conversation, true)[1]
  for _, word in ipairs { caption.remarks { packet = packet, part = "whole" }, listing.fate(packet) } do
    if word ~= "" then words[#words + 1] = word end
  end
  return table.concat(words, " ")
end

local notes = {
  state = function(event) return ("%s -> %s"):format(event.from, event.to) end,
  timer = function(event) return event.timer .. " timer" end,
  error = function(event) return "error " .. tostring(event.code) end,
}

---An item as a line, without its time.
---@param item tcplab.listing.item
---@param ported? boolean  ends with their ports
---@return string
function listing.text(item, ported)
  if item.kind == "segment" then return segment_text(item, ported) end
  return ("%s: %s"):format(listing.name(item, item.side, ported), notes[item.kind](item.event))
end

---Decimal places that tell one moment of a list from the next: 3, 6 or 9.
---@param items tcplab.listing.item[]
---@return integer
function listing.places(items)
  local first, last, count = nil, nil, 0
  for _, item in ipairs(items) do
    if item.kind == "segment" then first, last, count = first or item.ns, item.ns, count + 1 end
  end
  local gap = last ~= first and (last - first) // (count - 1) or 1000000
  if gap >= 500000 then return 3 end
  return gap >= 500 and 6 or 9
end

---Seconds in so many places.
---@param ns integer
---@param places integer
---@return string
function listing.seconds(ns, places) return ("%." .. places .. "f"):format(ns / 1e9) end

-- Whether two conversations join the same hosts, so that names alone do not tell them apart.
local function crowded(items)
  local conversation_of = {}
  for _, item in ipairs(items) do
    local one, two = listing.name(item, "left"), listing.name(item, "right")
    if two < one then one, two = two, one end
    local ends = one .. " " .. two
    if conversation_of[ends] and conversation_of[ends] ~= item.conversation then return true end
    conversation_of[ends] = item.conversation
  end
  return false
end

---Items as lines, each with its time.
---@param items tcplab.listing.item[]
---@param ported? boolean  ends have ports; without it, where names alone would not tell the connections apart
---@return string[]
function listing.lines(items, ported)
  local places, lines, width = listing.places(items), {}, 0
  if ported == nil then ported = crowded(items) end
  for _, item in ipairs(items) do width = math.max(width, #listing.seconds(item.ns, places)) end
  for i, item in ipairs(items) do
    local time = listing.seconds(item.ns, places)
    lines[i] = (" "):rep(width - #time) .. time .. "  " .. listing.text(item, ported)
  end
  return lines
end

---The conversations of a trace's events that concern a connection, or all.
---@param events table[]
---@param conn? any  as it stands in the events
---@return tcplab.conversation[]
function listing.conversations(events, conn)
  local conversations = {}
  for _, f in ipairs(conversation.sort(events)) do
    if conn == nil or f.conns[conn] then conversations[#conversations + 1] = f end
  end
  return conversations
end

return listing
