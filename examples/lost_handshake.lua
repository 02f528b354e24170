-- SPDX-License-Identifier: MIT
-- What if one of the handshake's three segments is lost?
--
-- `without`: nothing is lost, and the assertion fails.
local tcplab = require "tcplab"
local with = ... ~= "without"

-- One handshake whose first segment of that kind is lost: how long until both sides could speak, and what was sent again.
local function lose(kind)
  local net = tcplab.lab { seed = 7 }
  local client = net:host("client", { address = "10.0.0.1" })
  local server = net:host("server", { address = "10.0.0.2" })
  local link = net:link(client, server, { delay = 0.010 })
  if with then link:drop(kind, 1) end

  local again = {}
  net:on("segment", function(e)
    if e.point == "sent" and e.segment.retransmission then table.insert(again, e.segment.kind .. " by the " .. e.host.name) end
  end)
  local listener = server:listen(80)
  assert(client:connect("10.0.0.2", 80))
  assert(listener:accept())
  return net, net:now(), again
end

print "What if one of the handshake's three segments is lost?\n"
local nets = {}
for i, kind in ipairs { "SYN", "SYN-ACK", "ACK" } do
  local net, took, again = lose(kind)
  print(("The first %s is lost:\n"):format(kind))
  print(net.trace:ladder())
  print(("open after %.3f s; sent again: %s\n"):format(took, table.concat(again, ", ")))
  assert(took > 1 and took < 1.1, kind .. ": the loss did not cost one retransmission timeout")
  assert(again[1], kind .. ": nothing was sent again")
  nets[i] = net
end
print "A timer makes up for each. Who lacks an answer asks again: the client sends its"
print "SYN, the server its SYN-ACK. A lost ACK follows when the SYN-ACK comes again."
return table.unpack(nets)
