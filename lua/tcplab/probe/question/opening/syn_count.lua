-- SPDX-License-Identifier: MIT
local conversation = require "tcplab.probe.conversation"

return {
  name = "syn_count",
  en = "When does a SYN leave again, and when does connect give up, where the socket's option TCP_SYNCNT is 2?",
  zh = "套接字选项 TCP_SYNCNT 为 2 时，SYN 何时重发，connect 何时放弃？",
  rfc = "RFC 9293 3.8.3",
  values = { "times", "gives_up", "code" },
  slow = true,
  ask = function(subject)
    local conn = subject:connect(80, { TCP_SYNCNT = 2 })
    local first = subject.hand:expect "SYN"
    local talk = subject.hand:conversations()[1]
    local code, ended = subject:outcome(conn, 300)
    local times = conversation.repeats(talk, "SYN", first, 1)
    return { times = times, gives_up = ended and conversation.rounded(ended - first.time), code = code }
  end,
}
