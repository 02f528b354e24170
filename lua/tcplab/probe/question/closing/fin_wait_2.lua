-- SPDX-License-Identifier: MIT
local reply = require "tcplab.probe.reply"
local lifetime = require "tcplab.probe.lifetime"
local state = require "tcplab.probe.state"

local PATIENCE <const> = 150

local function begin(subject, port, timeout)
  subject:set("net.ipv4.tcp_fin_timeout", timeout)
  local it = state.reach(subject, state.door(subject, port), "FIN-WAIT-2 orphan")
  it.began = subject:now()
  subject:wait(reply.PATIENCE) -- the ACK of the FIN is to come before the next setting
  return it
end

return {
  name = "fin_wait_2",
  en = "How long does FIN-WAIT-2 last whose program has closed, with tcp_fin_timeout 5, 60 and 70, and what answers the FIN that comes then?",
  zh = "程序已关闭的 FIN-WAIT-2 持续多久（tcp_fin_timeout 为 5、60、70），此后的 FIN 得到什么作答？",
  rfc = "RFC 9293 3.9.1.4",
  values = { "of_5", "of_60", "of_70", "fin" },
  slow = true,
  ask = function(subject)
    local all = {}
    for i, timeout in ipairs { 5, 60, 70 } do all[i] = begin(subject, 80 + i, timeout) end
    local spans = lifetime.watch(subject, all, PATIENCE)
    all[1].talk:send { flags = "F." }
    return { of_5 = spans[1], of_60 = spans[2], of_70 = spans[3], fin = reply.wait(subject, all[1].talk) }
  end,
}
