-- SPDX-License-Identifier: MIT
local conversation = require "tcplab.probe.conversation"

local TURNS <const>, SIZE <const> = 4, 10

-- What comes in all turns, when the program answers so late.
local function turns(talk, conn, late)
  local heard = {}
  for _ = 1, TURNS do
    talk:send { payload = ("x"):rep(SIZE) }
    talk.network:sleep(late)
    assert(conn:receive(SIZE))
    conn:send(("y"):rep(SIZE))
    table.move(conversation.heard(talk, 0.02), 1, 4, #heard + 1, heard)
  end
  return (conversation.told(heard))
end

return {
  name = "dialogue",
  en = "What answers 4 requests, each read and answered after 5 ms, and after 100 ms? And how long do the ACKs of two more wait that get no answer?",
  zh = "4 个请求各在 5 毫秒后、100 毫秒后被读取并回答，对端看到什么？之后两个无回答的请求，其 ACK 等多久？",
  rfc = "RFC 9293 3.8.6.3",
  values = { "soon", "late", "unanswered" },
  ask = function(subject)
    local listener = subject:listen(80)
    local slow, answerer = conversation.accepted(subject, listener)
    local late = turns(slow, answerer, 0.1)
    local talk, conn = conversation.accepted(subject, listener)
    local soon = turns(talk, conn, 0.005)
    local unanswered = { conversation.delay(talk, { payload = "x" }), conversation.delay(talk, { payload = "x" }) }
    return { soon = soon, late = late, unanswered = unanswered }
  end,
}
