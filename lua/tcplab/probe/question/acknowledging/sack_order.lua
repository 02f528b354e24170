-- SPDX-License-Identifier: MIT
local conversation = require "tcplab.probe.conversation"

local SIZE <const>, ISLANDS <const> = 100, { 3, 7, 5, 11, 9, 13 }

-- "301-401 701-801", as the hand's numbers.
local function blocks(segment)
  local words = {}
  for i, block in ipairs(segment.relative.sack or {}) do words[i] = ("%d-%d"):format(block[1], block[2]) end
  return #words > 0 and table.concat(words, " ") or "none"
end

return {
  name = "sack_order",
  en = "Which SACK blocks, in which order, answer each of six islands of 100 bytes, one again, text that joins two, and what closes the first gap?",
  zh = "依次到来六个 100 字节的孤岛、其中一个重复、连接两个孤岛的数据、补上第一个缺口的数据，各得到哪些 SACK 块，顺序如何？",
  rfc = "RFC 2018 4, RFC 2883 4",
  values = { "islands", "again", "joined", "closed" },
  ask = function(subject)
    local talk = conversation.established(subject)
    local function say(number)
      talk:send { seq = 1 + number * SIZE, payload = ("x"):rep(SIZE) }
      return blocks(talk:expect({ flags = "." }, 1))
    end
    local islands = {}
    for i, number in ipairs(ISLANDS) do islands[i] = say(number) end
    return { islands = islands, again = say(7), joined = say(4), closed = { say(0), say(1), say(2) } }
  end,
}
