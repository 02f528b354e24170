-- SPDX-License-Identifier: MIT
local tcplab = require "tcplab"
local it = require("tcplab.experiment").begin("blind_reset", ...)

-- A connection that the attacker cannot see, though he knows its addresses, its ports and, to a second, when it was opened. He calls the server
-- himself, reckons from the number he is given which one the client was given, and resets in the server's name.
local seconds, apart = 2, 50000 -- of the clock; between one reset's number and the next
local function attack(isn, rfc5961)
  local net = tcplab.lab { seed = 7 }
  local client = net:host("client", { address = "10.0.0.1", rfc5961 = rfc5961 })
  local server = net:host("server", { address = "10.0.0.2", isn = isn })
  local attacker = net:host("attacker", { address = "10.0.0.66" })
  local switch = net:switch "switch"
  for _, host in ipairs { client, server, attacker } do net:link(host, switch, { delay = 0.005 }) end
  server:listen(80)
  net:sleep(0.7)
  local conn = assert(client:connect("10.0.0.2", 80, { local_port = 5000 })) -- within its first seconds, thinks the attacker
  net:sleep(10)

  local told = { isn = isn, rfc5961 = rfc5961 and "on" or "off", sent = 0, answered = 0 }
  client:on("segment", function(e) if e.point == "sent" then told.answered = told.answered + 1 end end)
  local spy = assert(attacker:connect("10.0.0.2", 80))
  local at_zero = spy.tcb.rcv.irs - math.floor(net:now() * 250000) -- what the clock of 1981 said when the network began
  for number = at_zero, at_zero + seconds * 250000, apart do
    attacker:inject(tcplab.segment { flags = "R", seq = number & 0xffffffff, source = "10.0.0.2", source_port = 80, destination = "10.0.0.1",
      destination_port = 5000 })
    told.sent = told.sent + 1
  end
  net:run(1)
  told.lives = conn.state == "ESTABLISHED"
  return told
end

local clock, keyed, careful = attack(it.with and "clock" or "rfc6528", false), attack("rfc6528", false), attack("clock", true)
for _, told in ipairs { clock, keyed, careful } do it:say("attack", told) end
it:claim(not clock.lives, "ended", clock)
it:claim(keyed.lives, "secret", keyed)
it:claim(careful.lives and careful.answered > 0, "challenged", careful)
it:say("answer", { apart = apart, seconds = seconds, tries = (1 << 32) // apart })
