-- SPDX-License-Identifier: MIT
local acceptance = require "tcplab.probe.acceptance"

local STATES <const> = { "ESTABLISHED" }
local HELD <const> = { { seq = 101, payload = ("x"):rep(100) }, { seq = 301, payload = ("x"):rep(100) } }
local CASES <const> = {
  { "first_block", { flags = "R", seq = 201 }, before = HELD },
  { "last_block", { flags = "R", seq = 401 }, before = HELD },
  { "first_start", { flags = "R", seq = 101 }, before = HELD },
  { "last_start", { flags = "R", seq = 301 }, before = HELD },
  { "next", { flags = "R", seq = 1 }, before = HELD },
}

return {
  name = "rst_at_sack",
  en = "What answers a RST at the edges of text that is held beyond gaps, 101 to 201 and 301 to 401, and what state follows: at either " ..
    "end, at either start, at RCV.NXT?",
  zh = "在隔着缺口保存的数据（101 至 201、301 至 401）的边缘处，RST 得到什么作答，随后是什么状态：两处末尾、两处开头、RCV.NXT？",
  rfc = "RFC 5961 3.2",
  values = acceptance.names(STATES, CASES),
  ask = function(subject) return acceptance.ask(subject, STATES, CASES) end,
}
