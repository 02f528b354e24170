-- SPDX-License-Identifier: MIT
-- At listen(1) two connections may wait: the ACK of a third, whose SYN came before they did, finds no room.
local reply = require "tcplab.probe.reply"
local conversation = require "tcplab.probe.conversation"
local flood = require "tcplab.probe.flood"

local PATIENCE <const> = 8 -- seconds: three repetitions of a SYN-ACK

local function acknowledge(talk)
  if talk:receive("SYN-ACK", 2) then talk:send {} end
end

local function crowd(subject, port, abort)
  subject:set("net.ipv4.tcp_abort_on_overflow", abort)
  subject:listen(port, { backlog = 1 })
  local first, second = table.unpack(flood.begin(subject, port, 2))
  acknowledge(first)
  local third = flood.begin(subject, port, 1)[1]
  acknowledge(second)
  acknowledge(third)
  return third
end

local function times_of(subject, talk)
  local began, times = subject:now(), {}
  subject:wait(PATIENCE)
  for segment in function() return talk:receive("SYN-ACK", 0) end do times[#times + 1] = conversation.rounded(segment.time - began) end
  return times
end

return {
  name = "queue_full",
  en = "When does the SYN-ACK leave again whose ACK met a full accept queue, what answers text then, what a further SYN, and what the " ..
    "ACK with tcp_abort_on_overflow?",
  zh = "ACK 遇到满的 accept 队列后，SYN-ACK 何时重发，此时数据得到什么作答，再来的 SYN 呢，设置 tcp_abort_on_overflow 时 ACK 呢？",
  rfc = "RFC 9293 3.10.7.4",
  values = { "times", "text", "next_syn", "abort" },
  ask = function(subject)
    local answers = {}
    local aborted = crowd(subject, 80, 1)
    answers.abort = reply.wait(subject, aborted)
    local talk = crowd(subject, 81, 0)
    talk:send { payload = "hello" }
    answers.text = reply.wait(subject, talk)
    answers.next_syn = reply.wait(subject, flood.begin(subject, 81, 1)[1])
    answers.times = times_of(subject, talk)
    return answers
  end,
}
