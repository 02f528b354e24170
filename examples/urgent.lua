-- SPDX-License-Identifier: MIT
local tcplab = require "tcplab"
local it = require("tcplab.experiment").begin("urgent", ...)

local net = tcplab.lab { seed = 7 }
local client = net:host("client", { address = "10.0.0.1" })
local server = net:host("server", { address = "10.0.0.2", receive_buffer = 2000 })
net:link(client, server, { delay = 0.010 })
local listener = server:listen(80)
local conn = assert(client:connect("10.0.0.2", 80))
local peer = assert(listener:accept())

-- The server's program is slow, and its window is full of text when the client changes its mind.
local told
peer:on("urgent", function(e) told = told or { time = e.time, ahead = e.bytes } end)
conn:send(("x"):rep(5000))
net:sleep(1)
local window, said = conn.tcb.snd.wnd, net:now()
if it.with then conn:send_urgent "STOP!" else conn:send "STOP!" end
net:run_until(function() return told end, 60)
local unread = peer:status().receive_queue

it:show(net, { from = said })
it:say("window", { window = window, unread = unread })
it:claim(told, "told", told and { after = told.time - said, ahead = told.ahead } or nil)
local text = peer:receive(5005)
it:claim(#text == 5005 and text:sub(-5) == "STOP!", "in_order", { last = text:sub(-5) })
it:say "answer"
