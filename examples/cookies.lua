-- SPDX-License-Identifier: MIT
local tcplab = require "tcplab"
local it = require("tcplab.experiment").begin("cookies", ...)

local net = tcplab.lab { seed = 7 }
local client = net:host("client", { address = "10.0.0.1" })
local attacker = net:switch "attacker"
local server = net:host("server", { address = "10.0.0.2", half_open = 256, syn_cookies = it.with and "overflow" or "never" })
net:link(client, server, { delay = 0.010 })
local link = net:link(attacker, server, { delay = 0.010 })
local listener = server:listen(80)
net:spawn(function()
  for peer in function() return listener:accept() end do peer:send "welcome\n" end
end)

link:flood { to = server, port = 80, rate = 5000, seconds = 2, shown = 0 }
net:run(0.5) -- the queue is full by now
local welcomed, last = 0, nil
for _ = 1, 25 do
  local conn = client:connect("10.0.0.2", 80, { timeout = 0.5 })
  if conn and conn:receive "*l" then welcomed, last = welcomed + 1, conn end
end

local status = listener:status()
it:say("queue", { half_open = status.half_open, limit = status.half_open_limit, dropped = status.dropped["half-open-full"] })
it:claim(welcomed == 25, "all", { welcomed = welcomed })
it:show(net, { conn = last })
local options = last:status()
it:say("kept", { mss = last.tcb.snd.mss, scale = last.tcb.snd.scale, sack = options.sack })
it:claim(options.sack and options.window_scaling and options.timestamps, "options")
it:say "answer"
