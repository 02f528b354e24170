-- SPDX-License-Identifier: MIT
local conversation = require "tcplab.probe.conversation"

local SEGMENTS <const> = 30

-- { 0, 0, 0.04 } as { "2 x 0.000", "1 x 0.040" }.
local function runs(delays)
  local list, count = {}, 0
  for i, delay in ipairs(delays) do
    count = count + 1
    if delay ~= delays[i + 1] then
      list[#list + 1], count = ("%d x %.3f"):format(count, delay), 0
    end
  end
  return list
end

return {
  name = "delayed_ack",
  en = "How long does each ACK wait, when 30 segments of 10 bytes come one by one, each after the ACK of the one before?",
  zh = "30 个 10 字节的报文段逐个到来，每个都等前一个得到确认，各个 ACK 等多久？",
  rfc = "RFC 9293 3.8.6.3, RFC 5681 4.2",
  values = { "delays" },
  ask = function(subject)
    local talk, conn = conversation.established(subject)
    local delays = {}
    for i = 1, SEGMENTS do
      local sent = subject:now()
      talk:send { payload = ("x"):rep(10) }
      assert(conn:receive(10))
      delays[i] = conversation.rounded(talk:expect({ flags = "." }, 2).time - sent)
    end
    return { delays = runs(delays) }
  end,
}
