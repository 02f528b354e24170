-- SPDX-License-Identifier: MIT
local transfer = require "tcplab.probe.transfer"

local RTT <const>, ROUNDS <const> = 0.1, 4

return {
  name = "app_limited",
  en = "How does the window grow in slow start, when the program sends only 12 segments a round trip, or 5?",
  zh = "程序每个往返只发 12 段或 5 段时，慢启动中窗口如何增长？",
  rfc = "RFC 9743 5.3.2, RFC 7661 4.3",
  values = { "twelve", "five" },
  ask = function(subject)
    local function windows(segments, port)
      local it <close> = transfer.new(subject, { rtt = RTT, port = port, bytes = 0 })
      local list = {}
      for i = 1, ROUNDS do
        it:write(segments * it.conn:status().snd.mss)
        it:round()
        list[i] = it:window()
      end
      return list
    end
    return { twelve = windows(12, 80), five = windows(5, 81) }
  end,
}
