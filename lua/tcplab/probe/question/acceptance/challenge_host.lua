-- SPDX-License-Identifier: MIT
local reply = require "tcplab.probe.reply"
local state = require "tcplab.probe.state"

local CONNECTIONS <const> = 1800

return {
  name = "challenge_host",
  en = "How many challenge ACKs do 1800 connections send at once, each for a RST that is in its window and not exact?",
  zh = "1800 个连接各收到一个在窗口内但不精确的 RST，一次总共发出多少个质询 ACK？",
  rfc = "RFC 5961 7",
  values = { "answered" },
  ask = function(subject)
    local door, all, answered = state.door(subject), {}, 0
    for i = 1, CONNECTIONS do all[i] = state.reach(subject, door, "ESTABLISHED") end
    for _, it in ipairs(all) do it.talk:send { flags = "R", seq = 101 } end
    subject:wait(reply.PATIENCE)
    for _, it in ipairs(all) do
      if reply.heard(it.talk) ~= "silence" then answered = answered + 1 end
    end
    return { answered = answered }
  end,
}
