-- SPDX-License-Identifier: MIT
-- Each kind of segment comes to a connection of its own: five times at once, and once more when the longest interval known is over.
local reply = require "tcplab.probe.reply"
local state = require "tcplab.probe.state"

local AT_ONCE <const>, INTERVAL <const> = 5, 0.6

-- Its name, the segment, how far it stands ahead of the next number, and its ACK beyond what has come.
local KINDS <const> = {
  { "rst_in_window", { flags = "R" }, 100 }, { "rst_outside", { flags = "R" }, 2000000 }, { "syn_exact", { flags = "S" }, 0 },
  { "syn_in_window", { flags = "S" }, 100 }, { "syn_outside", { flags = "S" }, 2000000 }, { "syn_ack", { flags = "S." }, 0 },
  { "ack_unsent", {}, 0, 1 }, { "ack_too_old", {}, 0, -200000 }, { "ack_before", {}, -1 }, { "ack_outside", {}, 2000000 },
  { "text_outside", { payload = "hello" }, 2000000 }, { "text_before", { payload = "x" }, -10 },
  { "text_unsent", { payload = "hello" }, 0, 1 }, { "text_too_old", { payload = "hello" }, 0, -200000 }, { "fin_outside", { flags = "F." }, 2000000 },
}

local names = {}
for i, kind in ipairs(KINDS) do names[i] = kind[1] end

local function say(it, kind)
  local fields = { seq = it.talk.snd.nxt + kind[3], ack = kind[4] and it.talk.rcv.nxt + kind[4] }
  for name, value in pairs(kind[2]) do fields[name] = value end -- each to its own name: order does not show
  it.talk:send(fields)
end

local function count(it)
  local _, segments = reply.heard(it.talk)
  return #segments
end

return {
  name = "challenge_limit",
  en = "How many answers do five segments of a kind draw that come at once, and how many one more after 0.6 s?",
  zh = "同时到来的五个同类报文段得到几个作答，0.6 秒后再来一个得到几个？",
  rfc = "RFC 5961 7",
  values = names,
  ask = function(subject)
    local door, all, answers = state.door(subject), {}, {}
    for i, kind in ipairs(KINDS) do
      all[i] = state.reach(subject, door, "ESTABLISHED")
      for _ = 1, AT_ONCE do say(all[i], kind) end
    end
    subject:wait(INTERVAL)
    for i, kind in ipairs(KINDS) do
      answers[kind[1]] = { count(all[i]) }
      say(all[i], kind)
    end
    subject:wait(reply.PATIENCE)
    for i, kind in ipairs(KINDS) do table.insert(answers[kind[1]], count(all[i])) end
    return answers
  end,
}
