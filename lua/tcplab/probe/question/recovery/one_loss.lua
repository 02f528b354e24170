-- SPDX-License-Identifier: MIT
local transfer = require "tcplab.probe.transfer"

local RTT <const>, FLIGHTS <const> = 0.2, 2

return {
  name = "one_loss",
  en = "The first of 40 segments is lost: what does each ACK let out, what are windows and ssthresh, then and in 5 round trips?",
  zh = "40 段中的第一段丢失，其余逐段确认：每个 ACK 放出几段，ssthresh 和窗口各是多少，修复之后及其后五个往返的窗口呢？",
  rfc = "RFC 9937 5, RFC 9438 4.6, RFC 3042",
  values = { "sent", "windows", "ssthresh", "mended", "later" },
  ask = function(subject)
    local it <close> = transfer.new(subject, { rtt = RTT })
    it:windows(FLIGHTS)
    local seen = it:lose_first()
    return { sent = seen.sent, windows = seen.windows, ssthresh = seen.ssthresh, mended = it:window(), later = it:windows(5) }
  end,
}
