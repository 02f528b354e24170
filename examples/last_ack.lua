-- SPDX-License-Identifier: MIT
-- What is TIME-WAIT for? The last ACK is lost, and the side that closed second asks again.
--
-- `without`: there is no TIME-WAIT (it lasts 0 s), and the assertion fails.
local tcplab = require "tcplab"
local with = ... ~= "without"

local net = tcplab.lab { seed = 7 }
local client = net:host("client", { address = "10.0.0.1", msl = with and 120 or 0 }) -- TIME-WAIT lasts twice as long
local server = net:host("server", { address = "10.0.0.2" })
local link = net:link(client, server, { delay = 0.010 })

local listener = server:listen(80)
local conn = assert(client:connect("10.0.0.2", 80))
local peer = assert(listener:accept())

conn:shutdown "send"
peer:receive "*a"
net:sleep(0.050)
link:drop({ kind = "ACK", from = client }, 1) -- the one that answers the server's FIN
peer:close()

local ended -- what ended it for the server
peer:on("state", function(e) ended = e.event end)
local fins = {} -- when the server's FINs came
client:on("segment", function(e)
  if e.point ~= "sent" and e.segment.kind == "FIN" then table.insert(fins, e.time) end
end)
net:run()
local over = net:now()

print "What is TIME-WAIT for?\n"
print(net.trace:ladder())
print("the server's connection ended by " .. ended)
for i, time in ipairs(fins) do print(("its FIN, number %d, came at %.3f s"):format(i, time)) end
print(("the client stayed until %.3f s, %.3f s after the last"):format(over, over - fins[#fins]))

assert(ended == "SEG-ACK-of-our-FIN", "the server never heard that its FIN had arrived")
assert(#fins == 2 and math.abs(over - fins[2] - 2 * 120) < 1e-6, "TIME-WAIT did not begin again with the second FIN")
print "Somebody must be there to answer a FIN that comes again. Each time one does, the"
print "wait begins anew: twice as long as a segment may live in the network."
return net
