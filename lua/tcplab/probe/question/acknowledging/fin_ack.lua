-- SPDX-License-Identifier: MIT
local conversation = require "tcplab.probe.conversation"

local function delay(subject, listener, text_before, text_with)
  local talk <close> = assert(subject.hand:connect(subject.address, 80, { options = conversation.offer() }))
  local conn <close> = assert(listener:accept())
  if text_before then
    talk:send { payload = text_before }
    assert(conn:receive(#text_before))
    talk:expect({ flags = "." }, 2)
  end
  local sent = subject:now()
  talk:send { flags = "F.", payload = text_with }
  return conversation.rounded(talk:expect({ flags = "." }, 2).time - sent)
end

return {
  name = "fin_ack",
  en = "How long does the ACK of a FIN wait: on a fresh connection, after 10 bytes, and with 10 bytes on the FIN itself?",
  zh = "FIN 的 ACK 等多久：在新连接上、在 10 字节之后、FIN 本身带 10 字节时？",
  rfc = "RFC 9293 3.10.7.4",
  values = { "fresh", "after_text", "with_text" },
  ask = function(subject)
    local listener, text = subject:listen(80), ("x"):rep(10)
    return {
      fresh = delay(subject, listener), after_text = delay(subject, listener, text), with_text = delay(subject, listener, nil, text),
    }
  end,
}
