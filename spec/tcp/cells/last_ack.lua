-- SPDX-License-Identifier: MIT
local words = require "spec.tcp.cells.words"
local common = require "spec.tcp.cells.common"
local finishing = require "spec.tcp.cells.finishing"
local nxt, una, rcv = words.nxt, words.una, words.rcv

return common.merge(common.from_established, common.peer_finished, common.no_sending, {
  ["ABORT"] = common.abort_silently,
  ["STATUS"] = common.status "LAST-ACK",
  ["SEG-RST-exact"] = common.reset "abc",
  ["SEG-ACK-new"] = {
    established = finishing.outstanding, segment = { ack = una(3) }, timers = { retransmission = 1 },
    choice = "an ACK of text alone leaves the FIN to wait for",
  },
  ["SEG-ACK-of-our-FIN"] = {
    { when = "alone", segment = { ack = nxt() }, next = "CLOSED" },
    { when = "and of text", established = finishing.outstanding, segment = { ack = nxt() }, next = "CLOSED" },
  },
  ["SEG-ACK-old"] = words.with(finishing.old_acks, { choice = "it acknowledges nothing, so nothing is said" }),
  ["SEG-DATA-zero-window"] = common.refused "abc",
  ["SEG-FIN-acking-our-FIN"] = {
    segment = { flags = "F.", seq = rcv(-1), ack = nxt() }, replies = { words.ACK }, next = "CLOSED",
    choice = "A.2: the FIN is acknowledged and its ACK field honoured, or both ends could wait for ever",
  },
  ["TIMEOUT-user"] = common.user_timeout(),
  ["TIMEOUT-retransmission"] = finishing.retransmission,
  ["TIMEOUT-keepalive"] = common.no_keepalive,
  ["TIMEOUT-persist"] = finishing.persist,
})
