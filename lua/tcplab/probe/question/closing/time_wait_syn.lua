-- SPDX-License-Identifier: MIT
-- The answer to a SYN that begins a new connection counts from what the old one would have sent next.
local reply = require "tcplab.probe.reply"
local conversation = require "tcplab.probe.conversation"
local state = require "tcplab.probe.state"

local MASK <const> = 0xffffffff

-- Each: its name, how far its number is ahead of RCV.NXT and its timestamp of the last; without: the SYN, or the connection that was, has none.
local CASES <const> = {
  { "above", 1, 10 }, { "above_same_stamp", 1, 0 }, { "above_old_stamp", 1, -10 }, { "above_no_stamp", 1 },
  { "equal", 0, 10 }, { "equal_same_stamp", 0, 0 }, { "equal_old_stamp", 0, -10 }, { "equal_no_stamp", 0 },
  { "below", -1, 10 }, { "below_same_stamp", -1, 0 }, { "below_old_stamp", -1, -10 }, { "below_no_stamp", -1 }, { "far_below", -100000, 10 },
}
local PLAIN <const> = { { "plain_above", 1 }, { "plain_equal", 0 }, { "plain_below", -1 }, { "plain_below_stamp", -1, 10 } }

local names = {}
for _, list in ipairs { CASES, PLAIN } do
  for _, case in ipairs(list) do names[#names + 1] = case[1] end
end
names[#names + 1] = "number"

local function begin_anew(it, case)
  local options = conversation.offer()
  options.timestamps = case[3] and { value = (it.last or 1000) + case[3], echo = 0 } or false
  it.talk:send { flags = "S", seq = it.talk.snd.nxt + case[2], options = options }
end

-- What came, and whether it opens a new connection; then its number counts from the old connection's next.
local function outcome(it, next_number)
  local words, heard = reply.heard(it.talk)
  local first = heard[1]
  if not first or first.kind ~= "SYN-ACK" then return words end
  return "S.", first.seq - next_number & MASK
end

local function play(subject, door, case, offered)
  local it = state.reach(subject, door, "TIME-WAIT", offered)
  it.next_number = it.talk.rcv.irs + it.talk.rcv.nxt
  begin_anew(it, case)
  return it
end

return {
  name = "time_wait_syn",
  en = "What answers a SYN in TIME-WAIT, with a number above, at, below RCV.NXT and a timestamp newer, equal, older, none, and how far " ..
    "is a new ISN from SND.NXT?",
  zh = "TIME-WAIT 中的 SYN 得到什么作答：序号高于、等于、低于 RCV.NXT，时间戳更新、相同、更旧、没有；新的 ISN 距 SND.NXT 多远？",
  rfc = "RFC 9293 3.10.7.4, RFC 6191 2",
  values = names,
  ask = function(subject)
    local door, all, answers = state.door(subject), {}, {}
    local plain = conversation.offer()
    plain.timestamps = nil
    for _, case in ipairs(CASES) do all[#all + 1] = { case[1], play(subject, door, case) } end
    for _, case in ipairs(PLAIN) do all[#all + 1] = { case[1], play(subject, door, case, plain) } end
    subject:wait(reply.PATIENCE)
    for _, each in ipairs(all) do
      local words, distance = outcome(each[2], each[2].next_number)
      answers[each[1]], answers.number = words, answers.number or distance
    end
    return answers
  end,
}
