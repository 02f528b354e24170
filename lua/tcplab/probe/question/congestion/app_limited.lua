-- SPDX-License-Identifier: MIT
local transfer = require "tcplab.probe.transfer"

local RTT <const> = 0.1

-- The window after each round trip in which the program sent so many segments.
local function windows(subject, port, writes)
  local it <close> = transfer.new(subject, { rtt = RTT, port = port, bytes = 0 })
  local size, list = it.conn:status().snd.mss, {}
  for i, segments in ipairs(writes) do
    it:write(segments * size)
    it:round()
    list[i] = it:window()
  end
  return list
end

return {
  name = "app_limited",
  en = "How does the window grow in slow start, when the program sends so many segments a round trip and no more?",
  zh = "慢启动中，程序每个往返只发这么多段时窗口如何增长：8、8；10 后 12、12；12、12、12；10、20、5、5？",
  rfc = "RFC 7661 4.3, RFC 2861 3",
  values = { "eight", "twelve", "held_back", "five" },
  ask = function(subject)
    return {
      eight = windows(subject, 80, { 8, 8 }), twelve = windows(subject, 81, { 10, 12, 12 }),
      held_back = windows(subject, 82, { 12, 12, 12 }), five = windows(subject, 83, { 10, 20, 5, 5 }),
    }
  end,
}
