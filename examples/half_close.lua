-- SPDX-License-Identifier: MIT
-- Can a side that has said all it had to say still listen?
--
-- `without`: the client closes both directions instead of its own, and the assertion fails.
local tcplab = require "tcplab"
local with = ... ~= "without"

local net = tcplab.lab { seed = 7 }
local client = net:host("client", { address = "10.0.0.1" })
local server = net:host("server", { address = "10.0.0.2" })
net:link(client, server, { delay = 0.010 })

local listener = server:listen(80)
local conn = assert(client:connect("10.0.0.2", 80))
local peer = assert(listener:accept())

net:spawn(function() -- the server reads the question to its end, and answers slowly
  local question = peer:receive "*a"
  for word in question:gmatch "%a+" do
    net:sleep(0.5)
    peer:send(word:upper() .. "\n")
  end
  peer:close()
end)

conn:send "one two three"
if with then conn:shutdown "send" else conn:close() end

local answer = {}
local line = conn:receive "*l"
while line do
  table.insert(answer, { line, net:now(), conn.state })
  line = conn:receive "*l"
end
net:run()

print "Can a side that has said all it had to say still listen?\n"
print(net.trace:ladder())
for _, it in ipairs(answer) do print(("%.3f  the client, in %s, hears %s"):format(it[2], it[3], it[1])) end

assert(#answer == 3, "the answer did not come whole")
for _, it in ipairs(answer) do assert(it[3] == "FIN-WAIT-2", "the client had not ended its own direction yet") end
print "Yes, for as long as the other side likes to talk: shutdown is no hanging up."
return net
