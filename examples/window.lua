-- SPDX-License-Identifier: MIT
local tcplab = require "tcplab"
local it = require("tcplab.experiment").begin("window", ...)

local net = tcplab.lab { seed = 7 }
local client = net:host("client", { address = "10.0.0.1" })
local server = net:host("server", { address = "10.0.0.2", receive_buffer = 5000 }) -- as much as may wait for its program
net:link(client, server, { delay = 0.010 })
local listener = server:listen(80)
local conn = assert(client:connect("10.0.0.2", 80))
local peer = assert(listener:accept())

-- How far the client has sent, and how far the server's acknowledgments and windows let it.
local beyond, smallest, probes = 0, math.huge, {}
net:on("segment", function(e)
  local s = e.segment
  if e.point ~= "sent" then return end
  if e.host == client then
    if s.probe then table.insert(probes, ("%.2f"):format(e.time)) end
    if not s.probe and #s.payload > 0 then beyond = math.max(beyond, conn.tcb.snd.nxt - conn.tcb.snd.una - conn.tcb.snd.wnd) end
  else
    smallest = math.min(smallest, s.window)
  end
end)

net:spawn(function() conn:send(("x"):rep(20000)); conn:shutdown "send" end)
net:sleep(it.with and 10 or 0) -- the server's program is busy
local before = #peer:receive(5000)
local rest = #peer:receive "*a"

it:show(net, { fold = 4 })
it:say("probes", { count = #probes, times = probes })
it:claim(beyond <= 0, "within", { smallest = smallest })
it:claim(smallest == 0 and #probes > 0, "probed", { count = #probes })
it:claim(before + rest == 20000, "all", { bytes = before + rest })
it:say "answer"
