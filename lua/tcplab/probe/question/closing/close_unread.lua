-- SPDX-License-Identifier: MIT
local reply = require "tcplab.probe.reply"
local state = require "tcplab.probe.state"

-- How the program ends a connection to which five bytes have come: whether it has read them first, and what it does then.
local WAYS <const> = {
  { "unread_close", false, function(conn) conn:close() end },
  { "read_close", true, function(conn) conn:close() end },
  { "linger_0", true, function(conn)
    conn:setoption("SO_LINGER", { on = true, timeout = 0 })
    conn:close()
  end },
  { "unread_shutdown", false, function(conn) conn:shutdown "send" end },
  { "unread_shutdown_both", false, function(conn) conn:shutdown "both" end },
}

local names = {}
for _, way in ipairs(WAYS) do names[#names + 1], names[#names + 2] = way[1], way[1] .. "_window" end

local function play(subject, door, way)
  local it = state.reach(subject, door, "ESTABLISHED")
  it.talk:send { payload = "hello" }
  it.talk:expect({ flags = "." }, 2)
  if way[2] then it.conn:receive(5) end
  way[3](it.conn)
  local words, segments = reply.wait(subject, it.talk)
  local last = segments[#segments]
  return words, last and last.window
end

return {
  name = "close_unread",
  en = "How does a connection end to which five bytes came: closed, read and closed, with a linger of 0, shut down, both ways; and what " ..
    "window is told?",
  zh = "收到五字节的连接如何结束：直接关闭、读后关闭、linger 为 0、关闭一半、双向关闭；通告的窗口是多少？",
  rfc = "RFC 9293 3.10.4, RFC 2525 2.17",
  values = names,
  ask = function(subject)
    local door, answers = state.door(subject), {}
    for _, way in ipairs(WAYS) do answers[way[1]], answers[way[1] .. "_window"] = play(subject, door, way) end
    return answers
  end,
}
