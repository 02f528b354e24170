-- SPDX-License-Identifier: MIT
-- Both sides close at the same time. Who waits in TIME-WAIT?
--
-- `without`: the server closes when the client's FIN has come, and the assertion fails.
local tcplab = require "tcplab"
local with = ... ~= "without"

local net = tcplab.lab { seed = 7 }
local client = net:host("client", { address = "10.0.0.1" })
local server = net:host("server", { address = "10.0.0.2" })
net:link(client, server, { delay = 0.010 })

local listener = server:listen(80)
local conn = assert(client:connect("10.0.0.2", 80))
local peer = assert(listener:accept())

local path = { client = { conn.state }, server = { peer.state } }
local waited = {}
net:on("state", function(e)
  table.insert(path[e.host.name], e.to)
  if e.to == "TIME-WAIT" then table.insert(waited, e.host.name) end
end)

conn:shutdown "send"
if not with then net:sleep(0.015) end
peer:shutdown "send" -- before the client's FIN has come
net:run()

print "Both sides close at the same time. Who waits in TIME-WAIT?\n"
print(net.trace:ladder())
for _, name in ipairs { "client", "server" } do print(name .. ": " .. table.concat(path[name], " > ")) end
print("TIME-WAIT: " .. table.concat(waited, " and "))

for _, name in ipairs { "client", "server" } do
  assert(table.concat(path[name], " ") == "ESTABLISHED FIN-WAIT-1 CLOSING TIME-WAIT CLOSED", name .. " did not close simultaneously")
end
assert(#waited == 2, "only one side waits")
print "Both: each sent its FIN first, and neither can know that its last ACK arrived."
return net
