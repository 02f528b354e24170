-- SPDX-License-Identifier: MIT
local reply = require "tcplab.probe.reply"
local state = require "tcplab.probe.state"

return {
  name = "listener_closed",
  en = "What do a connection that waits for accept, one with text, a half-open one and its ACK hear, when the listener closes?",
  zh = "监听者关闭时，等待 accept 的连接、带数据的连接、半开连接及其 ACK 听到什么？",
  rfc = "RFC 9293 3.10.4",
  values = { "waiting", "waiting_window", "with_text", "half_open", "half_open_ack" },
  ask = function(subject)
    local listener = subject:listen(80)
    local half = state.reach(subject, nil, "SYN-RECEIVED").talk
    local waiting, talking = state.reach(subject, nil, "SYN-RECEIVED").talk, state.reach(subject, nil, "SYN-RECEIVED").talk
    waiting:send {}
    talking:send {}
    talking:send { payload = "hello" }
    reply.wait(subject, talking)
    listener:close()
    local words, segments = reply.wait(subject, waiting)
    local answers = { waiting = words, waiting_window = segments[1] and segments[1].window, with_text = reply.heard(talking) }
    answers.half_open = reply.heard(half)
    half:send { seq = 1, ack = 1 }
    answers.half_open_ack = reply.wait(subject, half)
    return answers
  end,
}
