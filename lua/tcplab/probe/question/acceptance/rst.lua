-- SPDX-License-Identifier: MIT
local acceptance = require "tcplab.probe.acceptance"

local STATES <const> = {
  "SYN-RECEIVED", "ESTABLISHED", "CLOSE-WAIT", "FIN-WAIT-1",
  "FIN-WAIT-2", "FIN-WAIT-2 orphan", "CLOSING", "LAST-ACK",
}
local CASES <const> = {
  { "exact", { flags = "R" } },
  { "with_ack", { flags = "R." } },
  { "before", { flags = "R" }, ahead = -1 },
  { "two_before", { flags = "R" }, ahead = -2 },
  { "behind", { flags = "R" }, ahead = 1 },
  { "in_window", { flags = "R" }, ahead = 5000 },
  { "outside", { flags = "R" }, ahead = 2000000 },
  { "old_stamp", { flags = "R" }, behind = 10 },
  { "wrong_ack", { flags = "R." }, beyond = 1000 },
  { "with_text", { flags = "R", payload = "hello" } },
  { "with_fin", { flags = "FR" } },
  { "with_syn", { flags = "SR" }, ahead = 0 },
}

return {
  name = "rst",
  en = "What answers a RST, and what state follows: at RCV.NXT, with an ACK, one and two before, right behind, further on in the window, " ..
    "outside of it, with an old timestamp, with a wrong ACK, with text, FIN, SYN?",
  zh = "RST 得到什么作答，随后是什么状态：在 RCV.NXT 处、带 ACK、在其前一个和两个、紧随其后、窗口更深处、窗口之外、带旧时间戳、带错误的 ACK、带数据、FIN、SYN 时？",
  rfc = "RFC 9293 3.10.7.4, RFC 5961 3.2",
  values = acceptance.names(STATES, CASES),
  ask = function(subject) return acceptance.ask(subject, STATES, CASES) end,
}
