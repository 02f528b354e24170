-- SPDX-License-Identifier: MIT
local conversation = require "tcplab.probe.conversation"
local transfer = require "tcplab.probe.transfer"

local SAMPLES <const> = 8
local TRIPS <const> = { 0.005, 0.02, 0.1, 0.3 } -- seconds

-- Lone segments, each acknowledged a round trip after it came.
local function timeout(subject, port, rtt, late)
  local it <close> = transfer.new(subject, { rtt = rtt, port = port, bytes = 0 })
  for i = 1, SAMPLES do
    it:write(100)
    it:round(1, i == SAMPLES and late or 0)
  end
  return conversation.rounded(it.conn:status().rto)
end

return {
  name = "rto",
  en = "What is the retransmission timeout after 8 even round trips of 5, 20, 100 and 300 ms, and when the last of 100 ms took 60 ms longer?",
  zh = "8 个均匀的 5、20、100、300 毫秒往返之后，以及最后一个 100 毫秒往返慢了 60 毫秒时，重传超时是多少？",
  rfc = "RFC 6298 2",
  values = { "even", "late" },
  ask = function(subject)
    local even = {}
    for i, rtt in ipairs(TRIPS) do even[i] = timeout(subject, 80 + i, rtt) end
    return { even = even, late = timeout(subject, 90, 0.1, 0.06) }
  end,
}
