-- SPDX-License-Identifier: MIT
local conversation = require "tcplab.probe.conversation"

local SIZE <const> = 1448

return {
  name = "window_updates",
  en = "After a buffer filled unread, when the program reads it by 1448 bytes: after how many bytes does which window update leave?",
  zh = "接收缓存填满之后，程序每次读 1448 字节：读到多少字节时发出窗口更新，窗口多大？",
  rfc = "RFC 9293 3.8.6.2.2",
  values = { "updates" },
  ask = function(subject)
    local talk, conn = conversation.established(subject)
    conversation.fill(talk, SIZE)
    local updates, size = {}, talk.snd.una - 1
    for read = SIZE, size, SIZE do
      assert(conn:receive(SIZE))
      if talk:receive(nil, 0.005) then updates[#updates + 1] = ("%d:%d"):format(read, talk.snd.wnd) end
    end
    return { updates = updates }
  end,
}
