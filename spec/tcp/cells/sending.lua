-- SPDX-License-Identifier: MIT
-- The states that may send: ESTABLISHED and CLOSE-WAIT.

local words = require "spec.tcp.cells.words"
local common = require "spec.tcp.cells.common"
local expect = require "spec.probe".expect
local nxt, una, rcv = words.nxt, words.una, words.rcv

local sending = {}

--- Six bytes are sent and not acknowledged.
function sending.outstanding(p)
  p.conn:send "abcdef"
  p:run()
end

local TEXT = words.reply("the text", { flags = "P.", seq = nxt(), ack = rcv(), payload = "abcdef" })

sending.retransmission = common.retransmission(TEXT)(sending.outstanding)

sending.persist = common.persist(
  words.reply("a probe of one new octet", { flags = ".", seq = nxt(), ack = rcv(), payload = "a", probe = true }),
  words.reply("the octet again", { flags = ".", seq = una(), ack = rcv(), payload = "a", probe = true, retransmission = true }),
  common.close_peer_window,
  sending.outstanding
)

--- ACKs at SND.UNA and below, with or without something outstanding.
function sending.old_acks(more)
  local cell = {
    { when = "of SND.UNA", segment = { ack = una() } },
    { when = "of SND.UNA, outstanding", prepare = sending.outstanding, segment = { ack = una() }, timers = { retransmission = 1 } },
    { when = "below SND.UNA", segment = { ack = una(-1) } },
    { when = "MAX.SND.WND below", segment = { ack = una(-1000) } },
    {
      when = "with another window", segment = { ack = una(), window = 900 },
      after = function(p) expect("SND.WND", 900, p.conn:status().snd.wnd) end,
    },
  }
  for _, variant in ipairs(more or {}) do cell[#cell + 1] = variant end
  return cell
end

sending.cells = {
  ["SEND"] = {
    {
      when = "with the window open", call = common.send "abcdef", returns = { 6, n = 1 }, replies = { TEXT },
      timers = { retransmission = 1, persist = false },
    },
    {
      when = "with the window closed", established = common.close_peer_window, call = common.send "abcdef", returns = { 6, n = 1 },
      timers = { retransmission = false, persist = 1 },
    },
    {
      when = "of more than the window", established = function(p)
        p.peer_window = 1000
        p:arrive {}
      end,
      options = { nodelay = true, mss = 400 }, call = common.send(("x"):rep(1500)), returns = { 1500, n = 1 },
      replies = {
        words.reply("text", { flags = ".", seq = nxt(), ack = rcv(), payload = ("x"):rep(400) }),
        words.reply("text", { flags = ".", seq = nxt(400), ack = rcv(), payload = ("x"):rep(400) }),
      },
    },
    {
      when = "of urgent data", call = function(p) return p.conn:send_urgent "abcdef" end, returns = { 6, n = 1 },
      replies = { words.reply("the text", { flags = "P.U", seq = nxt(), ack = rcv(), payload = "abcdef", urgent = 6 }) },
    },
    {
      when = "of more than the buffer", options = { send_buffer = 3 }, established = common.close_peer_window, call = common.send "abcdef",
      returns = { nil, "timeout", 3, "EAGAIN", n = 4 },
      choice = "insufficient resources are told as LuaSocket does: how much was taken, and a wait or \"timeout\" for the rest",
    },
  },
  ["SEG-ACK-new"] = {
    { when = "of all", prepare = sending.outstanding, segment = { ack = nxt() }, timers = { retransmission = false, user = false } },
    {
      when = "of a part", options = { rto_min = 2 }, prepare = function(p)
        sending.outstanding(p)
        p:run(0.5)
      end,
      segment = { ack = una(3) }, timers = { retransmission = 2, user = 300 },
    },
  },
}

return sending
