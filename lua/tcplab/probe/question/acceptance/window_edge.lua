-- SPDX-License-Identifier: MIT
-- The window is that of five bytes which the program has sent.
local reply = require "tcplab.probe.reply"
local state = require "tcplab.probe.state"

-- How far from the first number that is outside of the window.
local PLACES <const> = { { "last", -1 }, { "edge", 0 }, { "behind", 1 } }
local KINDS <const> = {
  { "ack", {} }, { "text", { payload = "x" } }, { "fin", { flags = "F." } }, { "rst", { flags = "R" } },
  { "text_across", { payload = ("x"):rep(100) } },
}

local names = {}
for _, kind in ipairs(KINDS) do
  for _, place in ipairs(PLACES) do names[#names + 1] = kind[1] .. "_" .. place[1] end
end

local function say(subject, door, kind, place)
  local it = state.reach(subject, door, "ESTABLISHED")
  it.conn:send "hello"
  it.talk:expect("DATA", 2)
  it.edge = 1 + it.talk.snd.wnd
  local fields = { seq = it.edge + place[2] }
  for name, value in pairs(kind[2]) do fields[name] = value end -- each to its own name: order does not show
  it.talk:send(fields)
  it.said = subject:now()
  return it
end

-- Whether the ACK counted shows in what is unacknowledged; numbers at the edge are told from there.
local function outcome(it)
  local words = reply.heard(it.talk, it.said + reply.PATIENCE):gsub("%d+", function(number)
    local away = tonumber(number) - it.edge
    return math.abs(away) <= 100 and ("edge%+d"):format(away) or nil
  end)
  return ("%s; %s; %d in flight"):format(words, it.conn.state, it.conn:status().flight)
end

return {
  name = "window_edge",
  en = "What answers an ACK, a byte, a FIN, a RST, 100 bytes at the last number of the window, at its edge, right behind it, what state " ..
    "follows, and does the ACK count?",
  zh = "在窗口的最后一个序号、其边缘、紧随其后的 ACK、一字节、FIN、RST、100 字节得到什么作答，随后是什么状态，其 ACK 是否算数？",
  rfc = "RFC 9293 3.4",
  values = names,
  ask = function(subject)
    local door, all, answers = state.door(subject), {}, {}
    for _, kind in ipairs(KINDS) do
      for _, place in ipairs(PLACES) do all[#all + 1] = { kind[1] .. "_" .. place[1], say(subject, door, kind, place) } end
    end
    subject:wait(reply.PATIENCE)
    for _, each in ipairs(all) do answers[each[1]] = outcome(each[2]) end
    return answers
  end,
}
