-- SPDX-License-Identifier: MIT
local conversation = require "tcplab.probe.conversation"

local OPTIONS <const> = { SO_KEEPALIVE = true, TCP_KEEPIDLE = 1, TCP_KEEPINTVL = 1, TCP_KEEPCNT = 3 }

return {
  name = "keep_alive",
  en = "With SO_KEEPALIVE, TCP_KEEPIDLE 1, TCP_KEEPINTVL 1 and TCP_KEEPCNT 3, what comes when, if nobody answers, and by which code does it end?",
  zh = "设置 SO_KEEPALIVE、TCP_KEEPIDLE 1、TCP_KEEPINTVL 1、TCP_KEEPCNT 3 后无人应答时，何时到来什么，以什么错误码结束？",
  rfc = "RFC 9293 3.8.4",
  values = { "probes", "times", "code", "ends" },
  ask = function(subject)
    local talk, conn = conversation.established(subject, OPTIONS)
    local began = subject:now()
    local ends, code = conversation.ended(subject, conn, 8)
    local probes, times = conversation.told(conversation.heard(talk, 0.1), began)
    return { probes = probes, times = times, code = code, ends = ends }
  end,
}
