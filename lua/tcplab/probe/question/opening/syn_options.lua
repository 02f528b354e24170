-- SPDX-License-Identifier: MIT
local conversation = require "tcplab.probe.conversation"

-- What a host does without, and what of it is switched off.
local WITHOUT <const> = {
  { "no_timestamps", { tcp_timestamps = 0 } },
  { "no_sack", { tcp_sack = 0 } },
  { "no_scaling", { tcp_window_scaling = 0 } },
  { "no_timestamps_no_sack", { tcp_timestamps = 0, tcp_sack = 0 } },
  { "no_timestamps_no_scaling", { tcp_timestamps = 0, tcp_window_scaling = 0 } },
  { "no_sack_no_scaling", { tcp_sack = 0, tcp_window_scaling = 0 } },
  { "nothing", { tcp_timestamps = 0, tcp_sack = 0, tcp_window_scaling = 0 } },
}
local SETTINGS <const> = { "tcp_timestamps", "tcp_sack", "tcp_window_scaling" }

local names = {}
for i, row in ipairs(WITHOUT) do names[i] = row[1] end

local function offered(subject, port, off)
  for _, name in ipairs(SETTINGS) do subject:set("net.ipv4." .. name, off[name] or 1) end
  local talk = subject.hand:conversation(subject.address, port, { local_port = 80 })
  subject:connect(80, { local_port = port })
  return conversation.offer_words(talk:expect("SYN", 2))
end

return {
  name = "syn_options",
  en = "What does the SYN offer, and with what window, when the host does without timestamps, SACK, scaling, two of them, all?",
  zh = "主机不用时间戳、SACK、窗口扩大、其中两项、全部时，SYN 提供什么，窗口多大？",
  rfc = "RFC 9293 3.2, RFC 7323, RFC 2018",
  values = names,
  ask = function(subject)
    local answers = {}
    for i, row in ipairs(WITHOUT) do answers[row[1]] = offered(subject, 30000 + i, row[2]) end
    return answers
  end,
}
