-- SPDX-License-Identifier: MIT
local words = require "spec.tcp.cells.words"
local common = require "spec.tcp.cells.common"
local expect = require "spec.probe".expect
local finishing = require "spec.tcp.cells.finishing"
local nxt, una, iss = words.nxt, words.una, words.iss

local COVERS_FIN = { flags = "F.", ack = nxt() }
local function with(more) return words.with(COVERS_FIN, more) end

local receiving = common.receiving "CLOSING"

return common.merge(common.from_established, receiving, common.no_sending, {
  ["SEG-DATA-in-order"] = common.half_duplex(receiving["SEG-DATA-in-order"]),
  ["ABORT"] = common.abort_with_reset,
  ["STATUS"] = common.status "FIN-WAIT-1",
  ["SEG-RST-exact"] = common.reset("abcd", words.RECEIVE_RESET),
  ["SEG-ACK-new"] = {
    {
      when = "of a part of the text", established = finishing.outstanding, segment = { ack = una(3) }, timers = { retransmission = 1 },
    },
    { when = "of all but the FIN", established = finishing.outstanding, segment = { ack = nxt(-1) }, timers = { retransmission = 1 } },
    {
      when = "of our SYN alone, after a CLOSE in SYN-RECEIVED", ways = { "closed early" }, segment = { ack = iss(1), window = 700 },
      after = function(p) expect("SND.WND", 700, p.conn:status().snd.wnd) end,
    },
  },
  ["SEG-ACK-of-our-FIN"] = {
    { when = "alone", segment = { ack = nxt() }, next = "FIN-WAIT-2", timers = { retransmission = false, user = false } },
    {
      when = "and of text", established = finishing.outstanding, segment = { ack = nxt() }, next = "FIN-WAIT-2",
      timers = { retransmission = false },
    },
    {
      when = "with text", segment = { flags = "P.", ack = nxt(), payload = "ab" }, next = "FIN-WAIT-2", later = { words.ack_of(2) },
      counts = { "SEG-ACK-of-our-FIN", "SEG-DATA-in-order" }, after = common.receives "ab",
    },
  },
  ["SEG-ACK-old"] = finishing.old_acks,
  ["SEG-DATA-zero-window"] = common.refused("abcd", {
    common.refused_fin "abcd",
    {
      when = "acknowledging our FIN", options = common.TINY, established = common.fill "abcd",
      segment = { flags = "P.", ack = nxt(), payload = "x" }, replies = { words.CLOSED_WINDOW }, next = "FIN-WAIT-2",
      counts = { "SEG-ACK-of-our-FIN", "SEG-DATA-zero-window" },
    },
  }),
  ["SEG-FIN"] = {
    segment = { flags = "F." }, replies = { words.ack_of(1) }, next = "CLOSING", pending = words.RECEIVE_CLOSING, timers = { retransmission = 1 },
  },
  ["SEG-FIN-acking-our-FIN"] = {
    {
      when = "with a RECEIVE under way", segment = COVERS_FIN, replies = { words.ack_of(1) }, next = "TIME-WAIT", pending = words.RECEIVE_CLOSING,
      timers = { ["time-wait"] = 240, retransmission = false, user = false },
    },
    {
      when = "with text", segment = with { flags = "FP.", payload = "ab" }, replies = { words.ack_of(3) }, next = "TIME-WAIT",
      counts = { "SEG-DATA-in-order", "SEG-FIN-acking-our-FIN" }, after = common.receives "ab",
    },
  },
  ["TIMEOUT-user"] = common.user_timeout(nil, words.RECEIVE_USER_TIMEOUT),
  ["TIMEOUT-retransmission"] = finishing.retransmission,
  ["TIMEOUT-keepalive"] = common.no_keepalive,
  ["TIMEOUT-persist"] = finishing.persist,
})
