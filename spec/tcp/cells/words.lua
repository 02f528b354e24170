-- SPDX-License-Identifier: MIT
-- The vocabulary of the cells: sequence numbers told by what they lie next to, and the segments that answer.

local words = {}

-- ---- sequence numbers ----

local number = {}
number.__index = number

local function place(base)
  return function(offset) return setmetatable({ base = base, offset = offset or 0 }, number) end
end

words.iss = place "iss" -- our initial sequence number
words.una = place "una" -- SND.UNA
words.nxt = place "nxt" -- SND.NXT
words.irs = place "irs" -- the peer's initial sequence number
words.rcv = place "rcv" -- RCV.NXT
words.edge = place "edge" -- the first number right of the receive window
words.seg_ack = place "seg_ack" -- the arriving segment's ACK field
words.seg_end = place "seg_end" -- the number behind the arriving segment
words.zero = place "zero" -- 0 itself

local function is_number(value) return getmetatable(value) == number end

--- The 32-bit number meant, given the bases' values.
function words.resolve(value, bases)
  if not is_number(value) then return value end
  return (bases[value.base] + value.offset) & 0xffffffff
end

-- ---- answers ----

--- A reply by name; flags, seq, ack, and where it matters window, payload, urgent, retransmission, probe.
local function reply(name, fields)
  fields.name = name
  return fields
end
words.reply = reply

local function with(base, more)
  local copy = {}
  for key, value in pairs(base) do copy[key] = value end
  for key, value in pairs(more) do copy[key] = value end
  return copy
end
words.with = with

--- An ACK whose number is n past the old RCV.NXT.
function words.ack_of(n) return reply("an ACK", { flags = ".", seq = words.nxt(), ack = words.rcv(n) }) end

words.ACK = words.ack_of(0)
words.CLOSED_WINDOW = reply("an ACK with window 0", { flags = ".", seq = words.nxt(), ack = words.rcv(), window = 0 })
words.RST = reply("a RST where the ACK field points", { flags = "R", seq = words.seg_ack() })
words.RST_ACK = reply("a RST,ACK of the whole segment", { flags = "R.", seq = words.zero(), ack = words.seg_end() })
words.ABORT_RST = reply("a RST", { flags = "R", seq = words.nxt() })
words.SYN = reply("a SYN", { flags = "S", seq = words.iss() })
words.SYN_ACK = reply("a SYN-ACK", { flags = "S.", seq = words.iss(), ack = words.irs(1) })
words.FIN = reply("a FIN", { flags = "F.", seq = words.nxt(), ack = words.rcv() })

-- ---- what a user is told ----

words.AGAIN = { nil, "timeout", "", "EAGAIN", n = 4 }
words.EXISTS = { nil, "connection already exists", "EISCONN", n = 3 }
words.CLOSING = { nil, "connection closing", "EPIPE", n = 3 }
words.SEND_CLOSING = { nil, "closed", 0, "EPIPE", n = 4 }
words.RECEIVE_CLOSING = { nil, "closed", "", "EPIPE", n = 4 }
words.RECEIVE_RESET = { nil, "closed", "", "ECONNRESET", n = 4 }
words.RECEIVE_USER_TIMEOUT = { nil, "closed", "", "EUSERTIMEOUT", n = 4 }
words.RECEIVE_TIMED_OUT = { nil, "closed", "", "ETIMEDOUT", n = 4 }
words.OK = { 1, n = 1 }

return words
