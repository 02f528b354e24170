-- SPDX-License-Identifier: MIT
-- The first SYN is answered by one ICMP error alone, and half a second, in which no SYN is sent again, is waited for connect to fail.

local PATIENCE <const> = 0.5

local ERRORS <const> = {
  { "network_unreachable", 3, 0 }, { "host_unreachable", 3, 1 }, { "protocol_unreachable", 3, 2 }, { "port_unreachable", 3, 3 },
  { "source_route_failed", 3, 5 }, { "network_prohibited", 3, 9 }, { "host_prohibited", 3, 10 }, { "filtered", 3, 13 },
  { "source_quench", 4, 0 }, { "time_exceeded", 11, 0 }, { "parameter_problem", 12, 0 },
}

local names = {}
for i, row in ipairs(ERRORS) do names[i] = row[1] end

local function outcome(subject, port, type, code)
  local conn = subject:connect(port)
  subject.hand:expect "SYN"
  local talk <close> = subject.hand:conversations()[1]
  talk:send { kind = "ICMP", type = type, code = code }
  local failure = subject:outcome(conn, PATIENCE)
  conn:abort()
  return failure or "goes on"
end

return {
  name = "icmp",
  en = "What does connect fail with at once, when an ICMP error answers its SYN?",
  zh = "SYN 得到 ICMP 差错作答时，connect 立即以什么错误失败？",
  rfc = "RFC 1122 4.2.3.9, RFC 5461",
  values = names,
  ask = function(subject)
    local answers = {}
    for i, row in ipairs(ERRORS) do answers[row[1]] = outcome(subject, 80 + i, row[2], row[3]) end
    return answers
  end,
}
