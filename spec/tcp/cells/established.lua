-- SPDX-License-Identifier: MIT
local words = require "spec.tcp.cells.words"
local common = require "spec.tcp.cells.common"
local expect = require "spec.probe".expect
local sending = require "spec.tcp.cells.sending"
local nxt, una = words.nxt, words.una

return common.merge(common.from_established, common.receiving "CLOSE-WAIT", sending.cells, {
  ["CLOSE"] = {
    {
      when = "with nothing to send", call = common.shut, returns = words.OK, replies = { words.FIN }, next = "FIN-WAIT-1",
      timers = { retransmission = 1 },
    },
    {
      when = "with text the window holds back", established = common.close_peer_window, prepare = common.send "ab", call = common.shut,
      returns = words.OK, next = "FIN-WAIT-1",
      after = function(p)
        p.peer_window = 1000
        p:arrive {}
        expect("text and FIN once the window is open", "FP.", p.sent[#p.sent].flags)
        expect("a SEND after the CLOSE", words.SEND_CLOSING, table.pack(p.conn:send "x"))
      end,
    },
  },
  ["ABORT"] = common.abort_with_reset,
  ["STATUS"] = common.status "ESTABLISHED",
  ["SEG-RST-exact"] = common.reset("abcd", words.RECEIVE_RESET),
  ["SEG-DATA-zero-window"] = common.refused("abcd", {
    common.refused_fin "abcd",
    {
      when = "acknowledging what is outstanding, and urgent", options = common.TINY, established = common.fill "abcd",
      prepare = sending.outstanding, segment = { flags = "PU.", ack = nxt(), payload = "x", urgent = 9 }, replies = { words.CLOSED_WINDOW },
      counts = { "SEG-ACK-new", "SEG-URG", "SEG-DATA-zero-window" }, urgent = { 13 }, timers = { retransmission = false },
    },
  }),
  ["SEG-FIN"] = {
    {
      when = "with a RECEIVE under way", segment = { flags = "F." }, replies = { words.ack_of(1) }, next = "CLOSE-WAIT",
      pending = words.RECEIVE_CLOSING,
    },
    {
      when = "with text", segment = { flags = "FP.", payload = "ab" }, replies = { words.ack_of(3) }, next = "CLOSE-WAIT",
      counts = { "SEG-DATA-in-order", "SEG-FIN" }, after = common.receives "ab",
    },
    {
      when = "that fills the window", options = common.TINY, segment = { flags = "FP.", payload = "abc" }, next = "CLOSE-WAIT",
      replies = { words.with(words.ack_of(4), { window = 0 }) }, counts = { "SEG-DATA-in-order", "SEG-FIN" },
    },
    {
      when = "right behind the window", options = common.TINY, segment = { flags = "FP.", payload = "abcd" }, counts = { "SEG-DATA-in-order" },
      later = { words.with(words.ack_of(4), { window = 0 }) },
    },
  },
  ["TIMEOUT-keepalive"] = common.keepalive,
  ["TIMEOUT-user"] = common.user_timeout(sending.outstanding, words.RECEIVE_USER_TIMEOUT),
  ["TIMEOUT-retransmission"] = sending.retransmission,
  ["TIMEOUT-persist"] = sending.persist,
  ["SEG-ACK-old"] = sending.old_acks({
    {
      when = "with text", prepare = sending.outstanding, segment = { flags = "P.", ack = una(-1), payload = "ab" }, counts = { "SEG-DATA-in-order" },
      later = { words.ack_of(2) }, after = common.receives "ab",
    },
  }),
})
