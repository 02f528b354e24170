-- SPDX-License-Identifier: MIT
local conversation = require "tcplab.probe.conversation"

local PROBES <const> = 6

return {
  name = "zero_window",
  en = "What does a probe of a closed window look like (seq from SND.UNA, length), and when do they come if nobody answers?",
  zh = "对零窗口的探测是什么样子（seq 从 SND.UNA 算起，长度），无人应答时何时再来？",
  rfc = "RFC 9293 3.8.6.1",
  values = { "flags", "seq", "length", "times" },
  ask = function(subject)
    local talk, conn = conversation.established(subject)
    talk:send { window = 0 }
    subject:wait(1)
    local began = subject:now()
    conn:send(("x"):rep(100))
    local times, probe = {}, nil
    for i = 1, PROBES do
      probe = assert(talk:receive(nil, 120))
      times[i] = conversation.rounded(probe.time - began)
    end
    return { flags = probe.flags, seq = probe.relative.seq - 1, length = #probe.payload, times = times }
  end,
}
