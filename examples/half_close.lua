-- SPDX-License-Identifier: MIT
local tcplab = require "tcplab"
local it = require("tcplab.experiment").begin("half_close", ...)

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

conn:send "one\ntwo\nthree\n"
if it.with then conn:shutdown "send" else conn:close() end

local answer = {}
local line = conn:receive "*l"
while line do
  table.insert(answer, { line = line, time = net:now(), state = conn.state })
  line = conn:receive "*l"
end
net:run()

it:show(net)
for _, heard in ipairs(answer) do it:say("heard", heard) end
it:claim(#answer == 3, "whole", { lines = #answer })
for _, heard in ipairs(answer) do it:claim(heard.state == "FIN-WAIT-2", "listening", heard) end
it:say "answer"
