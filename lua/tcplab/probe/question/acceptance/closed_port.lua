-- SPDX-License-Identifier: MIT

local function reset(talk, segment)
  talk:send(segment)
  local answer = talk:expect("RST", 2)
  return { answer.flags, answer.relative.seq, answer.relative.ack or "none" }
end

return {
  name = "closed_port",
  en = "What RST (flags, seq, ack) answers a SYN, and text whose ACK is 500, where nobody listens?",
  zh = "无人监听处，SYN 和 ACK 为 500 的数据得到什么样的 RST（标志、seq、ack）？",
  rfc = "RFC 9293 3.10.7.1",
  values = { "syn", "text" },
  ask = function(subject)
    return {
      syn = reset(subject.hand:conversation(subject.address, 81), { flags = "S", seq = 0 }),
      text = reset(subject.hand:conversation(subject.address, 82), { flags = "P.", ack = 500, payload = "hello" }),
    }
  end,
}
