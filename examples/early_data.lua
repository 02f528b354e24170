-- SPDX-License-Identifier: MIT
-- How soon can a client speak?
--
-- `without`: it waits until the handshake is over everywhere, and the assertion fails.
local tcplab = require "tcplab"
local with = ... ~= "without"

local net = tcplab.lab { seed = 7 }
local client = net:host("client", { address = "10.0.0.1" })
local server = net:host("server", { address = "10.0.0.2" })
net:link(client, server, { delay = 0.010 })

local listener = server:listen(80)
local established, third
server:on("state", function(e)
  if e.to == "ESTABLISHED" then established = e.time end
end)
client:on("segment", function(e)
  if e.point == "sent" and e.segment.kind ~= "SYN" then third = third or e.segment end
end)

local conn = assert(client:open { address = server, port = 80 }) -- the SYN leaves; open does not wait
if not with then net:sleep(0.050) end
conn:send "hello\n" -- taken at once, and sent as soon as it may be

local peer = assert(listener:accept())
local line = peer:receive "*l"
local heard = net:now()
net:run(0.1)

print "How soon can a client speak?\n"
print(net.trace:ladder())
print(("the third segment: %s with %d bytes"):format(third.kind, #third.payload))
print(("ESTABLISHED at %.3f, and %q read at %.3f"):format(established, line, heard))

assert(line == "hello", "the server heard something else")
assert(third.payload == "hello\n", "the third segment carries no data")
assert(heard == established, "the data did not come with the handshake's end")
print "With the third segment of the handshake: the ACK that opens the server's side"
print "may carry data, and the server has it in the moment it is ESTABLISHED."
return net
