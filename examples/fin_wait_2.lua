-- SPDX-License-Identifier: MIT
local tcplab = require "tcplab"
local it = require("tcplab.experiment").begin("fin_wait_2", ...)

local net = tcplab.lab { seed = 7 }
local client = net:host("client", { address = "10.0.0.1" })
local server = net:host("server", { address = "10.0.0.2" })
net:link(client, server, { delay = 0.010 })
local listener = server:listen(80)
local conn = assert(client:connect("10.0.0.2", 80))
local peer = assert(listener:accept())

conn:shutdown "send" -- the client has said all it had to say
peer:receive "*a"    -- the server's program sees the end, and forgets to close
if not it.with then peer:close() end

local day = 86400
local why = net:run(day)
it:show(net)
local days = math.floor(net:now() / day)
it:say("states", { days = days, client = conn.state, server = peer.state, why = why })
it:claim(conn.state == "FIN-WAIT-2" and peer.state == "CLOSE-WAIT", "stay", { days = days })

-- The usual ways out: the program closes; keep-alive finds the peer gone; a system that gives up waiting by itself (see fin_wait_2_timeout).
local before = net:now()
conn:close()
peer:close()
net:run()
it:say("mended", { seconds = net:now() - before, client = conn.state, server = peer.state })
it:claim(peer.state == "CLOSED", "closes")
it:say "answer"
