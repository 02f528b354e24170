-- SPDX-License-Identifier: MIT
-- Many half-open connections begin together; each hears an ACK at another time, and where there is nothing any more that draws a RST.
local conversation = require "tcplab.probe.conversation"
local state = require "tcplab.probe.state"

local CONNECTIONS <const>, FROM <const>, GRAIN <const> = 50, 58, 0.2

return {
  name = "half_open_life",
  en = "When is a half-open connection gone whose SYN-ACK nobody acknowledges?",
  zh = "SYN-ACK 无人确认的半开连接何时消失？",
  rfc = "RFC 9293 3.8.3",
  values = { "seconds" },
  slow = true,
  ask = function(subject)
    local door, all = state.door(subject), {}
    for i = 1, CONNECTIONS do all[i] = state.reach(subject, door, "SYN-RECEIVED") end
    local began = subject:now()
    subject:wait(FROM)
    for _, it in ipairs(all) do
      subject:wait(GRAIN)
      it.talk:send { seq = 1, ack = 1 }
      if it.talk:receive("RST", 0.035) then return { seconds = conversation.rounded(subject:now() - began) } end
    end
    return {}
  end,
}
