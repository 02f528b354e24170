-- SPDX-License-Identifier: MIT
local transfer = require "tcplab.probe.transfer"

local FAR <const>, NEAR <const> = 0.2, 0.02 -- seconds: slow start is not to end by the noise of a busy machine
local FLIGHTS <const>, ROUNDS <const> = 2, 80

return {
  name = "cubic_friendly",
  en = "How does CUBIC's window go after a loss at 40 segments on a short path, where Reno would be faster, with each of 80 round trips of 20 ms?",
  zh = "短路径上（Reno 会更快），窗口为 40 段时丢包之后，80 个 20 毫秒的往返中 CUBIC 的窗口如何变化？",
  rfc = "RFC 9438 4.3",
  values = { "ssthresh", "windows" },
  ask = function(subject)
    local it <close> = transfer.new(subject, { rtt = FAR, control = "cubic" })
    it:windows(FLIGHTS)
    local ssthresh = it:lose_first().ssthresh
    it.rtt = NEAR
    return { ssthresh = ssthresh, windows = it:windows(ROUNDS) }
  end,
}
