-- SPDX-License-Identifier: MIT
local conversation = require "tcplab.probe.conversation"

local SEGMENTS <const>, SIZE <const> = 24, 1448

local function asked(subject, listener, flags)
  local talk, conn = conversation.accepted(subject, listener)
  local delays, windows = {}, {}
  for i = 1, SEGMENTS do
    local sent = subject:now()
    talk:send { flags = flags, payload = ("x"):rep(SIZE) }
    assert(conn:receive(SIZE))
    delays[i] = conversation.rounded(talk:expect({ flags = "." }, 2).time - sent)
    windows[i] = talk.snd.wnd
  end
  return delays, windows
end

return {
  name = "full_segment_ack",
  en = "How long does each ACK wait, and what window does it show, when 24 full segments come one by one and are read; and where they have PSH?",
  zh = "24 个满长报文段逐个到来并被读走时，各个 ACK 等多久，通告的窗口多大；带 PSH 时又如何？",
  rfc = "RFC 9293 3.8.6.3, RFC 5681 4.2",
  values = { "delays", "windows", "pushed" },
  ask = function(subject)
    local listener = subject:listen(80)
    local delays, windows = asked(subject, listener, ".")
    return { delays = delays, windows = windows, pushed = asked(subject, listener, "P.") }
  end,
}
