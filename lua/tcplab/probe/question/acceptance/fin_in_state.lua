-- SPDX-License-Identifier: MIT
local acceptance = require "tcplab.probe.acceptance"

local STATES <const> = {
  "SYN-RECEIVED", "ESTABLISHED", "CLOSE-WAIT", "FIN-WAIT-1",
  "FIN-WAIT-2", "FIN-WAIT-2 orphan", "CLOSING", "LAST-ACK",
}
local CASES <const> = {
  { "in_order", { flags = "F." } },
  { "ahead", { flags = "F." }, ahead = 100 },
  { "before", { flags = "F." }, ahead = -1 },
  { "outside", { flags = "F." }, ahead = 2000000 },
  { "no_ack", { flags = "F" } },
  { "with_text", { flags = "FP.", payload = "hello" } },
  { "old_stamp", { flags = "F." }, behind = 10 },
  { "unsent_ack", { flags = "F." }, beyond = 1 },
}

return {
  name = "fin_in_state",
  en = "What answers a FIN, and what state follows: in order, beyond a gap, one before RCV.NXT, outside the window, without ACK, with " ..
    "text, with an old timestamp, with an ACK of what was not sent?",
  zh = "FIN 得到什么作答，随后是什么状态：按序、隔着缺口、在 RCV.NXT 前一个、窗口之外、没有 ACK、带数据、带旧时间戳、ACK 未发送的内容时？",
  rfc = "RFC 9293 3.10.7.4",
  values = acceptance.names(STATES, CASES),
  ask = function(subject) return acceptance.ask(subject, STATES, CASES) end,
}
