-- SPDX-License-Identifier: MIT
local conversation = require "tcplab.probe.conversation"

local function words(segment)
  local id = segment.ip_id == 0 and "id 0" or "numbered"
  return { segment.df and "DF" or "no DF", id, ("dscp %d"):format(segment.dscp), ("ecn %d"):format(segment.ecn) }
end

return {
  name = "ip_header",
  en = "What stands in the IP header (DF, identification, DSCP, ECN) of a SYN, a SYN-ACK, an ACK, text, a FIN, a RST of an abort and one " ..
    "from a closed port?",
  zh = "SYN、SYN-ACK、ACK、数据、FIN、中止的 RST 和关闭端口的 RST 的 IP 首部里（DF、标识、DSCP、ECN）写着什么？",
  rfc = "RFC 6864 4.1, RFC 9293 3.9.1",
  values = { "syn", "syn_ack", "ack", "text", "fin", "abort", "closed_port" },
  ask = function(subject)
    local answers, hand = {}, subject.hand
    local out = hand:conversation(subject.address, 30000, { local_port = 90 })
    subject:connect(90, { local_port = 30000 })
    answers.syn = words(out:expect("SYN", 2))
    local listener = subject:listen(80)
    local talk = hand:conversation(subject.address, 80)
    talk:send { flags = "S", seq = 0, options = conversation.offer() }
    answers.syn_ack = words(talk:expect("SYN-ACK", 2))
    talk:send {}
    local conn = listener:accept()
    talk:send { payload = "hello" }
    answers.ack = words(talk:expect({ flags = "." }, 2))
    conn:receive(5)
    conn:send "hello"
    answers.text = words(talk:expect("DATA", 2))
    talk:send {}
    conn:shutdown "send"
    answers.fin = words(talk:expect("FIN", 2))
    local other = assert(hand:connect(subject.address, 80, { options = conversation.offer() }))
    listener:accept():abort()
    answers.abort = words(other:expect("RST", 2))
    local stranger = hand:conversation(subject.address, 81)
    stranger:send { flags = "S", seq = 0 }
    answers.closed_port = words(stranger:expect("RST", 2))
    return answers
  end,
}
