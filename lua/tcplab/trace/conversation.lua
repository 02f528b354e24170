-- SPDX-License-Identifier: MIT
-- Sorts a trace into conversations: the packets, states and timers of one connection, seen from both of its ends.

local conversation = {}

---A packet's way through the network, put together from its notices.
---@class tcplab.conversation.packet
---@field id integer
---@field segment? tcplab.segment  nil when the packet is no TCP, or does not parse
---@field side "left"|"right"     the end that its source address names
---@field event table             the first notice that told of it
---@field fate? "delivered"|"refused"|"dropped" nil: still under way
---@field reason? string          why it was refused or dropped
---@field sent? integer           when it entered its first link, ns
---@field ended? integer          when its fate was decided, ns
---@field plain boolean           nothing but data or an acknowledgement, and nothing happened to it

---What happened at one end of a conversation, in the trace's order.
---@class tcplab.conversation.step
---@field kind "sent"|"arrived"|"lost"|"state"|"timer"|"error"
---@field side "left"|"right"
---@field ns integer
---@field packet? tcplab.conversation.packet
---@field event? table
---@field after? number            timer: seconds from being set to firing, where both are in the trace

---@class tcplab.conversation
---@field left tcplab.conversation.end_
---@field right tcplab.conversation.end_
---@field packets tcplab.conversation.packet[]
---@field steps tcplab.conversation.step[]
---@field conns table<any, "left"|"right">  the connections seen in it, each with its end

---@class tcplab.conversation.end_
---@field address string  "10.0.0.1:80"
---@field host? string    the name of the host or edge that was seen there
---@field state? string   the first state known
---@field base? integer   the initial sequence number, once its SYN was seen

---The name of a host, link or edge as it appears in an event: an object, a name, or nothing.
---@param thing any
---@return string?
function conversation.name(thing)
  if thing == nil or thing == 0 then return nil end
  if type(thing) == "string" then return thing end
  if type(thing) == "number" then return "#" .. thing end
  return thing.name
end

local function socket(address, port)
  if address:find(":", 1, true) then return ("[%s]:%d"):format(address, port) end
  return ("%s:%d"):format(address, port)
end

local function ends_of(segment)
  return socket(segment.source, segment.source_port), socket(segment.destination, segment.destination_port)
end

local function other(side) return side == "left" and "right" or "left" end

local function new_conversation(left, right)
  return { left = { address = left }, right = { address = right }, packets = {}, steps = {} }
end

local Sorter = {}
Sorter.__index = Sorter

-- The conversation between two sockets, made when it is new: who is heard of first stands on the left.
function Sorter:conversation_of(from, to)
  local known = self.by_ends[from .. " " .. to] or self.by_ends[to .. " " .. from]
  if known then return known end
  local fresh = new_conversation(from, to)
  self.by_ends[from .. " " .. to] = fresh
  self.conversations[#self.conversations + 1] = fresh
  return fresh
end

-- nil for ICMP and what does not parse
local function tcp_segment(event)
  local segment = event.segment
  return segment and segment.kind ~= "ICMP" and segment or nil
end

local function is_plain(event)
  local segment = tcp_segment(event)
  if not segment then return false end
  return (segment.kind == "DATA" or segment.kind == "ACK") and not segment.retransmission and not segment.probe
    and not event.corrupted and not event.duplicated and not event.marked and segment.window ~= 0
end

-- An ICMP error belongs to the conversation whose segment it quotes; it goes to where that came from.
function Sorter:conversation_quoted(event)
  local quoted = event.segment and event.segment.quoted
  if not quoted then return nil end
  local from, to = ends_of(quoted)
  local f = self.by_ends[from .. " " .. to] or self.by_ends[to .. " " .. from]
  if f then return f, f.left.address == from and "right" or "left" end
end

-- A damaged packet of which nothing else is known belongs to the last conversation between its hosts.
function Sorter:adopt(event)
  local quoted, at = self:conversation_quoted(event)
  if quoted then return quoted, at end
  for i = #self.conversations, 1, -1 do
    local f = self.conversations[i]
    local from, to = conversation.name(event.sender) or conversation.name(event.from), conversation.name(event.host) or conversation.name(event.to)
    if from and f.left.host == from and f.right.host == to then return f, "left" end
    if from and f.right.host == from and f.left.host == to then return f, "right" end
  end
end

function Sorter:packet_of(event)
  local id = event.packet
  local known = self.packets[id]
  if known then return known end
  local segment = tcp_segment(event)
  local f, side
  if segment then
    local from, to = ends_of(segment)
    f = self:conversation_of(from, to)
    side = f.left.address == from and "left" or "right"
  else
    f, side = self:adopt(event)
  end
  if not f then return nil end
  local packet = {
    id = id, event = event, segment = segment, side = side, conversation = f, plain = is_plain(event),
  }
  self.packets[id] = packet
  f.packets[#f.packets + 1] = packet
  return packet
end

local function remember_base(packet)
  local segment, ends = packet.segment, packet.conversation[packet.side]
  if not segment or segment.kind ~= "SYN" and segment.kind ~= "SYN-ACK" then return end
  local counted = packet.event.point == "sent" and packet.event.conn ~= nil -- a SYN that no connection sent is a guess
  if not ends.base or counted and not ends.counted then ends.base, ends.counted = segment.seq, counted end
end

local at_source = { sent = true, dropped = true }

function Sorter:learn_host(packet, event)
  if event.segment and not packet.segment then return end -- any router on the way may have sent an ICMP error
  local side = at_source[event.point] and packet.side or other(packet.side)
  local place = packet.conversation[side]
  local host = conversation.name(event.host)
  if host then
    place.host = place.host or host
    if event.conn and event.conn ~= 0 and not self.conns[event.conn] then
      self.conns[event.conn] = { conversation = packet.conversation, side = side }
    end
  elseif event.point == "sent" and not packet.sent then
    place.edge = place.edge or conversation.name(event.from)
  elseif not at_source[event.point] then
    place.edge = place.edge or conversation.name(event.to)
  end
end

function Sorter:gather(event)
  local packet = self:packet_of(event)
  if not packet then return end
  self:learn_host(packet, event)
  remember_base(packet)
  if event.point == "sent" then
    packet.sent = packet.sent or event.ns
  else
    packet.fate, packet.reason, packet.ended = event.point, event.reason, event.ns
    packet.corrupted = packet.corrupted or event.corrupted
    packet.marked = packet.marked or event.marked
    if event.point ~= "delivered" or event.corrupted or event.marked then packet.plain = false end
  end
end

local function add(f, step) f.steps[#f.steps + 1] = step end

local step_of_point = { sent = "sent", dropped = "lost", delivered = "arrived", refused = "arrived" }

function Sorter:place_segment(event)
  local packet = self.packets[event.packet]
  if not packet then return end
  local kind = step_of_point[event.point]
  if kind == "sent" then
    if packet.placed then return end -- on to the next link
    packet.placed = true
  end
  local side = kind == "arrived" and other(packet.side) or packet.side
  add(packet.conversation, { kind = kind, side = side, ns = event.ns, packet = packet })
end

function Sorter:place_timer(event, where)
  if event.timer == "pacing" then return end -- it runs out before each paced segment, whose own place tells as much
  local key = where.conversation[where.side].address .. event.timer
  if event.action == "set" then
    self.set_at[key] = event.time
  elseif event.action == "fired" then
    local set = self.set_at[key]
    add(where.conversation, { kind = "timer", side = where.side, ns = event.ns, event = event, after = set and event.time - set })
  end
end

-- The packet that brought a state change is not one among many.
local function keep_cause(f, side, ns)
  local last = f.steps[#f.steps]
  if last and last.kind == "arrived" and last.side == side and last.ns == ns then last.packet.plain = false end
end

function Sorter:place(event)
  if event.moment == "segment" then return self:place_segment(event) end
  local where = event.conn and self.conns[event.conn]
  if not where then return end
  if event.moment == "timer" then
    self:place_timer(event, where)
  elseif event.moment == "state" then
    local place = where.conversation[where.side]
    place.state = place.state or event.from
    keep_cause(where.conversation, where.side, event.ns)
    add(where.conversation, { kind = "state", side = where.side, ns = event.ns, event = event })
  elseif event.moment == "error" then
    add(where.conversation, { kind = "error", side = where.side, ns = event.ns, event = event })
  end
end

---Sorts events into conversations, in the order of their first packets.
---@param events table[] a trace's events, oldest first
---@return tcplab.conversation[]
function conversation.sort(events)
  local sorter = setmetatable({ conversations = {}, by_ends = {}, packets = {}, conns = {}, set_at = {} }, Sorter)
  for _, event in ipairs(events) do
    if event.moment == "segment" then sorter:gather(event) end
  end
  for _, event in ipairs(events) do sorter:place(event) end
  for _, f in ipairs(sorter.conversations) do
    f.left.host, f.right.host = f.left.host or f.left.edge, f.right.host or f.right.edge
    f.conns = {}
  end
  for conn, where in pairs(sorter.conns) do where.conversation.conns[conn] = where.side end -- looked up by name alone: order does not show
  return sorter.conversations
end

---Keeps only what happened in a span of time; the ends remember the states in which they entered it.
---@param f tcplab.conversation
---@param from integer ns
---@param to integer ns
function conversation.clip(f, from, to)
  local kept = {}
  for _, step in ipairs(f.steps) do
    if step.ns < from then
      if step.kind == "state" then f[step.side].state = step.event.to end
    elseif step.ns <= to then
      kept[#kept + 1] = step
    end
  end
  f.steps = kept
end

---The same conversation seen from the other side.
---@param f tcplab.conversation
function conversation.mirror(f)
  f.left, f.right = f.right, f.left
  for _, packet in ipairs(f.packets) do packet.side = other(packet.side) end
  for _, step in ipairs(f.steps) do step.side = other(step.side) end
  for conn, side in pairs(f.conns) do f.conns[conn] = other(side) end -- each for itself: order does not show
end

return conversation
