-- SPDX-License-Identifier: MIT
local transfer = require "tcplab.probe.transfer"

local RTT <const>, SIZE <const> = 0.1, 150 * 1448 -- three flights of slow start and the whole of a fourth

local function after(subject, port, seconds)
  local it <close> = transfer.new(subject, { rtt = RTT, port = port, bytes = SIZE })
  while it.edge < SIZE do it:round() end
  local before = it:window()
  subject:wait(seconds)
  it:write(SIZE)
  local segments = #it:flight()
  return { before, segments, (it:window()) }
end

return {
  name = "idle_restart",
  en = "How many segments leave at once after 150, and a silence of 0.1, 0.7 and 2.5 s, and what are the windows before and behind it?",
  zh = "发完 150 段、静默 0.1、0.7 和 2.5 秒之后一次发出多少段，前后窗口各多大？",
  rfc = "RFC 5681 4.1",
  values = { "tenth", "two_thirds", "long" },
  ask = function(subject) return { tenth = after(subject, 80, 0.1), two_thirds = after(subject, 81, 0.7), long = after(subject, 82, 2.5) } end,
}
