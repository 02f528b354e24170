-- SPDX-License-Identifier: MIT
local conversation = require "tcplab.probe.conversation"
local transfer = require "tcplab.probe.transfer"

local TIMES <const> = 4 -- the lone segment is sent again so often before the error comes

local function errors(it, code)
  it.talk:send { kind = "ICMP", type = 3, code = code }
  it.talk.network:sleep(0.01)
  return conversation.rounded(it.conn:status().rto)
end

local function reversal(subject, port, code)
  local it <close> = transfer.new(subject, { rtt = 0.02, port = port, bytes = 0 })
  it:write(100)
  it:round()
  it:write(100)
  for _ = 0, TIMES do it.talk:receive("DATA", 10) end
  local before = conversation.rounded(it.conn:status().rto)
  return { before, errors(it, code) }
end

return {
  name = "backoff_reversal",
  en = "What is the timeout of a lone segment sent four times more, before and after an ICMP error: no way to its host, or network?",
  zh = "单独的报文段又发了四次：ICMP 差错告知主机或网络不可达，前后的超时各是多少？",
  rfc = "RFC 6069 4",
  values = { "host", "network" },
  ask = function(subject) return { host = reversal(subject, 80, 1), network = reversal(subject, 81, 0) } end,
}
