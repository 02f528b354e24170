-- SPDX-License-Identifier: MIT
local conversation = require "tcplab.probe.conversation"

return {
  name = "path_mtu_memory",
  en = "After ICMP has said that the path takes 1000 bytes, how large are a later connection's segments, and what MSS does its SYN-ACK announce?",
  zh = "ICMP 告知路径 MTU 为 1000 之后，后来的连接的报文段多大，其 SYN-ACK 通告的 MSS 是多少？",
  rfc = "RFC 1191 6.2",
  values = { "size", "mss" },
  ask = function(subject)
    local listener = subject:listen(80)
    local talk, conn = conversation.accepted(subject, listener)
    conn:send(("x"):rep(4000))
    conversation.heard(talk, 0.02)
    talk:send { kind = "ICMP", type = 3, code = 4, mtu = 1000 }
    local later = subject.hand:conversation(subject.address, 80)
    later:send { flags = "S", seq = 0, options = conversation.offer() }
    local mss = later:expect("SYN-ACK", 1).options.mss
    later:send {}
    assert(listener:accept()):send(("x"):rep(4000))
    return { size = #assert(later:receive("DATA", 1)).payload, mss = mss }
  end,
}
