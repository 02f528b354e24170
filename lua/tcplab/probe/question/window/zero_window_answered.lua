-- SPDX-License-Identifier: MIT
local conversation = require "tcplab.probe.conversation"

local PROBES <const> = 12

return {
  name = "zero_window_answered",
  en = "When do the probes of a closed window come, if each is answered by a window of 0?",
  zh = "每个零窗口探测都得到窗口为 0 的回答时，探测何时到来？",
  rfc = "RFC 9293 3.8.6.1",
  values = { "times" },
  slow = true,
  ask = function(subject)
    local talk, conn = conversation.established(subject)
    talk:send { window = 0 }
    subject:wait(1)
    local began, times = subject:now(), {}
    conn:send(("x"):rep(100))
    for i = 1, PROBES do
      times[i] = conversation.rounded(assert(talk:receive(nil, 300)).time - began)
      talk:send { window = 0 }
    end
    return { times = times }
  end,
}
