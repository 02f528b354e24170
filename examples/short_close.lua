-- SPDX-License-Identifier: MIT
local tcplab = require "tcplab"
local it = require("tcplab.experiment").begin("short_close", ...)

local ways = { -- how the client ends its side once it has asked
  one = function(conn) conn:abort() end,             -- a RST: one segment
  two = function(conn) conn:close() end,             -- both directions at once: it will not read what still comes
  four = function(conn) conn:shutdown "send" end,    -- its own direction alone
}

-- The client asks for 1000 bytes and closes. How many does it get?
local function ask(way)
  local net = tcplab.lab { seed = 7 }
  local client = net:host("client", { address = "10.0.0.1", msl = 5 })
  local server = net:host("server", { address = "10.0.0.2", msl = 5 })
  net:link(client, server, { delay = 0.010 })
  local listener = server:listen(80)
  local conn = assert(client:connect("10.0.0.2", 80))
  local peer = assert(listener:accept())
  local answer = it.with and ("x"):rep(1000) or ""
  local serving = net:spawn(function()
    peer:receive "*l"
    net:sleep(0.050) -- the answer takes a while
    peer:send(answer)
    peer:close()
  end)
  conn:send "GET\n"
  net:sleep(0.030)
  ways[way](conn)
  local got = way == "four" and conn:receive "*a" or ""
  serving:join()
  net:run()
  return net, { way = way, wanted = #answer, got = #got, why = peer:status().code or false }
end

for _, way in ipairs { "one", "two", "four" } do
  local net, told = ask(way)
  it:say(way, told)
  it:show(net)
  it:say("result", told)
  if way == "four" then it:claim(told.got == told.wanted, "whole", told) else it:claim(told.got < told.wanted, "lost", told) end
end
it:say "answer"
