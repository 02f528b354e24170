-- SPDX-License-Identifier: MIT
local reply = require "tcplab.probe.reply"
local state = require "tcplab.probe.state"

local function shut(subject, how)
  local it = state.reach(subject, nil, "SYN-SENT")
  it.conn:shutdown(how)
  it.talk:send { flags = "S.", seq = 0 }
  local words = reply.wait(subject, it.talk)
  return ("%s; %s"):format(words, it.conn.state)
end

return {
  name = "shutdown_early",
  en = "What answers a SYN-ACK, and what state follows, when the program has shut down sending, receiving, both in SYN-SENT?",
  zh = "程序在 SYN-SENT 中关闭了发送、接收、两者之后，SYN-ACK 得到什么作答，随后是什么状态？",
  rfc = "RFC 9293 3.10.4",
  values = { "send", "receive", "both" },
  ask = function(subject) return { send = shut(subject, "send"), receive = shut(subject, "receive"), both = shut(subject, "both") } end,
}
