-- SPDX-License-Identifier: MIT
local tcplab = require "tcplab"
local it = require("tcplab.experiment").begin("stale_segment", ...)

local net = tcplab.lab { seed = 7 }
local function isn() return 1000 end -- nothing but the ports tells one connection from the next: the worst case
local msl = it.with and 5 or 0
local client = net:host("client", { address = "10.0.0.1", msl = msl, timestamps = false, isn = isn })
local server = net:host("server", { address = "10.0.0.2", msl = msl, timestamps = false, isn = isn })
local link = net:link(client, server, { delay = 0.010 })
local listener = server:listen(80)

-- The first text is held up in the network for 3 s. What is sent again arrives, and the connection ends in order.
link:delay("DATA", 1, 3)
local conn = assert(client:connect("10.0.0.2", 80, { local_port = 5000 }))
local peer = assert(listener:accept())
conn:send "old\n"
local first = peer:receive "*l"
conn:shutdown "send"
peer:receive "*a"
peer:close()
local ended = net:now()

-- The same client calls again from the same port, as soon as it may.
local code
repeat
  net:sleep(0.5)
  conn, code = (function(c, _, why) return c, code or why end)(client:connect("10.0.0.2", 80, { local_port = 5000 }))
until conn
local opened = net:now()
peer = assert(listener:accept())
peer:settimeout(5)
local line = peer:receive "*l"

it:show(net)
it:say("first", { line = first, ended = ended })
it:say("second", { waited = opened - ended, code = code or "-", line = line or "-" })
it:claim(line == nil, "clean", { line = line })
it:say("answer", { msl = msl })
