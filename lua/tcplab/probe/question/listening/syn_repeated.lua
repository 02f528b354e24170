-- SPDX-License-Identifier: MIT
local conversation = require "tcplab.probe.conversation"

local INTERVAL <const>, SYNS <const>, LONGER <const> = 0.3, 10, 4

return {
  name = "syn_repeated",
  en = "When does a SYN-ACK leave, where the SYN comes ten times, each 0.3 s, and then nothing more for 4 s?",
  zh = "SYN 每 0.3 秒一次来了十次、此后 4 秒再无动静时，SYN-ACK 何时发出？",
  rfc = "RFC 9293 3.10.7.4",
  values = { "times" },
  ask = function(subject)
    subject:listen(80)
    local talk, began = subject.hand:conversation(subject.address, 80), subject:now()
    for i = 1, SYNS do
      subject:wait(math.max(0, began + (i - 1) * INTERVAL - subject:now()))
      talk:send { flags = "S", seq = 0, options = conversation.offer() }
    end
    subject:wait(LONGER)
    local times = {}
    for segment in function() return talk:receive("SYN-ACK", 0) end do times[#times + 1] = conversation.rounded(segment.time - began) end
    return { times = times }
  end,
}
