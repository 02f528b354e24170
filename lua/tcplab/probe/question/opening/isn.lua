-- SPDX-License-Identifier: MIT
-- One pair of ports opens again and again, reset by the peer each time; its numbers grow with the time between.
local conversation = require "tcplab.probe.conversation"

local APART <const> = 0.5
local MASK <const> = 0xffffffff

local function numbers(subject, local_port)
  local talk <close> = subject.hand:conversation(subject.address, 80, { local_port = local_port })
  talk:send { flags = "S", seq = 0, options = conversation.offer() }
  local answer = talk:expect("SYN-ACK", 2)
  talk:send { flags = "R", seq = 1 }
  return answer.seq, answer.time, answer.options.timestamps and answer.options.timestamps.value
end

-- To a power of two or a decimal step the clock's own: the measurement is coarser than either.
local function step(counts, seconds)
  local nanoseconds = seconds * 1e9 / counts
  for _, known in ipairs { 64, 4000, 1000000 } do
    if math.abs(nanoseconds / known - 1) < 0.2 then return known end
  end
  return "other"
end

return {
  name = "isn",
  en = "How many nanoseconds is a step of the clock in initial sequence numbers, and in timestamps, and do two pairs of ports share their offsets?",
  zh = "初始序号的时钟一步是多少纳秒，时间戳的呢，两对端口的偏移是否相同？",
  rfc = "RFC 6528 3, RFC 7323 5.4",
  values = { "number_step", "stamp_step", "numbers", "stamps" },
  ask = function(subject)
    subject:listen(80)
    local first, began, stamp = numbers(subject, 40000)
    local other, _, other_stamp = numbers(subject, 40001)
    subject:wait(APART)
    local second, ended, later = numbers(subject, 40000)
    return {
      number_step = step(second - first & MASK, ended - began), stamp_step = stamp and step(later - stamp & MASK, ended - began),
      numbers = math.abs(other - first) < 10000000 and "of one clock" or "apart",
      stamps = stamp and (math.abs(other_stamp - stamp) < 1000 and "of one clock" or "apart"),
    }
  end,
}
