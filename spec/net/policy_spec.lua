-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"

describe("the policy", function()
  local function raises(f, text)
    local ok, problem = pcall(f)
    assert.is_false(ok)
    assert.equal(text, problem:match("^spec/net/policy_spec%.lua:%d+: (.*)$"):sub(1, #text))
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
    assert.is_truthy(problem:match "policy_spec.lua:%d+: boom\nstack traceback:\n")
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
      function(net) net:host("another", { address = "10.0.0.9" }) end,
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
