-- SPDX-License-Identifier: MIT
-- Both ends send a SYN; then comes what the other end may say to ours.
local reply = require "tcplab.probe.reply"
local conversation = require "tcplab.probe.conversation"
local state = require "tcplab.probe.state"

local WAYS <const> = {
  { "syn_ack", { flags = "S.", seq = 0, ack = 1 } }, { "ack", { seq = 1, ack = 1 } }, { "syn", { flags = "S", seq = 0 } },
  { "text", { payload = "hello", ack = 1 } }, { "fin", { flags = "F.", ack = 1 } }, { "rst", { flags = "R", seq = 1 } },
  { "ack_unsent", { ack = 2 } },
  { "syn_ack_again", { flags = "S.", seq = 0, ack = 1 }, { flags = "S.", seq = 0, ack = 1 } },
}

local names = { "crossing" }
for _, way in ipairs(WAYS) do names[#names + 1] = way[1] end

local function cross(subject)
  local it = state.reach(subject, nil, "SYN-SENT")
  it.talk:send { flags = "S", seq = 0, options = conversation.offer() }
  return it, reply.wait(subject, it.talk)
end

local function play(subject, way)
  local it, crossing = cross(subject)
  local words
  for i = 2, #way do
    it.talk:send(way[i])
    words = reply.wait(subject, it.talk)
  end
  return ("%s; %s"):format(words, it.conn.state), crossing
end

return {
  name = "simultaneous_open",
  en = "What answers a SYN that crosses ours, and what the SYN-ACK, ACK, SYN, text, FIN, RST, ACK of something unsent that follow, and " ..
    "what state follows?",
  zh = "与我方交错的 SYN 得到什么作答，随后的 SYN-ACK、ACK、SYN、数据、FIN、RST、ACK 未发送内容又得到什么作答，随后是什么状态？",
  rfc = "RFC 9293 3.5, 3.10.7.4",
  values = names,
  ask = function(subject)
    local answers = {}
    for _, way in ipairs(WAYS) do answers[way[1]], answers.crossing = play(subject, way) end
    return answers
  end,
}
