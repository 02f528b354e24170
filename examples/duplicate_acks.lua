-- SPDX-License-Identifier: MIT
local tcplab = require "tcplab"
local it = require("tcplab.experiment").begin("duplicate_acks", ...)

local net = tcplab.lab { seed = 7 }
local server = net:host("server", { address = "10.0.0.2" })
local hand = net:hand("hand", { address = "10.0.0.1" }) -- no TCP: what it says is said here
net:link(hand, server, { delay = 0.010 })
local listener = server:listen(80)

local talk = assert(hand:connect(server, 80, { options = { mss = 1000 } })) -- and no SACK: acknowledgments alone speak
listener:accept():send(("x"):rep(5000))
for first = 1, 4001, 1000 do talk:expect("DATA seq=" .. first) end -- all five have come, and nothing was lost

talk:send { ack = 1001 }
for _ = 1, it.with and 3 or 2 do talk:send { ack = 1001 } end
local began = net:now()
local again = talk:receive("DATA retransmission")

it:show(net, { fold = false })
it:say("again", { first = again.relative.seq, after = again.time - began })
it:claim(again.relative.seq == 1001, "what")
it:claim(again.time - began < 0.021, "at_once")
it:say "answer"
