-- SPDX-License-Identifier: MIT
local tcplab = require "tcplab"
local it = require("tcplab.experiment").begin("keepalive", ...)

local net = tcplab.lab { seed = 7 }
local client = net:host("client", { address = "10.0.0.1" })
local server = net:host("server", { address = "10.0.0.2" })
local link = net:link(client, server, { delay = 0.010 })
local listener = server:listen(80, { keepalive = it.with }) -- off unless asked for
local conn = assert(client:connect("10.0.0.2", 80))
local peer = assert(listener:accept())
conn:send "hello\n"
peer:receive "*l"

local probes, ended = {}, nil
server:on("segment", function(e) if e.point == "sent" and e.segment.probe then table.insert(probes, e.time) end end)
peer:on("state", function(e) ended = { time = e.time, code = peer:status().code } end)
local silent = net:now()
net:sleep(1)
link:down() -- somebody trips over the cable; neither side is told
net:run(86400)

it:show(net)
it:say("probes", { count = #probes, first = probes[1] and probes[1] - silent or 0, between = probes[2] and probes[2] - probes[1] or 0 })
it:claim(ended, "noticed", ended and { code = ended.code, hours = (ended.time - silent) / 3600 } or nil)
it:claim(conn.state == "ESTABLISHED", "other")
it:say "answer"
