-- SPDX-License-Identifier: MIT
local conversation = require "tcplab.probe.conversation"

-- What leaves first after the path was said to take no more: "960, DF" ; "none" within 0.1 s.
local function after(talk, mtu)
  talk:send { kind = "ICMP", type = 3, code = 4, mtu = mtu }
  local segment = talk:receive("DATA", 0.1)
  conversation.heard(talk, 0.02)
  return segment and #segment.payload .. (segment.df and ", DF" or ", no DF") or "nothing"
end

return {
  name = "path_mtu",
  en = "How large, with or without DF, is what leaves again after ICMP says that the path takes 1400, 1000, 600, 551, 296 bytes?",
  zh = "ICMP 依次告知路径 MTU 为 1400、1000、600、551、296 时，重发的报文段多大，是否带 DF？",
  rfc = "RFC 1191 3, RFC 5927 7.2",
  values = { "mtu_1400", "mtu_1000", "mtu_600", "mtu_551", "mtu_296" },
  ask = function(subject)
    local talk, conn = conversation.established(subject)
    conn:send(("x"):rep(10000))
    conversation.heard(talk, 0.02)
    local values = {}
    for _, mtu in ipairs { 1400, 1000, 600, 551, 296 } do values["mtu_" .. mtu] = after(talk, mtu) end
    return values
  end,
}
