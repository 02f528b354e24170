-- SPDX-License-Identifier: MIT
local SYNS <const> = 4 -- that are waited for

local function flags_of_syns(subject, port, setting)
  subject:set("net.ipv4.tcp_ecn", setting)
  local talk <close> = subject.hand:conversation(subject.address, port, { local_port = 80 })
  local conn = subject:connect(80, { local_port = port })
  local flags = {}
  for i = 1, SYNS do flags[i] = talk:expect("SYN", 20).flags end
  conn:abort()
  return flags
end

-- The SYN-ACK, and once more when nobody has acknowledged it.
local function flags_of_syn_ack(subject, port, setting)
  subject:set("net.ipv4.tcp_ecn", setting)
  subject:listen(port)
  local talk <close> = subject.hand:conversation(subject.address, port)
  talk:send { flags = "SEW", seq = 0, options = { mss = 1460 } }
  return { talk:expect("SYN-ACK", 2).flags, talk:expect("SYN-ACK", 5).flags }
end

return {
  name = "syn_ecn",
  en = "What flags have the first four SYNs that nobody answers, and a SYN-ACK and its repetition to a SYN that asks for ECN, with tcp_ecn 0, 1, 2?",
  zh = "tcp_ecn 为 0、1、2 时，前四个无人应答的 SYN 有什么标志，对请求 ECN 的 SYN 的 SYN-ACK 及其重发有什么标志？",
  rfc = "RFC 3168 6.1.1",
  values = { "syns_off", "syns_on", "syns_passive", "syn_ack_off", "syn_ack_on", "syn_ack_passive" },
  slow = true,
  ask = function(subject)
    return {
      syns_off = flags_of_syns(subject, 30000, 0), syns_on = flags_of_syns(subject, 30001, 1), syns_passive = flags_of_syns(subject, 30002, 2),
      syn_ack_off = flags_of_syn_ack(subject, 80, 0), syn_ack_on = flags_of_syn_ack(subject, 81, 1),
      syn_ack_passive = flags_of_syn_ack(subject, 82, 2),
    }
  end,
}
