-- SPDX-License-Identifier: MIT
local transfer = require "tcplab.probe.transfer"

local RTT <const>, FLIGHTS <const>, ROUNDS <const> = 0.02, 2, 80

return {
  name = "cubic_friendly",
  en = "How does CUBIC's window go after a loss at 40 segments on a short path, where Reno would be faster, with each of 80 round trips of 20 ms?",
  zh = "短路径上（Reno 会更快），窗口为 40 段时丢包之后，80 个 20 毫秒的往返中 CUBIC 的窗口如何变化？",
  rfc = "RFC 9438 4.3",
  values = { "ssthresh", "windows" },
  ask = function(subject)
    local it <close> = transfer.new(subject, { rtt = RTT, control = "cubic" })
    it:windows(FLIGHTS)
    return { ssthresh = it:lose_first().ssthresh, windows = it:windows(ROUNDS) }
  end,
}
