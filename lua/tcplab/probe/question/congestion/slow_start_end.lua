-- SPDX-License-Identifier: MIT
local conversation = require "tcplab.probe.conversation"
local transfer = require "tcplab.probe.transfer"

local FAR <const>, NEAR <const> = 0.2, 0.02 -- seconds
local GAP <const> = 0.001                   -- seconds from ACK to ACK of a train

-- After some flights at the usual delay one whose ACKs are later.
local function late(subject, port, rtt, rise, flights)
  local it <close> = transfer.new(subject, { rtt = rtt, port = port })
  it:windows(flights)
  it:round(1, rise)
  local _, ssthresh = it:window()
  return ssthresh
end

-- ACKs one after the other, until slow start is over.
local function train(subject, port)
  local it <close> = transfer.new(subject, { rtt = FAR / 2, port = port })
  for _ = 1, 8 do
    local flight, began = it:flight(), nil
    it:wait(flight[1])
    for i, segment in ipairs(flight) do
      began = began or subject:now()
      it:acknowledge(segment)
      subject:wait(math.max(0, began + i * GAP - subject:now()))
      local _, ssthresh = it:window()
      if ssthresh ~= "none" then return conversation.rounded((i - 1) * GAP) end
    end
  end
end

return {
  name = "slow_start_end",
  en = "At which window does slow start end without a loss, when the ACKs of a flight are 8 or 24 ms late at a round-trip time of 0.2 s, 2 or 8 ms at one of 0.02 s, and the first or the second flight's; and how far into a train of ACKs, 1 ms apart at 0.1 s?",
  zh = "没有丢包时，慢启动在多大窗口结束：往返 0.2 秒时一批 ACK 晚 8 或 24 毫秒，往返 0.02 秒时晚 2 或 8 毫秒，以及第一或第二批晚到；往返 0.1 秒时，间隔 1 毫秒的 ACK 列车走多远时结束？",
  rfc = "RFC 9406 4.2",
  values = { "late_far", "late_near", "late_early", "train" },
  ask = function(subject)
    return {
      late_far = { late(subject, 80, FAR, 0.008, 3), late(subject, 81, FAR, 0.024, 3) },
      late_near = { late(subject, 82, NEAR, 0.002, 3), late(subject, 83, NEAR, 0.008, 3) },
      late_early = { late(subject, 84, FAR, 0.04, 0), late(subject, 85, FAR, 0.04, 1) },
      train = train(subject, 86),
    }
  end,
}
