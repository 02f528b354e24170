-- SPDX-License-Identifier: MIT
local transfer = require "tcplab.probe.transfer"

local RTT <const>, FLIGHTS <const>, ROUNDS <const> = 0.1, 2, 20

return {
  name = "reno",
  en = "How does Reno's window go: in slow start, what is ssthresh after a loss at 40 segments, and with each of 20 round trips after?",
  zh = "Reno 的窗口如何变化：慢启动中，窗口 40 段时丢包后的 ssthresh，以及其后的 20 个往返？",
  rfc = "RFC 5681 3.1, 3.2",
  values = { "slow_start", "ssthresh", "windows" },
  ask = function(subject)
    local it <close> = transfer.new(subject, { rtt = RTT, control = "reno" })
    local first = it:windows(FLIGHTS)
    return { slow_start = first, ssthresh = it:lose_first().ssthresh, windows = it:windows(ROUNDS) }
  end,
}
