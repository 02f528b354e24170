-- SPDX-License-Identifier: MIT
local tcplab = require "tcplab"
local it = require("tcplab.experiment").begin("duplicates", ...)

-- Sends two lines over a link with that fault on the first. What came to the server, and what its program read.
local function send(fault)
  local net = tcplab.lab { seed = 7 }
  local client = net:host("client", { address = "10.0.0.1" })
  local server = net:host("server", { address = "10.0.0.2", delayed_ack = 0 })
  local link = net:link(client, server, { delay = 0.010 })
  local listener = server:listen(80)
  local conn = assert(client:connect("10.0.0.2", 80))
  local peer = assert(listener:accept())
  if it.with then fault(link, server) end

  local came = {}
  server:on("segment", function(e)
    if e.point ~= "sent" and #e.segment.payload > 0 then table.insert(came, e.point .. (e.reason and ": " .. e.reason or "")) end
  end)
  conn:send "one\n"
  net:run(3)
  conn:send "two\n"
  local read = { peer:receive "*l", peer:receive "*l" }
  net:run(1)
  return net, came, read
end

local cases = {
  { "lost", function(link) link:drop("DATA", 1) end, "delivered, delivered" },
  { "ack_lost", function(link, server) link:drop({ kind = "ACK", from = server }, 1) end, "delivered, refused: duplicate, delivered" },
  { "slow", function(link) link:delay("DATA", 1, 1.5) end, "delivered, refused: paws, delivered" },
}
for _, case in ipairs(cases) do
  local name, fault, wanted = table.unpack(case)
  it:say(name)
  local net, came, read = send(fault)
  it:show(net)
  it:say("came", { came = came })
  it:say("read", { read = read })
  it:claim(table.concat(read, ", ") == "one, two", "whole")
  it:claim(table.concat(came, ", ") == wanted, "told_" .. name)
end
it:say "answer"
