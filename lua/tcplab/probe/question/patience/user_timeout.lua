-- SPDX-License-Identifier: MIT
local conversation = require "tcplab.probe.conversation"

local KEEPALIVE <const> = { TCP_USER_TIMEOUT = 3500, SO_KEEPALIVE = true, TCP_KEEPIDLE = 1, TCP_KEEPINTVL = 1, TCP_KEEPCNT = 20 }

-- Says when a connection ends, by which code, and what it last sends.
local function ending(subject, port, options, prepare)
  local talk, conn = conversation.accepted(subject, subject:listen(port, options))
  prepare(talk, conn)
  local ends, code = conversation.ended(subject, conn, 30)
  local words = conversation.told(conversation.heard(talk, 0.05))
  return { ends or "goes on", code or "none", words[#words] }
end

local function send_text(_, conn) conn:send "x" end

local function send_into_nothing(talk, conn)
  talk:send { window = 0 }
  talk.network:sleep(0.1)
  conn:send "x"
end

return {
  name = "user_timeout",
  en = "With TCP_USER_TIMEOUT of 1 s, 5 s, 5 s at a closed window, 3.5 s with keep-alive 1/1/20: when does it end, how, with what last word?",
  zh = "TCP_USER_TIMEOUT 为 1 秒、5 秒、5 秒且对端窗口为零、3.5 秒且有 1/1/20 的保活探测时，连接何时、如何结束，最后发出什么？",
  rfc = "RFC 9293 3.9.1.1, RFC 5482",
  values = { "short", "long", "zero_window", "keep_alive" },
  ask = function(subject)
    return {
      short = ending(subject, 80, { TCP_USER_TIMEOUT = 1000 }, send_text),
      long = ending(subject, 81, { TCP_USER_TIMEOUT = 5000 }, send_text),
      zero_window = ending(subject, 82, { TCP_USER_TIMEOUT = 5000 }, send_into_nothing),
      keep_alive = ending(subject, 83, KEEPALIVE, function() end),
    }
  end,
}
