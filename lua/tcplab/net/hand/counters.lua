-- SPDX-License-Identifier: MIT
-- The counters of a conversation: what was sent and acknowledged, what has come, and where numbers count from.

local strict = require "tcplab.base.strict"

local counters = {}

local sending = strict.value({}, { what = "snd", fields = { "iss", "una", "nxt", "wnd", "scale", "beyond" } })
local receiving = strict.value({}, { what = "rcv", fields = { "irs", "nxt", "wnd", "scale", "beyond" } })

local MASK <const> = 0xffffffff

local function has(segment, letter) return segment.flags:find(letter, 1, true) ~= nil end

---What a segment takes of the sequence space.
---@param segment tcplab.Segment
---@return integer
function counters.length(segment) return #segment.payload + (has(segment, "S") and 1 or 0) + (has(segment, "F") and 1 or 0) end

-- A number counted from a base, as near as can be to one that is known.
local function near(number, base, known)
  local away = number - base - known & MASK
  return known + (away >= 0x80000000 and away - MASK - 1 or away)
end

---The sending half: `una`, `nxt` and `wnd` count from the initial number `iss`, which is as in the header.
---@param iss integer
function counters.sending(iss) return setmetatable({ iss = iss, una = 0, nxt = 0, wnd = 0, scale = 0, beyond = {} }, sending) end

---The receiving half. `wnd` is what later segments announce, as in the header.
function counters.receiving() return setmetatable({ irs = nil, nxt = 0, wnd = 0xffff, scale = 0, beyond = {} }, receiving) end

-- Moves a half's next number over a segment, and over what stood beyond a gap that it closes.
local function pass(half, from, length)
  if length == 0 then return end
  local beyond, moved = half.beyond, true
  beyond[#beyond + 1] = { from, from + length }
  while moved do
    moved = false
    for i = #beyond, 1, -1 do
      if beyond[i][1] <= half.nxt then
        half.nxt = math.max(half.nxt, table.remove(beyond, i)[2])
        moved = true
      end
    end
  end
end

-- What both SYNs offer is agreed upon.
local function agree(talk)
  local mine, theirs = talk._offered.mine, talk._offered.theirs
  if not (mine and theirs) then return end
  local scaled = mine.scale and theirs.scale
  talk.snd.scale, talk.rcv.scale = scaled and math.min(theirs.scale, 14) or 0, scaled and math.min(mine.scale, 14) or 0
  talk._stamped = mine.stamps and theirs.stamps
end

local function offer(talk, side, segment)
  talk._offered[side] = { scale = segment.options.window_scale, stamps = segment.options.timestamps ~= nil }
  agree(talk)
end

---Counts a segment that leaves. What leaves a gap counts when the gap is closed.
function counters.sent(talk, segment)
  local snd = talk.snd
  if has(segment, "S") then offer(talk, "mine", segment) end
  if has(segment, "R") then return end
  pass(snd, near(segment.seq, snd.iss, snd.nxt), counters.length(segment))
end

-- A SYN begins the numbering; where none was seen, the first number heard counts 1.
local function learn_base(talk, segment)
  local rcv = talk.rcv
  if has(segment, "S") and rcv.irs ~= segment.seq then
    rcv.irs, rcv.nxt, rcv.beyond = segment.seq, 0, {}
  elseif not rcv.irs and not has(segment, "R") then
    rcv.irs, rcv.nxt = segment.seq - 1 & MASK, 1
  end
end

-- A RST that answers what had no ACK counts from nothing (RFC 9293 3.10.7.1).
local function is_bare_reset(segment) return has(segment, "R") and has(segment, ".") and segment.seq == 0 end

local function counted(blocks, base)
  local list = {}
  for i, block in ipairs(blocks) do list[i] = { block[1] - base & MASK, block[2] - base & MASK } end
  return list
end

---Gives a segment that has come its numbers as the conversation counts them, without counting it.
function counters.relative(talk, segment)
  local irs = has(segment, "S") and segment.seq or talk.rcv.irs
  local sack = segment.options.sack
  segment.relative = {
    seq = is_bare_reset(segment) and 0 or irs and segment.seq - irs & MASK or segment.seq,
    ack = has(segment, ".") and segment.ack - talk.snd.iss & MASK or nil,
    sack = sack and counted(sack, talk.snd.iss),
  }
end

local function acknowledge(talk, segment)
  local snd = talk.snd
  local ack = near(segment.ack, snd.iss, snd.una)
  if ack > snd.una and ack <= snd.nxt then snd.una = ack end
end

---Counts a segment that has come.
function counters.heard(talk, segment)
  local rcv = talk.rcv
  learn_base(talk, segment)
  counters.relative(talk, segment)
  if has(segment, "S") then offer(talk, "theirs", segment) end
  if has(segment, ".") then acknowledge(talk, segment) end
  if segment.options.timestamps then talk._echo = segment.options.timestamps.value end
  if has(segment, "R") then return end
  talk.snd.wnd = segment.window << (has(segment, "S") and 0 or talk.snd.scale)
  pass(rcv, near(segment.seq, rcv.irs, rcv.nxt), counters.length(segment))
end

return counters
