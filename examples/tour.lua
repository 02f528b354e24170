-- SPDX-License-Identifier: MIT
-- A connection's whole life on a bad day: its SYN-ACK is lost on the way, it says hello, and it is closed in four steps.
--
-- An argument names the file for the capture. Without one it is build/tour.pcapng, or tour.pcapng where there is no folder build.
local tcplab = require "tcplab"
local capture = ...

local net = tcplab.lab { seed = 7 } -- a network of our own, with a clock of its own
local client = net:host("client", { address = "10.0.0.1" })
local server = net:host("server", { address = "10.0.0.2" })
local link = net:link(client, server, { delay = 0.010 }) -- 10 ms each way

link:drop("SYN-ACK", 1) -- the first one never arrives

local listener = server:listen(80)
local conn = assert(client:connect("10.0.0.2", 80)) -- waits until ESTABLISHED
local peer = assert(listener:accept())
local opened = net:now()

conn:send "hello\n"
local heard = peer:receive "*l"
conn:shutdown "send" -- a FIN: the client has said all it had to say
peer:receive "*a" -- the server reads to the end ...
net:sleep(0.050) -- ... thinks for a moment ...
peer:close() -- ... and closes: its FIN
conn:receive "*a"
conn:close()
net:run() -- until nothing is left to happen

print "One TCP connection, from the first SYN to the end of TIME-WAIT. Each side has"
print "its own clock, in seconds, and its own state: read either side downwards. X is a"
print "loss; dots mean that the arrow crosses another and goes on in another row.\n"
print(net.trace:ladder())

assert(heard == "hello", "the server heard something else")
assert(conn.state == "CLOSED" and peer.state == "CLOSED", "a connection was left behind")
if not capture then capture = net.trace:save "build/tour.pcapng" and "build/tour.pcapng" or "tour.pcapng" end
assert(net.trace:save(capture))

print(("The lost SYN-ACK cost a timeout: it took %.3f s until both could speak."):format(opened))
print(("In all %.0f s went by, and you waited for none of them: the clock is virtual."):format(net:now()))
print(("The capture: %s (for Wireshark)"):format(capture))
return net
