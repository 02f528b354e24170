-- SPDX-License-Identifier: MIT
local conversation = require "tcplab.probe.conversation"

local function delay(subject, listener, text_before, text_with)
  local talk, conn = conversation.accepted(subject, listener)
  if text_before then
    talk:send { payload = text_before }
    assert(conn:receive(#text_before))
    talk:expect({ flags = "." }, 2)
  end
  return conversation.delay(talk, { flags = "F.", payload = text_with })
end

-- The program has closed its side, and its FIN is acknowledged or not.
local function delay_in_fin_wait(subject, listener, acknowledged)
  local talk, conn = conversation.accepted(subject, listener)
  conn:shutdown "send"
  talk:expect("FIN", 1)
  if acknowledged then talk:send {} end
  return conversation.delay(talk, { flags = "F.", ack = acknowledged and 2 or 1 })
end

return {
  name = "fin_ack",
  en = "How long does the ACK of a FIN wait: on a fresh connection, after 10 bytes, with 10 bytes on the FIN itself, in FIN-WAIT-1 and FIN-WAIT-2?",
  zh = "FIN 的 ACK 等多久：在新连接上、在 10 字节之后、FIN 本身带 10 字节时、在 FIN-WAIT-1 和 FIN-WAIT-2 中？",
  rfc = "RFC 9293 3.10.7.4",
  values = { "fresh", "after_text", "with_text", "fin_wait_1", "fin_wait_2" },
  ask = function(subject)
    local listener, text = subject:listen(80), ("x"):rep(10)
    return {
      fresh = delay(subject, listener), after_text = delay(subject, listener, text), with_text = delay(subject, listener, nil, text),
      fin_wait_1 = delay_in_fin_wait(subject, listener, false), fin_wait_2 = delay_in_fin_wait(subject, listener, true),
    }
  end,
}
