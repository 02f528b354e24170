-- SPDX-License-Identifier: MIT
-- Tells a connection by hand: the events that a trace of it would hold, packets' bytes and checksums included. For what draws and saves traces.

local story = {}

local Story = {}
Story.__index = Story

local HOSTS = { client = { name = "client" }, server = { name = "server" } }
local LINK = { name = "client-server" }
local LETTERS = { SYN = "S", ["SYN-ACK"] = "S.", ACK = ".", DATA = "P.", FIN = "F.", RST = "R" }
local FLAGS = { SYN = 0x02, ["SYN-ACK"] = 0x12, ACK = 0x10, DATA = 0x18, FIN = 0x11, RST = 0x04 }

--- A story that begins at 0 s. options: client, server ({ address, port }), initial (sequence numbers by host).
function story.new(options)
  options = options or {}
  return setmetatable({
    events = {}, ns = 0, packets = 0, conns = { client = "client's", server = "server's" },
    ends = { client = options.client or { "10.0.0.1", 49152 }, server = options.server or { "10.0.0.2", 80 } },
    initial = options.initial or { client = 4294967290, server = 5000 },
  }, Story)
end

local function other(host) return host == "client" and "server" or "client" end

function Story:at(milliseconds)
  self.ns = math.floor(milliseconds * 1000000 + 0.5)
  return self
end

function Story:add(event)
  event.ns, event.time = self.ns, self.ns / 1e9
  self.events[#self.events + 1] = event
end

function Story:state(host, from, to, cell)
  self:add { moment = "state", host = HOSTS[host], conn = self.conns[host], from = from, to = to, event = cell }
end

function Story:timer(host, timer, action)
  self:add { moment = "timer", host = HOSTS[host], conn = self.conns[host], timer = timer, action = action }
end

function Story:tell(moment, host, fields)
  fields.moment, fields.host, fields.conn = moment, HOSTS[host], self.conns[host]
  self:add(fields)
end

local function checksum(bytes)
  local sum = 0
  for i = 1, #bytes - 1, 2 do sum = sum + (bytes:byte(i) << 8 | bytes:byte(i + 1)) end
  if #bytes % 2 == 1 then sum = sum + (bytes:byte(#bytes) << 8) end
  while sum > 0xffff do sum = (sum & 0xffff) + (sum >> 16) end
  return ~sum & 0xffff
end

local function octets(address)
  local a, b, c, d = address:match "^(%d+)%.(%d+)%.(%d+)%.(%d+)$"
  return string.char(a, b, c, d)
end

local function packet_bytes(s)
  if s.source:find ":" then return nil end
  local ends = octets(s.source) .. octets(s.destination)
  local function tcp(sum)
    local ports = string.pack(">I2I2", s.source_port, s.destination_port)
    return ports .. string.pack(">I4I4I1I1I2I2I2", s.seq, s.ack or 0, 5 << 4, FLAGS[s.kind], s.window, sum, 0) .. s.payload
  end
  local size = 20 + #s.payload
  local function ip(sum) return string.pack(">I1I1I2I2I2I1I1I2", 0x45, 0, 20 + size, 0, 0x4000, 64, 6, sum) .. ends end
  return ip(checksum(ip(0))) .. tcp(checksum(ends .. string.pack(">I2I2", 6, size) .. tcp(0)))
end

function Story:segment(host, kind, seq, ack, payload, more)
  local from, to = self.ends[host], self.ends[other(host)]
  local s = {
    kind = kind, flags = LETTERS[kind], window = 65535, payload = payload or "", source = from[1], source_port = from[2], destination = to[1],
    destination_port = to[2], seq = (self.initial[host] + seq) & 0xffffffff, ack = ack and (self.initial[other(host)] + ack) & 0xffffffff,
    relative = { seq = seq & 0xffffffff, ack = ack }, retransmission = false, probe = false,
  }
  for name, value in pairs(more or {}) do s[name] = value end
  return s
end

function Story:tell_segment(packet, point, host, reason)
  local event = {
    point = point, reason = reason, packet = packet.id, segment = packet.segment, bytes = packet.bytes, link = LINK, sender = HOSTS[packet.host],
    from = HOSTS[packet.host], to = HOSTS[other(packet.host)], corrupted = packet.corrupted or false, marked = false,
    duplicated = packet.duplicated or false,
  }
  self:tell("segment", host, event)
end

--- A segment enters the link. Numbers are relative. Returns it, for arrive and lose.
function Story:send(host, kind, seq, ack, payload, more)
  self.packets = self.packets + 1
  local segment = self:segment(host, kind, seq, ack, payload, more)
  local packet = { id = self.packets, host = host, segment = segment, bytes = packet_bytes(segment) }
  self:tell_segment(packet, "sent", host)
  return packet
end

function Story:lose(packet, reason) self:tell_segment(packet, "dropped", packet.host, reason) end

--- The segment comes to its receiver, who refuses it when there is a reason.
function Story:arrive(packet, reason) self:tell_segment(packet, reason and "refused" or "delivered", other(packet.host), reason) end

--- The handshake, 10 ms each way.
function Story:handshake()
  self:state("client", "CLOSED", "SYN-SENT", "OPEN-active")
  local syn = self:send("client", "SYN", 0)
  self:at(10):arrive(syn)
  self:state("server", "LISTEN", "SYN-RECEIVED", "SEG-SYN")
  local answer = self:send("server", "SYN-ACK", 0, 1)
  self:at(20):arrive(answer)
  self:state("client", "SYN-SENT", "ESTABLISHED", "SEG-SYN-ACK")
  local ack = self:send("client", "ACK", 1, 1)
  self:at(30):arrive(ack)
  self:state("server", "SYN-RECEIVED", "ESTABLISHED", "SEG-ACK-new")
  return self
end

--- Two that call each other at once, 10 ms apart, up to SYN-RECEIVED on both sides.
function story.simultaneous_open()
  local s = story.new()
  s:state("client", "CLOSED", "SYN-SENT", "OPEN-active")
  local one = s:send("client", "SYN", 0)
  s:state("server", "CLOSED", "SYN-SENT", "OPEN-active")
  local two = s:send("server", "SYN", 0)
  s:at(10):arrive(one)
  s:state("server", "SYN-SENT", "SYN-RECEIVED", "SEG-SYN")
  s:arrive(two)
  s:state("client", "SYN-SENT", "SYN-RECEIVED", "SEG-SYN")
  return s
end

return story
