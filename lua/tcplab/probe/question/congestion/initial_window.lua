-- SPDX-License-Identifier: MIT
local conversation = require "tcplab.probe.conversation"

local RTT <const> = 0.1

return {
  name = "initial_window",
  en = "How much of a long text leaves before the first ACK comes, at a round-trip time of 0.1 s?",
  zh = "往返时间 0.1 秒时，第一个 ACK 到来之前，长文本发出多少？",
  rfc = "RFC 6928 2",
  values = { "segments", "bytes" },
  rtt = RTT,
  ask = function(subject)
    local talk, conn = conversation.established(subject)
    conn:send(("x"):rep(50000))
    local segments, bytes = 0, 0
    for segment in function() return talk:receive(nil, RTT) end do segments, bytes = segments + 1, bytes + #segment.payload end
    return { segments = segments, bytes = bytes }
  end,
}
