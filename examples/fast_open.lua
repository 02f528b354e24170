-- SPDX-License-Identifier: MIT
local tcplab = require "tcplab"
local it = require("tcplab.experiment").begin("fast_open", ...)

local net = tcplab.lab { seed = 7 }
local client = net:host("client", { address = "10.0.0.1", fast_open = "client" })
local server = net:host("server", { address = "10.0.0.2", fast_open = it.with and "server" or "off" })
net:link(client, server, { delay = 0.050 })

local listener = server:listen(80)
net:spawn(function()
  for peer in function() return listener:accept() end do
    peer:send("answer to " .. peer:receive "*l" .. "\n")
    peer:close()
  end
end)

-- How long a request takes from the call on, in round trips.
local function ask()
  local began = net:now()
  local conn = assert(client:connect("10.0.0.2", 80, { data = "request\n" }))
  assert(conn:receive "*l")
  local took = { rounds = (net:now() - began) / 0.100, fast = conn:status().fast_open or "-" }
  conn:close()
  net:sleep(1)
  return took
end

local first, second = ask(), ask()
it:show(net)
it:say("asked", first)
it:say("asked", second)
it:claim(first.rounds > 1.9 and second.rounds < 1.1, "saved", { first = first.rounds, second = second.rounds })
it:say "answer"
