-- SPDX-License-Identifier: MIT
-- The option linger: what close waits for, and what it throws away.
local helper = require "spec.helper"

describe("close", function()
  local conn, peer, net, client, link
  local function connect(options)
    local lab
    conn, peer, lab = helper.established(options)
    net, client, link = lab.net, lab.client, lab.link
  end
  before_each(function() connect() end)
  after_each(function() net:close() end)

  local function kinds_of(host)
    local seen = {}
    net:on("segment", function(e)
      if e.point == "sent" and e.host == host then seen[#seen + 1] = e.segment.kind end
    end)
    return seen
  end

  it("returns at once when nothing else is asked for, and what was sent arrives all the same", function()
    assert.is_false(conn:getoption "linger")
    conn:send(("x"):rep(50000))
    local before = net:now()
    assert.equal(1, conn:close())
    assert.equal(before, net:now())
    assert.equal(50000, #peer:receive "*a")
  end)

  describe("with linger 0", function()
    it("sends a RST, drops what is queued, and has no TIME-WAIT", function()
      conn:setoption("linger", 0)
      conn:send(("x"):rep(100000))
      local seen = kinds_of(client)
      assert.equal(1, conn:close())
      assert.equal("CLOSED", conn.state)
      net:run(1)
      assert.equal("RST", seen[#seen])
      local data, message, partial, code = peer:receive "*a"
      assert.same({ nil, "closed", "ECONNRESET" }, { data, message, code })
      assert.is_true(#partial < 100000)
      assert.equal(0, #client:connections())
    end)

    it("resets after a half-close too, but leaves TIME-WAIT alone", function()
      conn:setoption("linger", 0)
      conn:shutdown "send"
      net:run(0.1)
      assert.equal("FIN-WAIT-2", conn.state)
      local seen = kinds_of(client)
      conn:close()
      net:run(0)
      assert.same({ "RST", "CLOSED" }, { seen[1], conn.state })
      net:close()
      connect()
      conn:setoption("linger", 0)
      conn:shutdown "send"
      peer:close()
      net:run(0.1)
      conn:close()
      assert.equal("TIME-WAIT", conn.state)
    end)

    it("resets in SYN-RECEIVED, and does without what CLOSING and LAST-ACK would wait for", function()
      local other = assert(net:node("server"):open { passive = true, local_port = 81 })
      net:node("server"):deliver { flags = "S", seq = 0, source = "10.0.0.1", source_port = 9, destination_port = 81, window = 1000 }
      other:setoption("linger", 0)
      local seen = kinds_of(net:node "server")
      other:close()
      net:run(0)
      assert.same({ "RST", "CLOSED" }, { seen[#seen], other.state })
      for _, state in ipairs { "CLOSING", "LAST-ACK" } do
        net:close()
        connect()
        conn:setoption("linger", 0)
        link:drop { kind = "ACK", from = net:node "server" }
        if state == "CLOSING" then conn:shutdown "send" end
        peer:shutdown "send"
        if state == "LAST-ACK" then net:run(0.015) conn:shutdown "send" else net:run(0.0101) end
        assert.equal(state, conn.state)
        conn:close()
        assert.equal("CLOSED", conn.state)
      end
    end)

    it("comes to a listener's connections from the listener, and from the host to all", function()
      local server = net:node "server"
      local listener = assert(server:listen(81, { linger = 0 }))
      local other = assert(client:connect(server, 81))
      local accepted = assert(listener:accept())
      assert.equal(0, accepted:getoption "linger")
      accepted:close()
      net:run(0.1)
      assert.equal("CLOSED", other.state)
      assert.equal("ECONNRESET", other:status().code)
    end)
  end)

  describe("with linger above 0", function()
    it("waits until all is acknowledged, the FIN included", function()
      conn:setoption("linger", 10)
      conn:send(("x"):rep(50000))
      assert.equal(1, conn:close())
      assert.equal("FIN-WAIT-2", conn.state)
      assert.equal("CLOSE-WAIT", peer.state)
      assert.equal(50000, peer:status().receive_queue)
    end)

    it("waits no longer than that: then the connection goes on closing by itself", function()
      conn:setoption("linger", 2.5)
      conn:send "abc"
      link:down()
      local before = net:now()
      assert.same({ nil, "timeout", "EAGAIN" }, { conn:close() })
      assert.equal(before + 2.5, net:now())
      assert.equal("FIN-WAIT-1", conn.state)
      assert.is_true(conn.closed)
      link:up()
      assert.equal("abc", peer:receive "*a")
      net:run(1)
      assert.equal("FIN-WAIT-2", conn.state)
      assert.equal(1, conn:close())
    end)

    it("waits no longer than settimeout says, and with 0 not at all", function()
      link:down()
      conn:setoption("linger", 9)
      conn:settimeout(1)
      local before = net:now()
      assert.same({ nil, "timeout", "EAGAIN" }, { conn:close() })
      assert.equal(before + 1, net:now())
      net:close()
      connect()
      link:down()
      conn:setoption("linger", 9)
      conn:settimeout(0)
      before = net:now()
      assert.same({ nil, "timeout", "EAGAIN" }, { conn:close() })
      assert.equal(before, net:now())
      assert.equal("FIN-WAIT-1", conn.state)
    end)

    it("waits no longer than the ACK, whoever's the connection was", function()
      net:close()
      local lab = { helper.lab() }
      net, client = lab[1], lab[2]
      lab[3]:listen(80, { linger = 9 })
      assert(client:connect("10.0.0.2", 80))
      net:run(1)
      local before = net:now()
      assert.equal(1, lab[3]:connections()[1]:close())
      assert.is_true(net:now() - before < 0.021)
    end)

    it("does not wait in a hook either where settimeout says so", function()
      conn:setoption("linger", 9)
      conn:settimeout(0)
      local result
      client:on("data", function()
        assert(conn:receive(1))
        result = table.pack(conn:close())
      end)
      conn:send(("x"):rep(100000))
      peer:send "x"
      net:run(0.02)
      assert.same({ nil, "timeout", "EAGAIN", n = 3 }, result)
    end)

    it("says when the connection ended badly before all had arrived", function()
      conn:setoption("linger", 9)
      conn:send(("x"):rep(1000000))
      net:spawn(function() peer:abort() end)
      assert.same({ nil, "closed", "ECONNRESET" }, { conn:close() })
    end)

    it("has nothing to wait for where both FINs have been acknowledged", function()
      conn:setoption("linger", 9)
      conn:shutdown "send"
      peer:close()
      net:run(0.1)
      local before = net:now()
      assert.equal(1, conn:close())
      assert.equal(before, net:now())
    end)

    it("lets the other tasks run, and raises in a hook before anything is done", function()
      conn:setoption("linger", 9)
      local closing = net:spawn(function() return conn:close() end)
      local slept = net:spawn(function() net:sleep(0.005) return net:now() end)
      assert.is_true(slept:join() < select(2, closing:join(), net:now()))
      net:close()
      connect()
      conn:setoption("linger", 9)
      peer:on("data", function() conn:close() end)
      assert.error_matches(function()
        conn:send "x"
        net:run(1)
      end, "close would have to wait")
      assert.same({ "ESTABLISHED", false }, { conn.state, conn.closed })
    end)

    it("raises where a packet is decided about, before anything is done", function()
      conn:setoption("linger", 9)
      link:filter(function() conn:close() end)
      assert.error_matches(function()
        conn:send "x"
        net:run(1)
      end, "close would have to wait, which a policy, filter or match function must not")
      assert.same({ "ESTABLISHED", false }, { conn.state, conn.closed })
    end)

    it("does not hold for a variable whose task is ended: it is closed without waiting", function()
      local function task_with(f)
        conn:setoption("linger", 9)
        return net:spawn(function()
          local _ <close> = conn
          f()
        end)
      end
      task_with(function() error("a mistake", 0) end)
      assert.matches("^a mistake", select(2, pcall(net.run, net, 0)))
      assert.same({ "FIN-WAIT-1", true }, { conn.state, conn.closed })
      net:close()
      connect()
      local sleeper = task_with(function() net:sleep(100) end)
      net:run(1)
      local other = net:spawn(function() sleeper:close() return net:now() end)
      assert.equal(net:now(), (other:join()))
      assert.same({ "FIN-WAIT-1", true }, { conn.state, conn.closed })
    end)

    it("is the same for an unconnected stream that has become one", function()
      local stream = client:tcp()
      stream:settimeout(2)
      assert(stream:connect("10.0.0.2", 80))
      stream:setoption("linger", 9)
      local hook = peer:on("data", function() stream:close() end)
      assert.error_matches(function()
        conn:send "x"
        net:run(1)
      end, "close would have to wait")
      assert.is_false(stream.closed)
      hook:close()
      net:spawn(function()
        local _ <close> = stream
        error("a mistake", 0)
      end)
      assert.matches("^a mistake", select(2, pcall(net.run, net, 0)))
      assert.is_true(stream.closed)
      assert.equal("closed", select(2, stream:send "y"))
    end)

    it("holds for a variable that is closed with its block", function()
      do
        local own <close> = conn
        own:setoption("linger", 10)
        own:send(("x"):rep(50000))
      end
      assert.equal("FIN-WAIT-2", conn.state)
    end)
  end)

  it("takes seconds, false, and LuaSocket's table; nothing else", function()
    conn:setoption("linger", 1.5)
    assert.equal(1.5, conn:getoption "linger")
    conn:setoption("linger", { on = true, timeout = 3 })
    assert.equal(3.0, conn:getoption "linger")
    conn:setoption("linger", { on = false, timeout = 3 })
    assert.is_false(conn:getoption "linger")
    conn:setoption("linger", 2)
    conn:setoption("linger", false)
    assert.is_false(conn:getoption "linger")
    for _, wrong in ipairs { -1, true, "2", { on = true } } do
      assert.error_matches(function() conn:setoption("linger", wrong) end, "linger: ")
    end
    assert.error_matches(function() conn:setoption("msl", false) end, "msl: ")
  end)
end)
