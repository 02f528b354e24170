-- SPDX-License-Identifier: MIT
-- One end is gone, and nobody says so: a crash, a reboot, a box in between that forgets. What the other end learns of it, and when.
local helper = require "spec.helper"
local tcplab = require "tcplab"

local YEAR = 365 * 86400

describe("an end that is gone", function()
  local net, client, server, link, conn, peer
  local function connect(options)
    local lab
    conn, peer, lab = helper.established { client = options }
    net, client, server, link = lab.net, lab.client, lab.server, lab.link
    net:run(1)
  end
  after_each(function() net:close() end)

  -- What has been sent since: "c:SYN" is a SYN of the client's.
  local function record()
    local seen = {}
    net:on("segment", function(e)
      if e.point == "sent" then seen[#seen + 1] = ("%s:%s%s"):format(e.sender.name:sub(1, 1), e.segment.kind, e.segment.probe and "?" or "") end
    end)
    return function()
      net:run(0)
      return table.concat(seen, " ")
    end
  end

  -- When the connection came to CLOSED, from where, when it had come there, and by what event.
  local function ending_of(which)
    local ending, since = {}, nil
    which:on("state", function(e)
      if e.to == "CLOSED" then ending.time, ending.from, ending.since, ending.event = e.time, e.from, since, e.event end
      since = e.time
    end)
    return ending
  end

  local function near(expected, actual) assert.is_true(math.abs(expected - actual) < 1e-6, ("%s, not %s"):format(actual, expected)) end

  describe("by a crash", function()
    it("is missed by nobody who has nothing to say: the connection stays for ever", function()
      connect()
      link:down()
      net:run(YEAR)
      assert.same({ "ESTABLISHED", "ESTABLISHED" }, { conn.state, peer.state })
    end)

    it("is found by who sends, when R2 is over, and by who waits for an answer not before", function()
      connect { user_timeout = 0 }
      link:down()
      local ending = ending_of(conn)
      local asked = net:now()
      conn:send "anybody there?\n"
      assert.same({ nil, "closed", "", "ETIMEDOUT" }, { conn:receive() })
      net:run(0)
      assert.is_true(ending.time - asked >= 100 and ending.time - asked < 160, ending.time - asked)
      assert.equal("ESTABLISHED", peer.state)
    end)

    it("is found by keep-alive: after two hours, and nine probes 75 s apart that nobody answered #MUST-27 #MUST-28 #MUST-29", function()
      connect { keepalive = true }
      local heard = conn:status().timers.keepalive - 7200
      link:down()
      local ending, probes = ending_of(conn), {}
      client:on("segment", function(e)
        if e.segment.probe and e.point == "sent" then probes[#probes + 1] = e.time - heard end
      end)
      assert.same({ nil, "closed", "", "ETIMEDOUT" }, { conn:receive() })
      net:run(0)
      assert.equal(9, #probes)
      for i, time in ipairs(probes) do near(7200 + 75 * (i - 1), time) end
      near(7200 + 75 * 9, ending.time - heard)
      assert.equal("TIMEOUT-keepalive", ending.event)
    end)

    it("is found sooner, or by more probes, where one connection asks for it", function()
      connect { keepalive = true }
      local other = assert(client:connect(server, 80))
      net:run(1)
      conn:setoption("keepalive_count", 10)
      conn:setoption("keepalive_interval", 5)
      conn:setoption("keepalive_idle", 60)
      local set, first, second = net:now(), ending_of(conn), ending_of(other)
      local heard = other:status().timers.keepalive - 7200
      link:down()
      net:run(10000)
      near(set + 60 + 10 * 5, first.time)
      near(heard + 7200 + 9 * 75, second.time)
    end)

    it("is taken for none while keep-alive probes are answered, and probes are what both ends live on", function()
      connect { keepalive = true, keepalive_idle = 60 }
      local seen = record()
      net:run(60 * 5)
      assert.equal("c:ACK? s:ACK c:ACK? s:ACK c:ACK? s:ACK c:ACK? s:ACK", seen():sub(1, 51))
      assert.same({ "ESTABLISHED", 0 }, { conn.state, conn:status().probes })
      link:drop({ kind = "ACK", from = server }, { 1, 2, 3 })
      net:run(60 + 75 * 2 + 1)
      assert.equal(3, conn:status().probes)
      net:run(75)
      assert.same({ "ESTABLISHED", 0 }, { conn.state, conn:status().probes })
    end)
  end)

  describe("by a reboot", function()
    it("is found when the other end sends: a RST says that there is no such connection (RFC 9293 3.5.1, figure 10)", function()
      connect()
      server:reboot()
      local ending = ending_of(conn)
      local seen, asked = record(), net:now()
      conn:send "anybody there?\n"
      assert.same({ nil, "closed", "", "ECONNRESET" }, { conn:receive() })
      assert.equal("c:DATA s:RST", seen())
      assert.equal("SEG-RST-exact", ending.event)
      assert.is_true(ending.time - asked < 0.021)
      assert.equal(1, server:counters().refused["no-connection"])
    end)

    it("is found by the first keep-alive probe", function()
      connect { keepalive = true, keepalive_idle = 60 }
      server:reboot()
      local seen = record()
      assert.same({ nil, "closed", "", "ECONNRESET" }, { conn:receive() })
      assert.equal("c:ACK? s:RST", seen())
    end)

    it("is found when the end that forgot opens again from the same port (RFC 9293 3.5.1, figure 9)", function()
      connect()
      local _, port = conn:getsockname()
      local ending = ending_of(peer)
      client:reboot()
      local seen = record()
      local again = assert(client:connect(server, 80, { local_port = port }))
      assert.equal("c:SYN s:ACK c:RST c:SYN s:SYN-ACK c:ACK", seen())
      assert.same({ "SEG-RST-exact", "ECONNRESET" }, { ending.event, peer:status().code })
      assert.same({ "ESTABLISHED", "CLOSED" }, { again.state, peer.state })
      again:send "a new life\n"
      assert.equal("a new life", server:listeners()[1]:accept():receive())
    end)

    it("is no harm to one who opens from another port: the old connection just stays", function()
      connect()
      local _, port = conn:getsockname()
      client:reboot()
      local again = assert(client:connect(server, 80, { local_port = port ~= 50000 and 50000 or 50001 }))
      assert.same({ "ESTABLISHED", "ESTABLISHED" }, { again.state, peer.state })
      peer:send "who is there?\n"
      net:run(1)
      assert.same({ "ESTABLISHED", "CLOSED" }, { again.state, peer.state })
    end)

    it("on both sides leaves nothing, and an old SYN between two that listen does not stay (RFC 9293 3.5.1, figure 11)", function()
      connect()
      client:reboot()
      server:reboot()
      local here = assert(client:open { passive = true, local_port = 1000 })
      local there = assert(server:open { passive = true, local_port = 80 })
      local seen = record()
      server:deliver { flags = "S", seq = 90, source = "10.0.0.1", source_port = 1000, destination_port = 80, window = 1000 }
      assert.equal("SYN-RECEIVED", there.state)
      net:run(10)
      assert.equal("s:SYN-ACK c:RST", seen())
      assert.same({ "LISTEN", "LISTEN" }, { here.state, there.state })
    end)
  end)

  describe("by its user's will", function()
    it("leaves FIN-WAIT-2 and CLOSE-WAIT, for ever, where one side never closes and the other still reads", function()
      connect()
      conn:shutdown "send"
      net:run(YEAR)
      assert.same({ "FIN-WAIT-2", "CLOSE-WAIT" }, { conn.state, peer.state })
    end)

    it("leaves CLOSE-WAIT alone where the other end has a limit: whoever closes at last is told by a RST", function()
      connect { profile = "linux" }
      conn:close()
      local ending = ending_of(conn)
      net:run(YEAR)
      assert.same({ "CLOSED", "CLOSE-WAIT", "TIMEOUT-fin-wait-2" }, { conn.state, peer.state, ending.event })
      local lasted = ending.time - ending.since
      assert.is_true(lasted >= 60 and lasted <= 62.05, lasted)
      local seen = record()
      peer:close()
      net:run(1)
      assert.equal("s:FIN c:RST", seen())
      assert.equal("CLOSED", peer.state)
    end)
  end)
end)

-- A box on the way that lets through what belongs to a connection it has seen begin, and forgets it after some seconds of silence.
local function firewall(net, link, options)
  local last = {} -- when it saw a connection last, by its pair of sockets
  local box = { dropped = 0 }
  local function key(s)
    local a, b = ("%s:%d"):format(s.source, s.source_port), ("%s:%d"):format(s.destination, s.destination_port)
    return a < b and a .. " " .. b or b .. " " .. a
  end
  local function refuse(s, from)
    if not options.reset or s.kind == "RST" then return end
    local reset = tcplab.segment {
      flags = "R", seq = s.ack, source = s.destination, source_port = s.destination_port, destination = s.source, destination_port = s.source_port,
    }
    net:spawn(function() from:deliver(reset) end)
  end
  link:filter(function(s, from)
    local pair, now = key(s), net:now()
    local known = last[pair] and now - last[pair] <= options.timeout
    if not known and s.kind ~= "SYN" then
      box.dropped = box.dropped + 1
      refuse(s, from)
      return "drop"
    end
    last[pair] = now
  end)
  return box
end

describe("a box on the way that forgets after five minutes", function()
  local net, client, server, link, conn, peer, box
  local function connect(options, reset)
    net, client, server, link = helper.lab { client = options }
    box = firewall(net, link, { timeout = 300, reset = reset })
    local listener = server:listen(80)
    conn = assert(client:connect(server, 80))
    peer = assert(listener:accept())
  end
  after_each(function() net:close() end)

  it("is not noticed by a connection that speaks more often", function()
    connect()
    for _ = 1, 10 do
      net:sleep(299)
      conn:send "tick\n"
      assert.equal("tick", peer:receive())
    end
    assert.equal(0, box.dropped)
  end)

  it("swallows what comes later: the sender gives up after R2, and the other end never learns", function()
    connect { user_timeout = 0 }
    net:sleep(301)
    local sent = net:now()
    conn:send "hello?\n"
    assert.same({ nil, "closed", "", "ETIMEDOUT" }, { conn:receive() })
    assert.is_true(net:now() - sent >= 100)
    assert.is_true(box.dropped >= 7)
    net:run(YEAR)
    assert.equal("ESTABLISHED", peer.state)
  end)

  it("swallows what the other end says, too", function()
    connect()
    net:sleep(301)
    peer:send "news\n"
    conn:settimeout(50)
    assert.same({ nil, "timeout", "", "EAGAIN" }, { conn:receive() })
    assert.equal("ESTABLISHED", conn.state)
  end)

  it("tells at once where it answers by a RST", function()
    connect(nil, true)
    net:sleep(301)
    local sent = net:now()
    conn:send "hello?\n"
    assert.same({ nil, "closed", "", "ECONNRESET" }, { conn:receive() })
    assert.is_true(net:now() - sent < 0.001)
    assert.equal("ESTABLISHED", peer.state)
  end)

  it("is too quick for keep-alive's two hours: the first probe finds the connection gone, with a RST or without", function()
    connect({ keepalive = true }, true)
    local heard = conn:status().timers.keepalive - 7200
    assert.same({ nil, "closed", "", "ECONNRESET" }, { conn:receive() })
    assert.is_true(math.abs(net:now() - heard - 7200) < 0.001)
    net:close()
    connect { keepalive = true }
    heard = conn:status().timers.keepalive - 7200
    assert.same({ nil, "closed", "", "ETIMEDOUT" }, { conn:receive() })
    assert.is_true(math.abs(net:now() - heard - 7875) < 0.001)
  end)

  it("remembers a connection whose keep-alive is quicker than it, for as long as one likes", function()
    connect { keepalive = true, keepalive_idle = 240 }
    net:run(86400)
    assert.equal(0, box.dropped)
    peer:send "still there\n"
    assert.equal("still there", conn:receive())
  end)

  it("remembers a connection whose applications talk now and then: a heartbeat does what keep-alive does, and finds a program that hangs", function()
    connect()
    net:spawn(function()
      while conn:send "ping\n" and conn:receive() == "pong" do net:sleep(240) end
    end)
    local pings = 0
    net:spawn(function()
      while peer:receive() == "ping" do
        pings = pings + 1
        peer:send "pong\n"
      end
    end)
    net:run(86400)
    assert.equal(0, box.dropped)
    assert.equal(360, pings)
  end)
end)
