-- SPDX-License-Identifier: MIT
local transfer = require "tcplab.probe.transfer"

local RTT <const>, FLIGHTS <const>, ROUNDS <const> = 0.1, 3, 100

return {
  name = "cubic_curve",
  en = "How does CUBIC's window go after a loss at 80 segments, with each of 100 round trips of 0.1 s?",
  zh = "窗口为 80 段时丢包之后，100 个 0.1 秒的往返中 CUBIC 的窗口如何变化？",
  rfc = "RFC 9438 4.2",
  values = { "ssthresh", "windows" },
  slow = true,
  ask = function(subject)
    local it <close> = transfer.new(subject, { rtt = RTT, control = "cubic" })
    it:windows(FLIGHTS)
    return { ssthresh = it:lose_first().ssthresh, windows = it:windows(ROUNDS) }
  end,
}
