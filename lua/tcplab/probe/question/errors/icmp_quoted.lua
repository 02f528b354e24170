-- SPDX-License-Identifier: MIT
-- A port unreachable that quotes different numbers ends a connect or not.
local state = require "tcplab.probe.state"

local NUMBERS <const> = { { "before", -1 }, { "syn", 0 }, { "next", 1 }, { "behind", 2 }, { "far", 100000 } }

local names = {}
for i, row in ipairs(NUMBERS) do names[i] = row[1] end

return {
  name = "icmp_quoted",
  en = "Does a port unreachable end connect that quotes the number before the SYN's, the SYN's, SND.NXT, one behind, one far off?",
  zh = "引用 SYN 之前的序号、SYN 的序号、SND.NXT、其后一个、很远的序号的端口不可达会结束 connect 吗？",
  rfc = "RFC 5927 4.1",
  values = names,
  ask = function(subject)
    local answers = {}
    for _, row in ipairs(NUMBERS) do
      local it = state.reach(subject, nil, "SYN-SENT")
      it.talk:send { kind = "ICMP", type = 3, code = 3, quoted = { seq = row[2] } }
      answers[row[1]] = subject:outcome(it.conn, 0.2) or "goes on"
    end
    return answers
  end,
}
