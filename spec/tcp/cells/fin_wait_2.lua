-- SPDX-License-Identifier: MIT
local words = require "spec.tcp.cells.words"
local common = require "spec.tcp.cells.common"
local expect = require "spec.probe".expect
local una = words.una

local BOTH = { "SEG-FIN", "SEG-FIN-acking-our-FIN" }

local FINS = {
  choice = "every FIN acknowledges ours here: one segment, which the machine counts under both names",
  {
    when = "with a RECEIVE under way", segment = { flags = "F." }, replies = { words.ack_of(1) }, next = "TIME-WAIT", counts = BOTH,
    pending = words.RECEIVE_CLOSING, timers = { ["time-wait"] = 240 },
  },
  {
    when = "with text", segment = { flags = "FP.", payload = "ab" }, replies = { words.ack_of(3) }, next = "TIME-WAIT",
    counts = { "SEG-DATA-in-order", BOTH[1], BOTH[2] }, after = common.receives "ab",
  },
}

local receiving = common.receiving "TIME-WAIT"

return common.merge(common.from_established, receiving, common.no_sending, {
  ["SEG-DATA-in-order"] = common.half_duplex(receiving["SEG-DATA-in-order"]),
  ["ABORT"] = common.abort_with_reset,
  ["STATUS"] = common.status "FIN-WAIT-2",
  ["SEG-RST-exact"] = common.reset("abcd", words.RECEIVE_RESET),
  ["SEG-ACK-of-our-FIN"] = {
    { when = "again", segment = { ack = una() } },
    {
      when = "with another window", segment = { ack = una(), window = 900 },
      after = function(p) expect("SND.WND", 900, p.conn:status().snd.wnd) end,
    },
  },
  ["SEG-ACK-old"] = {
    { when = "of all but the FIN", segment = { ack = una(-1) } },
    { when = "MAX.SND.WND below", segment = { ack = una(-1000) } },
  },
  ["SEG-DATA-zero-window"] = common.refused("abcd", { common.refused_fin "abcd" }),
  ["SEG-FIN"] = FINS,
  ["SEG-FIN-acking-our-FIN"] = FINS,
  ["TIMEOUT-user"] = {
    options = { user_timeout = 5 }, prepare = function(p) p.conn:close() end, wait = 5, next = "CLOSED", errors = { "EUSERTIMEOUT" },
    choice = "it runs once both directions are closed and nobody can read any more: then the wait for the peer's FIN ends after the user timeout, "
      .. "without a RST",
  },
  ["TIMEOUT-keepalive"] = common.keepalive,
})
