-- SPDX-License-Identifier: MIT
local transfer = require "tcplab.probe.transfer"

local RTT <const>, FLIGHTS <const> = 0.1, 2

return {
  name = "after_timeout",
  en = "40 segments are lost as a whole: what are window and ssthresh after the timeout, and the windows of 7 round trips?",
  zh = "一批 40 段全部丢失：超时之后窗口和 ssthresh 各是多少，此后到达者全都确认，7 个往返中窗口如何变化？",
  rfc = "RFC 5681 3.1, RFC 9438 4.8",
  values = { "window", "ssthresh", "later" },
  ask = function(subject)
    local it <close> = transfer.new(subject, { rtt = RTT })
    it:windows(FLIGHTS)
    local lost = it:flight()
    local probe = it.talk:receive("DATA", 5)          -- the tail's
    local first = it.talk:receive("DATA", 5)          -- the timeout's
    assert(probe and first and #lost > 0)
    local window, ssthresh = it:window()
    it:mend { first }
    return { window = window, ssthresh = ssthresh, later = it:windows(7) }
  end,
}
