-- SPDX-License-Identifier: MIT
local transfer = require "tcplab.probe.transfer"

local RTT <const> = 0.1

-- The first ACK of a flight, after some others, reports a mark.
local function marked(subject, port, flights)
  local it <close> = transfer.new(subject, { rtt = RTT, port = port, flags = "SEW", control = "cubic" })
  it:windows(flights)
  local flight = it:flight()
  it:wait(flight[1])
  local sent, told = {}, "none"
  for i, segment in ipairs(flight) do
    it:acknowledge(segment, { flags = i == 1 and ".E" or "." })
    local out = it:heard()
    sent[i] = #out
    for _, each in ipairs(out) do
      if told == "none" and each.flags:find("W", 1, true) then told = i end
    end
  end
  local window, ssthresh = it:window()
  return { sent = sent, window = window, ssthresh = ssthresh, told = told }
end

return {
  name = "mark",
  en = "The first ACK of a flight reports a mark: what does each ACK let out, which draws CWR, what are ssthresh and window then?",
  zh = "一批 10 段或 40 段的第一个 ACK 报告拥塞标记：其各个 ACK 放出几段，由第几个告知对方（CWR），之后 ssthresh 和窗口各是多少？",
  rfc = "RFC 3168 6.1.2",
  values = { "ten", "forty", "cwr", "ssthresh", "windows" },
  ask = function(subject)
    subject:set("net.ipv4.tcp_ecn", 1)
    local ten, forty = marked(subject, 80, 0), marked(subject, 81, 2)
    return {
      ten = ten.sent, forty = forty.sent, cwr = { ten.told, forty.told }, ssthresh = { ten.ssthresh, forty.ssthresh },
      windows = { ten.window, forty.window },
    }
  end,
}
