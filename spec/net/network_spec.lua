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

describe("run", function()
  local net, client, server
  before_each(function() net, client, server = helper.lab() end)
  after_each(function() net:close() end)

  it("lasts as long as it is told, whether or not something happens", function()
    assert.equal("idle", (net:run(2)))
    assert.equal(2.0, net:now())
    net:spawn(function() net:sleep(5) end)
    assert.equal("time", (net:run(2)))
    assert.equal(4.0, net:now())
  end)

  it("does with 0 all that is due, and never waits", function()
    local log = {}
    net:spawn(function()
      log[#log + 1] = "now"
      net:sleep(0)
      log[#log + 1] = "still now"
      net:sleep(1)
      log[#log + 1] = "later"
    end)
    assert.equal("time", (net:run(0)))
    assert.same({ "now", "still now" }, log)
    assert.equal(0.0, net:now())
  end)

  it("ends idle when nothing is left to happen", function()
    server:listen(80)
    local conn = assert(client:connect(server, 80))
    conn:abort()
    assert.equal("idle", (net:run()))
    assert.is_true(net:now() < 1)
  end)

  it("is stopped by stop, from a task or a hook", function()
    net:spawn(function() net:sleep(1) net:stop() net:sleep(1) end)
    assert.equal("stopped", (net:run()))
    assert.equal(1.0, net:now())
    assert.equal("idle", (net:run()))
    server:listen(80)
    client:open { address = server, port = 80 }
    net:on("state", function(e) if e.to == "ESTABLISHED" then net:stop() end end)
    assert.equal("stopped", (net:run()))
  end)

  it("meets its limit after a virtual day, and names the timers that run", function()
    server:listen(80, { keepalive = true })
    local conn = assert(client:connect(server, 80))
    local task = net:spawn(function() conn:receive() end)
    local why, waiting = net:run()
    assert.equal("limit", why)
    assert.equal(task, waiting[1])
    assert.same({ "server: keepalive" }, waiting.timers)
    assert.is_true(net:now() >= 86400)
  end)

  it("raises on what is no time", function()
    assert.error_matches(function() net:run(-1) end, "seconds: %-1 seconds is not a time span")
    assert.error_matches(function() net:run "x" end, 'seconds: seconds expected, got "x"')
    net:run(9e9)
    for _, beyond in ipairs { net.run, net.sleep } do
      assert.error_matches(function() beyond(net, 1) end, "seconds: 1 seconds from now is beyond the end of the clock")
    end
    assert.error_matches(function() net.run() end, "run: call it with a colon")
  end)
end)

describe("run_until", function()
  it("ends as soon as the condition holds", function()
    local net <close>, client, server = helper.lab()
    server:listen(80)
    local conn = client:open { address = server, port = 80 }
    assert.is_true(net:run_until(function() return conn.state == "ESTABLISHED" end))
    assert.is_true(net:now() < 0.03)
  end)

  it("says why it ended without", function()
    local net <close> = helper.lab()
    local met, why = net:run_until(function() return false end)
    assert.is_false(met)
    assert.equal("idle", why)
    local task = net:spawn(function() net:sleep(100) end)
    local waiting
    met, why, waiting = net:run_until(function() return false end, 10)
    assert.is_false(met)
    assert.equal("limit", why)
    assert.equal(task, waiting[1])
    assert.equal(10.0, net:now())
  end)
end)

describe("step", function()
  it("lets one event happen", function()
    local net <close>, client, server = helper.lab()
    server:listen(80)
    local points = {}
    net:on("segment", function(e) points[#points + 1] = e.segment.kind .. " " .. e.point end)
    client:open { address = server, port = 80 }
    while #points < 1 do assert.is_true(net:step()) end
    local before = #points
    assert.is_true(net:step())
    assert.is_true(#points - before <= 2)
    while net:step() do end
    assert.equal("SYN sent SYN delivered SYN-ACK sent SYN-ACK delivered ACK sent ACK delivered", table.concat(points, " "))
  end)
end)

describe("sleep", function()
  it("lets the network run in the main chunk", function()
    local net <close> = helper.lab()
    local done = false
    net:spawn(function() net:sleep(1) done = true end)
    assert.is_true(net:sleep(3))
    assert.is_true(done)
    assert.equal(3.0, net:now())
  end)
end)

describe("a wait that nothing can end", function()
  it("answers EDEADLK", function()
    local net <close>, _, server = helper.lab()
    local listener = server:listen(80)
    local conn, message, code = listener:accept()
    assert.is_nil(conn)
    assert.equal("EDEADLK", code)
    assert.is_truthy(message:match "ever")
    assert.equal("EDEADLK", select(3, net:spawn(function() listener:accept() end):join()))
  end)
end)

describe("hooks", function()
  local net, client, server
  before_each(function() net, client, server = helper.lab() end)
  after_each(function() net:close() end)

  local function handshake()
    local listener = server:listen(80)
    return assert(client:connect(server, 80)), assert(listener:accept())
  end

  it("see every state change, with objects in their fields", function()
    local seen = {}
    net:on("state", function(e) seen[#seen + 1] = ("%s %s %s %s"):format(e.host.name, e.from, e.to, e.event) end)
    local conn
    net:on("state", function(e) if e.host == client then conn = e.conn end end)
    assert.equal(handshake(), conn)
    assert.same({
      "client CLOSED SYN-SENT OPEN-active",
      "server LISTEN SYN-RECEIVED SEG-SYN",
      "client SYN-SENT ESTABLISHED SEG-SYN-ACK",
      "server SYN-RECEIVED ESTABLISHED SEG-ACK-new",
    }, { seen[1], seen[2], seen[3], seen[4] and (seen[4]:gsub("SEG%-ACK.*", "SEG-ACK-new")) })
  end)

  it("run in the order in which they were hung, whatever they hang on", function()
    local log = {}
    local function note(name) return function(e) if e.to == "ESTABLISHED" and e.host == client then log[#log + 1] = name end end end
    server:listen(80)
    local conn = client:open { address = server, port = 80 }
    net:on("state", note "net 1")
    conn:on("state", note "conn")
    client:on("state", note "host")
    server:on("state", note "other host")
    net:on("state", note "net 2")
    net:run()
    assert.same({ "net 1", "conn", "host", "net 2" }, log)
  end)

  it("are taken off by their handle, also from inside", function()
    local count, hook = 0, nil
    hook = net:on("segment", function()
      count = count + 1
      hook:close()
      hook:close()
    end)
    handshake()
    assert.equal(1, count)
    assert.is_true(hook.closed)
    assert.equal("hook: segment (closed)", tostring(hook))
  end)

  it("live on when their handle is collected", function()
    local count = 0
    net:on("accept", function() count = count + 1 end)
    collectgarbage()
    handshake()
    assert.equal(1, count)
  end)

  it("get fresh segments: keeping or changing one changes nothing", function()
    local kept
    net:on("segment", function(e)
      if e.segment.kind == "DATA" and e.point == "sent" then
        kept = e.segment
        e.segment.payload = "changed"
      end
    end)
    local conn, peer = handshake()
    conn:send "hello"
    assert.equal("hello", peer:receive(5))
    assert.equal("changed", kept.payload)
  end)

  it("get one of their own each: what one hook does to its event, the next does not see", function()
    local seen = {}
    net:on("segment", function(e)
      e.segment.payload, e.segment.options.mss, e.conn, e.host = "changed", 7, nil, nil
    end)
    client:on("segment", function(e) seen[#seen + 1] = { e.segment.payload, e.segment.options.mss, e.conn.state, e.host.name } end)
    client:open { address = server, port = 80 }
    net:run(0)
    assert.same({ { "", 1460, "SYN-SENT", "client" } }, seen)
  end)

  it("may close, abort and open", function()
    local opened
    net:on("state", function(e)
      if e.host == client and e.to == "ESTABLISHED" and not opened then
        opened = client:open { address = server, port = 80 }
        e.conn:abort()
        collectgarbage()
      end
    end)
    server:listen(80)
    client:open { address = server, port = 80 }
    net:run(1)
    assert.equal("ESTABLISHED", opened.state)
    assert.equal(1, #client:connections())
  end)

  it("may close the network, and whoever waits is told so", function()
    local conn, peer = handshake()
    net:on("data", function() net:close() end)
    conn:send "hello"
    local data, message, partial, code = peer:receive(5)
    assert.same({ nil, "closed", "", "ECANCELED" }, { data, message, partial, code })
  end)

  it("may close the network", function()
    net:on("state", function(e) if e.to == "SYN-RECEIVED" then net:close() end end)
    server:listen(80)
    client:open { address = server, port = 80 }
    assert.equal("stopped", (net:run()))
    assert.is_true(net.closed)
  end)

  it("must not wait, and are told the way out", function()
    server:listen(80)
    net:on("state", function(e) if e.to == "ESTABLISHED" then e.conn:receive() end end)
    client:open { address = server, port = 80 }
    local ok, problem = pcall(net.run, net)
    assert.is_false(ok)
    assert.is_truthy(problem:match "receive would have to wait, which a hook %(state%) must not: start a task with net:spawn, or settimeout%(0%)")
  end)

  it("may receive what is there, and with settimeout(0) also what is not", function()
    local listener = server:listen(80)
    local got = {}
    server:on("data", function(e)
      e.conn:settimeout(0)
      got[#got + 1] = { e.conn:receive(5) }
      got[#got + 1] = { e.conn:receive(5) }
    end)
    local conn = assert(client:connect(server, 80))
    conn:send "hello"
    net:run()
    assert.same({ { "hello" }, { nil, "timeout", "", "EAGAIN" } }, got)
    listener:close()
  end)

  it("must not run the network", function()
    net:on("state", function() net:run() end)
    client:open { address = server, port = 80 }
    assert.error_matches(function() net:run() end, "run: not in a hook %(state%)")
  end)

  it("must not yield", function()
    local hook = net:on("state", function() coroutine.yield() end)
    client:open { address = server, port = 80 }
    assert.is_false(coroutine.wrap(function() return (pcall(net.run, net)) end)())
    hook:close()
    assert.equal("idle", (net:run()))
  end)

  it("raise from the call that was advancing the network, strings with the traceback", function()
    net:on("state", function() error "boom" end)
    server:listen(80)
    local ok, problem = pcall(client.connect, client, server, 80)
    assert.is_false(ok)
    assert.is_truthy(problem:match "network_spec.lua:%d+: boom\nstack traceback:\n")
  end)

  it("raise other values as they are; the first failure wins, and the others still run", function()
    local first, second, third = {}, {}, 0
    net:on("accept", function() error(first) end)
    net:on("accept", function() error(second) end)
    net:on("accept", function() third = third + 1 end)
    server:listen(80)
    client:open { address = server, port = 80 }
    local ok, problem = pcall(net.run, net)
    assert.is_false(ok)
    assert.equal(first, problem)
    assert.equal(1, third)
    assert.equal("idle", (net:run()))
  end)

  it("need a function", function()
    assert.error_matches(function() net:on("state", "x") end, 'function: a function expected, got "x"')
  end)
end)

describe("random", function()
  it("is the script's own, the same for the same seed", function()
    local function draws(seed)
      local net <close> = tcplab.lab { seed = seed }
      net:host "somebody"
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
        if thing.close and random(2) == 1 then thing:close() end
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
