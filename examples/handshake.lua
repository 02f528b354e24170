-- SPDX-License-Identifier: MIT
local tcplab = require "tcplab"
local it = require("tcplab.experiment").begin("handshake", ...)

local net = tcplab.lab { seed = 7 }
local client = net:host("client", { address = "10.0.0.1" })
local server = net:host("server", { address = "10.0.0.2" })
net:link(client, server, { delay = 0.010 })
if not it.with then server.machine:override("LISTEN", "SEG-SYN", "ESTABLISHED") end

-- Every byte has a number, and each side draws the number it begins with. What a side must know is the
-- peer's number, and that its own has been heard: whether SND.UNA has moved past its SYN.
local known = {}
net:on("state", function(e)
  if e.to ~= "ESTABLISHED" then return end
  local tcb = e.conn.tcb
  known[e.host] = { host = e.host.name, time = e.time, own = tcb.snd.iss, peer = tcb.rcv.irs, heard = tcb.snd.una ~= tcb.snd.iss }
end)

server:listen(80)
assert(client:connect("10.0.0.2", 80))
net:run(0.1)

it:show(net)
local c, s = known[client], known[server]
it:say("known", c)
it:say("known", s)
it:claim(c.peer == s.own and s.peer == c.own, "numbers")
it:claim(c.heard and s.heard, "heard")
it:say "answer"
