-- SPDX-License-Identifier: MIT
-- Bulk data through the library: one task sends, another receives, with blocking calls. No hooks, no trace.
-- An argument says how many thousand segments of 1460 bytes.
local tcplab = require "tcplab"

local SEGMENT = 1460
local thousands = tonumber((...)) or 1000

--- A lab in which segments carry 1460 bytes, with or without timestamps: it, and what makes a connection.
local function lab(timestamps)
  local net = tcplab.lab { trace = false }
  local client = net:host("client", { address = "10.0.0.1", timestamps = timestamps })
  local server = net:host("server", { address = "10.0.0.2", timestamps = timestamps })
  net:link(client, server, { delay = 1e-5, mtu = timestamps and 1512 or 1500 })
  local listener = server:listen(80)
  return net, function() return assert(client:connect(server, 80)), assert(listener:accept()) end
end

local function send_all(conn, count)
  local block = ("x"):rep(1000 * SEGMENT)
  for _ = 1, count // 1000 do assert(conn:send(block)) end
  conn:shutdown "send"
end

local function receive_all(peer, pattern)
  local received = 0
  repeat
    local data, _, rest = peer:receive(pattern)
    received = received + #(data or rest)
  until not data or pattern == "*a"
  return received
end

--- Seconds of processor time for so many segments over a new connection.
local function transfer(net, connect, pattern, count)
  local conn, peer = connect()
  net:spawn(send_all, conn, count)
  local reader = net:spawn(receive_all, peer, pattern)
  local before = os.clock()
  local received = reader:join()
  local took = os.clock() - before
  assert(received == count * SEGMENT and conn:status().retransmissions == 0)
  return took
end

-- "*a" keeps all of a connection's bytes in memory: several connections share them.
local function measure(timestamps, pattern)
  local net <close>, connect = lab(timestamps)
  local count = pattern == "*a" and 10000 or thousands * 1000
  local rounds, took = math.max(thousands * 1000 // count, 1), 0
  for _ = 1, rounds do
    collectgarbage()
    took = took + transfer(net, connect, pattern, count)
  end
  print(("%.0f segments/s from Lua: receive(%s), timestamps %s"):format(rounds * count / took, pattern, timestamps and "on" or "off"))
end

for _, timestamps in ipairs { false, true } do
  for _, pattern in ipairs { 64 * 1024, 1000 * SEGMENT, "*a" } do measure(timestamps, pattern) end
end
