-- SPDX-License-Identifier: MIT
local tcplab = require "tcplab"
local it = require("tcplab.experiment").begin("reboot", ...)

local net = tcplab.lab { seed = 7 }
local client = net:host("client", { address = "10.0.0.1" })
local server = net:host("server", { address = "10.0.0.2" })
net:link(client, server, { delay = 0.010 })
local listener = server:listen(80)
local conn = assert(client:connect("10.0.0.2", 80))
local peer = assert(listener:accept())
conn:send "hello\n"
peer:receive "*l"
net:sleep(1)

if it.with then server:reboot() end -- everything in its memory is gone, and nothing is sent
local restarted = net:now()
net:sleep(3600)
local before, after = conn.state, net:now() - restarted -- half-open: one side has a connection, the other has not
conn:send "hello?\n"
conn:settimeout(10)
local _, _, _, code = conn:receive "*l"

it:show(net)
it:say("half_open", { state = before, after = after })
it:claim(code == "ECONNRESET", "reset", { code = code or "-" })
it:say "answer"
