-- SPDX-License-Identifier: MIT
local tcplab = require "tcplab"
local it = require("tcplab.experiment").begin("simultaneous_close", ...)

local net = tcplab.lab { seed = 7 }
local client = net:host("client", { address = "10.0.0.1" })
local server = net:host("server", { address = "10.0.0.2" })
net:link(client, server, { delay = 0.010 })

local listener = server:listen(80)
local conn = assert(client:connect("10.0.0.2", 80))
local peer = assert(listener:accept())

local path, waited = { client = { conn.state }, server = { peer.state } }, {}
net:on("state", function(e)
  table.insert(path[e.host.name], e.to)
  if e.to == "TIME-WAIT" then table.insert(waited, e.host.name) end
end)

conn:shutdown "send"
if not it.with then net:sleep(0.015) end
peer:shutdown "send" -- before the client's FIN has come
net:run()

it:show(net)
for _, name in ipairs { "client", "server" } do it:say("path", { host = name, path = path[name] }) end
for _, name in ipairs { "client", "server" } do
  it:claim(table.concat(path[name], " ") == "ESTABLISHED FIN-WAIT-1 CLOSING TIME-WAIT CLOSED", "closing", { host = name })
end
it:claim(#waited == 2, "both_wait", { hosts = waited })
it:say "answer"
