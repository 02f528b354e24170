-- SPDX-License-Identifier: MIT
local conversation = require "tcplab.probe.conversation"

local SEGMENTS <const>, SIZE <const>, TIMES <const> = 20, 1448, 3

local function say(talk) talk:send { flags = ".", payload = ("x"):rep(SIZE) } end

return {
  name = "burst_acks",
  en = "How many ACKs answer each burst of 20 full segments that nobody reads; and 2 that are read, behind 22 that were?",
  zh = "无人读取时，每批 20 个满长报文段得到多少个 ACK？逐个读走 22 个之后，再读走 2 个得到多少个？",
  rfc = "RFC 9293 3.8.6.3, RFC 5681 4.2",
  values = { "unread", "read" },
  ask = function(subject)
    local listener = subject:listen(80)
    local unread = {}
    local talk = conversation.accepted(subject, listener)
    for i = 1, TIMES do
      for _ = 1, SEGMENTS do say(talk) end
      unread[i] = #conversation.heard(talk, 0.1)
    end
    local reader, conn = conversation.accepted(subject, listener)
    local function say_and_read(times)
      for _ = 1, times do
        say(reader)
        assert(conn:receive(SIZE))
      end
      return #conversation.heard(reader, 0.06)
    end
    say_and_read(22)
    return { unread = unread, read = say_and_read(2) }
  end,
}
