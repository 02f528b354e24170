-- SPDX-License-Identifier: MIT
local lifetime = require "tcplab.probe.lifetime"
local state = require "tcplab.probe.state"

local LATER <const>, PATIENCE <const> = 20, 120

local CASES <const> = {
  { "nothing" }, { "ack", {} }, { "old_ack", { ack = 1 } }, { "ack_ahead", { seq = 100 } }, { "fin", { flags = "F.", seq = 1 } },
  { "text", { payload = "hello" } },
  { "old_text", { payload = "h", seq = 1 } }, { "rst_in_window", { flags = "R", seq = 100 } }, { "syn_ack", { flags = "S.", seq = 2 } },
  { "old_syn", { flags = "S", seq = 1 }, behind = 10 }, { "no_flags", { flags = "" } },
}

local function say(it, case)
  local fields = { options = case.behind and { timestamps = { value = it.stamp - case.behind } } }
  for name, value in pairs(case[2]) do fields[name] = value end -- each to its own name: order does not show
  it.talk:send(fields)
end

local names = {}
for i, case in ipairs(CASES) do names[i] = case[1] end

return {
  name = "time_wait_again",
  en = "How long does TIME-WAIT last, where after 20 s nothing comes, an ACK, an old one, one ahead, the FIN, text, old text, a RST in " ..
    "the window, a SYN-ACK, an old SYN, no flags?",
  zh = "20 秒后没有到来任何东西、到来 ACK、旧 ACK、靠前的 ACK、FIN、数据、旧数据、窗口内的 RST、SYN-ACK、旧 SYN、无标志时，TIME-WAIT 持续多久？",
  rfc = "RFC 9293 3.10.7.4",
  values = names,
  slow = true,
  ask = function(subject)
    local door, all, answers = state.door(subject), {}, {}
    for i in ipairs(CASES) do
      all[i] = state.reach(subject, door, "TIME-WAIT")
      all[i].began = subject:now()
    end
    subject:wait(LATER)
    for i, case in ipairs(CASES) do
      if case[2] then say(all[i], case) end
    end
    for i, span in ipairs(lifetime.watch(subject, all, PATIENCE)) do answers[CASES[i][1]] = span end
    return answers
  end,
}
