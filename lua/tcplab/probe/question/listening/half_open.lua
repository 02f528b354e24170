-- SPDX-License-Identifier: MIT
-- What a listener keeps of a SYN it answers again after a second, what it gave a cookie it does not.
local reply = require "tcplab.probe.reply"
local flood = require "tcplab.probe.flood"

local SYNS <const> = 300
local REPETITION <const> = 1.4 -- seconds, in which each SYN-ACK is sent again once

local function count(subject, port, backlog)
  subject:listen(port, { backlog = backlog })
  local talks = flood.begin(subject, port, SYNS)
  subject:wait(reply.PATIENCE)
  local answered = flood.answered(talks)
  subject:wait(REPETITION)
  return answered, flood.answered(talks)
end

return {
  name = "half_open",
  en = "How many of 300 SYNs are answered, and how many of them does the listener keep, at listen(5) and (128), with SYN cookies and without?",
  zh = "listen(5) 和 (128) 时，300 个 SYN 有多少得到作答，监听者保存其中多少个，使用和不使用 SYN cookie 时各如何？",
  rfc = "RFC 4987 3",
  values = { "answered_5", "kept_5", "answered_128", "kept_128", "answered_5_no_cookies", "kept_5_no_cookies" },
  ask = function(subject)
    local answers = {}
    subject:set("net.ipv4.tcp_syncookies", 1)
    answers.answered_5, answers.kept_5 = count(subject, 80, 5)
    answers.answered_128, answers.kept_128 = count(subject, 81, 128)
    subject:set("net.ipv4.tcp_syncookies", 0)
    answers.answered_5_no_cookies, answers.kept_5_no_cookies = count(subject, 82, 5)
    return answers
  end,
}
