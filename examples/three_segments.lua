-- SPDX-License-Identifier: MIT
-- Can a connection be closed with three segments?
--
-- `without`: the server acknowledges the FIN at once, in a segment of its own, and the assertion fails.
local tcplab = require "tcplab"
local with = ... ~= "without"

local net = tcplab.lab { seed = 7 }
local client = net:host("client", { address = "10.0.0.1" })
-- A server that lets its ACKs wait a little for something to go along with; by itself it acknowledges a FIN at once.
local server = net:host("server", { address = "10.0.0.2", delay_ack = with and function() return 0.040 end or nil })
net:link(client, server, { delay = 0.010 })

local listener = server:listen(80)
local conn = assert(client:connect("10.0.0.2", 80))
local peer = assert(listener:accept())

local path, sent = { conn.state }, {}
conn:on("state", function(e) table.insert(path, e.to) end)
net:on("segment", function(e)
  if e.point == "sent" then table.insert(sent, e.segment.kind) end
end)

conn:shutdown "send"
peer:receive "*a"
peer:close() -- at once: its FIN carries the ACK of the client's
net:run()

print "Can a connection be closed with three segments?\n"
print(net.trace:ladder())
print("client: " .. table.concat(path, " > "))
print("segments: " .. table.concat(sent, ", "))

assert(table.concat(sent, " ") == "FIN FIN ACK", "more than three segments were sent")
assert(table.concat(path, " ") == "ESTABLISHED FIN-WAIT-1 TIME-WAIT CLOSED", "the client did not go straight to TIME-WAIT")
print "Yes: a FIN that carries the ACK takes the client past FIN-WAIT-2."
return net
