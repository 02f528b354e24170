-- SPDX-License-Identifier: MIT
local tcplab = require "tcplab"
local it = require("tcplab.experiment").begin("nat_recycle", ...)

local net = tcplab.lab { seed = 7 }
local nat = net:host("nat", { address = "192.0.2.1" })
local server = net:host("server", { address = "10.0.0.2", time_wait_recycle = it.with })
local router = net:switch "router"
net:link(nat, router)
local wire = net:link(router, server, { delay = 0.010 })

-- Two clients share the NAT's address. Each has a timestamp clock of its own, and nothing tells the server that there are two.
local inside, clients = {}, {}
for i = 1, 2 do
  clients[i] = net:host("client" .. i, { address = "10.0.1." .. i, port_low = 10000 * i, port_high = 10000 * i + 999 })
  net:link(clients[i], router)
end
wire:filter(function(segment)
  if segment.source == "10.0.0.2" then
    segment.destination = inside[segment.destination_port]
  else
    inside[segment.source_port], segment.source = segment.source, "192.0.2.1"
  end
end)

-- They take turns, and the server closes first.
local listener = server:listen(80)
local CALLS <const> = 20
local made = { 0, 0 }
for turn = 1, CALLS do
  local which = 2 - turn % 2
  local conn = clients[which]:connect("10.0.0.2", 80, { timeout = 2 })
  if conn then
    made[which] = made[which] + 1
    assert(listener:accept()):close()
    conn:receive "*a"
    conn:close()
  end
  net:sleep(0.1)
end

local refused = server:counters().refused["peer-stamp"] or 0
it:say("made", { calls = CALLS // 2, first = made[1], second = made[2], refused = refused })
it:claim(math.max(made[1], made[2]) == CALLS // 2, "one")
it:claim(math.min(made[1], made[2]) < 5 and refused > 0, "other", { made = math.min(made[1], made[2]), refused = refused })
it:say "answer"
