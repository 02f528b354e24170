-- SPDX-License-Identifier: MIT
local tcplab = require "tcplab"
local it = require("tcplab.experiment").begin("simultaneous_open", ...)

local net = tcplab.lab { seed = 7 }
local anna = net:host("anna", { address = "10.0.0.1" })
local bert = net:host("bert", { address = "10.0.0.2" })
net:link(anna, bert, { delay = 0.010 })

local path = { anna = {}, bert = {} }
net:on("state", function(e) table.insert(path[e.host.name], e.to) end)

local one = assert(anna:open { address = bert, port = 2000, local_port = 1000 }) -- open does not wait
if not it.with then net:sleep(0.050) end
local two = assert(bert:open { address = anna, port = 1000, local_port = 2000 })
net:run(0.1)
one:send "hello\n"
local heard = two:receive "*l"

it:show(net)
for _, host in ipairs { anna, bert } do it:say("path", { host = host.name, path = path[host.name] }) end
for _, host in ipairs { anna, bert } do
  it:claim(table.concat(path[host.name], " ") == "SYN-SENT SYN-RECEIVED ESTABLISHED", "states", { host = host.name })
  it:claim(#host:connections() == 1, "one", { host = host.name })
end
it:claim(heard == "hello", "carries")
it:say "answer"
