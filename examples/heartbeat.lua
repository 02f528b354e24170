-- SPDX-License-Identifier: MIT
local tcplab = require "tcplab"
local it = require("tcplab.experiment").begin("heartbeat", ...)

-- A server whose program hangs, while its TCP is well. The client asks for both: keep-alive, and a heartbeat of its own every 10 s.
local net = tcplab.lab { seed = 7 }
local client = net:host("client", { address = "10.0.0.1", keepalive = true, keepalive_idle = 10, keepalive_interval = 5, keepalive_count = 3 })
local server = net:host("server", { address = "10.0.0.2" })
net:link(client, server, { delay = 0.010 })
local listener = server:listen(80)
local conn = assert(client:connect("10.0.0.2", 80))
local peer = assert(listener:accept())

local hung = false
net:spawn(function()
  while peer:receive "*l" do
    if hung then return end -- the program hangs; its connection stays open
    peer:send "pong\n"
  end
end)

-- First with keep-alive alone, then with the heartbeat.
local answered = 0
local function beat()
  conn:send "ping\n"
  conn:settimeout(3)
  if not conn:receive "*l" then return false end
  answered = answered + 1
  return true
end
beat()
hung = it.with
net:sleep(300)
local after_silence = conn.state
local began, alive = net:now(), true
while alive and net:now() - began < 300 do
  alive = beat()
  if alive then net:sleep(10) end
end

it:show(net, { to = 25, fold = 4 })
it:say("keepalive", { state = after_silence, minutes = 300 // 60 })
it:show(net, { from = began })
it:claim(after_silence == "ESTABLISHED", "tcp")
it:claim(not alive, "noticed", { seconds = net:now() - began, answered = answered })
it:say "answer"
