-- SPDX-License-Identifier: MIT
local conversation = require "tcplab.probe.conversation"

return {
  name = "syn_ack_retries",
  en = "When is a SYN-ACK sent again whose ACK does not come?",
  zh = "等不到 ACK 的 SYN-ACK 何时重发？",
  rfc = "RFC 6298 2.1",
  values = { "times" },
  slow = true,
  ask = function(subject)
    local talk = conversation.begun(subject)
    return { times = conversation.repeats(talk, "SYN-ACK", talk:expect "SYN-ACK") }
  end,
}
