-- SPDX-License-Identifier: MIT
local tcplab = require "tcplab"
local netstat = require "tcplab.netstat"
local it = require("tcplab.experiment").begin("flood", ...)

local net = tcplab.lab { seed = 7 }
local client = net:host("client", { address = "10.0.0.1" })
local attacker = net:switch "attacker" -- sends in the name of addresses that nobody has
local server = net:host("server", { address = "10.0.0.2", syn_cookies = "never", half_open = 256 })
net:link(client, server, { delay = 0.010 })
local link = net:link(attacker, server, { delay = 0.010 })
local listener = server:listen(80)
net:spawn(function() while listener:accept() do end end)

-- Fifty clients, one after another; from the second second on the flood.
local calls, opened = { quiet = 0, flooded = 0 }, { quiet = 0, flooded = 0 }
for i = 1, 50 do
  net:spawn(function()
    net:sleep(i * 0.040)
    local when = net:now() < 1 and "quiet" or "flooded"
    calls[when] = calls[when] + 1
    if client:connect("10.0.0.2", 80, { timeout = 0.5 }) then opened[when] = opened[when] + 1 end
  end)
end
net:run(0.99)
if it.with then link:flood { to = server, port = 80, rate = 5000, seconds = 2, from = "10.9.0.0/16" } end
net:run(0.8)

it:show(netstat.text(netstat.read(net, { host = "server", limit = 4 })))
it:say("listener", { half_open = listener:status().half_open, dropped = listener:status().dropped["half-open-full"] })
net:run(2)
it:claim(opened.quiet == calls.quiet, "before", { calls = calls.quiet })
it:claim(opened.flooded < 5, "during", { opened = opened.flooded, calls = calls.flooded })
it:say "answer"
