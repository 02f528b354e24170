-- SPDX-License-Identifier: MIT
local acceptance = require "tcplab.probe.acceptance"

local STATES <const> = { "LISTEN" }
local CASES <const> = {
  { "syn", { flags = "S", seq = 0 } },
  { "syn_ecn", { flags = "SEW", seq = 0 } },
  { "syn_push", { flags = "SP", seq = 0 } },
  { "syn_urgent", { flags = "SU", seq = 0 } },
  { "syn_text", { flags = "S", seq = 0, payload = "hello" } },
  { "syn_fin", { flags = "FS", seq = 0 } },
  { "syn_fin_push_urgent", { flags = "FSPU", seq = 0 } },
  { "syn_ack", { flags = "S.", seq = 0, ack = 500 } },
  { "syn_rst", { flags = "SR", seq = 0 } },
  { "ack", { seq = 0, ack = 500 } },
  { "ack_push", { flags = "P.", seq = 0, ack = 500, payload = "hello" } },
  { "fin", { flags = "F", seq = 0 } },
  { "fin_ack", { flags = "F.", seq = 0, ack = 500 } },
  { "rst", { flags = "R", seq = 0 } },
  { "rst_ack", { flags = "R.", seq = 0, ack = 500 } },
  { "no_flags", { flags = "", seq = 0 } },
  { "text", { flags = "P", seq = 0, payload = "hello" } },
  { "urgent", { flags = "U", seq = 0, urgent = 1 } },
  { "christmas", { flags = "FPU", seq = 0 } },
  { "all", { flags = "FSRP.U", seq = 0, ack = 500 } },
}

return {
  name = "listen",
  en = "What answers a first segment where somebody listens: SYN, with ECE and CWR, PSH, URG, text, FIN; SYN-ACK; SYN with RST; ACK of " ..
    "500, with text, FIN; RST; no flags; text, URG, FIN without ACK; all flags?",
  zh = "有人监听处，第一个报文段得到什么作答：SYN，带 ECE 和 CWR、PSH、URG、数据、FIN；SYN-ACK；SYN 带 RST；ACK 为 500，带数据、FIN；RST；无标志；没有 ACK 的数据、URG、FIN；全部标志？",
  rfc = "RFC 9293 3.10.7.2",
  values = acceptance.names(STATES, CASES),
  ask = function(subject) return acceptance.ask(subject, STATES, CASES) end,
}
