-- SPDX-License-Identifier: MIT
local tcplab = require "tcplab"
local it = require("tcplab.experiment").begin("lost_handshake", ...)

-- One handshake whose first segment of that kind is lost: how long until both sides could speak, and what was sent again.
local function lose(kind)
  local net = tcplab.lab { seed = 7 }
  local client = net:host("client", { address = "10.0.0.1" })
  local server = net:host("server", { address = "10.0.0.2" })
  local link = net:link(client, server, { delay = 0.010 })
  if it.with then link:drop(kind, 1) end

  local again = {}
  net:on("segment", function(e)
    if e.point == "sent" and e.segment.retransmission then
      table.insert(again, { time = e.time, host = e.host.name, kind = e.segment.kind })
    end
  end)
  local listener = server:listen(80)
  assert(client:connect("10.0.0.2", 80))
  assert(listener:accept())
  return net, net:now(), again
end

for _, kind in ipairs { "SYN", "SYN-ACK", "ACK" } do
  it:say("lost", { kind = kind })
  local net, took, again = lose(kind)
  it:show(net)
  for _, resent in ipairs(again) do it:say("again", resent) end
  it:claim(took > 1 and took < 1.1, "one_timeout", { kind = kind, took = took })
  it:claim(again[1], "sent_again", { kind = kind })
end
it:say "answer"
