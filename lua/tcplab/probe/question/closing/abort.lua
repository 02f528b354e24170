-- SPDX-License-Identifier: MIT
local conversation = require "tcplab.probe.conversation"

return {
  name = "abort",
  en = "What does the RST look like by which a program aborts, after 10 bytes have come and been acknowledged?",
  zh = "收到并确认 10 字节之后，程序中止连接的 RST 是什么样子？",
  rfc = "RFC 9293 3.10.5",
  values = { "flags", "seq", "ack", "window" },
  ask = function(subject)
    local talk, conn = conversation.established(subject)
    talk:send { payload = ("x"):rep(10) }
    assert(conn:receive(10))
    talk:expect({ flags = "." }, 2)
    conn:abort()
    local reset = talk:expect("RST", 2)
    return { flags = reset.flags, seq = reset.relative.seq, ack = reset.relative.ack, window = reset.window }
  end,
}
