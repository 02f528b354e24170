-- SPDX-License-Identifier: MIT
local conversation = require "tcplab.probe.conversation"

return {
  name = "syn",
  en = "What does the first SYN offer?",
  zh = "第一个 SYN 提供些什么？",
  rfc = "RFC 9293 3.2, RFC 7323",
  values = { "flags", "options", "window", "scale" },
  ask = function(subject)
    subject:connect(80)
    return conversation.offered(subject.hand:expect "SYN")
  end,
}
