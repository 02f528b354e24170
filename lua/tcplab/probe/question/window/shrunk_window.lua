-- SPDX-License-Identifier: MIT
local conversation = require "tcplab.probe.conversation"

local SIZE <const>, SMALL <const> = 5000, 20 -- of 128 bytes, as the hand's SYN has said

-- How much of a text leaves at once, after the hand has said this.
local function sent_after(subject, listener, said)
  local talk, conn = conversation.accepted(subject, listener)
  talk:send { payload = "x" }
  for _, each in ipairs(said) do
    talk:send(each)
    subject:wait(0.06)
  end
  conversation.heard(talk, 0)
  conn:send(("x"):rep(SIZE))
  conversation.heard(talk, 0.005)
  return talk.rcv.nxt - 1
end

return {
  name = "shrunk_window",
  en = "How much of 5000 bytes leaves, when 8 MB of window shrink to 2560 by new text, by an ACK of the same numbers, by an old one; or to 0?",
  zh = "8 MB 的窗口缩小到 2560 时，5000 字节中发出多少：由新数据告知、由序号相同的 ACK 告知、由旧的 ACK 告知；或由序号相同的 ACK 缩为 0？",
  rfc = "RFC 9293 3.10.7.4",
  values = { "new_text", "same_numbers", "old", "shut" },
  ask = function(subject)
    local listener = subject:listen(80)
    return {
      new_text = sent_after(subject, listener, { { window = SMALL, payload = "x" } }),
      same_numbers = sent_after(subject, listener, { {}, { window = SMALL } }), old = sent_after(subject, listener, { { window = SMALL, seq = 1 } }),
      shut = sent_after(subject, listener, { {}, { window = 0 } }),
    }
  end,
}
