-- SPDX-License-Identifier: MIT
local conversation = require "tcplab.probe.conversation"

local ACK_AFTER <const> = 0.001

local function write(conn, sizes)
  for _, size in ipairs(sizes) do conn:send(("x"):rep(size)) end
end

-- What comes at once, and what behind an ACK of that.
local function heard(talk)
  local list = conversation.heard(talk, ACK_AFTER)
  talk:send {}
  table.move(conversation.heard(talk, ACK_AFTER), 1, 100, #list + 1, list)
  return (conversation.told(list))
end

return {
  name = "nagle",
  en = "What leaves of 3 writes of 10 bytes, and of one of 3000 with one of 10 behind it, before and after an ACK; with and without TCP_NODELAY?",
  zh = "三次各写 10 字节，以及写 3000 字节再写 10 字节，在收到 ACK 之前和之后各发出什么；有无 TCP_NODELAY 时又如何？",
  rfc = "RFC 9293 3.7.4",
  values = { "small", "large", "small_nodelay", "large_nodelay" },
  ask = function(subject)
    local listener, values = subject:listen(80), {}
    for _, it in ipairs { { "", false }, { "_nodelay", true } } do
      for name, sizes in pairs { small = { 10, 10, 10 }, large = { 3000, 10 } } do -- each on a connection of its own: order does not show
        local talk, conn = conversation.accepted(subject, listener)
        conn:setoption("TCP_NODELAY", it[2])
        write(conn, sizes)
        values[name .. it[1]] = heard(talk)
      end
    end
    return values
  end,
}
