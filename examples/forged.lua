-- SPDX-License-Identifier: MIT
local tcplab = require "tcplab"
local it = require("tcplab.experiment").begin("forged", ...)

local kinds = { R = "RST", S = "SYN", ["P."] = "DATA" }

-- A connection in use, and one segment that pretends to be the client's, its number so far from the one awaited.
local function forge(flags, offset, early)
  local net = tcplab.lab { seed = 7 }
  local client = net:host("client", { address = "10.0.0.1" })
  local server = net:host("server", { address = "10.0.0.2", rfc5961 = it.with, timestamps = false })
  local forger = net:host("forger", { address = "10.0.0.66" })
  net:link(client, server, { delay = 0.010 })
  net:link(forger, server, { delay = 0.005 })
  local listener = server:listen(80)
  local conn = assert(client:connect("10.0.0.2", 80))
  local peer = assert(listener:accept())

  local reason, answer
  server:on("segment", function(e)
    if e.sender == forger and e.point ~= "sent" then reason = e.reason end
    if e.sender == server and e.point == "sent" then answer = e.segment.kind end
  end)
  local address, port = conn:getsockname()
  forger:inject(tcplab.segment {
    flags = flags, seq = peer.tcb.rcv.nxt + offset & 0xffffffff, ack = flags == "P." and peer.tcb.snd.nxt - (early or 0) & 0xffffffff or nil,
    source = address, source_port = port, destination = "10.0.0.2", destination_port = 80, payload = flags == "P." and "evil" or nil,
  })
  net:run(0.5)
  return { flags = flags, kind = kinds[flags], offset = offset, reason = reason or "-", answer = answer or "-", lives = peer.state == "ESTABLISHED",
    taken = peer:status().receive_queue }
end

-- A reset before the window, in it, exactly at its edge; a SYN; text that is too far on; text that acknowledges what is long past.
local exact, harmless = nil, true
for _, wanted in ipairs { { "R", -100 }, { "R", 1000 }, { "R", 0 }, { "S", 1000 }, { "P.", 10000000 }, { "P.", 0, 3000000 } } do
  local forged = forge(table.unpack(wanted))
  it:say("forged", forged)
  if forged.flags == "R" and forged.offset == 0 then exact = forged else harmless = harmless and forged.lives and forged.taken == 0 end
end
it:claim(harmless, "harmless")
it:claim(not exact.lives, "exact")
it:say("answer", { numbers = 1 << 32 })
