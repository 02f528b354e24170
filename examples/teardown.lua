-- SPDX-License-Identifier: MIT
-- Why does closing take four segments, when opening takes three?
--
-- `without`: the server never closes its half, and the assertion fails.
local tcplab = require "tcplab"
local with = ... ~= "without"

local net = tcplab.lab { seed = 7 }
local client = net:host("client", { address = "10.0.0.1" })
local server = net:host("server", { address = "10.0.0.2" })
net:link(client, server, { delay = 0.010 })

local listener = server:listen(80)
local conn = assert(client:connect("10.0.0.2", 80))
local peer = assert(listener:accept())

local path = { client = { conn.state }, server = { peer.state } } -- the states each side goes through
net:on("state", function(e) table.insert(path[e.host.name], e.to) end)

conn:shutdown "send" -- the client's FIN: "I have said all"
peer:receive "*a"
net:sleep(0.050) -- the server takes its time: its half is still open
if with then peer:close() end -- the server's FIN
conn:receive "*a"
conn:close()
net:run()

print "Why does closing take four segments, when opening takes three?\n"
print(net.trace:ladder())
for _, name in ipairs { "client", "server" } do print(name .. ": " .. table.concat(path[name], " > ")) end

assert(table.concat(path.client, " ") == "ESTABLISHED FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT CLOSED", "the client did not close in its four steps")
assert(table.concat(path.server, " ") == "ESTABLISHED CLOSE-WAIT LAST-ACK CLOSED", "the server did not close in its three steps")
print "Each direction ends on its own: a FIN and its ACK one way, then the other way,"
print "with as much time between them as the second side likes to take."
return net
