-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"
local tcplab = require "tcplab"

describe("a lab", function()
  it("starts at 0, with nothing to happen", function()
    local net <close> = tcplab.lab()
    assert.equal(0.0, net:now())
    assert.is_nil(net:deadline())
    assert.is_false(net:step())
    assert.equal("idle", (net:run()))
  end)

  it("raises on unknown options, with the nearest", function()
    assert.has_error(function() tcplab.lab { hosts = { ["10.0.0.1"] = "10.0.0.2" } } end, 'hosts: "10.0.0.1" is an address, and no name')
    assert.has_error(function() tcplab.lab { hosts = { name = "nowhere" } } end, 'hosts["name"]: "nowhere" is no IP address')
    assert.has_error(function() tcplab.lab { hosts = "name" } end, 'hosts: table expected, got string "name"')
    assert.error_matches(function() tcplab.lab { sed = 1 } end, 'lab: unknown option "sed"; did you mean "seed"%?')
    assert.error_matches(function() tcplab.lab { seed = "x" } end, 'seed: an integer expected, got "x"')
    assert.error_matches(function() tcplab.lab { trace = true } end, "trace: false or a table expected")
    assert.error_matches(function() tcplab.lab { trace = { limits = 1 } } end, 'trace: unknown option "limits"')
  end)

  it("has parts by name", function()
    local net <close>, client = helper.lab()
    assert.equal(client, net:node "client")
    assert.is_nil(net:node "nobody")
  end)

  it("has each name once", function()
    local net <close> = helper.lab()
    assert.error_matches(function() net:host "client" end, 'name: there is a "client" already')
    for _, name in ipairs { "two\nlines", "a\tb", "\27[2J", "\xff" } do
      assert.error_matches(function() net:host(name) end, "name: a line of UTF%-8 text expected, got ")
    end
    assert.error_matches(function() net:switch "client" end, 'name: there is a "client" already')
    assert.error_matches(function() net:host(5) end, "name: string expected, got number")
  end)

  it("has no descriptor", function()
    local net <close> = tcplab.lab()
    local fd, message, code = net:fd()
    assert.is_nil(fd)
    assert.equal("a virtual network has no descriptor", message)
    assert.equal("ENOTSUP", code)
  end)
end)

describe("the module", function()
  it("raises for names it does not have, naming what it has", function()
    assert.error_matches(function() return tcplab.raw end, 'tcplab has no "raw".*There are .*lab')
    assert.error_matches(function() return tcplab.labb end, 'did you mean "lab"%?')
    assert.error_matches(function() tcplab.seed = 3 end, 'tcplab has no "seed"')
  end)
end)

describe("random", function()
  it("is the script's own, the same for the same seed", function()
    local function draws(seed)
      local net <close> = tcplab.lab { seed = seed }
      net:host("somebody", { address = "10.0.0.9" })
      local list = {}
      for i = 1, 5 do list[i] = net:random(1000) end
      return table.concat(list, " ")
    end
    assert.equal(draws(3), draws(3))
    assert.not_equal(draws(3), draws(4))
  end)

  it("takes math.random's arguments", function()
    local net <close> = tcplab.lab()
    for _ = 1, 200 do
      local x = net:random()
      assert.is_true(x >= 0 and x < 1)
      assert.is_true(net:random(3) >= 1 and net:random(3) <= 3)
      local y = net:random(-2, 2)
      assert.is_true(y >= -2 and y <= 2)
    end
    assert.error_matches(function() net:random(2, 1) end, "empty")
  end)
end)

describe("closing a network", function()
  it("closes its tasks, and everything answers", function()
    local conn, peer, lab = helper.established()
    local task = lab.net:spawn(function() conn:receive() end)
    lab.net:run(0)
    lab.net:close()
    lab.net:close()
    assert.is_true(lab.net.closed)
    assert.equal("closed", task.state)
    assert.equal("CLOSED", conn.state)
    assert.equal("CLOSED", conn:status().state)
    assert.is_truthy(tostring(conn) and tostring(lab.net) and tostring(lab.client) and tostring(lab.link))
    conn:close()
    peer:abort()
    lab.listener:close()
    assert.error_matches(function() lab.net:run() end, "the network is closed")
    assert.error_matches(function() lab.client:connect(lab.server, 80) end, "the network is closed")
    assert.error_matches(function() lab.link:down() end, "the network is closed")
  end)

  it("is what leaving its scope does", function()
    local kept
    do
      local net <close> = helper.lab()
      kept = net
    end
    assert.is_true(kept.closed)
  end)

  it("may come in any order with collecting the rest", function()
    local random = helper.random(11)
    for _ = 1, 30 do
      local conn, peer, lab = helper.established()
      local things = {
        lab.net, lab.client, lab.server, lab.link, lab.listener, conn, peer, lab.net:spawn(function() lab.net:sleep(1) end),
        lab.net:on("state", function() end), lab.link:drop("DATA", 1), lab.link:filter(function() end),
      }
      conn, peer, lab = nil, nil, nil -- luacheck: ignore 311
      while #things > 0 do
        local thing = table.remove(things, random(#things))
        if getmetatable(thing).close and random(2) == 1 then thing:close() end
        thing = nil -- luacheck: ignore 311
        if random(3) == 1 then collectgarbage() end
      end
    end
  end)
end)

describe("collecting a network", function()
  it("frees it, also when policies, hooks and tasks refer to it", function()
    local held = setmetatable({}, { __mode = "k" })
    do
      local net, client, server, link
      net, client, server, link = helper.lab { client = { isn = function() return net and 5 end } }
      net:on("state", function() return net end)
      link:filter(function() return net and nil end)
      server:listen(80)
      net:spawn(function() client:connect(server, 80):receive() end)
      net:run(1)
      held[net], held[client] = true, true
    end
    collectgarbage()
    collectgarbage()
    assert.is_nil(next(held))
  end)
end)

describe("a network's counters", function()
  it("count events and packets", function()
    local conn, _, lab = helper.established()
    conn:send "x"
    lab.net:run(1)
    local counters = lab.net:counters()
    assert.is_true(counters.packets >= 5)
    assert.is_true(counters.events >= counters.packets)
    assert.equal(0, counters.dropped.fault)
    lab.net:close()
  end)
end)

describe("the same script and seed", function()
  local function hash(extra)
    local net <close> = tcplab.lab { seed = 7 }
    if extra then net:host("a stranger", { address = "10.9.9.9" }) end
    local client, server = net:host("client", { address = "10.0.0.1" }), net:host("server", { address = "10.0.0.2" })
    net:link(client, server, { delay = 0.01, jitter = 0.004, loss = 0.1, reorder = 0.1, duplicate = 0.1 })
    local listener = server:listen(80)
    local conn = assert(client:connect(server, 80))
    local peer = assert(listener:accept())
    local task = net:spawn(function() return #peer:receive "*a" end)
    conn:send(("x"):rep(30000))
    conn:shutdown "send"
    assert.equal(30000, task:join())
    peer:close()
    net:run()
    local lines = {}
    for e in net.trace:events() do
      local what = e.moment == "segment" and tostring(e.segment) .. e.point or e.moment
      lines[#lines + 1] = ("%d %s %s"):format(e.ns, e.host and e.host.name or "-", what)
    end
    return table.concat(lines, "\n")
  end

  it("give the same trace, also with another host in the lab", function()
    local first = hash()
    assert.is_true(#first > 1000)
    assert.equal(first, hash())
    assert.equal(first, hash(true))
  end)
end)
