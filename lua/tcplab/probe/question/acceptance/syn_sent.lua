-- SPDX-License-Identifier: MIT
local acceptance = require "tcplab.probe.acceptance"

local STATES <const> = { "SYN-SENT" }
local CASES <const> = {
  { "rst", { flags = "R", seq = 0 } },
  { "rst_ack", { flags = "R.", seq = 0 }, beyond = 0 },
  { "rst_ack_low", { flags = "R.", seq = 0 }, beyond = -1 },
  { "rst_ack_high", { flags = "R.", seq = 0 }, beyond = 1 },
  { "ack", { seq = 0 }, beyond = 0 },
  { "ack_low", { seq = 0 }, beyond = -1 },
  { "ack_high", { seq = 0 }, beyond = 1000 },
  { "syn_ack_low", { flags = "S." }, beyond = -1 },
  { "syn_ack_high", { flags = "S." }, beyond = 1 },
  { "syn", { flags = "S" } },
  { "syn_ack", { flags = "S." } },
  { "syn_ack_fin", { flags = "FS." } },
  { "syn_ack_text", { flags = "SP.", payload = "hello" } },
  { "syn_fin", { flags = "FS" } },
  { "syn_text", { flags = "S", payload = "hello" } },
  { "fin", { flags = "F", seq = 0 } },
  { "fin_ack", { flags = "F.", seq = 0 } },
  { "text", { flags = "P", seq = 0, payload = "hello" } },
  { "text_ack", { flags = "P.", seq = 0, payload = "hello" } },
  { "no_flags", { flags = "", seq = 0 } },
  { "syn_rst", { flags = "SR" } },
  { "syn_ack_rst", { flags = "SR." } },
  { "wrong_echo", { flags = "S.", options = { mss = 1460, timestamps = { value = 1, echo = 1 } } } },
  { "no_echo", { flags = "S.", options = { mss = 1460, timestamps = { value = 1, echo = 0 } } } },
}

return {
  name = "syn_sent",
  en = "What answers a segment in SYN-SENT, and what state follows: RST; RST, ACK and SYN-ACK whose ACK is right, one too low, too high; " ..
    "SYN and SYN-ACK, with FIN, with text; FIN; text; no flags; SYN with RST; a SYN-ACK whose timestamp echoes what was not sent?",
  zh = "SYN-SENT 中的报文段得到什么作答，随后是什么状态：RST；ACK 正确、过低、过高的 RST、ACK 和 SYN-ACK；SYN 和 SYN-ACK、带 FIN、带数据；FIN；数据；无标志；SYN 带 RST；时间戳回显未发送值的 SYN-ACK？",
  rfc = "RFC 9293 3.10.7.3",
  values = acceptance.names(STATES, CASES),
  ask = function(subject) return acceptance.ask(subject, STATES, CASES) end,
}
