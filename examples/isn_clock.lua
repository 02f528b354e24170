-- SPDX-License-Identifier: MIT
local tcplab = require "tcplab"
local it = require("tcplab.experiment").begin("isn_clock", ...)

-- The numbers that a server draws for two calls from one port, and for a third from another.
local function draw(policy)
  local net = tcplab.lab { seed = 7 }
  local client = net:host("client", { address = "10.0.0.1" })
  local server = net:host("server", { address = "10.0.0.2", isn = policy })
  net:link(client, server, { delay = 0.010 })
  server:listen(80)
  local drawn = {}
  server:on("segment", function(e)
    if e.point == "sent" and e.segment.kind == "SYN-ACK" then table.insert(drawn, { isn = e.segment.seq, time = e.time }) end
  end)
  for _, port in ipairs { 5000, 5000, 5001 } do
    assert(client:connect("10.0.0.2", 80, { local_port = port })):abort()
    net:sleep(1)
  end

  local first, second, third = table.unpack(drawn)
  local function tick(from, to) return (to.time - from.time) * 1e6 / (to.isn - from.isn & 0xffffffff) end -- microseconds for a step of one
  return { policy = policy, first = first.isn, second = second.isn, third = third.isn, seconds = second.time - first.time,
    same = tick(first, second), other = tick(second, third) }
end

local function is_clock(microseconds) return math.abs(microseconds - 4) < 0.001 end
local clock, keyed, random = draw(it.with and "clock" or "random"), draw(it.with and "rfc6528" or "random"), draw "random"
for _, drawn in ipairs { clock, keyed, random } do it:say("drawn", drawn) end
it:claim(is_clock(clock.same) and is_clock(clock.other), "clock", { tick = clock.same, hours = 2 ^ 32 * clock.same / 3600e6 })
it:claim(is_clock(keyed.same) and not is_clock(keyed.other), "keyed", { tick = keyed.same })
it:claim(not is_clock(random.same), "random")
it:say "answer"
