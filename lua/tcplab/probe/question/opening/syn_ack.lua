-- SPDX-License-Identifier: MIT
local conversation = require "tcplab.probe.conversation"

return {
  name = "syn_ack",
  en = "What does the SYN-ACK offer to a peer that offers everything?",
  zh = "对方全都提供时，SYN-ACK 提供些什么？",
  rfc = "RFC 9293 3.2, RFC 7323",
  values = { "flags", "options", "window", "scale" },
  ask = function(subject) return conversation.offered(conversation.begun(subject):expect "SYN-ACK") end,
}
