-- SPDX-License-Identifier: MIT
local tcplab = require "tcplab"
local it = require("tcplab.experiment").begin("one_msl", ...)

-- A slow network, and slow timers: the last ACK is lost, and the FIN that asks for it again takes nearly an MSL of 10 s. Nothing in it is older
-- than the network allows.
local function close_slowly(msls)
  local net = tcplab.lab { seed = 7 }
  local client = net:host("client", { address = "10.0.0.1", msl = 10, time_wait_msls = msls })
  local server = net:host("server", { address = "10.0.0.2", rto_min = 8, sack = false })
  local link = net:link(client, server, { delay = 0.010 })
  local listener = server:listen(80)
  local conn = assert(client:connect("10.0.0.2", 80))
  local peer = assert(listener:accept())
  net:sleep(0.050)
  local began = net:now()
  conn:shutdown "send"
  peer:receive "*a"
  net:sleep(0.050)

  link:drop({ kind = "ACK", from = client }, 1)
  link:delay({ kind = "FIN", from = server, retransmission = true }, "all", 9)
  local ended
  peer:on("state", function(e) ended = e.event end)
  peer:close()
  net:run()
  it:say("msls", { msls = msls })
  it:show(net, { from = began })
  return { msls = msls, ended = ended, code = peer:status().code or "-" }
end

local one, two = close_slowly(it.with and 1 or 2), close_slowly(2)
it:say("ended", one)
it:say("ended", two)
it:claim(one.code == "ECONNRESET", "one", one)
it:claim(two.code == "-", "two", two)
it:say "answer"
