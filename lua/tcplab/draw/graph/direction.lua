-- SPDX-License-Identifier: MIT
-- One direction of one connection as its sender saw it: what it sent and when, what came back, and how its variables went.

local view = require "tcplab.draw.view"

local direction = {}

---One direction of a connection. Times are seconds; numbers count from the initial sequence number and do not wrap.
---@class tcplab.direction
---@field conversation tcplab.conversation
---@field side "left"|"right"  the sender's
---@field from number   the first moment that is drawn
---@field to number     the last one
---@field data table[]  { time, low, high }: text sent for the first time
---@field again table[] { time, low, high }: text sent again
---@field lost table[]  { time, value }: text that did not arrive
---@field acks table[]  { time, value }: SND.UNA
---@field sacks table[] { time, low, high }: blocks that the receiver reported
---@field edges table[] { time, value }: SND.UNA + SND.WND
---@field scaled boolean  the window's scale is known, so the edges are true
---@field flight table[] { time, value }: SND.NXT - SND.UNA

local function other(side) return side == "left" and "right" or "left" end

local function signed(difference)
  difference = difference & 0xffffffff
  return difference >= 0x80000000 and difference - 0x100000000 or difference
end

-- ---- which connection, from which end ----

local function sent_by(f, side)
  local bytes = 0
  for _, packet in ipairs(f.packets) do
    if packet.side == side and packet.segment then bytes = bytes + #packet.segment.payload end
  end
  return bytes
end

local function busiest(conversations)
  local f, side, most = conversations[1], "left", -1
  for _, candidate in ipairs(conversations) do
    for _, at in ipairs { "left", "right" } do
      local bytes = sent_by(candidate, at)
      if bytes > most then f, side, most = candidate, at, bytes end
    end
  end
  return f, side
end

local function chosen(events, options)
  local conversations = view.chosen(events, options)
  if options.conn then return conversations[1], conversations[1] and conversations[1].conns[options.conn] end
  if options.hosts then return conversations[1], "left" end
  return busiest(conversations)
end

-- ---- what its packets tell ----

local function option(segment, name)
  for _, each in ipairs(segment.options or {}) do
    if each.name == name then return each end
  end
end

-- How far the peer's windows are shifted; nil where its SYN was not seen.
local function shift_of(f, side)
  local shifts = {}
  for _, packet in ipairs(f.packets) do
    local segment = packet.segment
    if segment and (segment.kind == "SYN" or segment.kind == "SYN-ACK") then
      local scale = option(segment, "window_scale")
      shifts[packet.side] = shifts[packet.side] or (scale and scale.value or false)
    end
  end
  local mine, peer = shifts[side], shifts[other(side)]
  if mine == nil or peer == nil then return nil end
  return mine and peer and math.min(peer, 14) or 0
end

local Reader = {}
Reader.__index = Reader

local function new_reader(f, side)
  local h = { conversation = f, side = side, data = {}, again = {}, lost = {}, acks = {}, sacks = {}, edges = {}, flight = {} }
  local shift = shift_of(f, side)
  h.scaled = shift ~= nil
  return setmetatable({ direction = h, base = f[side].base, shift = shift or 0, last = 0, una = 0, nxt = 0 }, Reader)
end

-- A number of 32 bits as one that goes on, by what was seen last.
function Reader:count(number)
  self.base = self.base or number
  return self.last + signed(number - self.base - self.last)
end

local function add(list, time, value) list[#list + 1] = { time = time, value = value } end
local function bar(list, time, low, high) list[#list + 1] = { time = time, low = low, high = high } end

function Reader:left(time, packet)
  local segment, h = packet.segment, self.direction
  local seq, size = self:count(segment.seq), #segment.payload
  if packet.event.duplicated then return end
  if size > 0 then bar(segment.retransmission and h.again or h.data, time, seq, seq + size) end
  if packet.fate == "dropped" and size > 0 then add(h.lost, time, seq + size / 2) end
  local control = (segment.kind == "SYN" or segment.kind == "SYN-ACK" or segment.kind == "FIN") and 1 or 0
  self.last = math.max(self.last, seq)
  self.nxt = math.max(self.nxt, seq + size + control)
  add(h.flight, time, self.nxt - self.una)
end

function Reader:came(time, packet)
  local segment, h = packet.segment, self.direction
  if not segment.ack or segment.kind == "RST" then return end
  local ack = self:count(segment.ack)
  local sack = option(segment, "sack")
  for _, block in ipairs(sack and sack.blocks or {}) do bar(h.sacks, time, self:count(block[1]), self:count(block[2])) end
  if ack < self.una then return end -- an old one, overtaken
  self.una = ack
  add(h.acks, time, ack)
  add(h.edges, time, ack + (segment.window << (segment.kind == "SYN-ACK" and 0 or self.shift)))
  add(h.flight, time, math.max(0, self.nxt - ack))
end

local function moments(f, side)
  local list = {}
  for order, packet in ipairs(f.packets) do
    local ns = packet.side == side and (packet.sent or packet.ended) or packet.fate == "delivered" and packet.ended or nil
    if packet.segment and ns then list[#list + 1] = { ns = ns, order = order, packet = packet } end
  end
  table.sort(list, function(a, b)
    if a.ns ~= b.ns then return a.ns < b.ns end
    return a.order < b.order
  end)
  return list
end

-- ---- a span of it ----

---The points that lie within a span.
---@param points { time: number }[]
---@param from number
---@param to number
---@return table[]
function direction.within(points, from, to)
  local kept = {}
  for _, point in ipairs(points) do
    if point.time >= from and point.time <= to then kept[#kept + 1] = point end
  end
  return kept
end

---The points of a line that lie within a span, after the value that it came in with.
---@param points { time: number, value: number }[]
---@param from number
---@param to number
---@return table[]
function direction.going_on(points, from, to)
  local kept, before = direction.within(points, from, to), nil
  for _, point in ipairs(points) do
    if point.time < from then before = point end
  end
  if before then table.insert(kept, 1, { time = from, value = before.value }) end
  return kept
end

local function clip(h)
  for _, name in ipairs { "data", "again", "lost", "sacks" } do h[name] = direction.within(h[name], h.from, h.to) end
  for _, name in ipairs { "acks", "edges", "flight" } do h[name] = direction.going_on(h[name], h.from, h.to) end
end

---Reads the events for the direction that the options choose: that of `conn`, else the first of the two `hosts`, else the one that sent the most.
---@param events table[] plain, oldest first
---@param options table  as view.read gave them
---@return tcplab.direction?  nil when there is no connection
function direction.read(events, options)
  local f, side = chosen(events, options)
  if not f then return nil end
  local reader = new_reader(f, side)
  local h, list = reader.direction, moments(f, side)
  for _, moment in ipairs(list) do
    reader[moment.packet.side == side and "left" or "came"](reader, moment.ns / 1e9, moment.packet)
  end
  h.from = options.from or list[1] and list[1].ns / 1e9 or 0
  h.to = math.min(options.to or math.huge, list[#list] and list[#list].ns / 1e9 or 0)
  if h.to <= h.from then h.to = h.from + 0.001 end
  clip(h)
  return h
end

---Whose direction it is: "client (10.0.0.1:49152) to server (10.0.0.2:80)".
---@param h tcplab.direction
---@return string
function direction.whose(h)
  local mine, peer = h.conversation[h.side], h.conversation[other(h.side)]
  local function called(place) return place.host and ("%s (%s)"):format(place.host, place.address) or place.address end
  return ("%s to %s"):format(called(mine), called(peer))
end

return direction
