-- SPDX-License-Identifier: MIT
-- The first SYN is answered by one ICMP error alone, and half a second, in which no SYN is sent again, is waited for connect to fail.

local errors = require "tcplab.probe.errors"

local PATIENCE <const> = 0.5

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
  values = errors.names,
  ask = function(subject)
    local answers = {}
    for i, row in ipairs(errors.list) do answers[row[1]] = outcome(subject, 80 + i, row[2], row[3]) end
    return answers
  end,
}
