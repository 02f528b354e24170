-- SPDX-License-Identifier: MIT
local conversation = require "tcplab.probe.conversation"

-- Words and urgent pointer, counted from the initial number: where the text behind the urgent octet begins.
local function pointed(segments)
  local list = {}
  for i, segment in ipairs(segments) do
    local urgent = segment.flags:find("U", 1, true) and segment.relative.seq + segment.urgent
    list[i] = conversation.words(segment) .. (urgent and " urgent " .. urgent or "")
  end
  return list
end

return {
  name = "urgent",
  en = "What leaves, with which urgent pointer, of 3 urgent bytes; of 10 and 3 urgent ones behind them, around an ACK; and of 3000 urgent ones?",
  zh = "3 个紧急字节、10 字节后跟 3 个紧急字节（ACK 前后）、3000 个紧急字节，各发出什么，紧急指针是多少？",
  rfc = "RFC 9293 3.8.5, RFC 6093",
  values = { "alone", "behind", "large" },
  ask = function(subject)
    local listener = subject:listen(80)
    local talk, conn = conversation.accepted(subject, listener)
    conn:send_urgent "abc"
    local alone = pointed(conversation.heard(talk, 0.001))
    talk, conn = conversation.accepted(subject, listener)
    conn:send(("x"):rep(10))
    conn:send_urgent "abc"
    local list = conversation.heard(talk, 0.001)
    talk:send {}
    table.move(conversation.heard(talk, 0.001), 1, 9, #list + 1, list)
    local behind = pointed(list)
    talk, conn = conversation.accepted(subject, listener)
    conn:send_urgent(("x"):rep(3000))
    return { alone = alone, behind = behind, large = pointed(conversation.heard(talk, 0.001)) }
  end,
}
