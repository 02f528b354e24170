-- SPDX-License-Identifier: MIT
-- Many small networks, each bad in its own way: whatever the links do, what was sent arrives byte for byte, and no transfer takes longer than the
-- protocol's own timers let it.

local helper = require "spec.helper"
local tcplab = require "tcplab"

local SEEDS = 100

-- A choice among values.
local function one_of(random, ...) return (select(random(1, select("#", ...)), ...)) end

local function chance(random, percent) return random(1, 100) <= percent end

local function link_options(random)
  return {
    delay = random(0, 80) / 1000, rate = one_of(random, 64e3, 1e6, 100e6), queue = one_of(random, 4, 64, 1000), jitter = random(0, 20) / 1000,
    loss = chance(random, 70) and random(0, 30) / 100 or 0, duplicate = random(0, 10) / 100, reorder = random(0, 20) / 100,
    corrupt = random(0, 5) / 100, mtu = one_of(random, 1500, 1500, 1280, 9000),
  }
end

local function host_options(random, address)
  local isn = one_of(random, 0, 0xfffffff0, 0x7ffffff0, 0xffff0000, random(0, 0xffffffff))
  return {
    address = address, isn = function() return isn end, mss = one_of(random, 0, 88, 88, 536, 1460),
    receive_buffer = one_of(random, 1, 2, 100, 1000, 65535, 262144), send_buffer = one_of(random, 1, 500, 5000, 262144),
    timestamps = chance(random, 50), window_scaling = chance(random, 50), nodelay = chance(random, 50), delayed_ack = one_of(random, 0, 0.04, 0.4),
    rto_min = one_of(random, 0.05, 0.2, 1), r2 = math.huge, syn_r2 = math.huge, user_timeout = 0,
  }
end

-- A one-byte window moves one byte a round trip, or a probe: little is enough.
local function size_for(random, receiver, sender)
  local slow = receiver.receive_buffer <= 2 or sender.send_buffer <= 1
  return slow and random(1, 40) or random(0, receiver.receive_buffer <= 1000 and 4000 or 30000)
end

local function schedule(seed)
  local random = helper.random(seed * 0x9e3779b97f4a7c15)
  for _ = 1, 5 do random(2) end -- the first draws of neighbouring seeds are alike
  local v6 = chance(random, 25)
  local a, b = host_options(random, v6 and "fd00::1" or "10.0.0.1"), host_options(random, v6 and "fd00::2" or "10.0.0.2")
  return {
    seed = seed, a = a, b = b, link = link_options(random), there = helper.bytes(size_for(random, b, a), seed),
    back = helper.bytes(size_for(random, a, b), seed + 1000), half_close = chance(random, 50), pause = chance(random, 30) and random(1, 20) or 0,
    crossing = chance(random, 20), outage = chance(random, 20) and random(1, 90) or 0,
  }
end

-- Sends, closes this direction, and reads to the peer's end; with a half-close only after the peer has ended.
local function exchange(net, conn, data, plan, first)
  local sender = net:spawn(function()
    if plan.half_close and not first then net:sleep(plan.pause) end
    if #data > 0 then assert(conn:send(data)) end
    assert(conn:shutdown "send")
  end)
  if plan.pause > 0 then net:sleep(plan.pause) end
  local got = assert(conn:receive "*a")
  sender:join()
  return got
end

local function established(net, conn)
  return function()
    while conn.state:find "^SYN" do net:sleep(0.05) end
    return conn
  end
end

-- Two functions that wait for either end of a new connection: both sides open, or one listens.
local function ends(net, plan, a, b)
  if plan.crossing then
    local here = assert(a:open { address = b, port = 2000, local_port = 1000 })
    local there = assert(b:open { address = a, port = 1000, local_port = 2000 })
    return established(net, here), established(net, there)
  end
  local listener = assert(b:listen(80))
  return function() return assert(a:connect(b, 80)) end, function() return assert(listener:accept()) end
end

local function break_down(net, link, seconds)
  net:sleep(0.3)
  link:down()
  net:sleep(seconds)
  link:up()
end

-- What arrived at a, at b, when a had it all, and why the network ended.
local function run(plan)
  local net <close> = tcplab.lab { seed = plan.seed, trace = false }
  local a, b = net:host("a", plan.a), net:host("b", plan.b)
  local link = net:link(a, b, plan.link)
  local at_a, at_b = ends(net, plan, a, b)
  local there, back, done
  if plan.outage > 0 then net:spawn(break_down, net, link, plan.outage) end
  net:spawn(function() there = exchange(net, at_b(), plan.back, plan, false) end)
  net:spawn(function()
    back = exchange(net, at_a(), plan.there, plan, true)
    done = net:now()
  end)
  local why = net:run()
  return back, there, done, why
end

local function shown(plan)
  local l = plan.link
  local network = ("loss %g, duplicate %g, reorder %g, corrupt %g"):format(l.loss, l.duplicate, l.reorder, l.corrupt)
  return ("schedule(%d) of spec/tcp/transfer_spec.lua: %s, %d and %d bytes"):format(plan.seed, network, #plan.there, #plan.back)
end

describe("a transfer over a bad network", function()
  for seed = 1, SEEDS do
    it(("is whole in the end, seed %d #R9293-U8"):format(seed), function()
      local plan = schedule(seed)
      local back, there, done, why = run(plan)
      assert.equal("idle", why, shown(plan))
      assert.is_true(there == plan.there and back == plan.back, shown(plan))
      assert.is_true(done < 20000, shown(plan) .. (", took %g s"):format(done))
    end)
  end
end)
