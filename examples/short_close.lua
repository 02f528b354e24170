-- SPDX-License-Identifier: MIT
local tcplab = require "tcplab"
local it = require("tcplab.experiment").begin("short_close", ...)

local ways = { -- how the client ends its side once it has asked
  one = function(conn) conn:abort() end,             -- a RST: one segment
  two = function(conn) conn:close() end,             -- both directions at once: it will not read what still comes
  four = function(conn) conn:shutdown "send" end,    -- its own direction alone
}

-- The client asks for 3000 bytes and closes. How many does it get?
local function ask(way)
  local net = tcplab.lab { seed = 7 }
  local client = net:host("client", { address = "10.0.0.1", msl = 5 })
  local server = net:host("server", { address = "10.0.0.2" })
  net:link(client, server, { delay = 0.010 })
  local listener = server:listen(80)
  local conn = assert(client:connect("10.0.0.2", 80))
  local peer = assert(listener:accept())
  local answer = it.with and ("x"):rep(3000) or ""
  local taken, why = 0, nil -- by the server's TCP, and what it heard at last
  net:spawn(function()
    peer:receive "*l"
    taken = peer:send(answer) or 0
    peer:shutdown "send"
    why = select(4, peer:receive "*a")
  end)
  conn:send "GET\n"
  ways[way](conn)
  local got = way == "four" and conn:receive "*a" or ""
  net:run()
  return net, { way = way, wanted = #answer, taken = taken, got = #got, why = why or "-" }
end

for _, way in ipairs { "one", "two", "four" } do
  local net, told = ask(way)
  it:say(way, told)
  it:show(net)
  it:say("result", told)
  if way == "four" then it:claim(told.got == told.wanted, "whole", told) else it:claim(told.got < told.wanted, "lost", told) end
end
it:say "answer"
