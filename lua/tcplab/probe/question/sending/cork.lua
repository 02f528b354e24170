-- SPDX-License-Identifier: MIT
local conversation = require "tcplab.probe.conversation"

return {
  name = "cork",
  en = "With TCP_CORK, what leaves, and when, of 100 bytes, and of 2000; and of 100 when it is taken away, and when the program closes?",
  zh = "设置 TCP_CORK 后，100 字节和 2000 字节何时发出什么；取消它时，以及程序关闭时，100 字节又如何？",
  rfc = "RFC 9293 3.8.6.2.1",
  values = { "small", "small_times", "large", "large_times", "taken_away", "closed" },
  ask = function(subject)
    local listener, values = subject:listen(80, { TCP_CORK = true }), {}
    local function corked(size)
      local talk, conn = conversation.accepted(subject, listener)
      local began = subject:now()
      conn:send(("x"):rep(size))
      return talk, began, conn
    end
    local talk, began = corked(100)
    values.small, values.small_times = conversation.told(conversation.heard(talk, 0.9), began)
    talk, began = corked(2000)
    local heard = { talk:receive(nil, 0.1) }
    talk:send {}
    table.move(conversation.heard(talk, 0.9), 1, 9, 2, heard)
    values.large, values.large_times = conversation.told(heard, began)
    local _, conn
    talk, _, conn = corked(100)
    conn:setoption("TCP_CORK", false)
    values.taken_away = conversation.told(conversation.heard(talk, 0.02))
    talk, _, conn = corked(100)
    conn:close()
    values.closed = conversation.told(conversation.heard(talk, 0.02))
    return values
  end,
}
