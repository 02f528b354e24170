-- SPDX-License-Identifier: MIT
local words = require "spec.tcp.cells.words"
local common = require "spec.tcp.cells.common"
local expect = require "spec.probe".expect
local iss, nxt, rcv, edge = words.iss, words.nxt, words.rcv, words.edge

local NO_WINDOW = "RCV.NXT is unknown: the machine counts every segment of its kind under one name"

local ACK_OF_SYN_ACK = words.reply("an ACK", { flags = ".", seq = nxt(), ack = words.irs(1) })

local function syn_ack(p) p:arrive { flags = "S.", seq = words.irs(), ack = iss(1), options = { mss = 1460 } } end

local function ignored(segment, counted)
  segment.ack = nxt()
  return { segment = segment, counts = { counted }, choice = NO_WINDOW }
end

local function refused(ack)
  return {
    { when = "bare", segment = { ack = ack }, replies = { words.RST } },
    { when = "with a SYN", segment = { flags = "S.", ack = ack }, replies = { words.RST } },
    { when = "with text and FIN", segment = { flags = "FP.", ack = ack, payload = "ab" }, replies = { words.RST } },
  }
end

return common.merge(common.connection_exists, {
  ["SEND"] = {
    {
      when = "with room", call = common.send "ab", returns = { 2, n = 1 },
      after = function(p)
        syn_ack(p)
        expect("text once established", "ab", p.sent[#p.sent].payload)
      end,
    },
    {
      when = "with too little room", options = { send_buffer = 3 }, call = common.send "abcdef", returns = { nil, "timeout", 3, "EAGAIN", n = 4 },
      choice = "insufficient resources are told as LuaSocket does: how much was taken, and a wait or \"timeout\" for the rest",
    },
  },
  ["RECEIVE"] = {
    { when = "without waiting", call = common.receive(2), returns = words.AGAIN },
    {
      when = "waiting", call = function(p) p:start_receive() end,
      after = function(p)
        syn_ack(p)
        p.rcv, p.una = (p.irs + 1) & 0xffffffff, (p.iss + 1) & 0xffffffff
        p:text "ab"
        p:fin()
        expect("what the RECEIVE got", { nil, "closed", "ab", "EPIPE", n = 4 }, p.pending_result)
      end,
    },
  },
  ["CLOSE"] = { call = common.shut, returns = words.OK, next = "CLOSED", pending = words.RECEIVE_CLOSING },
  ["ABORT"] = { call = common.abort, returns = words.OK, next = "CLOSED", pending = { nil, "closed", "", "ENOTCONN", n = 4 } },
  ["STATUS"] = common.status "SYN-SENT",
  ["SEG-RST-exact"] = {
    { when = "as a refusal", segment = { flags = "R.", seq = words.zero(), ack = nxt() }, next = "CLOSED", errors = { "ECONNREFUSED" } },
    {
      when = "with a RECEIVE under way", segment = { flags = "R.", ack = nxt() }, next = "CLOSED", errors = { "ECONNREFUSED" },
      pending = { nil, "closed", "", "ECONNREFUSED", n = 4 },
    },
  },
  ["SEG-RST-in-window"] = { segment = { flags = "R" } },
  ["SEG-RST-out-of-window"] = {
    { when = "of ISS", segment = { flags = "R.", ack = iss() } },
    { when = "of the future", segment = { flags = "R.", ack = nxt(1) } },
  },
  ["SEG-SYN"] = {
    {
      when = "bare", segment = { flags = "S", options = { mss = 1460 } }, replies = { words.with(words.SYN_ACK, { retransmission = false }) },
      next = "SYN-RECEIVED", timers = { retransmission = 1 },
    },
    {
      when = "with text", segment = { flags = "S", payload = "ab" }, replies = { words.SYN_ACK }, next = "SYN-RECEIVED",
      after = function(p)
        p.rcv = (p.irs + 3) & 0xffffffff
        p:arrive { seq = words.irs(1), ack = iss(1) }
        expect("text once established", "ab", p.conn:receive(2))
      end,
    },
  },
  ["SEG-SYN-ACK"] = {
    {
      when = "bare", segment = { flags = "S.", ack = nxt() }, replies = { ACK_OF_SYN_ACK }, next = "ESTABLISHED",
      timers = { retransmission = false, user = false },
    },
    {
      when = "with text", segment = { flags = "S.", ack = nxt(), payload = "ab" }, next = "ESTABLISHED", after = common.receives "ab",
      replies = { words.with(ACK_OF_SYN_ACK, { ack = words.irs(3) }) },
    },
    {
      when = "with a FIN", segment = { flags = "FS.", ack = nxt() }, next = "CLOSE-WAIT",
      replies = { words.with(ACK_OF_SYN_ACK, { ack = words.irs(2) }) },
    },
    {
      when = "with a SEND waiting", prepare = common.send "ab", segment = { flags = "S.", ack = nxt() }, next = "ESTABLISHED",
      replies = { words.reply("the text", { flags = "P.", seq = nxt(), ack = words.irs(1), payload = "ab" }) },
      timers = { retransmission = 1 },
    },
  },
  ["SEG-ACK-new"] = { segment = { ack = nxt() } },
  ["SEG-ACK-old"] = refused(iss()),
  ["SEG-ACK-too-old"] = refused(iss(-1)),
  ["SEG-ACK-future"] = refused(nxt(1)),
  ["SEG-no-ACK"] = { segment = { flags = "" } },
  ["SEG-DATA-in-order"] = ignored({ flags = "P.", payload = "ab" }, "SEG-DATA-in-order"),
  ["SEG-DATA-out-of-order"] = ignored({ flags = "P.", seq = rcv(10), payload = "ab" }, "SEG-DATA-in-order"),
  ["SEG-DATA-out-of-window"] = ignored({ flags = "P.", seq = edge(10), payload = "ab" }, "SEG-DATA-in-order"),
  ["SEG-DATA-zero-window"] = ignored({ flags = "P.", window = 0, payload = "ab" }, "SEG-DATA-in-order"),
  ["SEG-FIN"] = ignored({ flags = "F." }, "SEG-FIN"),
  ["SEG-FIN-out-of-order"] = ignored({ flags = "F.", seq = rcv(10) }, "SEG-FIN"),
  ["SEG-URG"] = ignored({ flags = "U.", urgent = 3 }, "SEG-URG"),
  ["TIMEOUT-user"] = common.user_timeout(nil, words.RECEIVE_USER_TIMEOUT),
  ["TIMEOUT-retransmission"] = common.retransmission(words.SYN)(),
})
