-- SPDX-License-Identifier: MIT
local conversation = require "tcplab.probe.conversation"
local state = require "tcplab.probe.state"

local PATIENCE <const> = 1.5 -- longer than the first timeout of a SYN

local ANSWERS <const> = {
  { "rst", { flags = "R.", seq = 0, ack = 100 } }, { "ack", { seq = 0, ack = 100 } }, { "syn_ack", { flags = "S.", seq = 0, ack = 100 } },
  { "ack_low", { seq = 0, ack = 0 } }, { "wrong_echo", { flags = "S.", seq = 0, ack = 1, options = { timestamps = { value = 1, echo = 1 } } } },
  { "text", { flags = "P", seq = 0, payload = "hello" } },
}

local names = {}
for i, row in ipairs(ANSWERS) do names[i] = row[1] end

return {
  name = "syn_hurried",
  en = "When does the SYN leave again after a RST, an ACK, a SYN-ACK of a wrong number, a wrong echo, text without ACK?",
  zh = "序号错误的 RST、ACK、SYN-ACK、错误的回显、没有 ACK 的数据之后，SYN 何时重发？",
  rfc = "RFC 9293 3.10.7.3",
  values = names,
  ask = function(subject)
    local all, answers = {}, {}
    for i, row in ipairs(ANSWERS) do
      all[i] = state.reach(subject, nil, "SYN-SENT")
      all[i].talk:send(row[2])
      all[i].said = subject:now()
    end
    subject:wait(PATIENCE)
    for i, row in ipairs(ANSWERS) do
      local times = {}
      for segment in function() return all[i].talk:receive("SYN", 0) end do times[#times + 1] = conversation.rounded(segment.time - all[i].said) end
      answers[row[1]] = times
    end
    return answers
  end,
}
