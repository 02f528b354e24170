-- SPDX-License-Identifier: MIT
local transfer = require "tcplab.probe.transfer"

local RTT <const>, FLIGHTS <const> = 0.1, 2

-- The ACKs of a flight come only after the timeout, when its first segment has been sent again.
local function late(subject, port, options)
  local it <close> = transfer.new(subject, { rtt = RTT, port = port, offer = options })
  it:windows(FLIGHTS)
  local flight = it:flight()
  local echo = flight[1].options.timestamps and flight[1].options.timestamps.value
  it.talk:receive("DATA", 5)
  it.talk:receive("DATA", 5)
  local fallen = it:window()
  local windows = {}
  for i = 1, 3 do
    it:acknowledge(flight[i], { options = { timestamps = echo and { echo = echo } or nil } })
    it.talk.network:sleep(0.001)
    windows[i] = it:window()
  end
  local _, ssthresh = it:window()
  return { fallen, windows[1], windows[2], windows[3], ssthresh }
end

return {
  name = "needless_timeout",
  en = "ACKs come only behind the timeout: what is the window after it, after each of three ACKs, and ssthresh then?",
  zh = "一批 40 段并未丢失，ACK 在超时之后才到：有和没有时间戳时，超时后、其后三个 ACK 之后窗口各是多少，ssthresh 呢？",
  rfc = "RFC 5682 2, RFC 3522 3.2",
  values = { "with_stamps", "without" },
  ask = function(subject)
    return {
      with_stamps = late(subject, 80, { mss = 1460, sack_permitted = true, timestamps = true, window_scale = 7 }),
      without = late(subject, 81, { mss = 1460, sack_permitted = true, window_scale = 7 }),
    }
  end,
}
