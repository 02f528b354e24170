-- SPDX-License-Identifier: MIT
local conversation = require "tcplab.probe.conversation"

return {
  name = "zero_window_end",
  en = "How many probes of a closed window go unanswered before the connection is given up, after how long, by which code, and with what last word?",
  zh = "对零窗口的探测有多少个无人应答之后连接被放弃，历时多久，错误码是什么，最后发出什么？",
  rfc = "RFC 9293 3.8.6.1, RFC 1122 4.2.2.17",
  values = { "probes", "gives_up", "code", "last" },
  slow = true,
  ask = function(subject)
    local talk, conn = conversation.established(subject)
    talk:send { window = 0 }
    subject:wait(1)
    conn:send(("x"):rep(100))
    local gives_up, code = conversation.ended(subject, conn, 3000)
    local words = conversation.told(conversation.heard(talk, 1))
    return { probes = #words, gives_up = gives_up, code = code, last = words[#words] }
  end,
}
