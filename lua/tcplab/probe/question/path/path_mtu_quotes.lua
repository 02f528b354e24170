-- SPDX-License-Identifier: MIT
local conversation = require "tcplab.probe.conversation"

-- The size of what leaves once an error has quoted such a number, whether again at once or anew.
local function size_after(subject, listener, quoted, mtu, acknowledged)
  local talk, conn = conversation.accepted(subject, listener)
  conn:send(("x"):rep(1000))
  talk:expect("DATA", 1)
  if acknowledged then talk:send {} end
  talk:send { kind = "ICMP", type = 3, code = 4, mtu = mtu, quoted = { seq = quoted } }
  conversation.heard(talk, 0.02)
  if not acknowledged then talk:send {} end
  conn:send(("x"):rep(4000))
  return #assert(talk:receive("DATA", 1)).payload
end

return {
  name = "path_mtu_quotes",
  en = "How large are segments after ICMP says 1400, 1300, 1200, 1100, quoting a number acknowledged, SND.UNA, SND.NXT, and one beyond it?",
  zh = "ICMP 依次告知 1400、1300、1200、1100，引用的序号为已确认的、SND.UNA、SND.NXT、超出 SND.NXT 的，之后报文段多大？",
  rfc = "RFC 5927 4.1",
  values = { "beyond", "old", "next", "first" },
  ask = function(subject)
    local listener = subject:listen(80)
    return {
      beyond = size_after(subject, listener, 1002, 1400), old = size_after(subject, listener, 1, 1300, true),
      next = size_after(subject, listener, 1001, 1200), first = size_after(subject, listener, 1, 1100),
    }
  end,
}
