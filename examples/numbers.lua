-- SPDX-License-Identifier: MIT
local tcplab = require "tcplab"
local it = require("tcplab.experiment").begin("numbers", ...)

local net = tcplab.lab { seed = 7 }
local client = net:host("client", { address = "10.0.0.1" })
local server = net:host("server", { address = "10.0.0.2", delayed_ack = 0 }) -- each segment is acknowledged at once
local link = net:link(client, server, { delay = 0.010 })
if not it.with then link:drop("DATA", 1) end -- the first piece is lost

local answered = {} -- what the client sent: its kind, number and size; and the number of the ACK that followed
net:on("segment", function(e)
  local s, asked = e.segment, answered[#answered]
  if e.point ~= "sent" then return end
  if e.host == client and s.kind ~= "ACK" then
    table.insert(answered, { kind = s.kind, seq = s.relative.seq, size = #s.payload, ack = "-", one_more = false })
  elseif e.host == server and asked then
    asked.ack, asked.one_more = s.relative.ack, s.relative.ack == asked.seq + 1
  end
end)

local listener = server:listen(80)
local conn = assert(client:connect("10.0.0.2", 80))
local peer = assert(listener:accept())
for _, size in ipairs { 273, 1400, 1 } do
  conn:send(("x"):rep(size))
  net:sleep(0.050)
end
conn:shutdown "send"
net:sleep(0.050)

it:show(net)
for _, a in ipairs(answered) do it:say("answer", a) end
local first, second = answered[2], answered[3]
it:claim(first.ack == first.seq + 273 and second.ack == first.ack + 1400, "bytes", { first = first.ack, second = second.ack })
for _, a in ipairs(answered) do
  local numbered = a.size + ((a.kind == "SYN" or a.kind == "FIN") and 1 or 0) -- SYN and FIN take a number, though they are no bytes
  it:claim(a.ack == a.seq + numbered, "numbered", a)
end
it:say "answer_in_words"
peer:close()
