-- SPDX-License-Identifier: MIT
-- The stage of one script: a network with the host whose TCP is looked at, the hand that plays its peer, and what has come to the hand.

local lab = require "tcplab.lab"
local segment = require "tcplab.trace.segment"
local verdict = require "tcplab.packetdrill.verdict"

---@class tcplab.packetdrill.stage
---@field net tcplab.network
---@field host tcplab.host
---@field local_address string
---@field remote_address string
local stage = {}
stage.__index = stage

local SLICE <const> = 4096
local MOST_EVENTS <const> = 1 << 21 -- events of the network in one script
local MOST_TEXT <const> = 1 << 28   -- bytes that one script may hand over

---@param settings tcplab.packetdrill.settings
---@param traced boolean  whether a trace is kept, for the ladder
---@return tcplab.packetdrill.stage
function stage.new(settings, traced)
  local net = lab { seed = 1, trace = traced and { limit = 20000 } or false }
  local self = setmetatable({
    net = net, local_address = settings.local_address, remote_address = settings.remote_address,
    profile = settings.profile, first = 1, last = 0, events = 0, text = 0,
  }, stage)
  -- Timers run out on time: how far a machine's ticks may put them off is what tolerances are for.
  self.host = net:host("host", { address = self.local_address, profile = settings.profile, timer_granularity = 0 })
  self.hand = net:hand("peer", { address = self.remote_address })
  net:link(self.host, self.hand, { mtu = settings.mtu }, { mtu = 65535 })
  self.hand._arrived = function(_, event) -- the hand keeps no conversations: all that comes is the script's
    if event.point ~= "delivered" or not event.segment then return end
    self.last = self.last + 1
    self[self.last] = event.segment
    event.segment._at = self:now() -- ns
  end
  return self
end

---The time in ns since the stage began.
function stage:now() return self.net:_present() end

-- One step of at most SLICE events up to until_ns; whether there is more to do before it.
local function step(self, until_ns, events)
  local why = self.net:_advance(until_ns, events)
  self.events = self.events + events
  if self.events > MOST_EVENTS then verdict.failed(("the script has no end in sight: more than %d events"):format(MOST_EVENTS)) end
  return why
end

local OVER <const> = { idle = true, time = true, interrupted = true, closed = true }

---Lets everything happen up to a time. `done` is asked after each event, and ends it by answering true.
---@param until_ns integer
---@param done? fun(): boolean
---@return boolean idle  nothing is left to happen by itself
function stage:advance(until_ns, done)
  while true do
    local why = step(self, until_ns, done and 1 or SLICE)
    if done and done() then return false end
    if OVER[why] then
      if why == "idle" and self:now() < until_ns then self.net:run((until_ns - self:now()) / 1e9) end
      return why == "idle"
    end
  end
end

---The oldest packet that has come and was not looked at, and takes it away.
---@return tcplab.Segment?
function stage:take()
  if self.first > self.last then return nil end
  local taken = self[self.first]
  self[self.first] = nil
  self.first = self.first + 1
  return taken
end

---The same, and leaves it there.
function stage:peek() return self[self.first] end

---Waits until something has come, at most up to a time.
function stage:await(until_ns, also)
  if self.first <= self.last then return end
  self:advance(until_ns, function()
    also()
    return self.first <= self.last
  end)
end

-- An ICMP message of a type that no TCP takes notice of: made as another, whose first word then changes (RFC 1624).
local function retyped(bytes, kind, code)
  local at = bytes:byte(1) >> 4 == 4 and 21 or 41
  local was, sum = (">I2I2"):unpack(bytes, at)
  local now = kind << 8 | code
  sum = (~sum & 0xffff) + (~was & 0xffff) + now
  sum = (sum & 0xffff) + (sum >> 16)
  sum = (sum & 0xffff) + (sum >> 16)
  return bytes:sub(1, at - 1) .. (">I2I2"):pack(now, ~sum & 0xffff) .. bytes:sub(at + 4)
end

local UNREACHABLE <const> = { [4] = 3, [6] = 1 }

---Sends an ICMP error of any type as the peer.
---@param fields table  of a message
---@param family 4|6
function stage:send_error(fields, family)
  if pcall(segment.new, fields) then return self:send(fields) end
  local kind, code = fields.type, fields.code
  fields.type, fields.code = UNREACHABLE[family], 0
  self.hand:send(retyped(segment.new(fields):bytes(), kind, code))
end

---Sends a packet as the peer.
---@param fields table  of a segment
function stage:send(fields)
  local ok, whole = pcall(segment.new, fields)
  if not ok then verdict.unsupported("this packet cannot be made: %s", (tostring(whole):gsub("^[^:]+:%d+: ", ""))) end
  local bytes
  ok, bytes = pcall(whole.bytes, whole)
  if not ok then verdict.unsupported("this packet cannot be made: %s", (tostring(bytes):gsub("^[^:]+:%d+: ", ""))) end
  self.hand:send(bytes)
end

---A text of so many zeros, which the script's calls hand over.
function stage:zeros(count)
  self.text = self.text + count
  if self.text > MOST_TEXT then verdict.unsupported("more than %d bytes of text in one script", MOST_TEXT) end
  return ("\0"):rep(count)
end

function stage:close() self.net:close() end

return stage
