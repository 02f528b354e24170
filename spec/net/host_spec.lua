-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"
local tcplab = require "tcplab"

describe("a host", function()
  local net, client, server
  before_each(function() net, client, server = helper.lab() end)
  after_each(function() net:close() end)

  it("has one address, several, or a prefix owned whole", function()
    local several = net:host("several", { address = { "10.0.1.1", "fd00::1" } })
    assert.same({ "10.0.1.1", "fd00::1" }, several.addresses)
    local whole = net:host("whole", { address = "10.7.0.0/16" })
    net:link(client, whole)
    whole:listen(80)
    assert.equal("10.7.200.3", (assert(client:connect("10.7.200.3", 80)):getpeername()))
  end)

  it("speaks IPv6 too", function()
    local a, b = net:host("a", { address = "fd00::1" }), net:host("b", { address = "fd00::2" })
    net:link(a, b)
    b:listen(80)
    local conn = assert(a:connect(b, 80))
    assert.same({ "fd00::2", 80, "inet6" }, { conn:getpeername() })
    assert.is_truthy(tostring(conn):find("[fd00::2]:80", 1, true))
  end)

  it("is reached at an address of the family that both have", function()
    local six = net:host("six", { address = "fd00::1" })
    local both = net:host("both", { address = { "10.8.0.1", "fd00::2" } })
    net:link(six, both)
    both:listen(80)
    assert.equal("fd00::2", (assert(six:connect(both, 80)):getpeername()))
  end)

  it("raises on addresses that are none, or another's", function()
    assert.error_matches(function() net:host("x", { address = "10.0.0.300" }) end, 'address: "10.0.0.300" is neither')
    assert.error_matches(function() net:host("y", { address = "10.0.0.1" }) end, "address: 10.0.0.1: ")
    assert.error_matches(function() net:host("z", { address = 5 }) end, "address: ")
    assert.error_matches(function() net:host("t", { address = { "10.6.0.1", "10.6.0.2", "10.6.0.1" } }) end, 'address: "10.6.0.1" is there twice')
  end)

  it("that could not have its address is not there", function()
    assert.is_false(pcall(net.host, net, "x", { address = { "10.0.0.7", "10.0.0.1" } }))
    assert.is_false(pcall(net.host, net, "x", { address = "224.0.0.1" }))
    assert.is_nil(net:node "x")
    local x = net:host("x", { address = "10.0.0.7" })
    assert.equal(x, net:node "x")
    assert.equal(3, x.id)
  end)

  it("lists its connections and listeners", function()
    local listener = server:listen(80)
    local conn = assert(client:connect(server, 80))
    net:run(0.1)
    assert.same({ conn }, client:connections())
    assert.equal(1, #server:connections())
    assert.same({ listener }, server:listeners())
    assert.same({}, client:listeners())
  end)

  it("counts what its stack does, refusals by name", function()
    client:connect(server, 81)
    local counters = server:counters()
    assert.equal(1, counters.packets_in)
    assert.equal(1, counters.resets_out)
    assert.equal(1, counters.refused["no-connection"])
  end)

  it("closed ends all that lives on it, once, and then answers as where nothing runs", function()
    server:listen(80)
    local conn = assert(client:connect(server, 80))
    client:inject(tcplab.segment { kind = "SYN", source_port = 5, destination = "10.0.0.2", destination_port = 80, window = 1000 })
    net:run(0.015)
    local held = server:connections()
    assert.equal(2, #held)
    server:close()
    server:close()
    assert.is_true(server.closed)
    net:run(1)
    for _, each in ipairs(held) do assert.equal("CLOSED", each.state) end
    assert.same({ nil, "closed", "", "ECONNRESET" }, { conn:receive() })
    assert.same({ nil, "connection refused", "ECONNREFUSED" }, { client:connect("10.0.0.2", 80) })
    assert.equal("host: server (10.0.0.2) (closed)", tostring(server))
    assert.error_matches(function() server:listen(80) end, "listen: the host is closed")
    do
      local other <close> = net:host("other")
      assert.is_false(other.closed)
    end
    net:close()
    client:close()
  end)

  it("shows itself, and how much lives on it", function()
    assert.equal("host: client (10.0.0.1)", tostring(client))
    local listener = server:listen(80)
    assert(client:connect(server, 80)):shutdown "send"
    assert(listener:accept()):close()
    assert(client:connect(server, 80))
    server:deliver { flags = "S", seq = 0, source = "10.0.0.1", source_port = 5, destination_port = 80, window = 1000 }
    net:run(0.1)
    assert.equal("host: client (10.0.0.1): connections 1, TIME-WAIT 1", tostring(client))
    server:deliver { flags = "S", seq = 0, source = "10.0.0.1", source_port = 5, destination_port = 80, window = 1000 }
    assert.equal("host: server (10.0.0.2): listeners 1, connections 1, half-open 1, TIME-WAIT 1", tostring(server))
    net:close()
    assert.equal("host: client (10.0.0.1)", tostring(client))
  end)

  describe("with packets by hand", function()
    it("sends what is injected, filling in its own address", function()
      local seen = {}
      server:on("segment", function(e) seen[#seen + 1] = e.point .. " " .. tostring(e.segment.source) .. " " .. tostring(e.reason) end)
      assert.is_true(client:inject(tcplab.segment { destination = "10.0.0.2", source_port = 5, destination_port = 6, kind = "RST" }))
      net:run(1)
      assert.same({ "refused 10.0.0.1 no-connection" }, seen)
    end)

    it("takes what is delivered, and says what became of it", function()
      server:listen(80)
      local syn = tcplab.segment { source = "10.0.0.1", source_port = 5, destination_port = 80, kind = "SYN", seq = 100 }
      local reason, conn = server:deliver(syn)
      assert.equal("accepted", reason)
      assert.equal("SYN-RECEIVED", conn.state)
      assert.equal("no-connection", (server:deliver { source = "10.0.0.1", source_port = 5, destination_port = 81, flags = "R", seq = 1 }))
      local stray = { source = "10.0.0.1", source_port = 5, destination = "10.3.3.3", destination_port = 8, flags = "S", seq = 1 }
      assert.equal("address-destination", (server:deliver(stray)))
    end)

    it("takes bytes as well, and refuses what does not parse", function()
      assert.equal("ip-truncated", (server:deliver "E"))
      local bytes = tcplab.segment { source = "10.0.0.1", source_port = 5, destination = "10.0.0.2", destination_port = 80, kind = "RST" }:bytes()
      assert.equal("no-connection", (server:deliver(bytes)))
      assert.equal("tcp-checksum", (server:deliver(bytes:sub(1, -2) .. "\1")))
    end)

    it("blames the script's line for a field that is missing or wrong", function()
      for _, verb in ipairs { "inject", "deliver" } do
        local _, problem = pcall(function() client[verb](client, tcplab.segment { kind = "SYN" }) end)
        assert.matches("^spec/net/host_spec.lua:%d+: [a-z]+: expected an IP address as a string, got nil", problem)
      end
    end)

    it("raises on what is no segment", function()
      assert.error_matches(function() server:deliver(5) end, "segment: table or string expected")
      assert.error_matches(function() server:inject() end, "segment: table or string expected")
    end)
  end)

  describe("with a filter at its door", function()
    it("drops what comes in", function()
      local filter = server:filter("in", function(segment, from)
        assert.equal(client, from)
        return segment.kind == "SYN" and "drop" or nil
      end)
      server:listen(80)
      net:spawn(function() net:sleep(0.5) filter:close() end)
      assert(client:connect(server, 80))
      assert.is_true(net:now() > 1)
    end)

    it("changes what goes out", function()
      client:filter("out", function(segment) segment.ttl = 5 end)
      local ttl
      server:on("segment", function(e) ttl = ttl or e.segment.ttl end)
      client:open { address = server, port = 80 }
      net:run(0.015)
      assert.equal(5, ttl)
    end)

    it("raises on another direction", function()
      assert.error_matches(function() client:filter("up", print) end, 'direction: "in" or "out" expected, got "up"')
      assert.error_matches(function() client:filter("in") end, "function: a function expected")
    end)
  end)

  describe("with a route", function()
    it("leaves the shortest path", function()
      local switch = net:switch "switch"
      local first, second = net:link(client, switch), net:link(switch, server)
      server:listen(80)
      local used = {}
      net:on("segment", function(e) if e.point == "sent" and e.host == client then used[e.link.name] = true end end)
      client:route("10.0.0.2", first)
      assert(client:connect(server, 80))
      assert.same({ ["client-switch"] = true }, used)
      assert.equal("switch-server", second.name)
    end)

    it("raises on a strange link or prefix", function()
      local other <close>, _, _, link = helper.lab()
      assert.is_false(other.closed)
      assert.error_matches(function() client:route("10.0.0.2", link) end, "link: a link of this network expected")
      assert.error_matches(function() client:route("nowhere", net:link(client, server)) end, 'prefix: "nowhere"')
    end)
  end)
end)

describe("the policy", function()
  local function raises(f, text)
    local ok, problem = pcall(f)
    assert.is_false(ok)
    assert.equal(text, problem:sub(1, #text))
  end

  local function lab_with(policies)
    return helper.lab { client = policies, server = policies }
  end

  describe("isn", function()
    it("chooses initial sequence numbers", function()
      local net <close>, client, server = helper.lab { client = { isn = function(conn)
        assert.equal("10.0.0.2", (conn:getpeername()))
        return 4294967290
      end } }
      server:listen(80)
      local conn = assert(client:connect(server, 80))
      assert.equal(4294967290, conn.tcb.snd.iss)
      conn:send "across the wrap"
      assert.equal(2, #net:node "client".addresses + #server.addresses)
      assert.equal("across the wrap", assert(server:connections()[1]):receive(15))
    end)

    it("leaves the choice with nothing", function()
      local net <close>, client, server = helper.lab { client = { isn = function() end } }
      server:listen(80)
      assert(client:connect(server, 80))
      assert.is_false(net.closed)
    end)

    it("raises on nonsense, naming itself, and leaves nothing behind", function()
      local net <close>, client, server = helper.lab { client = { isn = function() return "one" end } }
      server:listen(80)
      raises(function() client:open { address = server, port = 80 } end,
        'policy isn: it must return an integer from 0 to 2^32 - 1, or nothing, not "one"')
      assert.equal(0, #client:connections())
      assert.equal("idle", (net:run()))
    end)
  end)

  describe("admit", function()
    local function answer_of(verdict)
      local net <close>, client, server = helper.lab { server = { admit = function(syn, listener)
        assert.equal("SYN", syn.kind)
        assert.equal(80, listener.port)
        return verdict
      end } }
      server:listen(80)
      local conn, _, code = client:connect(server, 80, { timeout = 0.5 })
      assert.is_false(net.closed)
      return conn and conn.state or code
    end

    it("accepts, drops and resets", function()
      assert.equal("ESTABLISHED", answer_of "accept")
      assert.equal("ESTABLISHED", answer_of(nil))
      assert.equal("EAGAIN", answer_of "drop")
      assert.equal("ECONNREFUSED", answer_of "reset")
    end)

    it("raises on nonsense", function()
      raises(function() answer_of "biscuit" end, 'policy admit: it must return "accept", "drop", "reset", "cookie" or nothing, not "biscuit"')
    end)
  end)

  describe("rto", function()
    it("changes the retransmission timeout", function()
      local built_in
      local net <close>, client, server = helper.lab { client = { rto = function(_, seconds)
        built_in = built_in or seconds
        return 0.25
      end } }
      local times = {}
      net:on("segment", function(e) if e.point == "sent" then times[#times + 1] = e.time end end)
      client:filter("out", function() return "drop" end)
      client:on("timer", function(e) if e.action == "fired" then times[#times + 1] = e.time end end)
      client:open { address = server, port = 80 }
      net:run(0.8)
      assert.equal(1.0, built_in)
      assert.same({ 0.25, 0.5, 0.75 }, times)
    end)

    it("raises on nonsense", function()
      local net <close>, client, server = helper.lab { client = { rto = function() return 0 end } }
      raises(function()
        client:open { address = server, port = 80 }
        net:run(2)
      end, "policy rto: it must return seconds above 0")
    end)
  end)

  describe("delay_ack", function()
    local function ack_after(answer)
      local net <close>, client, server = helper.lab { server = { delay_ack = function(conn, segment)
        assert.equal("ESTABLISHED", conn.state)
        assert.equal("DATA", segment.kind)
        return answer
      end } }
      server:listen(80)
      local conn = assert(client:connect(server, 80))
      net:run(0.1)
      local arrived, acked
      server:on("segment", function(e)
        if e.segment.kind == "DATA" then arrived = e.time end
        if e.segment.kind == "ACK" and e.point == "sent" then acked = e.time end
      end)
      conn:send "x"
      net:run(0.5)
      return math.floor((acked - arrived) * 1000 + 0.5)
    end

    it("says how long an ACK waits, or that it does not", function()
      assert.equal(50, ack_after(0.05)) -- before the sender's tail loss probe
      assert.equal(0, ack_after(false))
      assert.equal(40, ack_after(nil))
    end)

    it("raises on nonsense", function()
      raises(function() ack_after "soon" end, 'policy delay_ack: it must return seconds, false or nothing, not "soon"')
    end)
  end)

  it("raises its own errors from the call that was advancing the network, with the traceback", function()
    local net <close>, client, server = lab_with { admit = function() error "boom" end }
    server:listen(80)
    client:open { address = server, port = 80 }
    local ok, problem = pcall(net.run, net)
    assert.is_false(ok)
    assert.is_truthy(problem:match "host_spec.lua:%d+: boom\nstack traceback:\n")
    net:run(1)
    assert.equal("ESTABLISHED", client:connections()[1].state)
  end)

  it("raises a table as it is, and stops the run there", function()
    local failure = {}
    local net <close>, client, server = lab_with { admit = function() error(failure) end }
    server:listen(80)
    client:open { address = server, port = 80 }
    net:spawn(function() net:sleep(0.02) end)
    local ok, problem = pcall(net.run, net)
    assert.is_false(ok)
    assert.equal(failure, problem)
    assert.is_true(net:now() < 0.02)
  end)

  it("must not change the network, and is told the way out", function()
    for _, change in ipairs {
      function(net) net:run() end,
      function(net) net:sleep(1) end,
      function(_, server) server:listen(81) end,
      function(_, _, conn) conn:send "x" end,
      function(net) net:host "another" end,
    } do
      local net, client, server
      net, client, server = helper.lab { client = { isn = function(conn) change(net, server, conn) end } }
      local ok, problem = pcall(client.open, client, { address = server, port = 80 })
      assert.is_false(ok)
      assert.is_truthy(problem:match "must not")
      net:run(0.1)
      net:close()
    end
  end)

  it("may close, abort and watch: that happens as soon as the event is over", function()
    local log = {}
    local net, client, server, listener
    net, client, server = helper.lab { server = { admit = function(_, at)
      at:close()
      at:close()
      assert.is_true(at.closed)
      net:on("state", function(e) log[#log + 1] = e.to end)
    end } }
    listener = server:listen(80)
    local conn = client:open { address = server, port = 80 }
    net:run()
    assert.is_true(listener.closed)
    assert.same({}, server:listeners())
    assert.equal("CLOSED", conn.state)
    assert.equal("CLOSED", log[#log])
    net:close()
  end)

  it("may abort the connection that it decides about, and close the network", function()
    for _, ends in ipairs { function(conn) conn:abort() end, function(conn) conn:close() end, function(conn) conn.network:close() end } do
      local net, client, server
      net, client, server = helper.lab { client = { rto = function(conn) ends(conn) end } }
      server:listen(80)
      local conn, message = client:connect(server, 80)
      assert.is_nil(conn)
      assert.is_string(message)
      if not net.closed then assert.same({}, client:connections()) end
      net:close()
    end
  end)

  it("may look: state, status, tcb, and the network's time", function()
    local seen
    local net, client, server
    net, client, server = helper.lab { server = { delay_ack = function(conn)
      seen = { conn.state, conn:status().state, conn.tcb.rcv.nxt, net:now() }
    end } }
    server:listen(80)
    local conn = assert(client:connect(server, 80))
    conn:send "x"
    net:run(0.1)
    assert.equal("ESTABLISHED", seen[1])
    assert.equal("ESTABLISHED", seen[2])
    assert.is_number(seen[3])
    assert.is_true(seen[4] > 0.02)
    net:close()
  end)

  it("may spawn a task, which may do all", function()
    local done
    local net, client, server
    net, client, server = helper.lab { server = { admit = function()
      net:spawn(function()
        net:sleep(1)
        done = server:listen(81) ~= nil
      end)
    end } }
    server:listen(80)
    assert(client:connect(server, 80))
    net:run()
    assert.is_true(done)
    net:close()
  end)
end)
