-- SPDX-License-Identifier: MIT
local acceptance = require "tcplab.probe.acceptance"

local STATES <const> = {
  "SYN-RECEIVED", "ESTABLISHED", "CLOSE-WAIT", "FIN-WAIT-1",
  "FIN-WAIT-2", "FIN-WAIT-2 orphan", "CLOSING", "LAST-ACK",
}
local CASES <const> = {
  { "repeated", { flags = "S", seq = 0 } },
  { "exact", { flags = "S" }, ahead = 0 },
  { "in_window", { flags = "S" }, ahead = 1000 },
  { "outside", { flags = "S" }, ahead = 2000000 },
  { "syn_ack_repeated", { flags = "S.", seq = 0 } },
  { "syn_ack_in_window", { flags = "S." }, ahead = 1000 },
  { "old_stamp", { flags = "S" }, ahead = 0, behind = 10 },
  { "repeated_old_stamp", { flags = "S", seq = 0 }, behind = 10 },
  { "with_fin", { flags = "FS" }, ahead = 0 },
  { "with_text", { flags = "S", payload = "hello" }, ahead = 0 },
}

return {
  name = "syn_in_state",
  en = "What answers a SYN, and what state follows: the first one again, one at RCV.NXT, in the window, outside of it, the same as " ..
    "SYN-ACKs, with old timestamps, with FIN, with text?",
  zh = "SYN 得到什么作答，随后是什么状态：第一个 SYN 重来、在 RCV.NXT 处、窗口内、窗口外、作为 SYN-ACK、带旧时间戳、带 FIN、带数据时？",
  rfc = "RFC 9293 3.10.7.4, RFC 5961 4.2",
  values = acceptance.names(STATES, CASES),
  ask = function(subject) return acceptance.ask(subject, STATES, CASES) end,
}
