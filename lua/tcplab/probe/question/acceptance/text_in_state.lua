-- SPDX-License-Identifier: MIT
local acceptance = require "tcplab.probe.acceptance"

local STATES <const> = {
  "SYN-RECEIVED", "ESTABLISHED", "CLOSE-WAIT", "FIN-WAIT-1",
  "FIN-WAIT-2", "FIN-WAIT-2 orphan", "CLOSING", "LAST-ACK",
}
local CASES <const> = {
  { "in_order", { payload = "hello" } },
  { "ahead", { payload = "hello" }, ahead = 100 },
  { "before", { payload = "x" }, ahead = -1 },
  { "across", { payload = "hello" }, ahead = -1 },
  { "outside", { payload = "hello" }, ahead = 2000000 },
  { "no_ack", { flags = "P", payload = "hello" } },
  { "unsent_ack", { payload = "hello" }, beyond = 1 },
  { "too_old_ack", { payload = "hello" }, beyond = -200000 },
  { "old_ack", { payload = "hello" }, beyond = -1 },
  { "old_stamp", { payload = "hello" }, behind = 10 },
  { "no_stamp", { payload = "hello", options = { timestamps = false } } },
  { "no_push", { flags = ".", payload = "hello" } },
}

return {
  name = "text_in_state",
  en = "What answers five bytes of text, and what state follows: in order, beyond a gap, before RCV.NXT, from one before on, outside the " ..
    "window, without ACK, with ACKs of what was not sent, too old and old, with an old timestamp, without one, without PSH?",
  zh = "五字节数据得到什么作答，随后是什么状态：按序、隔着缺口、在 RCV.NXT 之前、从前一个开始、窗口之外、没有 ACK、ACK 未发送的内容、太旧、较旧、带旧时间戳、无时间戳、无 PSH 时？",
  rfc = "RFC 9293 3.10.7.4, RFC 5961 5.2, RFC 7323 5.3",
  values = acceptance.names(STATES, CASES),
  ask = function(subject) return acceptance.ask(subject, STATES, CASES) end,
}
