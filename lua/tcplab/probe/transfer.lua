-- SPDX-License-Identifier: MIT
-- A program of the subject's that sends without end, and a hand that receives it: flight by flight, each acknowledged a round trip after it came,
-- so that the way may be short and the clock rough.

local conversation = require "tcplab.probe.conversation"

local PLENTY <const> = 1 << 20 -- bytes: a send buffer that holds no flight back
local SILENCE <const> = 0.005  -- seconds that end a flight
local PATIENCE <const> = 20    -- such silences
local NOTHING <const> = 1 << 29 -- no ssthresh is as large

---@class tcplab.probe.transfer
---@field talk tcplab.hand_conversation
---@field conn tcplab.connection  the program's end
---@field rtt number              seconds between a flight and its first ACK
---@field edge integer            up to where all has been received
---@field beyond integer[][]      what has been received beyond a gap: { from, to }, the latest first
local transfer = {}
transfer.__index = transfer

local function shake_hands(subject, listener, given)
  local talk = subject.hand:conversation(subject.address, listener.port)
  talk:send { flags = given.flags or "S", seq = 0, options = given.offer or conversation.offer() }
  talk:expect "SYN-ACK"
  subject:wait(given.rtt)
  talk.rcv.wnd = 65535
  talk:send {}
  return talk
end

---Opens one, and its program begins to send.
---@param subject tcplab.probe.subject
---@param given { rtt: number, bytes?: integer, control?: string, port?: integer, options?: table, offer?: table, flags?: string }  options: the
---program's, of sockets by their C names; offer: what the hand's SYN offers; bytes: as much as the program sends, 0 for nothing yet, more than will
---be asked for without
---@return tcplab.probe.transfer
function transfer.new(subject, given)
  local options = given.options or {}
  options.SO_SNDBUF, options.TCP_CONGESTION = options.SO_SNDBUF or PLENTY, given.control or options.TCP_CONGESTION
  local listener = subject:listen(given.port or 80, options)
  local talk = shake_hands(subject, listener, given)
  local self = setmetatable({ talk = talk, conn = assert(listener:accept()), rtt = given.rtt, edge = 1, beyond = {} }, transfer)
  self.conn:settimeout(3600)
  self:write(given.bytes or 1 << 30)
  return self
end

---Its program sends more, as there is room for it.
---@param bytes integer
function transfer:write(bytes)
  if bytes == 0 then return end
  self.talk.network:spawn(function()
    local text = ("x"):rep(math.min(bytes, PLENTY))
    for left = bytes, 1, -#text do
      if not self.conn:send(text, 1, math.min(left, #text)) then return end
    end
  end)
end

---@param segment tcplab.Segment
---@return integer  relative, behind its last byte
function transfer.stop(segment) return segment.relative.seq + #segment.payload end

-- Whether all that is out has been heard: a machine that is busy may be silent in the midst of a flight.
local function is_whole(self, last)
  return transfer.stop(last) - self.edge >= self.conn:status().flight
end

---What comes until all that is out has come, and nothing does for a while.
---@param within? number  seconds to wait for the first
---@return tcplab.Segment[]
function transfer:flight(within)
  local list = {}
  local segment = self.talk:receive("DATA", within or 5)
  for _ = 1, PATIENCE do
    while segment do
      list[#list + 1] = segment
      segment = self.talk:receive("DATA", SILENCE)
    end
    if #list == 0 or is_whole(self, list[#list]) then break end
    segment = self.talk:receive("DATA", SILENCE)
  end
  return list
end

---Waits until a round trip has passed since a segment came.
---@param segment tcplab.Segment
---@param more? number  seconds on top
function transfer:wait(segment, more)
  self.talk.network:sleep(math.max(0, segment.time + self.rtt + (more or 0) - self.talk.network:now()))
end

local function take(self, from, to)
  local kept = { { from, to } }
  for _, block in ipairs(self.beyond) do
    if block[1] <= kept[1][2] and block[2] >= kept[1][1] then
      kept[1] = { math.min(block[1], kept[1][1]), math.max(block[2], kept[1][2]) }
    else
      kept[#kept + 1] = block
    end
  end
  self.beyond = kept
  for i, block in ipairs(kept) do
    if block[1] <= self.edge then
      self.edge = math.max(self.edge, block[2])
      return table.remove(kept, i)
    end
  end
end

---Receives a segment and acknowledges it, with SACK blocks while there are gaps.
---@param segment tcplab.Segment
---@param more? table  fields of the ACK
function transfer:acknowledge(segment, more)
  take(self, segment.relative.seq, transfer.stop(segment))
  local fields = { ack = self.edge, options = { timestamps = true } }
  if #self.beyond > 0 then fields.options.sack = { table.unpack(self.beyond, 1, 3) } end
  for name, value in pairs(more or {}) do fields[name] = value end -- each to its own name: order does not show
  self.talk:send(fields)
end

---A round trip: a flight comes and is acknowledged, segment by segment.
---@param each? integer  segments that one ACK is for; 1 without
---@param late? number   seconds that its ACKs are later than a round trip
---@return integer segments  nought when nothing comes any more
function transfer:round(each, late)
  local flight = self:flight()
  if #flight == 0 then return 0 end
  self:wait(flight[1], late)
  for i, segment in ipairs(flight) do
    if i % (each or 1) == 0 or i == #flight then
      self:acknowledge(segment)
    else
      take(self, segment.relative.seq, transfer.stop(segment))
    end
  end
  self.talk.network:run(0)
  return #flight
end

---@return integer cwnd              whole segments
---@return integer|string ssthresh  the same; "none" as long as there is none
function transfer:window()
  local status = self.conn:status()
  return status.cwnd // status.snd.mss, status.ssthresh < NOTHING and status.ssthresh // status.snd.mss or "none"
end

---The window after each of so many round trips.
---@param rounds integer
---@param each? integer  as of `round`
---@return integer[]
function transfer:windows(rounds, each)
  local list = {}
  for i = 1, rounds do
    self:round(each)
    list[i] = self:window()
  end
  return list
end

---A flight comes of which the first is lost and what is left is acknowledged segment by segment, until all is mended. What the recovery sends is
---acknowledged as it comes, a round trip later.
---@return { sent: integer[], windows: integer[], ssthresh: integer|string, flight: integer }  segments that each ACK let out; the window then
function transfer:lose_first()
  local flight = self:flight()
  self:wait(flight[1])
  local sent, windows, out = {}, {}, {}
  for i = 2, #flight do
    self:acknowledge(flight[i])
    local before = #out
    for _, segment in ipairs(self:heard()) do out[#out + 1] = segment end
    sent[#sent + 1], windows[#windows + 1] = #out - before, (self:window())
  end
  local _, ssthresh = self:window()
  self:mend(out)
  return { sent = sent, windows = windows, ssthresh = ssthresh, flight = #flight }
end

---What has come by now, and for a millisecond on.
---@return tcplab.Segment[]
function transfer:heard()
  local list = {}
  for segment in function() return self.talk:receive("DATA", 0.001) end do list[#list + 1] = segment end
  return list
end

---What was sent is acknowledged in the order in which it came, a round trip after the first of it.
---@param flight tcplab.Segment[]
function transfer:mend(flight)
  if #flight > 0 then self:wait(flight[1]) end
  for _, segment in ipairs(flight) do self:acknowledge(segment) end
  self.talk.network:run(0)
end

---Ends it, so that it is in no other's way.
function transfer:close()
  self.conn:abort()
  self.talk:close()
end


transfer.__close = transfer.close

return transfer
