-- SPDX-License-Identifier: MIT
-- Host unreachable comes after the third retransmission, or network unreachable, or nothing.
local conversation = require "tcplab.probe.conversation"
local state = require "tcplab.probe.state"

local RETRANSMISSIONS <const>, LATER <const>, PATIENCE <const> = 4, 2, 300

local function times(subject, door, code)
  local it = state.reach(subject, door, "ESTABLISHED")
  it.conn:send(("x"):rep(100))
  local first = it.talk:expect("DATA", 2)
  local list = {}
  for i = 1, RETRANSMISSIONS + LATER do
    local again = it.talk:receive("DATA", PATIENCE)
    if not again then break end
    list[i] = conversation.rounded(again.time - first.time)
    if i == RETRANSMISSIONS and code then it.talk:send { kind = "ICMP", type = 3, code = code } end
  end
  it.conn:abort()
  return list
end

return {
  name = "icmp_backoff",
  en = "When does a lone segment leave again, where nothing, a network unreachable, a host unreachable, a port unreachable comes after " ..
    "its fourth retransmission?",
  zh = "第四次重传之后什么都没有、网络不可达、主机不可达、端口不可达到来时，单独的报文段何时再次发出？",
  rfc = "RFC 6069",
  values = { "nothing", "network", "host", "port" },
  slow = true,
  ask = function(subject)
    local door = state.door(subject)
    return { nothing = times(subject, door), network = times(subject, door, 0), host = times(subject, door, 1), port = times(subject, door, 3) }
  end,
}
