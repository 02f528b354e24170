-- SPDX-License-Identifier: MIT
local words = require "spec.tcp.cells.words"
local common = require "spec.tcp.cells.common"
local expect = require "spec.probe".expect
local sending = require "spec.tcp.cells.sending"
local nxt, rcv = words.nxt, words.rcv

return common.merge(common.from_established, common.peer_finished, sending.cells, {
  ["SEND"] = common.merge(sending.cells["SEND"], {
    [#sending.cells["SEND"] + 1] = {
      when = "after a CLOSE that waits", established = common.close_peer_window,
      prepare = function(p)
        p.conn:send "ab"
        p.conn:shutdown "send"
      end,
      call = common.send "x", returns = words.SEND_CLOSING,
    },
  }),
  ["CLOSE"] = {
    {
      when = "with nothing to send", call = common.shut, returns = words.OK, replies = { words.FIN }, next = "LAST-ACK",
      timers = { retransmission = 1 },
    },
    {
      when = "with text the window holds back", established = common.close_peer_window, prepare = common.send "ab", call = common.shut,
      returns = words.OK,
      after = function(p)
        p.peer_window = 1000
        p:arrive {}
        expect("text and FIN once the window is open", "FP.", p.sent[#p.sent].flags)
        expect("state", "LAST-ACK", p.conn.state)
      end,
    },
  },
  ["ABORT"] = { call = common.abort, returns = words.OK, replies = { words.ABORT_RST }, next = "CLOSED" },
  ["STATUS"] = common.status "CLOSE-WAIT",
  ["SEG-RST-exact"] = common.reset "abc",
  ["SEG-DATA-in-order"] = {
    { when = "plain", segment = { flags = "P.", payload = "xy" }, after = function(p) expect("text to read", false, p.conn:dirty()) end },
    {
      when = "acknowledging what is outstanding", prepare = sending.outstanding, segment = { flags = "P.", ack = nxt(), payload = "xy" },
      counts = { "SEG-ACK-new", "SEG-DATA-in-order" }, timers = { retransmission = false },
    },
  },
  ["SEG-DATA-zero-window"] = common.refused_but_acknowledging "abc",
  ["SEG-ACK-old"] = sending.old_acks(),
  ["TIMEOUT-user"] = common.user_timeout(sending.outstanding),
  ["TIMEOUT-retransmission"] = sending.retransmission,
  ["TIMEOUT-keepalive"] = common.keepalive,
  ["TIMEOUT-persist"] = sending.persist,
  ["TIMEOUT-delayed-ack"] = {
    options = { delay_ack = function() return 0.25 end }, wait = 0.25,
    replies = { words.reply("an ACK", { flags = ".", seq = nxt(), ack = rcv() }) },
    choice = "a FIN is acknowledged at once, unless the host's policy delay_ack lets it wait",
  },
})
