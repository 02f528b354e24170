-- SPDX-License-Identifier: MIT
local tcplab = require "tcplab"
local it = require("tcplab.experiment").begin("giving_up", ...)

local net = tcplab.lab { seed = 7 }
local client = net:host("client", { address = "10.0.0.1" })
local server = net:host("server", { address = "10.0.0.2", syn_ack_retries = 5 })
local link = net:link(client, server, { delay = 0.010 })
if it.with then link:drop { kind = "ACK", from = client } end -- every bare ACK of the client's

local waits, last = {}, nil -- seconds between one SYN-ACK and the next
local gave_up
server:on("segment", function(e)
  if e.point ~= "sent" or e.segment.kind ~= "SYN-ACK" then return end
  if last then table.insert(waits, ("%.0f"):format(e.time - last)) end
  last = e.time
end)
server:on("state", function(e) if e.to == "CLOSED" then gave_up = e.time end end)

local listener = server:listen(80)
local conn = assert(client:connect("10.0.0.2", 80)) -- the client is content with the SYN-ACK
net:run(90)
local believed, half_open = conn.state, listener:status().half_open
conn:send "hello\n"
conn:settimeout(1)
local _, _, _, code = conn:receive "*l"

it:show(net)
it:say("waits", { waits = waits, client = believed, last = gave_up and gave_up - last or 0, gave_up = gave_up or 0 })
it:claim(table.concat(waits, " ") == "1 2 4 8 16", "doubles", { count = #waits })
it:claim(half_open == 0 and code == "ECONNRESET", "reset", { code = code })
it:say "answer"
