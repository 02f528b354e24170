-- SPDX-License-Identifier: MIT
local conversation = require "tcplab.probe.conversation"

local BEFORE <const>, AFTER <const> = 20, 20

return {
  name = "ack_after_silence",
  en = "How long does each ACK wait, when 20 segments of 10 bytes come after 20 such and a silence of 1 s?",
  zh = "20 个 10 字节的报文段之后静默 1 秒，再来 20 个时，各个 ACK 等多久？",
  rfc = "RFC 9293 3.8.6.3, RFC 5681 4.2",
  values = { "delays" },
  ask = function(subject)
    local talk = conversation.established(subject)
    local delays, text = {}, { payload = ("x"):rep(10) }
    for _ = 1, BEFORE do conversation.delay(talk, text) end
    subject:wait(1)
    for i = 1, AFTER do delays[i] = conversation.delay(talk, text) end
    return { delays = delays }
  end,
}
