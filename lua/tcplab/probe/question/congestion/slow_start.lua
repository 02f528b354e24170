-- SPDX-License-Identifier: MIT
local transfer = require "tcplab.probe.transfer"

local RTT <const>, ROUNDS <const> = 0.1, 5

return {
  name = "slow_start",
  en = "How does the window grow with each round trip of slow start, when each segment, each second, or each flight whole is acknowledged?",
  zh = "慢启动中，逐段、隔段或整批确认时，窗口随每个往返如何增长？",
  rfc = "RFC 5681 3.1, RFC 3465 2.1",
  values = { "each", "each_second", "whole" },
  ask = function(subject)
    local function windows(each, port)
      local it <close> = transfer.new(subject, { rtt = RTT, port = port })
      return it:windows(ROUNDS, each)
    end
    return { each = windows(1, 80), each_second = windows(2, 81), whole = windows(1000, 82) }
  end,
}
