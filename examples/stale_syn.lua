-- SPDX-License-Identifier: MIT
local tcplab = require "tcplab"
local it = require("tcplab.experiment").begin("stale_syn", ...)

local net = tcplab.lab { seed = 7 }
local client = net:host("client", { address = "10.0.0.1" })
local hasty = net:host("hasty", { address = "10.0.0.2", nodelay = true }) -- nodelay: what it has to say leaves at once
local careful = net:host("careful", { address = "10.0.0.3", nodelay = true })
net:link(client, hasty, { delay = 0.010 })
net:link(client, careful, { delay = 0.010 })
if it.with then hasty.machine:override("LISTEN", "SEG-SYN", "ESTABLISHED") end -- the two-way handshake

-- Both greet whoever comes.
local greeted = { [hasty] = 0, [careful] = 0 }
for _, server in ipairs { hasty, careful } do
  local listener = server:listen(80)
  net:spawn(function()
    local conn = listener:accept()
    greeted[server] = greeted[server] + 1
    conn:send "welcome\n"
  end)
end

-- The client has no connection, and wants none: the network had kept these two.
for _, server in ipairs { hasty, careful } do
  client:inject(tcplab.segment { kind = "SYN", seq = 1000, source_port = 5000, destination = server.addresses[1], destination_port = 80 })
end
net:run()

it:show(net)
for _, server in ipairs { hasty, careful } do it:say("greeted", { host = server.name, count = greeted[server] }) end
it:claim(greeted[careful] == 0, "three")
it:claim(greeted[hasty] == 1, "two")
it:say "answer"
