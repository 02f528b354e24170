-- SPDX-License-Identifier: MIT
-- A trace as a script for packetdrill: what one host of it was sent, and what it sent, with the calls that led there. Played against a host of the
-- same options, the script passes.
--
-- A trace has no calls but CLOSE and ABORT. SENDs are told from the text that leaves, up to each PSH; text is read as it comes, where the window
-- shows that somebody read.

local check = require "tcplab.base.check"
local conversation = require "tcplab.trace.conversation"
local script_words = require "tcplab.trace.script_words"

local pkt = {}

local MASK <const> = 0xffffffff
local ECN <const> = { "ect1", "ect0", "ce" }

local function has(segment, letter) return segment.flags:find(letter, 1, true) ~= nil end

local function is_tcp(event) return event.moment == "segment" and event.segment ~= nil and event.segment.kind ~= "ICMP" end

local function is_at(event, host) return conversation.name(event.host) == host end

-- ---- whose script it is ----

-- The host that the first SYN goes to.
local function usual_host(events)
  for _, event in ipairs(events) do
    if is_tcp(event) and event.segment.kind == "SYN" and (event.point == "delivered" or event.point == "refused") then
      return conversation.name(event.host)
    end
  end
  check.fail "save: the trace has no SYN that arrives: the option host says whose script it is to be"
end

local function arrives(event, host) return is_at(event, host) and (event.point == "delivered" or event.point == "refused") end

local function leaves(event, host) return is_at(event, host) and event.point == "sent" and conversation.name(event.sender) == host end

-- The host's first pair of sockets: its own end, and the other's.
local function ends_of(events, host)
  for _, event in ipairs(events) do
    local segment = is_tcp(event) and event.segment
    if segment and has(segment, "S") and leaves(event, host) then
      return { segment.source, segment.source_port, segment.destination, segment.destination_port, active = not has(segment, ".") }
    elseif segment and has(segment, "S") and arrives(event, host) then
      return { segment.destination, segment.destination_port, segment.source, segment.source_port, active = false }
    end
  end
  check.fail("save: %s has neither sent nor got a SYN", host)
end

local function goes(segment, from, from_port, to, to_port)
  return segment.source == from and segment.source_port == from_port and segment.destination == to and segment.destination_port == to_port
end

-- ---- the script under way ----

local writer = {}
writer.__index = writer

function writer:line(ns, text) self[#self + 1] = ("%.9f %s"):format(ns / 1e9, text) end

local function numbers_out(self)
  return {
    seq = function(number) return number - self.iss & MASK end,
    ack = function(number) return number - (self.irs or 0) & MASK end,
    stamp = function(value) return value end,
  }
end

local function numbers_in(self)
  return {
    seq = function(number) return number - self.irs & MASK end,
    ack = function(number) return number - (self.iss or 0) & MASK end,
    stamp = function(value) return value end,
  }
end

local function with_ecn(packet, segment)
  packet.ecn = ECN[segment.ecn]
  return script_words.text(packet)
end

-- ---- calls ----

function writer:listen(ns)
  self:line(ns, "socket(..., SOCK_STREAM, IPPROTO_TCP) = 3")
  self:line(ns, "setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0")
  self:line(ns, "bind(3, ..., ...) = 0")
  self:line(ns, "listen(3, 128) = 0")
end

function writer:connect(ns)
  self:line(ns, "socket(..., SOCK_STREAM, IPPROTO_TCP) = 3")
  self:line(ns, "fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0")
  self:line(ns, "connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)")
  self.fd = 3
end

-- What has come and was not read yet, once there is somebody to read it.
function writer:read(ns)
  if not self.reads or not self.fd or self.unread == 0 then return end
  self:line(ns, ("read(%d, ..., %d) = %d"):format(self.fd, self.unread, self.unread))
  self.unread = 0
end

function writer:accept(ns)
  if self.fd or self.active then return end
  self.fd = 4
  self:line(ns, "accept(3, ..., ...) = 4")
  self:read(ns)
end

function writer:close_half(ns)
  self.shut = true
  self:line(ns, ("shutdown(%d, SHUT_WR) = 0"):format(self.fd or 4))
end

local function end_of(self, segment) return segment.seq + #segment.payload - self.iss & MASK end

-- Whether the next new text had waited: for an ACK, or for the FIN that goes with it. Then one SEND brought it and what went before.
local function had_waited(self, at, sent)
  for i = at, #self.leaving do
    local segment = self.leaving[i]
    if #segment.payload > 0 and end_of(self, segment) > sent then return self.waited[i] or has(segment, "F") end
  end
  return false
end

-- The SEND that a segment of new text begins: up to the PSH that ends it, which may come later.
function writer:send(ns, at)
  local from, to, closes = self.sent, self.sent, false
  for i = at, #self.leaving do
    local segment = self.leaving[i]
    local stop = end_of(self, segment)
    if stop > to and stop < 1 << 31 then to = stop end
    closes = closes or has(segment, "F") and #segment.payload > 0
    if has(segment, "P") and stop >= to and not had_waited(self, i + 1, to) then break end
  end
  self.sent = to
  self:line(ns, ("write(%d, ..., %d) = %d"):format(self.fd or 4, to - from, to - from))
  if closes then self:close_half(ns) end
end

-- ---- segments ----

local function starts_text(self, segment)
  return #segment.payload > 0 and (segment.seq + #segment.payload - self.iss & MASK) > self.sent and not has(segment, "S")
end

function writer:goes_out(ns, segment, at)
  if has(segment, "S") and not self.iss then
    self.iss, self.sent = segment.seq, 1
    if self.active then self:connect(ns) end
  end
  if not self.iss then return end
  if starts_text(self, segment) then self:send(ns, at) end
  if has(segment, "F") and not self.shut then self:close_half(ns) end
  local packet = script_words.of(segment, numbers_out(self), ">")
  if not has(segment, "S") then packet.window = nil end
  self:line(ns, with_ecn(packet, segment))
end

-- How much of a segment's text, and of what waited for it, is in order now.
local function in_order(self, segment)
  local from, before = segment.seq - self.irs & MASK, self.next
  if #segment.payload == 0 or has(segment, "S") or from >= 1 << 31 then return 0 end
  self.held[#self.held + 1] = { from, from + #segment.payload }
  local moved = true
  while moved do
    moved = false
    for i = #self.held, 1, -1 do
      if self.held[i][1] <= self.next then
        self.next = math.max(self.next, table.remove(self.held, i)[2])
        moved = true
      end
    end
  end
  return self.next - before
end

function writer:comes_in(ns, segment)
  if has(segment, "S") and not self.irs then self.irs = segment.seq end
  if not self.irs then return end
  self:line(ns, with_ecn(script_words.of(segment, numbers_in(self), "<"), segment))
  self.unread = self.unread + in_order(self, segment)
end

-- ---- the whole ----

local function head(self, ends, mss)
  local v6 = ends[1]:find(":", 1, true) ~= nil
  local lines = {
    "// Saved by tcplab: what " .. self.host .. " was sent, and sent.", "--ip_version=" .. (v6 and "ipv6" or "ipv4"), "--local_ip=" .. ends[1],
    "--remote_ip=" .. ends[3], (self.active and "--connect_port=" .. ends[4] or "--bind_port=" .. ends[2]), "--strict_segments",
  }
  if mss then lines[#lines + 1] = ("--mtu=%d"):format(mss + (v6 and 60 or 40)) end
  return table.concat(lines, "\n") .. "\n"
end

-- Whether anything was read: the edge of the window that the host shows moves on.
local function shows_reading(segments)
  local first, scale
  for _, segment in ipairs(segments) do
    if has(segment, "S") then
      scale = segment.options.window_scale or 0
    elseif has(segment, ".") and not has(segment, "R") then
      local edge = segment.ack + (segment.window << (scale or 0))
      first = first or edge
      if (edge - first & MASK) - 1 < 1 << 30 and edge ~= first then return true end
    end
  end
  return false
end

local function of_flow(event, host, ends)
  if not is_tcp(event) then return nil end
  local out = leaves(event, host) and goes(event.segment, ends[1], ends[2], ends[3], ends[4])
  local into = arrives(event, host) and goes(event.segment, ends[3], ends[4], ends[1], ends[2])
  return out and ">" or into and "<" or nil
end

-- In the order of the trace; a segment that is delayed in its own host is told once.
local function sort_out(events, host, ends)
  local list, leaving, waited, acked = {}, {}, {}, nil
  for _, event in ipairs(events) do
    local direction = of_flow(event, host, ends)
    if direction == ">" then
      leaving[#leaving + 1] = event.segment
      waited[#leaving] = acked == event.ns
    elseif direction == "<" then
      acked = #event.segment.payload == 0 and event.ns or nil
    end
    if direction then
      list[#list + 1] = { event.ns, direction, event.segment, #leaving }
    elseif is_at(event, host) and event.moment == "state" then
      list[#list + 1] = { event.ns, "state", event }
    end
  end
  return list, leaving, waited
end

local function state_changed(self, ns, event)
  if event.event == "ABORT" then
    self:line(ns, ("setsockopt(%d, SOL_SOCKET, SO_LINGER, {onoff=1, linger=0}, 8) = 0"):format(self.fd or 3))
    self:line(ns, ("close(%d) = 0"):format(self.fd or 3))
  elseif event.to == "ESTABLISHED" then
    self:accept(ns)
  end
end

local function script_of(events, host)
  local ends = ends_of(events, host)
  local list, leaving, waited = sort_out(events, host, ends)
  local self = setmetatable({
    host = host, active = ends.active, leaving = leaving, waited = waited, unread = 0, reads = shows_reading(leaving), next = 1, held = {},
  }, writer)
  if not self.active then self:listen(0) end
  for i, each in ipairs(list) do
    local ns, what, thing, at = table.unpack(each)
    if what == ">" then
      self:goes_out(ns, thing, at)
    elseif what == "<" then
      self:comes_in(ns, thing)
      if not (list[i + 1] and list[i + 1][2] == "state" and list[i + 1][1] == ns) then self:read(ns) end
    else
      state_changed(self, ns, thing)
      self:read(ns)
    end
  end
  return head(self, ends, leaving[1] and leaving[1].options.mss) .. table.concat(self, "\n") .. "\n"
end

---The options of a .pkt: whose script it is.
---@class tcplab.save.pkt.options
---@field host? string  its name; the host that the first SYN goes to

---A trace as a script.
---@param events table[]  plain, oldest first
---@param options? tcplab.save.pkt.options
---@return string
function pkt.text(events, options)
  check.type(options, "table|nil", "save: options")
  for name in pairs(options or {}) do
    if name ~= "host" then check.fail("save: unknown option %s; a .pkt takes host", check.shown(name)) end
  end
  local host = options and options.host
  if type(host) == "table" then host = host.name end
  check.type(host, "string|nil", "save: host")
  return script_of(events, host or usual_host(events))
end

return pkt
