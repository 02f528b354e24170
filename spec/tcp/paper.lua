-- SPDX-License-Identifier: MIT
-- One host and a peer of paper: the peer's segments are delivered by hand, and what the host sends is noted and goes nowhere. Numbers count from
-- the initial ones on both sides, which lie just before the wrap.

require "spec.helper"
local tcplab = require "tcplab"

local ISS, IRS = 0xffffff38, 0xfffffed4

local paper = { iss = ISS, irs = IRS, port = 5000, peer_port = 80 }
paper.__index = paper

local function wrap(number) return number & 0xffffffff end

local function note(self, e)
  local s = e.segment
  self.sent[#self.sent + 1] = {
    time = e.time, flags = s.flags, seq = s.seq and wrap(s.seq - ISS), ack = s.ack and wrap(s.ack - IRS), window = s.window, payload = s.payload,
    options = s.options, urgent = s.urgent, retransmission = s.retransmission, probe = s.probe, kind = s.kind, segment = s,
  }
end

--- options: of the host, laid over: no timestamps, no window scaling, fixed initial sequence number.
function paper.new(options)
  local net = tcplab.lab { seed = 7, trace = false }
  local settings = { address = "10.0.0.1", timestamps = false, window_scaling = false, isn = function() return ISS end }
  for name, value in pairs(options or {}) do settings[name] = value end
  local self = setmetatable({ net = net, sent = {}, peer_window = 65535 }, paper)
  self.host = net:host("host", settings)
  self.link = net:link(self.host, net:hand("peer", { address = { "10.0.0.2", "10.0.0.3", "fd00::2" } }))
  net:on("segment", function(e)
    if e.sender == self.host and e.point == "sent" then note(self, e) end
  end)
  return self
end

function paper:close() self.net:close() end
paper.__close = paper.close

--- Lets time pass, and what is due now happen.
function paper:pass(seconds) self.net:run(seconds or 0) end

--- What was sent since the last take, oldest first.
function paper:take()
  local sent = self.sent
  self.sent = {}
  return sent
end

--- The one segment that was sent since; raises when there were more or none.
function paper:one()
  local sent = self:take()
  if #sent ~= 1 then
    local shown = {}
    for i, s in ipairs(sent) do shown[i] = ("%s seq %d len %d"):format(s.flags, s.seq, #s.payload) end
    error(("1 segment expected, %d sent: %s"):format(#sent, table.concat(shown, "; ")), 2)
  end
  return sent[1]
end

--- Whether nothing was sent since.
function paper:silent() return #self:take() == 0 end

--- Delivers a segment of the peer's. seq and ack count from the initial numbers and are 1 where left out; what follows at this instant happens.
--- Returns the reason the host gave.
function paper:arrive(given)
  local flags = given.flags or "."
  local has_ack = flags:find(".", 1, true)
  local reason = self.host:deliver {
    source = given.source or "10.0.0.2", source_port = given.source_port or self.peer_port, destination_port = given.destination_port or self.port,
    destination = given.destination or self.destination, flags = flags, payload = given.payload or "", seq = wrap(IRS + (given.seq or 1)),
    ack = has_ack and wrap(ISS + (given.ack or 1)) or nil, window = given.window or self.peer_window, urgent = given.urgent, options = given.options,
    ecn = given.ecn,
  }
  self:pass()
  return reason
end

--- Delivers an ICMP error about the segment at seq.
function paper:advise(type, code, seq, mtu)
  local reason = self.host:deliver {
    kind = "ICMP", source = "10.0.0.2", type = type, code = code, mtu = mtu,
    quoted = { source = "10.0.0.1", source_port = self.port, destination = "10.0.0.2", destination_port = self.peer_port, seq = wrap(ISS + seq) },
  }
  self:pass()
  return reason
end

--- An active OPEN, its SYN just sent and taken.
function paper:opening(more)
  local given = { address = "10.0.0.2", port = self.peer_port, local_port = self.port }
  for name, value in pairs(more or {}) do given[name] = value end
  self.conn = assert(self.host:open(given))
  self.conn:settimeout(0)
  self.destination = self.conn:status().local_address
  self:pass()
  self.syn = self:one()
  return self.conn
end

--- Established by an active OPEN, with nothing sent since. answer: fields of the peer's SYN-ACK.
function paper:established(more, answer)
  local conn = self:opening(more)
  local syn_ack = { flags = "S.", seq = 0, ack = 1, options = { mss = 1460 } }
  for name, value in pairs(answer or {}) do syn_ack[name] = value end
  self:arrive(syn_ack)
  self:take()
  assert(conn.state == "ESTABLISHED", conn.state)
  return conn
end

--- A listener's established child, accepted or (keep) left in the queue; second result: the listener.
function paper:accepted(more)
  local listener = assert(self.host:listen(self.port, more))
  listener:settimeout(0)
  self:arrive { flags = "S", seq = 0, options = { mss = 1460 } }
  self:arrive {}
  self:take()
  self.conn = assert(listener:accept())
  self.conn:settimeout(0)
  return self.conn, listener
end

--- Sizes of the payloads of segments.
function paper.sizes(sent)
  local sizes = {}
  for i, s in ipairs(sent) do sizes[i] = #s.payload end
  return sizes
end

return paper
