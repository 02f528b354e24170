-- SPDX-License-Identifier: MIT
local conversation = require "tcplab.probe.conversation"

local SAMPLES <const> = 6 -- round trips measured before the loss
local ONE_WAY <const> = 0.05 -- seconds until the hand sees what was sent

return {
  name = "data_timeout",
  en = "When is a lone segment sent again that is lost for good, at a round-trip time of 0.1 s, and when does its connection give up?",
  zh = "往返时间 0.1 秒时，一个始终丢失的单独报文段何时重发，连接何时放弃？",
  rfc = "RFC 6298 2, RFC 8985 7.2",
  values = { "times", "gives_up", "code" },
  rtt = 2 * ONE_WAY,
  slow = true,
  ask = function(subject)
    local talk, conn = conversation.established(subject)
    for _ = 1, SAMPLES do
      conn:send(("x"):rep(100))
      talk:expect "DATA"
      talk:send {}
      subject:wait(0.2)
    end
    conn:send(("x"):rep(100))
    local first = talk:expect "DATA"
    local code, ended = subject:outcome(conn, 3000)
    local times = conversation.repeats(talk, "DATA", first)
    return { times = times, gives_up = ended and conversation.rounded(ended - first.time + ONE_WAY), code = code }
  end,
}
