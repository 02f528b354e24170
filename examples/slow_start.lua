-- SPDX-License-Identifier: MIT
local tcplab = require "tcplab"
local it = require("tcplab.experiment").begin("slow_start", ...)

-- Sends for 45 s over 10 Mbit/s and 100 ms, with room for 60 packets in the queue. The congestion window in segments: after each of the first
-- round trips, then each second.
local function send(control)
  local net = tcplab.lab { seed = 7, trace = false }
  local client = net:host("client", { address = "10.0.0.1", congestion = control })
  local server = net:host("server", { address = "10.0.0.2", receive_buffer = 1000000 })
  net:link(client, server, { delay = 0.050, rate = 10e6, queue = 60 })
  local listener = server:listen(80)
  local conn = assert(client:connect("10.0.0.2", 80, { send_buffer = 1000000 }))
  local peer = assert(listener:accept())
  net:spawn(function() while conn:send(("x"):rep(100000)) do end end)
  net:spawn(function() while peer:receive(50000) do end end)
  local rounds, seconds, mss = {}, {}, conn.tcb.snd.mss - 12 -- the timestamps take 12 bytes of each segment
  net:run(0.09)
  for i = 1, 4 do
    rounds[i] = conn:status().cwnd // mss
    net:run(0.103)
  end
  for i = 1, 45 do
    seconds[i] = conn:status().cwnd // mss
    net:run(1)
  end
  return rounds, seconds, (conn.tcb.snd.una - conn.tcb.snd.iss) * 8 / net:now() / 10e6
end

for _, control in ipairs { "reno", "cubic" } do
  local rounds, seconds, used = send(it.with and control or "reno")
  it:say("rounds", { control = control, rounds = rounds })
  for height = 140, 10, -10 do -- a column is a second
    local columns = table.concat(seconds, " "):gsub("%d+ ?", function(s) return tonumber(s) >= height and "#" or " " end)
    it:say("row", { height = height, columns = columns })
  end
  local highest, lowest = math.max(table.unpack(seconds, 10)), math.min(table.unpack(seconds, 10))
  it:say("used", { control = control, percent = 100 * used })
  it:claim(rounds[2] == 2 * rounds[1] and rounds[3] == 2 * rounds[2], "doubles", { rounds = rounds })
  local fell = { control = control, highest = highest, lowest = lowest, share = lowest / highest }
  it:claim((fell.share < 0.6) == (control == "reno"), control, fell)
end
it:say "answer"
