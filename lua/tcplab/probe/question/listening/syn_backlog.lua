-- SPDX-License-Identifier: MIT
local reply = require "tcplab.probe.reply"
local flood = require "tcplab.probe.flood"

local SYNS <const> = 600

local function answered(subject, port, limit)
  subject:set("net.ipv4.tcp_max_syn_backlog", limit)
  subject:listen(port, { backlog = 4096 })
  local talks = flood.begin(subject, port, SYNS)
  subject:wait(reply.PATIENCE)
  return flood.answered(talks)
end

return {
  name = "syn_backlog",
  en = "How many of 600 SYNs are answered at listen(4096) without SYN cookies, where tcp_max_syn_backlog is 64, 128, 512?",
  zh = "listen(4096) 且不用 SYN cookie，tcp_max_syn_backlog 为 64、128、512 时，600 个 SYN 有多少得到作答？",
  rfc = "RFC 4987 3.2",
  values = { "of_64", "of_128", "of_512" },
  ask = function(subject)
    subject:set("net.ipv4.tcp_syncookies", 0)
    return { of_64 = answered(subject, 80, 64), of_128 = answered(subject, 81, 128), of_512 = answered(subject, 82, 512) }
  end,
}
