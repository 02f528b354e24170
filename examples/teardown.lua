-- SPDX-License-Identifier: MIT
local tcplab = require "tcplab"
local it = require("tcplab.experiment").begin("teardown", ...)

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
if it.with then peer:close() end -- the server's FIN
conn:receive "*a"
conn:close()
net:run()

it:show(net)
for _, name in ipairs { "client", "server" } do it:say("path", { host = name, path = path[name] }) end
it:claim(table.concat(path.client, " ") == "ESTABLISHED FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT CLOSED", "client")
it:claim(table.concat(path.server, " ") == "ESTABLISHED CLOSE-WAIT LAST-ACK CLOSED", "server")
it:say "answer"
