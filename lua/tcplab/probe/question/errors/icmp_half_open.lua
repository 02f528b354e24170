-- SPDX-License-Identifier: MIT
local reply = require "tcplab.probe.reply"
local errors = require "tcplab.probe.errors"
local state = require "tcplab.probe.state"

return {
  name = "icmp_half_open",
  en = "What state has a half-open connection after an ICMP error that quotes its SYN-ACK?",
  zh = "引用其 SYN-ACK 的 ICMP 差错之后，半开连接处于什么状态？",
  rfc = "RFC 1122 4.2.3.9, RFC 5927",
  values = errors.names,
  ask = function(subject)
    local door, all, answers = state.door(subject), {}, {}
    for i, row in ipairs(errors.list) do
      all[i] = state.reach(subject, door, "SYN-RECEIVED")
      all[i].talk:send { kind = "ICMP", type = row[2], code = row[3] }
    end
    subject:wait(reply.PATIENCE)
    for i, row in ipairs(errors.list) do answers[row[1]] = state.now(all[i]) end
    return answers
  end,
}
