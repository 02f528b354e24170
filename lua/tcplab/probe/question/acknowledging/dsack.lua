-- SPDX-License-Identifier: MIT
local conversation = require "tcplab.probe.conversation"

local function answer(talk, said)
  talk:send(said)
  local segment = talk:receive(nil, 0.5)
  local first = segment and (segment.relative.sack or {})[1]
  if not segment then return "silence" end
  return conversation.words(segment) .. (first and (" sack %d-%d"):format(first[1], first[2]) or "")
end

return {
  name = "dsack",
  en = "What answers 100 bytes that come again, part of them, they and new ones, old ones with a gap ahead, 0 bytes of old number, and a FIN again?",
  zh = "重复的 100 字节、其中一部分、与新数据一起、前方有缺口时的旧数据、旧序号的空报文段，以及重复的 FIN，各得到什么回答？",
  rfc = "RFC 2883 4",
  values = { "again", "part", "overlapping", "behind_gap", "empty", "fin" },
  ask = function(subject)
    local talk, conn = conversation.established(subject)
    talk:send { payload = ("x"):rep(100) }
    assert(conn:receive(100))
    conversation.heard(talk, 0.1)
    local values = {
      again = answer(talk, { seq = 1, payload = ("x"):rep(100) }),
      part = answer(talk, { seq = 31, payload = ("x"):rep(20) }),
      overlapping = answer(talk, { seq = 51, payload = ("x"):rep(100) }),
    }
    talk:send { seq = 251, payload = ("x"):rep(50) }
    conversation.heard(talk, 0.1)
    values.behind_gap = answer(talk, { seq = 1, payload = ("x"):rep(10) })
    values.empty = answer(talk, { seq = 1 })
    talk:send { seq = 151, payload = ("x"):rep(100) }
    conversation.heard(talk, 0.1)
    talk:send { seq = 301, flags = "F." }
    conversation.heard(talk, 0.1)
    values.fin = answer(talk, { seq = 301, flags = "F." })
    return values
  end,
}
