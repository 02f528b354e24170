-- SPDX-License-Identifier: MIT
local conversation = require "tcplab.probe.conversation"

return {
  name = "syn_retries",
  en = "When is a SYN that nobody answers sent again, and when does connect give up?",
  zh = "无人应答的 SYN 何时重发，connect 何时放弃？",
  rfc = "RFC 6298 2.1, RFC 9293 3.8.3",
  values = { "times", "gives_up", "code" },
  slow = true,
  ask = function(subject)
    local conn = subject:connect(80)
    local first = subject.hand:expect "SYN"
    local talk = subject.hand:conversations()[1]
    local code, ended = subject:outcome(conn, 1200)
    return { times = conversation.repeats(talk, "SYN", first), gives_up = ended and conversation.rounded(ended - first.time), code = code }
  end,
}
