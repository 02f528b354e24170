-- SPDX-License-Identifier: MIT
local conversation = require "tcplab.probe.conversation"

return {
  name = "path_mtu_life",
  en = "How large are the segments of new connections 300, 590 and 640 s after ICMP has said that the path takes 1000 bytes?",
  zh = "ICMP 告知路径 MTU 为 1000 之后 300、590、640 秒，新连接的报文段多大？",
  rfc = "RFC 1191 6.3",
  values = { "sizes" },
  slow = true,
  ask = function(subject)
    local listener = subject:listen(80)
    local function first_segment()
      local talk, conn = conversation.accepted(subject, listener)
      conn:send(("x"):rep(4000))
      return talk, talk:expect("DATA", 1)
    end
    local talk = first_segment()
    talk:send { kind = "ICMP", type = 3, code = 4, mtu = 1000 }
    local began, sizes = subject:now(), {}
    for i, time in ipairs { 300, 590, 640 } do
      subject:wait(began + time - subject:now())
      local _, segment = first_segment()
      sizes[i] = #segment.payload
    end
    return { sizes = sizes }
  end,
}
