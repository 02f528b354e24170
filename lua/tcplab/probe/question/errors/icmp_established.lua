-- SPDX-License-Identifier: MIT
-- Text that nobody acknowledges is what the errors quote.
local reply = require "tcplab.probe.reply"
local errors = require "tcplab.probe.errors"
local state = require "tcplab.probe.state"

return {
  name = "icmp_established",
  en = "What state has an established connection after an ICMP error that quotes text in flight, what leaves at once, and can the program send on?",
  zh = "引用在途数据的 ICMP 差错之后，已建立的连接处于什么状态，立即发出什么，程序能否继续发送？",
  rfc = "RFC 1122 4.2.3.9, RFC 5927",
  values = errors.names,
  ask = function(subject)
    local door, all, answers = state.door(subject), {}, {}
    for i, row in ipairs(errors.list) do
      local it = state.reach(subject, door, "ESTABLISHED")
      it.conn:send "hello"
      it.talk:expect("DATA", 2)
      it.talk:send { kind = "ICMP", type = row[2], code = row[3] }
      all[i] = it
      it.said = subject:now()
    end
    subject:wait(reply.PATIENCE)
    for i, row in ipairs(errors.list) do
      local words = reply.heard(all[i].talk, all[i].said + reply.PATIENCE)
      local _, _, _, code = all[i].conn:send "more"
      answers[row[1]] = ("%s; %s; %s"):format(words, all[i].conn.state, code or "sent")
    end
    return answers
  end,
}
