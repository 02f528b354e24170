-- SPDX-License-Identifier: MIT
local tcplab = require "tcplab"
local it = require("tcplab.experiment").begin("tell_apart", ...)

-- The fourth of six segments meets some trouble. What does the receiver report, and what does the sender do about it?
local function meet(trouble)
  local net = tcplab.lab { seed = 7 }
  local client = net:host("client", { address = "10.0.0.1", sack = it.with })
  local server = net:host("server", { address = "10.0.0.2" })
  local link = net:link(client, server, { delay = 0.010 })
  if trouble == "drop" then link:drop("DATA", 4) end
  if trouble == "duplicate" then link:duplicate("DATA", 4) end
  if trouble == "reorder" then link:delay("DATA", 4, 0.004) end

  local listener = server:listen(80)
  local conn = assert(client:connect("10.0.0.2", 80))
  local peer = assert(listener:accept())
  local told = { again = 0, gaps = 0, duplicates = 0 }
  local function relative(number) return number - conn.tcb.snd.iss & 0xffffffff end
  it:say(trouble)
  conn:send(("x"):rep(6 * 1448))
  peer:receive(6 * 1448)
  net:run(1)
  it:show(net, { from = 0.030, fold = false })

  for e in net.trace:events { moment = "segment" } do
    local s, block = e.segment, e.from == server and e.segment.options.sack and e.segment.options.sack[1]
    if e.point == "sent" and e.from == client and s.retransmission then
      told.again = told.again + 1
      it:say("again", { time = e.time, seq = s.relative.seq })
    elseif e.point == "sent" and block then
      local from, to = relative(block[1]), relative(block[2])
      local gap = from > s.relative.ack
      if gap then told.gaps = told.gaps + 1 else told.duplicates = told.duplicates + 1 end
      it:say("ack", { time = e.time, ack = s.relative.ack, from = from, to = to, gap = gap })
    end
  end
  return told
end

local lost, twice, late = meet "drop", meet "duplicate", meet "reorder"
it:claim(lost.again == 1 and lost.gaps > 0 and lost.duplicates == 0, "lost")
it:claim(twice.again == 0 and twice.gaps == 0 and twice.duplicates == 1, "twice")
it:claim(late.again == 0 and late.gaps > 0 and late.duplicates == 0, "late")
it:say "answer"
