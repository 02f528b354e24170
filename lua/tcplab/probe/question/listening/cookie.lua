-- SPDX-License-Identifier: MIT
-- Every SYN is answered by a cookie; what it remembers shows in the first segment of a long text.
local conversation = require "tcplab.probe.conversation"

local OFFERED <const> = { 100, 536, 1000, 1300, 1301, 1439, 1440, 1460, 8960 }

local function first_size(subject, listener, options)
  local talk <close> = assert(subject.hand:connect(subject.address, 80, { options = options, window = 65535 }))
  local conn = assert(listener:accept())
  conn:send(("x"):rep(3000))
  local size = #talk:expect("DATA", 2).payload
  conn:abort()
  return size
end

local function syn_ack(subject, flags, options)
  local talk <close> = subject.hand:conversation(subject.address, 80)
  talk:send { flags = flags, seq = 0, options = options }
  return conversation.offer_words(talk:expect("SYN-ACK", 2))
end

return {
  name = "cookie",
  en = "What does a SYN cookie remember: how large is a segment after an MSS of 100, 536, 1000, 1300, 1301, 1439, 1440, 1460, 8960, and " ..
    "none; and what does its SYN-ACK offer, with timestamps, without, with ECN?",
  zh = "SYN cookie 记住了什么：MSS 为 100、536、1000、1300、1301、1439、1440、1460、8960 以及没有 MSS 之后报文段多大；有时间戳、没有、请求 ECN 时它的 SYN-ACK 提供什么？",
  rfc = "RFC 4987 3.6",
  values = { "sizes", "unsaid", "stamped", "plain", "ecn", "ecn_plain" },
  ask = function(subject)
    subject:set("net.ipv4.tcp_syncookies", 2)
    local listener, sizes = subject:listen(80), {}
    for i, mss in ipairs(OFFERED) do sizes[i] = first_size(subject, listener, { mss = mss }) end
    local plain = { mss = 1460, sack_permitted = true, window_scale = 7 }
    return {
      sizes = sizes, unsaid = first_size(subject, listener, { sack_permitted = true }), stamped = syn_ack(subject, "S", conversation.offer()),
      plain = syn_ack(subject, "S", plain), ecn = syn_ack(subject, "SEW", conversation.offer()), ecn_plain = syn_ack(subject, "SEW", plain),
    }
  end,
}
