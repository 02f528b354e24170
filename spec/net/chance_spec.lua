-- SPDX-License-Identifier: MIT
-- What filters, match functions, policies and matches draw: each from numbers of its own.
require "spec.helper"
local tcplab = require "tcplab"

local function network(seed)
  local net = tcplab.lab { seed = seed or 7 }
  local client, server = net:host("client", { address = "10.0.0.1" }), net:host("server", { address = "10.0.0.2" })
  return net, client, server, net:link(client, server, { delay = 0.01 })
end

-- Sends by a connection, and gives what was drawn meanwhile.
local function drawn(hang, more)
  local net <close>, client, server, link = network()
  local list = {}
  local function draw()
    list[#list + 1] = net:random(1000)
    return list[#list]
  end
  local listener = server:listen(80)
  hang(link, draw)
  if more then more(net, client, server, link) end
  local conn = assert(client:connect(server, 80))
  conn:send(("x"):rep(10000))
  assert(listener:accept()):receive(10000)
  return list
end

-- Things that draw too, elsewhere and later.
local function others(net, client, server, link)
  link:filter(function() net:random() end)
  client:filter("out", function() net:random() end)
  link:drop(function() return net:random() < 0 end)
  net:host("third", { address = "10.0.0.3", isn = function() return net:random(5) end })
  server:filter("in", function() net:random() end)
  link:delay({ kind = "DATA", chance = 0 }, nil, 1)
  net:on("segment", function() net:random() end)
end

local WAYS <const> = {
  filter = function(link, draw) link:filter(function() draw() end) end,
  match = function(link, draw) link:drop(function() return draw() < 0 end) end,
}

describe("numbers that are drawn", function()
  it("in a filter or match function are there, and stay the same when others draw beside it", function()
    for _, hang in pairs(WAYS) do
      local alone = drawn(hang)
      assert.is_true(#alone > 10)
      assert.same(alone, drawn(hang))
      assert.same(alone, drawn(hang, others))
    end
  end)

  it("differ from filter to filter", function()
    local first, second = {}, {}
    local net <close>, client, server, link = network()
    link:filter(function() first[#first + 1] = net:random(1000) end)
    link:filter(function() second[#second + 1] = net:random(1000) end)
    server:listen(80)
    client:connect(server, 80)
    assert.equal(#first, #second)
    assert.are_not.same(first, second)
  end)

  it("in a policy or a congestion control come from one stream for each host and policy", function()
    local function run(more)
      local list = {}
      local net <close>, client, server, link = network()
      local function note() list[#list + 1] = net:random(1000) end
      local dice = net:host("dice", {
        address = "10.0.0.9", isn = function() return net:random(0, 0xffffffff) end, rto = note, delay_ack = note, admit = note,
        congestion = { name = "dice", init = function(cc) cc.cwnd = 14600 note() end, ack = note },
      })
      net:link(dice, server, { delay = 0.01 })
      if more then more(net, client, server, link) end
      server:listen(80)
      dice:listen(81)
      local conn = assert(dice:connect(server, 80))
      conn:send(("x"):rep(20000))
      assert(server:connect("10.0.0.9", 81)):send "hello"
      net:run(1)
      return list
    end
    local alone = run()
    assert.is_true(#alone > 10)
    assert.same(alone, run(others))
  end)

  it("by the script itself go on where they were", function()
    local function run(hang)
      local net <close>, client, server, link = network()
      if hang then link:filter(function() net:random() end) end
      server:listen(80)
      local before = net:random()
      client:connect(server, 80)
      return { before, net:random() }
    end
    assert.same(run(false), run(true))
  end)
end)

describe("a match's chance", function()
  local function lost(match, seed, more)
    local net <close>, client, server, link = network(seed)
    local fault = link:drop(match)
    if more then more(net, link) end
    for port = 80, 81 do server:listen(port) end
    for _ = 1, 200 do client:open { address = server, port = 80, syn_retries = 1 } end
    for _ = 1, 20 do client:open { address = server, port = 81 } end
    net:run(0.5)
    return fault.count, net.trace:hash()
  end

  it("lets so many through of those that fit in all else, the same ones for the same seed", function()
    local count, hash = lost { kind = "SYN", destination_port = 80, chance = 0.25 }
    assert.is_true(count > 30 and count < 70, count)
    assert.same({ count, hash }, { lost { kind = "SYN", destination_port = 80, chance = 0.25 } })
    assert.are_not.same({ count, hash }, { lost({ kind = "SYN", destination_port = 80, chance = 0.25 }, 8) })
    assert.equal(200, (lost { kind = "SYN", destination_port = 80, chance = 1 }))
    assert.equal(0, (lost { kind = "SYN", destination_port = 80, chance = 0 }))
  end)

  it("draws what no other fault draws", function()
    local match = { kind = "SYN", destination_port = 80, chance = 0.25 }
    assert.equal((lost(match)), (lost(match, 7, function(_, link) link:delay({ chance = 0.5 }, nil, 0.001) end)))
  end)

  it("is a probability", function()
    local _, _, _, link = network()
    assert.has_error(function() link:drop { chance = 5 } end, "match.chance: a probability from 0 to 1 expected, got 5; 5 % is 0.05")
    assert.has_error(function() link:drop { chance = "often" } end, 'match.chance: a probability from 0 to 1 expected, got "often"')
  end)
end)
