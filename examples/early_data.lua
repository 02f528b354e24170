-- SPDX-License-Identifier: MIT
local tcplab = require "tcplab"
local it = require("tcplab.experiment").begin("early_data", ...)

local net = tcplab.lab { seed = 7 }
local client = net:host("client", { address = "10.0.0.1" })
local server = net:host("server", { address = "10.0.0.2" })
net:link(client, server, { delay = 0.010 })

local listener = server:listen(80)
local established, third
server:on("state", function(e)
  if e.to == "ESTABLISHED" then established = e.time end
end)
client:on("segment", function(e)
  if e.point == "sent" and e.segment.kind ~= "SYN" then third = third or e.segment end
end)

local conn = assert(client:open { address = server, port = 80 }) -- the SYN leaves; open does not wait
if not it.with then net:sleep(0.050) end
conn:send "hello\n" -- taken at once, and sent as soon as it may be

local peer = assert(listener:accept())
local line = peer:receive "*l"
local heard = net:now()
net:run(0.1)

it:show(net)
it:say("third", { kind = third.kind, bytes = #third.payload })
it:say("times", { established = established, line = line, heard = heard })
it:claim(line == "hello", "whole")
it:claim(third.payload == "hello\n", "third_carries", { bytes = #third.payload })
it:claim(heard == established, "at_once")
it:say "answer"
