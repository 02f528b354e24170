-- SPDX-License-Identifier: MIT
-- An argument names the file for the capture. Without one it is build/tour.pcapng, or tour.pcapng where there is no folder build.
local tcplab = require "tcplab"
local it = require("tcplab.experiment").begin("tour", ...)

local net = tcplab.lab { seed = 7 } -- a network of our own, with a clock of its own
local client = net:host("client", { address = "10.0.0.1" })
local server = net:host("server", { address = "10.0.0.2" })
local link = net:link(client, server, { delay = 0.010 }) -- 10 ms each way

if it.with then link:drop("SYN-ACK", 1) end -- the first one never arrives

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

it:show(net)
it:claim(heard == "hello", "heard", { heard = heard })
it:claim(conn.state == "CLOSED" and peer.state == "CLOSED", "closed")
it:claim(opened > 1, "timeout", { opened = opened })

local capture = it.arguments[1] or "build/tour.pcapng"
if not net.trace:save(capture) then capture = it.arguments[1] or "tour.pcapng" end
assert(net.trace:save(capture))
it:say("virtual", { passed = net:now() })
it:say("capture", { path = capture })
