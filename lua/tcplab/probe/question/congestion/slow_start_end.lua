-- SPDX-License-Identifier: MIT
local transfer = require "tcplab.probe.transfer"

local FAR <const>, NEAR <const> = 0.2, 0.02 -- seconds
local GAP <const> = 0.001                   -- seconds from ACK to ACK of a train
local ATTEMPTS <const> = 12                 -- a clock may be too rough for a train

-- After some flights at the usual delay one whose ACKs are later.
local function late(subject, port, rtt, rise, flights)
  local it <close> = transfer.new(subject, { rtt = rtt, port = port })
  it:windows(flights)
  it:round(1, rise)
  local _, ssthresh = it:window()
  return ssthresh
end

-- ACKs one after the other behind a first flight.
local function train(subject, port)
  local it <close> = transfer.new(subject, { rtt = NEAR, port = port })
  it:round()
  local flight, began = it:flight(), nil
  it:wait(flight[1])
  for i, segment in ipairs(flight) do
    began = began or subject:now()
    it:acknowledge(segment)
    subject:wait(math.max(0, began + i * GAP - subject:now()))
    local _, ssthresh = it:window()
    if ssthresh ~= "none" then return i end
  end
end

return {
  name = "slow_start_end",
  en = "At which window does slow start end without a loss, by ACKs that are late, and by which ACK of a train 1 ms apart?",
  zh = "没有丢包时，慢启动因 ACK 晚到在多大窗口结束，又由间隔 1 毫秒的一列 ACK 中的第几个结束？",
  rfc = "RFC 9406 4.2",
  values = { "late_far", "late_near", "late_early", "train" },
  ask = function(subject)
    local answers = {
      late_far = { late(subject, 80, FAR, 0.002, 2), late(subject, 81, FAR, 0.03, 2) },
      late_near = late(subject, 82, NEAR, 0.008, 2),
      late_early = { late(subject, 84, FAR, 0.04, 0), late(subject, 85, FAR, 0.04, 1) },
      train = "none",
    }
    for i = 1, ATTEMPTS do
      if answers.train == "none" then answers.train = train(subject, 85 + i) or "none" end
    end
    return answers
  end,
}
