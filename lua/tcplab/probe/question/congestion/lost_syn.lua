-- SPDX-License-Identifier: MIT
local conversation = require "tcplab.probe.conversation"

local PATIENCE <const> = 15 -- s: the second SYN of an old TCP comes after 3, the third after 6 more

-- The subject connects, and its first SYNs are lost.
local function opened(subject, port, lost, stamps)
  local conn = subject:connect(port)
  local syn = subject.hand:receive("SYN", PATIENCE)
  for _ = 1, lost do syn = subject.hand:receive("SYN", PATIENCE) end
  local talk <close> = subject.hand:conversations()[1]
  local offer = conversation.offer()
  offer.timestamps = stamps
  assert(syn)
  talk:send { flags = "S.", seq = 0, ack = 1, options = offer }
  talk:expect { flags = "." }
  local status = conn:status()
  conn:abort()
  return status.cwnd // status.snd.mss, conversation.rounded(status.rto)
end

return {
  name = "lost_syn",
  en = "Which window and timeout does a connection begin with, when none, one or two SYNs were lost; and one, without timestamps?",
  zh = "丢失零个、一个或两个 SYN 之后，连接以多大窗口和重传超时开始？不带时间戳丢一个时呢？",
  rfc = "RFC 6298 5.7, RFC 5681 3.1, RFC 7323 4.1",
  values = { "windows", "timeouts", "without_stamps" },
  ask = function(subject)
    local windows, timeouts = {}, {}
    for lost = 0, 2 do windows[lost + 1], timeouts[lost + 1] = opened(subject, 80 + lost, lost, true) end
    local _, without = opened(subject, 83, 1, nil)
    return { windows = windows, timeouts = timeouts, without_stamps = without }
  end,
}
