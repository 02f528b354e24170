-- SPDX-License-Identifier: MIT
local acceptance = require "tcplab.probe.acceptance"

local STATES <const> = {
  "SYN-RECEIVED", "ESTABLISHED", "CLOSE-WAIT", "FIN-WAIT-1",
  "FIN-WAIT-2", "FIN-WAIT-2 orphan", "CLOSING", "LAST-ACK",
}
local CASES <const> = {
  { "unsent", {}, beyond = 1 },
  { "unsent_far", {}, beyond = 100000 },
  { "too_old", {}, beyond = -200000 },
  { "old", {}, beyond = -1 },
  { "before", {}, ahead = -1 },
  { "ahead", {}, ahead = 100 },
  { "outside", {}, ahead = 2000000 },
  { "old_stamp", {}, behind = 10 },
  { "no_flags", { flags = "" } },
  { "push", { flags = "P." } },
  { "urgent", { flags = ".U", urgent = 5 } },
  { "no_stamp", { options = { timestamps = false } } },
}

return {
  name = "ack_in_state",
  en = "What answers a segment without text, and what state follows: with an ACK of one more than was sent, of far more, too old, old; " ..
    "before RCV.NXT, ahead, outside the window; with an old timestamp, no flags, PSH, URG, no timestamp?",
  zh = "没有数据的报文段得到什么作答，随后是什么状态：ACK 比已发送的多一、多得多、太旧、较旧；在 RCV.NXT 之前、之后、窗口之外；带旧时间戳、无标志、PSH、URG、无时间戳时？",
  rfc = "RFC 9293 3.10.7.4, RFC 5961 5.2, RFC 7323 5.3",
  values = acceptance.names(STATES, CASES),
  ask = function(subject) return acceptance.ask(subject, STATES, CASES) end,
}
