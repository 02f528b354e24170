-- SPDX-License-Identifier: MIT
local conversation = require "tcplab.probe.conversation"

local SIZE <const> = 1448

return {
  name = "unread",
  en = "What windows are shown while nobody reads full segments that come one by one, and how many bytes are taken in all?",
  zh = "满长报文段逐个到来而无人读取时，通告的窗口如何变化，总共收下多少字节？",
  rfc = "RFC 9293 3.8.6",
  values = { "windows", "bytes" },
  ask = function(subject)
    local talk = conversation.established(subject)
    return { windows = conversation.fill(talk, SIZE), bytes = talk.snd.una - 1 }
  end,
}
