-- SPDX-License-Identifier: MIT
-- Every SYN is answered by a cookie, and what follows is not the ACK that was asked for.
local reply = require "tcplab.probe.reply"
local conversation = require "tcplab.probe.conversation"

local WAYS <const> = {
  { "right", {} }, { "text", { payload = "hello" } }, { "fin", { flags = "F." } }, { "one_more", { ack = 2 } }, { "one_less", { ack = 0 } },
  { "other_number", { seq = 2 } },
  { "rst", { flags = "R" } }, { "syn_again", { flags = "S", seq = 0 } }, { "no_stamp", { options = { timestamps = false } } },
  { "text_later", { seq = 6, payload = "hello" } },
}

local names = {}
for i, way in ipairs(WAYS) do names[i] = way[1] end
names[#names + 1] = "twice"

local function begin(subject)
  local talk = subject.hand:conversation(subject.address, 80)
  talk:send { flags = "S", seq = 0, options = conversation.offer() }
  talk:expect("SYN-ACK", 2)
  return talk
end

return {
  name = "cookie_ack",
  en = "What answers the ACK that brings a SYN cookie back: as it should be, with text, FIN, an ACK one more and one less, another " ..
    "number, RST, the SYN again, without timestamp, with later text, and the ACK twice?",
  zh = "带回 SYN cookie 的 ACK 得到什么作答：如其所应、带数据、FIN、ACK 多一和少一、别的序号、RST、SYN 重来、没有时间戳、带更后的数据、ACK 来两次？",
  rfc = "RFC 4987 3.6",
  values = names,
  ask = function(subject)
    subject:set("net.ipv4.tcp_syncookies", 2)
    subject:listen(80)
    local answers, talks = {}, {}
    for i, way in ipairs(WAYS) do
      talks[i] = begin(subject)
      talks[i]:send(way[2])
    end
    local twice = begin(subject)
    for _ = 1, 2 do twice:send {} end
    subject:wait(reply.PATIENCE)
    for i, way in ipairs(WAYS) do answers[way[1]] = reply.heard(talks[i]) end
    answers.twice = reply.heard(twice)
    return answers
  end,
}
