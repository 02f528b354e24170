-- SPDX-License-Identifier: MIT
local conversation = require "tcplab.probe.conversation"

return {
  name = "path_mtu_unsaid",
  en = "How large, and with DF or not (1, 0), is what leaves again after a router says that it was too big, and nothing of the MTU?",
  zh = "路由器说报文太大却未说明 MTU 时，重发的报文段多大，是否带 DF（1、0）？",
  rfc = "RFC 1191 5",
  values = { "size", "df" },
  ask = function(subject)
    local talk, conn = conversation.established(subject)
    conn:send(("x"):rep(10000))
    conversation.heard(talk, 0.02)
    talk:send { kind = "ICMP", type = 3, code = 4, mtu = 0 }
    local segment = talk:receive("DATA", 0.1)
    return segment and { size = #segment.payload, df = segment.df and 1 or 0 } or {}
  end,
}
