-- SPDX-License-Identifier: MIT
local words = require "spec.tcp.cells.words"
local common = require "spec.tcp.cells.common"
local expect = require "spec.probe".expect
local nxt, una, rcv, irs, edge = words.nxt, words.una, words.rcv, words.irs, words.edge
local ACK = words.ACK

local PASSIVE = { "listener", "passive OPEN" }
local ACTIVE = { "simultaneous open" }

local BAD_ACK = "group 2 of 3.5.2: a bad ACK draws a RST until the connection is synchronized; MAY-12 applies from ESTABLISHED on"

local function refused(ack)
  return {
    choice = BAD_ACK,
    { when = "bare", segment = { ack = ack }, replies = { words.RST } },
    { when = "with text and FIN", segment = { flags = "FP.", ack = ack, payload = "ab" }, replies = { words.RST } },
  }
end

-- Of a listener's connections the user's handle is the one from accept.
local function received(text)
  return function(p)
    if p.listener then
      p.listener:settimeout(0)
      p.conn = assert(p.listener:accept())
    end
    expect("text received", text, p.conn:receive(#text))
  end
end

local SEND_AND_CLOSE = function(p)
  p.conn:send "ab"
  p.conn:shutdown "send"
  p:run()
end

-- LISTEN is LISTEN again: the next SYN is answered.
local function listens_again(p)
  p.sent = {}
  p:arrive { flags = "S", seq = irs(77) }
  expect("answers to a new SYN", 1, #p.sent)
  expect("what it acknowledges", (p.irs + 78) & 0xffffffff, p.sent[1].ack)
end

local SYN_ACK_AGAIN = words.with(words.SYN_ACK, { retransmission = true })

return common.merge(common.connection_exists, common.synchronized, {
  ["SEND"] = {
    call = common.send "ab", returns = { 2, n = 1 },
    after = function(p)
      p:acknowledge()
      expect("text once established", "ab", p.sent[#p.sent].payload)
    end,
  },
  ["RECEIVE"] = {
    { when = "without waiting", call = common.receive(2), returns = words.AGAIN },
    {
      when = "waiting", call = function(p) p:start_receive() end,
      after = function(p)
        p:acknowledge()
        p:text "ab"
        p:fin()
        expect("what the RECEIVE got", { nil, "closed", "ab", "EPIPE", n = 4 }, p.pending_result)
      end,
    },
  },
  ["CLOSE"] = {
    { when = "with nothing sent", call = common.shut, returns = words.OK, replies = { words.FIN }, next = "FIN-WAIT-1" },
    {
      when = "with a SEND waiting", prepare = common.send "ab", call = common.shut, returns = words.OK,
      after = function(p)
        p:acknowledge()
        expect("flags of text and FIN once established", "FP.", p.sent[#p.sent].flags)
        expect("state", "FIN-WAIT-1", p.conn.state)
      end,
    },
  },
  ["ABORT"] = {
    call = common.abort, returns = words.OK, replies = { words.ABORT_RST }, next = "CLOSED", pending = { nil, "closed", "", "ENOTCONN", n = 4 },
  },
  ["STATUS"] = common.status "SYN-RECEIVED",
  ["SEG-RST-exact"] = {
    choice = "of a listener's connections the half-open clone goes and the listener stays",
    { when = "passively opened", ways = PASSIVE, segment = { flags = "R" }, next = "LISTEN", after = listens_again },
    { when = "passively opened, with text on it", ways = PASSIVE, segment = { flags = "R", payload = "why" }, next = "LISTEN" },
    {
      when = "passively opened, with RCV.WND = 0", ways = PASSIVE, options = { receive_buffer = 0 }, segment = { flags = "R" }, next = "LISTEN",
    },
    {
      when = "actively opened", ways = ACTIVE, segment = { flags = "R" }, next = "CLOSED", errors = { "ECONNREFUSED" },
      pending = { nil, "closed", "", "ECONNREFUSED", n = 4 },
    },
  },
  ["SEG-SYN"] = {
    choice = "a copy of the peer's SYN is answered by the SYN-ACK again, which may have been lost; where the timer has resent it at this "
      .. "very instant, that is the answer. In the window and passively opened: the half-open connection goes, the listener stays",
    { when = "a copy of the first, passively opened", ways = PASSIVE, segment = { flags = "S", seq = irs() }, replies = { SYN_ACK_AGAIN } },
    { when = "a copy of the first, actively opened", ways = ACTIVE, segment = { flags = "S", seq = irs() }, replies = { words.SYN_ACK } },
    { when = "a copy at the instant of a retransmission", prepare = function(p) p:run(1) end, segment = { flags = "S", seq = irs() } },
    { when = "in the window, passively opened", ways = PASSIVE, segment = { flags = "S" }, next = "LISTEN", after = listens_again },
    { when = "in the window, actively opened", ways = ACTIVE, segment = { flags = "S" }, replies = { ACK } },
    { when = "right of the window", segment = { flags = "S", seq = edge(5) }, replies = { ACK } },
  },
  ["SEG-SYN-ACK"] = {
    choice = "figure 7: the old SYN is skipped and the ACK honoured",
    {
      when = "crossing ours", ways = ACTIVE, segment = { flags = "S.", seq = irs(), ack = nxt() }, next = "ESTABLISHED",
      timers = { retransmission = false },
    },
    { when = "in the window", ways = ACTIVE, segment = { flags = "S.", ack = nxt() }, replies = { ACK } },
    { when = "right of the window", segment = { flags = "S.", seq = edge(5), ack = nxt() }, replies = { ACK } },
    {
      when = "in the window, passively opened", ways = PASSIVE, segment = { flags = "S.", ack = nxt() }, next = "LISTEN", counts = { "SEG-SYN" },
      after = listens_again,
    },
  },
  ["SEG-ACK-new"] = {
    {
      when = "bare", segment = { ack = nxt(), window = 700 }, next = "ESTABLISHED", timers = { retransmission = false },
      after = function(p) expect("SND.WND", 700, p.conn:status().snd.wnd) end,
    },
    {
      when = "with a SEND waiting", prepare = common.send "ab", segment = { ack = nxt() }, next = "ESTABLISHED", timers = { retransmission = 1 },
      replies = { words.reply("the text", { flags = "P.", seq = nxt(), ack = rcv(), payload = "ab" }) },
    },
    {
      when = "with SEND and CLOSE waiting", prepare = SEND_AND_CLOSE, segment = { ack = nxt() }, next = "FIN-WAIT-1",
      replies = { words.reply("text and FIN", { flags = "FP.", seq = nxt(), ack = rcv(), payload = "ab" }) },
    },
  },
  ["SEG-ACK-old"] = refused(una()),
  ["SEG-ACK-too-old"] = refused(una(-1001)),
  ["SEG-ACK-future"] = refused(nxt(1)),
  ["SEG-DATA-in-order"] = {
    segment = { flags = "P.", ack = nxt(), payload = "ab" }, next = "ESTABLISHED", counts = { "SEG-ACK-new", "SEG-DATA-in-order" },
    later = { words.ack_of(2) }, after = received "ab",
  },
  ["SEG-DATA-out-of-order"] = {
    choice = "the ACK field counts although the text has to wait",
    segment = { flags = "P.", seq = rcv(1), ack = nxt(), payload = "bc" }, next = "ESTABLISHED", replies = { ACK },
    counts = { "SEG-ACK-new", "SEG-DATA-out-of-order" },
    after = function(p)
      p.una = p.nxt
      p:text "a"
      received "abc"(p)
    end,
  },
  ["SEG-DATA-out-of-window"] = {
    { when = "right of it", segment = { flags = "P.", seq = edge(), ack = nxt(), payload = "x" }, replies = { ACK } },
    { when = "left of it", segment = { flags = "P.", seq = irs(-2), ack = nxt(), payload = "xy" }, replies = { ACK } },
    {
      when = "partly in it", options = common.TINY, segment = { flags = "P.", ack = nxt(), payload = "abcdef" }, next = "ESTABLISHED",
      counts = { "SEG-ACK-new", "SEG-DATA-in-order" }, later = { words.with(words.ack_of(4), { window = 0 }) }, after = received "abcd",
    },
  },
  ["SEG-DATA-zero-window"] = {
    choice = "the text is refused and a valid ACK honoured; one that is not valid draws its RST whatever the window is (group 2 of 3.5.2)",
    {
      when = "with a valid ACK", options = { receive_buffer = 0 }, segment = { flags = "P.", ack = nxt(), payload = "x" },
      replies = { words.CLOSED_WINDOW }, next = "ESTABLISHED", counts = { "SEG-ACK-new", "SEG-DATA-zero-window" },
    },
    {
      when = "with a bad ACK", options = { receive_buffer = 0 }, segment = { flags = "P.", ack = nxt(1), payload = "x" },
      replies = { words.RST }, counts = { "SEG-ACK-future" },
    },
  },
  ["SEG-FIN"] = {
    segment = { flags = "F.", ack = nxt() }, replies = { words.ack_of(1) }, next = "CLOSE-WAIT", counts = { "SEG-ACK-new", "SEG-FIN" },
    pending = words.RECEIVE_CLOSING,
  },
  ["SEG-FIN-out-of-order"] = {
    choice = "a FIN beyond a gap waits for the gap to be filled; its ACK field counts at once",
    segment = { flags = "F.", seq = rcv(1), ack = nxt() }, replies = { ACK }, next = "ESTABLISHED",
    counts = { "SEG-ACK-new", "SEG-FIN-out-of-order" },
    after = function(p)
      p.una = p.nxt
      p:text "a"
      expect("state once the gap is filled", "CLOSE-WAIT", p.conn.state)
    end,
  },
  ["SEG-URG"] = {
    segment = { flags = "U.", ack = nxt(), urgent = 5 }, next = "ESTABLISHED", counts = { "SEG-ACK-new", "SEG-URG" }, urgent = { 5 },
  },
  ["TIMEOUT-user"] = {
    words.with(common.user_timeout(), { when = "of a listener's", ways = { "listener" } }),
    words.with(common.user_timeout(nil, words.RECEIVE_USER_TIMEOUT), { when = "with a RECEIVE under way", ways = { "passive OPEN", ACTIVE[1] } }),
  },
  ["TIMEOUT-retransmission"] = words.with(common.retransmission(words.SYN_ACK)(), {
    choice = "a SYN-ACK is a SYN to MUST-23: its R2 is the SYN's",
  }),
})
