-- SPDX-License-Identifier: MIT
local reply = require "tcplab.probe.reply"
local conversation = require "tcplab.probe.conversation"

local TRIES <const> = 5 -- handshakes beyond the backlog, one after the other

local BACKLOGS <const> = { 0, 1, 2, 5 }

local names = {}
for i, backlog in ipairs(BACKLOGS) do names[i] = ("listen_%d"):format(backlog) end
names[#names + 1] = "next_syn"

local function fill(subject, port, backlog)
  local listener, words = subject:listen(port, { backlog = backlog }), nil
  for _ = 1, backlog + TRIES do
    local talk = subject.hand:conversation(subject.address, port)
    talk:send { flags = "S", seq = 0, options = conversation.offer() }
    words = reply.wait(subject, talk)
    if words == "S. 0 ack 1" then talk:send {} end
  end
  subject:wait(reply.PATIENCE)
  return listener:status().waiting, words
end

return {
  name = "backlog",
  en = "How many connections wait for accept at listen(0), (1), (2), (5), when the program accepts none, and what answers a SYN then?",
  zh = "程序从不 accept 时，listen(0)、(1)、(2)、(5) 各有多少连接在等待，此后的 SYN 得到什么作答？",
  rfc = "RFC 9293 3.10.7.2",
  values = names,
  ask = function(subject)
    local answers = {}
    for i, backlog in ipairs(BACKLOGS) do answers[names[i]], answers.next_syn = fill(subject, 80 + i, backlog) end
    return answers
  end,
}
