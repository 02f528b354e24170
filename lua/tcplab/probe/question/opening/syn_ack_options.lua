-- SPDX-License-Identifier: MIT
local conversation = require "tcplab.probe.conversation"

-- The SYN's flags, and what it offers.
local OFFERS <const> = {
  { "nothing", "S", {} },
  { "mss", "S", { mss = 1460 } },
  { "timestamps", "S", { mss = 1460, timestamps = true } },
  { "sack", "S", { mss = 1460, sack_permitted = true } },
  { "scaling", "S", { mss = 1460, window_scale = 7 } },
  { "no_timestamps", "S", { mss = 1460, sack_permitted = true, window_scale = 7 } },
  { "no_sack", "S", { mss = 1460, timestamps = true, window_scale = 7 } },
  { "no_scaling", "S", { mss = 1460, sack_permitted = true, timestamps = true } },
  { "small_mss", "S", { mss = 536, sack_permitted = true, timestamps = true, window_scale = 0 } },
  { "ecn", "SEW", { mss = 1460, sack_permitted = true, timestamps = true, window_scale = 7 } },
  { "ecn_no_timestamps", "SEW", { mss = 1460 } },
}

local names = {}
for i, row in ipairs(OFFERS) do names[i] = row[1] end

return {
  name = "syn_ack_options",
  en = "What does the SYN-ACK offer, and with what window, to peers that offer nothing, one thing, all but one, a small MSS, ECN?",
  zh = "对方什么都不提供、只提供一项、缺一项、提供小 MSS、提供 ECN 时，SYN-ACK 提供什么，窗口多大？",
  rfc = "RFC 9293 3.2, RFC 7323, RFC 2018, RFC 3168 6.1.1",
  values = names,
  ask = function(subject)
    subject:listen(80)
    local answers = {}
    for _, row in ipairs(OFFERS) do
      local talk <close> = subject.hand:conversation(subject.address, 80)
      talk:send { flags = row[2], seq = 0, options = row[3] }
      answers[row[1]] = conversation.offer_words(talk:expect("SYN-ACK", 2))
      talk:send { flags = "R" }
    end
    return answers
  end,
}
