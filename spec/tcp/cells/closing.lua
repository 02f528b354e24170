-- SPDX-License-Identifier: MIT
local words = require "spec.tcp.cells.words"
local common = require "spec.tcp.cells.common"
local finishing = require "spec.tcp.cells.finishing"
local nxt, una, rcv = words.nxt, words.una, words.rcv

return common.merge(common.from_established, common.peer_finished, common.no_sending, {
  ["ABORT"] = common.abort_silently,
  ["STATUS"] = common.status "CLOSING",
  ["SEG-RST-exact"] = common.reset "abc",
  ["SEG-ACK-new"] = {
    { when = "of a part of the text", established = finishing.outstanding, segment = { ack = una(3) }, timers = { retransmission = 1 } },
    {
      when = "with URG, text and FIN", established = finishing.outstanding, segment = { flags = "FPU.", ack = una(3), payload = "xy", urgent = 2 },
      counts = { "SEG-ACK-new", "SEG-URG", "SEG-DATA-in-order", "SEG-FIN-out-of-order" }, reason = "after-fin",
    },
  },
  ["SEG-ACK-of-our-FIN"] = {
    segment = { ack = nxt() }, next = "TIME-WAIT", timers = { ["time-wait"] = 240, retransmission = false, user = false },
  },
  ["SEG-ACK-old"] = finishing.old_acks,
  ["SEG-DATA-zero-window"] = common.refused "abc",
  ["SEG-FIN-acking-our-FIN"] = {
    segment = { flags = "F.", seq = rcv(-1), ack = nxt() }, replies = { words.ACK }, next = "TIME-WAIT",
    timers = { ["time-wait"] = 240, retransmission = false },
    choice = "A.2: the FIN is acknowledged and its ACK field honoured, or both ends could wait for ever",
  },
  ["SEG-FIN-out-of-order"] = {
    choice = "our FIN is not acknowledged by it: the fifth step ignores the rest",
    { when = "at RCV.NXT", segment = { flags = "F." } },
    { when = "beyond", segment = { flags = "F.", seq = rcv(3) } },
  },
  ["TIMEOUT-user"] = common.user_timeout(),
  ["TIMEOUT-retransmission"] = finishing.retransmission,
  ["TIMEOUT-keepalive"] = common.no_keepalive,
  ["TIMEOUT-persist"] = finishing.persist,
  ["TIMEOUT-delayed-ack"] = {
    options = { delay_ack = function() return 0.25 end }, wait = 0.25, replies = { words.ACK },
    choice = "a FIN is acknowledged at once, unless the host's policy delay_ack lets it wait",
  },
})
