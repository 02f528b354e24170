-- SPDX-License-Identifier: MIT
-- What does each side know before it calls a connection ESTABLISHED?
--
-- `without`: the server makes up its mind at the SYN, and the assertion fails.
local tcplab = require "tcplab"
local with = ... ~= "without"

local net = tcplab.lab { seed = 7 }
local client = net:host("client", { address = "10.0.0.1" })
local server = net:host("server", { address = "10.0.0.2" })
net:link(client, server, { delay = 0.010 })
if not with then server.machine:override("LISTEN", "SEG-SYN", "ESTABLISHED") end

-- Every byte has a number, and each side draws the number it begins with. What a side must know is the
-- peer's number, and that its own has been heard: whether SND.UNA has moved past its SYN.
local known = {}
net:on("state", function(e)
  if e.to ~= "ESTABLISHED" then return end
  local tcb = e.conn.tcb
  known[e.host] = { time = e.time, own = tcb.snd.iss, peer = tcb.rcv.irs, heard = tcb.snd.una ~= tcb.snd.iss }
end)

server:listen(80)
assert(client:connect("10.0.0.2", 80))
net:run(0.1)

print "What does each side know before it calls a connection ESTABLISHED?\n"
print(net.trace:ladder())
for _, host in ipairs { client, server } do
  local it = known[host]
  print(("%.3f  %s: my number is %d, my peer's is %d; mine %s heard"):format(it.time, host.name, it.own, it.peer, it.heard and "was" or "was not"))
end

local c, s = known[client], known[server]
assert(c.peer == s.own and s.peer == c.own, "a side has the wrong number for its peer")
assert(c.heard and s.heard, "a side is ESTABLISHED before it knows that its number was heard")
print "Three segments are the fewest that tell both: the middle one does two jobs."
return net
