-- SPDX-License-Identifier: MIT
-- What a congestion control written in Lua costs: the same transfer under Reno in C and under Reno as twenty lines of Lua, by turns; the
-- difference of the best times, an ACK. The bound is 1 us.
local tcplab = require "tcplab"

local SIZE, CHUNK, ROUNDS = 64 << 20, 1 << 20, 15

local counted = 0
local reno = {
  name = "reno in Lua",
  init = function(cc) cc.toward = 0 end,
  ack = function(cc, s)
    counted = counted + 1
    if cc.cwnd < cc.ssthresh then
      cc.cwnd = math.min(cc.cwnd + math.min(s.acked, 2 * s.mss), 1 << 30)
    elseif s.cwnd_limited then
      cc.toward = cc.toward + s.acked
      if cc.toward >= cc.cwnd then
        cc.toward = cc.toward - cc.cwnd
        cc.cwnd = math.min(cc.cwnd + s.mss, 1 << 30)
      end
    end
  end,
  loss = function(cc, s)
    cc.ssthresh = math.max(s.flight // 2, 2 * s.mss)
    cc.toward = 0
  end,
}

-- Seconds of processor time, and the ACKs that the sender took.
local function run(control)
  local options = { send_buffer = 1 << 22, receive_buffer = 1 << 19 }
  local function with(address, congestion)
    local all = { address = address, congestion = congestion }
    for name, value in pairs(options) do all[name] = value end
    return all
  end
  local net <close> = tcplab.lab { seed = 1, trace = false }
  local sender, receiver = net:host("sender", with("10.0.0.1", control)), net:host("receiver", with "10.0.0.2")
  net:link(sender, receiver, { delay = 0.001, rate = 10e9 })
  local listener = receiver:listen(80)
  local conn = assert(sender:connect(receiver, 80))
  local peer = assert(listener:accept())
  net:spawn(function()
    for _ = 1, SIZE // CHUNK do peer:receive(CHUNK) end
    net:stop()
  end)
  net:spawn(function()
    local chunk = ("x"):rep(CHUNK)
    for _ = 1, SIZE // CHUNK do assert(conn:send(chunk)) end
  end)
  collectgarbage()
  local begun = os.clock()
  net:run()
  return os.clock() - begun, sender:counters().packets_in
end

local best_c, best_lua, acks = math.huge, math.huge, nil
for _ = 1, ROUNDS do
  best_c = math.min(best_c, (run "reno"))
  local seconds, packets = run(reno)
  best_lua, acks = math.min(best_lua, seconds), packets
end
print(("Reno in C: %.3f s; in Lua: %.3f s; %d ACKs a transfer, %d calls of ack"):format(best_c, best_lua, acks, counted // ROUNDS))
print(("a congestion control in Lua costs %.0f ns an ACK (bound: 1000)"):format((best_lua - best_c) / acks * 1e9))
