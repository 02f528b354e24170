-- SPDX-License-Identifier: MIT
local conversation = require "tcplab.probe.conversation"

return {
  name = "fin_timeout",
  en = "When is a FIN sent again that nobody acknowledges, after the program has closed?",
  zh = "程序关闭后，无人确认的 FIN 何时重发？",
  rfc = "RFC 6298 5, RFC 9293 3.6",
  values = { "times" },
  slow = true,
  ask = function(subject)
    local talk, conn = conversation.established(subject)
    conn:close()
    return { times = conversation.repeats(talk, "FIN", talk:expect "FIN") }
  end,
}
