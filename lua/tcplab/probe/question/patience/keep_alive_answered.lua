-- SPDX-License-Identifier: MIT
local conversation = require "tcplab.probe.conversation"

local OPTIONS <const> = { SO_KEEPALIVE = true, TCP_KEEPIDLE = 2, TCP_KEEPINTVL = 1, TCP_KEEPCNT = 3 }

return {
  name = "keep_alive_answered",
  en = "With TCP_KEEPIDLE 2, when does the next probe come after one was answered, and the first after 10 bytes have come at 1 s?",
  zh = "TCP_KEEPIDLE 2 时，探测得到应答后下一个何时到来；1 秒时收到 10 字节后第一个何时到来？",
  rfc = "RFC 9293 3.8.4",
  values = { "answered", "after_text" },
  ask = function(subject)
    local listener = subject:listen(80, OPTIONS)
    local talk = conversation.accepted(subject, listener)
    local began, times = subject:now(), {}
    for i = 1, 2 do
      times[i] = conversation.rounded(assert(talk:receive(nil, 5)).time - began)
      talk:send {}
    end
    talk = conversation.accepted(subject, listener)
    began = subject:now()
    subject:wait(1)
    talk:send { payload = ("x"):rep(10) }
    talk:expect({ ack = 11 }, 1)
    local probe = assert(talk:receive(nil, 5))
    return { answered = times, after_text = conversation.rounded(probe.time - began) }
  end,
}
