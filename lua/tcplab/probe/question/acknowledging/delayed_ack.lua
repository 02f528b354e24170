-- SPDX-License-Identifier: MIT
local conversation = require "tcplab.probe.conversation"

local SEGMENTS <const> = 30

return {
  name = "delayed_ack",
  en = "How long does each ACK wait, when 30 segments of 10 bytes come that nobody reads, each after the ACK of the one before?",
  zh = "30 个 10 字节的报文段逐个到来而无人读取，每个都等前一个得到确认，各个 ACK 等多久？",
  rfc = "RFC 9293 3.8.6.3, RFC 5681 4.2",
  values = { "delays" },
  ask = function(subject)
    local talk = conversation.established(subject)
    local delays = {}
    for i = 1, SEGMENTS do
      local sent = subject:now()
      talk:send { payload = ("x"):rep(10) }
      delays[i] = conversation.rounded(talk:expect({ flags = "." }, 2).time - sent)
    end
    return { delays = delays }
  end,
}
