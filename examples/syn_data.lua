-- SPDX-License-Identifier: MIT
local tcplab = require "tcplab"
local it = require("tcplab.experiment").begin("syn_data", ...)

local net = tcplab.lab { seed = 7 }
local client = net:host("client", { address = "10.0.0.1" })
local server = net:host("server", { address = "10.0.0.2" })
net:link(client, server, { delay = 0.010 })

-- The client is played by hand: its own TCP hears nothing.
local answer
client:filter("in", function(segment)
  answer = answer or segment
  return "drop"
end)
local function say(fields)
  fields.source_port, fields.destination, fields.destination_port = 5000, "10.0.0.2", 80
  client:inject(tcplab.segment(fields))
end

local listener = server:listen(80, { syn_data = it.with and 1000 or 1 }) -- bytes it keeps for half-open connections
say { flags = "S", seq = 1000, payload = "hello\n" }
net:run(0.050)
local acked, kept = answer.ack - 1001, listener:status().syn_data -- bytes
listener:settimeout(0)
local too_early = listener:accept()

say { flags = ".", seq = answer.ack, ack = answer.seq + 1 }
net:run(0.050)
local peer = assert(listener:accept())
peer:settimeout(0)
local line = peer:receive "*l"

it:show(net)
it:say("bytes", { brought = #"hello\n", kept = kept, acked = acked })
it:say("read", { early = too_early ~= nil, line = line or "nil" })
it:claim(kept == #"hello\n" and acked == 0, "aside")
it:claim(too_early == nil, "not_yet")
it:claim(line == "hello", "with_the_end")
it:say "answer"
