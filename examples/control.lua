-- SPDX-License-Identifier: MIT
local tcplab = require "tcplab"
local it = require("tcplab.experiment").begin("control", ...)

-- A congestion control is a table of functions; what it leaves out is done as Reno does it. This one does not wait for losses, it watches the
-- round trip: where that grows, its own packets stand in a queue. (The idea is TCP Vegas's.)
local careful = {
  name = "careful",
  ack = function(cc, sample)
    local queued = cc.cwnd * (1 - sample.min_rtt / sample.srtt) -- bytes of the window that wait somewhere
    local step = cc.cwnd < cc.ssthresh and sample.acked or sample.mss * sample.acked / cc.cwnd
    if queued > 2 * sample.mss then cc.ssthresh = math.min(cc.ssthresh, cc.cwnd) end
    cc.cwnd = cc.cwnd + (queued < 4 * sample.mss and step or -step)
  end,
}

-- How much of the link it uses in 20 s, how long a packet takes then, and how many were lost.
local function send(control)
  local net = tcplab.lab { seed = 7, trace = false }
  local client = net:host("client", { address = "10.0.0.1", congestion = control })
  local server = net:host("server", { address = "10.0.0.2", receive_buffer = 1000000 })
  net:link(client, server, { delay = 0.020, rate = 10e6, queue = 100 })
  local listener = server:listen(80)
  local conn = assert(client:connect("10.0.0.2", 80, { send_buffer = 1000000 }))
  local peer = assert(listener:accept())
  net:spawn(function() while conn:send(("x"):rep(100000)) do end end)
  net:spawn(function() while peer:receive(50000) do end end)
  net:run(20)
  local status = conn:status()
  return { control = status.congestion, used = (conn.tcb.snd.una - conn.tcb.snd.iss) * 8 / net:now() / 10e6 * 100, rtt = 1000 * status.srtt,
    lost = net:counters().dropped.queue or 0 }
end

local mine, reno = send(it.with and careful or "reno"), send "reno"
it:say("result", mine)
it:say("result", reno)
it:claim(mine.used > 0.95 * reno.used, "as_fast", mine)
it:claim(mine.lost == 0 and mine.rtt < reno.rtt / 2, "short", mine)
it:say "answer"
