-- SPDX-License-Identifier: MIT
-- May a SYN carry data?
--
-- `without`: the listener has no room for it, and the assertion fails.
local tcplab = require "tcplab"
local with = ... ~= "without"

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

local listener = server:listen(80, { syn_data = with and 1000 or 1 }) -- bytes it keeps for half-open connections
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

print "May a SYN carry data?\n"
print(net.trace:ladder())
print(("the SYN brought %d bytes: %d kept, %d acknowledged by the SYN-ACK"):format(#"hello\n", kept, acked))
print(("before the third segment accept gives %s, after it the server reads %s"):format(too_early, line))

assert(kept == #"hello\n" and acked == 0, "the listener did not put the data aside")
assert(too_early == nil, "the server's program saw the data before the handshake was over")
assert(line == "hello", "the data was not there with the handshake's end")
print "Yes, but nobody reads it until the handshake is over, for the SYN may be stale."
print "A listener keeps so much of it and no more; the rest has to be sent again."
return net
