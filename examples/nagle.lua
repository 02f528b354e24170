-- SPDX-License-Identifier: MIT
local tcplab = require "tcplab"
local it = require("tcplab.experiment").begin("nagle", ...)

-- A request written in two pieces; the server answers when it has both. How long does that take?
local function request(nodelay)
  local net = tcplab.lab { seed = 7 }
  local client = net:host("client", { address = "10.0.0.1", nodelay = nodelay })
  local server = net:host("server", { address = "10.0.0.2", delayed_ack = it.with and 0.040 or 0 })
  net:link(client, server, { delay = 0.001 })
  local listener = server:listen(80)
  local conn = assert(client:connect("10.0.0.2", 80))
  local peer = assert(listener:accept())
  net:spawn(function()
    for _ = 1, 2 do
      local head, body = peer:receive "*l", peer:receive "*l"
      peer:send(head .. body .. "\n")
    end
  end)
  conn:send "head\nbody\n" -- in one piece
  conn:receive "*l"
  net:sleep(0.1)
  local began = net:now()
  conn:send "head\n"
  conn:send "body\n"
  conn:receive "*l"
  local took = net:now() - began
  net:run(0.1)
  it:say(nodelay and "off" or "on")
  it:show(net, { from = began })
  return took
end

local on, off = request(false), request(true)
it:say("took", { on = on, off = off })
it:claim(on - off > 0.030, "waits", { wait = on - off })
it:say "answer"
