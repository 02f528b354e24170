-- SPDX-License-Identifier: MIT
-- Two hosts call each other at the same time, and nobody listens. Do they get through?
--
-- `without`: the second host calls later, when the first call has come to nothing, and the assertion fails.
local tcplab = require "tcplab"
local with = ... ~= "without"

local net = tcplab.lab { seed = 7 }
local anna = net:host("anna", { address = "10.0.0.1" })
local bert = net:host("bert", { address = "10.0.0.2" })
net:link(anna, bert, { delay = 0.010 })

local path = { anna = {}, bert = {} }
net:on("state", function(e) table.insert(path[e.host.name], e.to) end)

local one = assert(anna:open { address = bert, port = 2000, local_port = 1000 }) -- open does not wait
if not with then net:sleep(0.050) end
local two = assert(bert:open { address = anna, port = 1000, local_port = 2000 })
net:run(0.1)
one:send "hello\n"
local heard = two:receive "*l"

print "Two hosts call each other at the same time, and nobody listens."
print "Do they get through?\n"
print(net.trace:ladder())
for _, name in ipairs { "anna", "bert" } do print(name .. ": " .. table.concat(path[name], " > ")) end

for _, host in ipairs { anna, bert } do
  assert(table.concat(path[host.name], " ") == "SYN-SENT SYN-RECEIVED ESTABLISHED", host.name .. " did not open simultaneously")
  assert(#host:connections() == 1, host.name .. " has more than one connection")
end
assert(heard == "hello", "the connection does not carry data")
print "Yes: two SYNs cross, each is answered, and they make one connection, not two."
return net
