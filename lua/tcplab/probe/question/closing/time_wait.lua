-- SPDX-License-Identifier: MIT
local acceptance = require "tcplab.probe.acceptance"

local STATES <const> = { "TIME-WAIT" }
local CASES <const> = {
  { "rst", { flags = "R" } },
  { "rst_ack", { flags = "R." } },
  { "rst_in_window", { flags = "R" }, ahead = 100 },
  { "rst_before", { flags = "R" }, ahead = -1 },
  { "rst_old_stamp", { flags = "R" }, behind = 10 },
  { "ack", {} },
  { "ack_unsent", {}, beyond = 1 },
  { "ack_old", {}, beyond = -1 },
  { "ack_too_old", {}, beyond = -200000 },
  { "ack_before", {}, ahead = -1 },
  { "ack_ahead", {}, ahead = 100 },
  { "ack_outside", {}, ahead = 2000000 },
  { "ack_old_stamp", {}, behind = 10 },
  { "ack_no_stamp", { options = { timestamps = false } } },
  { "no_flags", { flags = "" } },
  { "text", { payload = "hello" } },
  { "text_ahead", { payload = "hello" }, ahead = 100 },
  { "text_before", { payload = "hello" }, ahead = -5 },
  { "text_no_ack", { flags = "P", payload = "hello" } },
  { "text_old_stamp", { payload = "hello" }, behind = 10 },
  { "fin_repeated", { flags = "F." }, ahead = -1 },
  { "fin_new", { flags = "F." } },
  { "fin_no_ack", { flags = "F" }, ahead = -1 },
  { "fin_old_stamp", { flags = "F." }, ahead = -1, behind = 10 },
  { "syn_ack", { flags = "S." }, ahead = 0 },
  { "syn_ack_repeated", { flags = "S.", seq = 0 } },
}

return {
  name = "time_wait",
  en = "What answers a segment in TIME-WAIT, and what state follows: RST, ACK, text, FIN, SYN-ACK, in their place, before, ahead, with " ..
    "old timestamps, with wrong ACKs?",
  zh = "TIME-WAIT 中的报文段得到什么作答，随后是什么状态：RST、ACK、数据、FIN、SYN-ACK，位置恰当、靠前、靠后、带旧时间戳、带错误的 ACK 时？",
  rfc = "RFC 9293 3.10.7.4, RFC 1337",
  values = acceptance.names(STATES, CASES),
  ask = function(subject) return acceptance.ask(subject, STATES, CASES) end,
}
