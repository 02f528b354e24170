-- SPDX-License-Identifier: MIT
-- A sender and a peer of paper with a round trip of 50 ms, seen in whole segments that count from 0: "3" is the fourth, "3r" the same once more.
local paper = require "spec.tcp.paper"

local flight = { RTT = 0.05 }
flight.__index = function(_, name) return rawget(flight, name) or paper[name] end

--- Established; SACK agreed on unless options.sack is false. options: of the host, and mss (1000).
function flight.new(options)
  local settings = { mss = 1000, congestion = "reno", window_scaling = true }
  for name, value in pairs(options or {}) do settings[name] = value end
  local mss = settings.mss
  if settings.timestamps then settings.mss = mss + 12 end -- which the option takes
  local self = setmetatable(paper.new(settings), flight)
  self.mss, self.stamp = mss, 100
  if mss > 1400 then self.link:set { mtu = 65535 } end
  self.peer_window = 0xffff
  self:opening()
  self:pass(self.RTT)
  self:arrive { flags = settings.ecn and "S.E" or "S.", seq = 0, options = {
    mss = settings.mss, sack_permitted = settings.sack ~= false or nil, window_scale = 7,
    timestamps = settings.timestamps and { value = self.stamp, echo = self.syn.options.timestamps.value } or nil,
  } }
  self:ack(0, nil, { echo = settings.timestamps and self.syn.options.timestamps.value or nil }) -- the window, scaled
  self:take()
  assert(self.conn.state == "ESTABLISHED", self.conn.state)
  return self
end

--- Hands it so many segments. Returns what left at once.
function flight:give(segments)
  assert(self.conn:send(("x"):rep(segments * self.mss)))
  self:pass()
  return self:left()
end

--- What left since the last look, in the order it did; clock is the timestamp of the last of it.
function flight:left()
  local list = {}
  for i, s in ipairs(self:take()) do
    self.clock = s.options.timestamps and s.options.timestamps.value
    list[i] = ("%d%s"):format((s.seq - 1) // self.mss, s.retransmission and "r" or "")
  end
  return table.concat(list, " ")
end

--- An ACK of so many segments with SACK blocks { from, to }; more: fields of the segment, and echo, its timestamp echo. Returns what left for it.
function flight:ack(segments, blocks, more)
  local options = {}
  for i, b in ipairs(blocks or {}) do
    options.sack = options.sack or {}
    options.sack[i] = { (self.iss + 1 + b[1] * self.mss) & 0xffffffff, (self.iss + 1 + b[2] * self.mss) & 0xffffffff }
  end
  local given = { ack = 1 + segments * self.mss }
  for name, value in pairs(more or {}) do given[name] = value end
  if given.echo then options.timestamps = { value = self.stamp, echo = given.echo } end
  given.echo, given.options = nil, options
  self:arrive(given)
  return self:left()
end

--- One field of status().
function flight:status(name) return self.conn:status()[name] end

--- Seconds until a timer runs out, or nil; to the microsecond.
function flight:due(timer)
  local deadline = self.conn:status().timers[timer]
  return deadline and math.floor((deadline - self.net:now()) * 1e6 + 0.5) / 1e6
end

return flight
