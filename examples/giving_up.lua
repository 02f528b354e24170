-- SPDX-License-Identifier: MIT
local tcplab = require "tcplab"
local it = require("tcplab.experiment").begin("giving_up", ...)

local net = tcplab.lab { seed = 7 }
local client = net:host("client", { address = "10.0.0.1" })
local server = net:host("server", { address = "10.0.0.2", syn_ack_retries = 5, rto_max = 120 })
net:link(client, server, { delay = 0.010 })
local listener = server:listen(80)

-- The client is played by hand: its own TCP hears nothing. It says SYN, and does not answer the SYN-ACK.
local answers = {}
client:filter("in", function(segment)
  table.insert(answers, { time = net:now(), segment = segment })
  return "drop"
end)
local function say(fields)
  fields.source_port, fields.destination, fields.destination_port = 5000, "10.0.0.2", 80
  client:inject(tcplab.segment(fields))
end
say { flags = "S", seq = 1000 }
net:run(0.5)
local first = answers[1].segment
if not it.with then say { flags = ".", seq = 1001, ack = first.seq + 1 } end
net:run(200)

local waits = {}
for i = 2, #answers do waits[i - 1] = ("%.0f"):format(answers[i].time - answers[i - 1].time) end
local half_open = listener:status().half_open
say { flags = "P.", seq = 1001, ack = first.seq + 1, payload = "hello\n" } -- what a client would send whose ACK was lost
net:run(1)
local last = answers[#answers].segment.kind

it:show(net)
it:say("waits", { waits = waits })
it:claim(table.concat(waits, " ") == "1 2 4 8 16", "doubles", { count = #waits })
it:claim(half_open == 0 and last == "RST", "reset", { kind = last })
it:say "answer"
