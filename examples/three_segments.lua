-- SPDX-License-Identifier: MIT
local tcplab = require "tcplab"
local it = require("tcplab.experiment").begin("three_segments", ...)

local net = tcplab.lab { seed = 7 }
local client = net:host("client", { address = "10.0.0.1" })
-- A server that lets its ACKs wait a little for something to go along with; by itself it acknowledges a FIN at once.
local server = net:host("server", { address = "10.0.0.2", delay_ack = it.with and function() return 0.040 end or nil })
net:link(client, server, { delay = 0.010 })

local listener = server:listen(80)
local conn = assert(client:connect("10.0.0.2", 80))
local peer = assert(listener:accept())

local path, sent = { conn.state }, {}
conn:on("state", function(e) table.insert(path, e.to) end)
net:on("segment", function(e)
  if e.point == "sent" then table.insert(sent, e.segment.kind) end
end)

conn:shutdown "send"
peer:receive "*a"
peer:close() -- at once: its FIN carries the ACK of the client's
net:run()

it:show(net)
it:say("path", { path = path })
it:say("sent", { sent = sent })
it:claim(table.concat(sent, " ") == "FIN FIN ACK", "three")
it:claim(table.concat(path, " ") == "ESTABLISHED FIN-WAIT-1 TIME-WAIT CLOSED", "straight")
it:say "answer"
