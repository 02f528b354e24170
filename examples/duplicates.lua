-- SPDX-License-Identifier: MIT
-- No ACK came, and the segment is sent again. Was it lost, was its ACK, or was it only slow? How does the receiver tell?
--
-- `without`: the link is sound, and the assertion fails.
local tcplab = require "tcplab"
local with = ... ~= "without"

-- Sends two lines over a link with that fault on the first. What came to the server, and what its program read.
local function send(fault)
  local net = tcplab.lab { seed = 7 }
  local client = net:host("client", { address = "10.0.0.1" })
  local server = net:host("server", { address = "10.0.0.2", delayed_ack = 0 })
  local link = net:link(client, server, { delay = 0.010 })
  local listener = server:listen(80)
  local conn = assert(client:connect("10.0.0.2", 80))
  local peer = assert(listener:accept())
  if with then fault(link, server) end

  local came = {}
  server:on("segment", function(e)
    if e.point ~= "sent" and #e.segment.payload > 0 then table.insert(came, e.point .. (e.reason and " as " .. e.reason or "")) end
  end)
  conn:send "one\n"
  net:run(3)
  conn:send "two\n"
  local read = { peer:receive "*l", peer:receive "*l" }
  net:run(1)
  return net, table.concat(came, ", "), table.concat(read, ", ")
end

local cases = {
  { "The segment is lost", function(link) link:drop("DATA", 1) end, "delivered, delivered" },
  { "Its ACK is lost", function(link, server) link:drop({ kind = "ACK", from = server }, 1) end, "delivered, refused as duplicate, delivered" },
  { "It is slow", function(link) link:delay("DATA", 1, 1.5) end, "delivered, refused as paws, delivered" },
}
print "No ACK came, and the segment is sent again. Was it lost, was its ACK, or was it"
print "only slow? How does the receiver tell?\n"
local nets = {}
for i, case in ipairs(cases) do
  local net, came, read = send(case[2])
  print(case[1] .. ":\n")
  print(net.trace:ladder())
  print("what came to the server: " .. came)
  print("what its program read:   " .. read .. "\n")
  assert(read == "one, two", "the program read something else")
  assert(came == case[3], case[1] .. ": something else came to the server")
  nets[i] = net
end
print "By the numbers: what lies before RCV.NXT is there already. It is thrown away,"
print "and answered with an ACK, so that the sender learns of it. An original that"
print "comes after its copy is told even sooner: its timestamp is an old one (PAWS)."
return table.unpack(nets)
