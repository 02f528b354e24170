-- SPDX-License-Identifier: MIT
local tcplab = require "tcplab"
local it = require("tcplab.experiment").begin("last_ack", ...)

local msl = it.with and 120 or 0 -- seconds; TIME-WAIT lasts twice as long
local net = tcplab.lab { seed = 7 }
local client = net:host("client", { address = "10.0.0.1", msl = msl })
local server = net:host("server", { address = "10.0.0.2" })
local link = net:link(client, server, { delay = 0.010 })

local listener = server:listen(80)
local conn = assert(client:connect("10.0.0.2", 80))
local peer = assert(listener:accept())

conn:shutdown "send"
peer:receive "*a"
net:sleep(0.050)
link:drop({ kind = "ACK", from = client }, 1) -- the one that answers the server's FIN
peer:close()

local ended -- what ended it for the server
peer:on("state", function(e) ended = e.event end)
local fins = {} -- when the server's FINs came
client:on("segment", function(e)
  if e.point ~= "sent" and e.segment.kind == "FIN" then table.insert(fins, e.time) end
end)
net:run()
local over = net:now()

it:show(net)
for i, time in ipairs(fins) do it:say("fin", { number = i, time = time }) end
it:say("over", { over = over, wait = over - fins[#fins] })
it:claim(ended == "SEG-ACK-of-our-FIN", "heard", { event = ended })
it:claim(#fins == 2 and math.abs(over - fins[2] - 2 * msl) < 1e-6, "anew", { wait = 2 * msl })
it:say "answer"
