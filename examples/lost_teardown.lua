-- SPDX-License-Identifier: MIT
local tcplab = require "tcplab"
local it = require("tcplab.experiment").begin("lost_teardown", ...)

-- A teardown of four segments, of which that kind by that host is lost. What was sent again, and how long each side took from the first FIN on.
local function lose(loser, kind)
  local net = tcplab.lab { seed = 7 }
  local client = net:host("client", { address = "10.0.0.1", msl = 5 })
  local server = net:host("server", { address = "10.0.0.2" })
  local link = net:link(client, server, { delay = 0.010 })
  local listener = server:listen(80)
  local conn = assert(client:connect("10.0.0.2", 80))
  local peer = assert(listener:accept())
  net:sleep(0.050)

  local began, told = net:now(), { host = loser, kind = kind, again = "-" }
  net:on("segment", function(e) if e.point == "sent" and e.segment.retransmission then told.by, told.again = e.host.name, e.segment.kind end end)
  net:on("state", function(e) if e.to == "CLOSED" then told[e.host.name] = e.time - began end end)
  if it.with then link:drop({ kind = kind, from = loser == "client" and client or server }, 1) end
  conn:shutdown "send"
  peer:receive "*a"
  net:sleep(0.200)
  peer:close()
  net:run()
  it:say("lost", told)
  it:show(net, { from = began })
  return told
end

local losses = { lose("client", "FIN"), lose("server", "ACK"), lose("server", "FIN"), lose("client", "ACK") }
for _, loss in ipairs(losses) do it:say("loss", loss) end
for _, loss in ipairs(losses) do it:claim(loss.again == "FIN", "again", loss) end
it:say "answer"
