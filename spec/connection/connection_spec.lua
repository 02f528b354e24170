-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"

describe("a connection", function()
  local conn, peer, lab, net
  before_each(function()
    conn, peer, lab = helper.established()
    net = lab.net
  end)
  after_each(function() net:close() end)

  describe("waiting for much", function()
    -- How many of Lua's instructions a segment takes, from one task to another.
    local function instructions(timestamps, pattern)
      local sender, receiver, where = helper.established {
        trace = false, link = { delay = 1e-5, rate = math.huge, queue = math.huge, mtu = timestamps and 1512 or 1500 },
        client = { timestamps = timestamps }, server = { timestamps = timestamps },
      }
      local block, blocks, count = ("x"):rep(1460000), 20, 0
      local function counted(f)
        return function()
          debug.sethook(function() count = count + 100 end, "", 100)
          return f()
        end
      end
      where.net:spawn(counted(function()
        for _ = 1, blocks do assert(sender:send(block)) end
        sender:shutdown "send"
      end))
      local reader = where.net:spawn(counted(function()
        local size = 0
        repeat
          local data, _, rest = receiver:receive(pattern)
          size = size + #(data or rest)
        until not data or pattern == "*a"
        return size
      end))
      counted(function() where.net:run() end)()
      debug.sethook()
      assert.equal(blocks * #block, reader:join())
      where.net:close()
      return count / (blocks * 1000)
    end

    for _, timestamps in ipairs { false, true } do
      for _, pattern in ipairs { "*a", 65536 } do
        it(("does not wake Lua for each segment, timestamps %s, receive(%s)"):format(timestamps and "on" or "off", pattern), function()
          local count = instructions(timestamps, pattern)
          assert.is_true(count < 50, count .. " instructions a segment; to receive each alone takes a thousand")
        end)
      end
    end

    it("answers what came before the time was up", function()
      peer:settimeout(1)
      conn:send(("x"):rep(500))
      assert.same({ nil, "timeout", ("x"):rep(500), "EAGAIN" }, { peer:receive(1000) })
    end)

    it("answers what came before nothing more could come", function()
      conn:send "hello"
      local data, _, partial, code = peer:receive(1000)
      assert.same({ nil, "hello", "EDEADLK" }, { data, partial, code })
    end)

    it("answers what came before a reset", function()
      local reader = net:spawn(function() return peer:receive "*a" end)
      conn:send "hello"
      net:run(0.1)
      conn:abort()
      assert.same({ nil, "closed", "hello", "ECONNRESET" }, { reader:join() })
    end)

    it("has read what came when another task closes: no reset", function()
      local reader = net:spawn(function() return peer:receive(1000) end)
      conn:send "hello"
      net:run(0.1)
      peer:close()
      assert.same({ nil, "closed", "hello", "ENOTCONN" }, { reader:join() })
      net:run(0.1)
      assert.equal("CLOSE-WAIT", conn.state)
      assert.equal("", conn:receive "*a")
    end)

    it("keeps the window open meanwhile", function()
      local sender, receiver, where = helper.established { server = { receive_buffer = 20000 } }
      local reader = where.net:spawn(function() return receiver:receive(100000) end)
      where.net:spawn(function() sender:send(("x"):rep(99999)) end)
      where.net:run(10)
      local status = receiver:status()
      assert.equal("waiting", reader.state)
      assert.is_true(status.rcv.wnd > 20000 - 1460, status.rcv.wnd)
      assert.equal(0, sender:status().send_queue)
      sender:send "x"
      assert.equal(100000, #reader:join())
      where.net:close()
    end)

    -- What the peer's buffer, and behind it the sender's, can hold.
    local function with_small_buffers(f)
      local sender, receiver, where = helper.established { client = { send_buffer = 5000 }, server = { receive_buffer = 14480 } }
      f(sender, receiver, where.net)
      where.net:close()
    end

    local HELD = 14480 + 5000

    it("sends no more than it answers when the time is up", function()
      with_small_buffers(function(sender, receiver)
        sender:settimeout(5)
        assert.same({ nil, "timeout", HELD, "EAGAIN" }, { sender:send(("x"):rep(1000000)) })
        assert.equal(HELD, select(2, sender:getstats()))
        sender:shutdown "send"
        assert.equal(HELD, #receiver:receive "*a")
      end)
    end)

    it("sends no more than it answers when another task ends the sending", function()
      with_small_buffers(function(sender, receiver, net_of_both)
        local writer = net_of_both:spawn(function() return sender:send(("x"):rep(1000000)) end)
        net_of_both:run(5)
        sender:shutdown "send"
        assert.same({ nil, "closed", HELD, "EPIPE" }, { writer:join() })
        assert.equal(HELD, #receiver:receive "*a")
      end)
    end)

    it("sends no more once its task is closed", function()
      with_small_buffers(function(sender, receiver, net_of_both)
        local writer = net_of_both:spawn(function() sender:send(("x"):rep(1000000)) end)
        net_of_both:run(5)
        writer:close()
        sender:shutdown "send"
        assert.equal(HELD, #receiver:receive "*a")
      end)
    end)

    it("has sent when all of it fits into the buffer, not before", function()
      with_small_buffers(function(sender, receiver, net_of_both)
        local writer = net_of_both:spawn(function() return sender:send(("x"):rep(HELD + 1)) end)
        net_of_both:run(5)
        assert.equal("waiting", writer.state)
        assert.equal(5000, #receiver:receive(5000))
        assert.equal(HELD + 1, writer:join())
        assert.is_true(sender:status().send_queue <= 5000)
      end)
    end)

    it("keeps the order of two tasks that send", function()
      with_small_buffers(function(sender, receiver, net_of_both)
        local writers = {}
        for i, letter in ipairs { "a", "b" } do writers[i] = net_of_both:spawn(function() return sender:send(letter:rep(100000)) end) end
        local data = receiver:receive(200000)
        for _, writer in ipairs(writers) do assert.equal(100000, writer:join()) end
        assert.equal(100000, select(2, data:gsub("a", "")))
        assert.equal(100000, select(2, data:gsub("b", "")))
      end)
    end)
  end)

  describe("collecting its handle", function()
    it("changes nothing in the network", function()
      local port = select(2, conn:getsockname())
      local before = net:counters().packets
      conn, lab.conn = nil, nil -- luacheck: ignore 311
      collectgarbage()
      collectgarbage()
      net:run(1)
      assert.equal("ESTABLISHED", peer.state)
      assert.equal(before, net:counters().packets)
      conn = lab.client:connections()[1]
      assert.equal(port, (select(2, conn:getsockname())))
      assert.equal("ESTABLISHED", conn.state)
    end)

    it("is one object as long as it is held", function()
      local seen
      net:on("data", function(e) seen = e.conn end)
      conn:send "x"
      net:run(0.1)
      assert.equal(peer, seen)
      assert.equal(peer, lab.server:connections()[1])
    end)

    it("leaves its hooks in place", function()
      local count = 0
      peer:on("data", function() count = count + 1 end)
      peer = nil -- luacheck: ignore 311
      collectgarbage()
      conn:send "x"
      net:run(0.1)
      assert.equal(1, count)
    end)

    it("gives its record back when it has ended", function()
      conn:abort()
      conn, peer = nil, nil -- luacheck: ignore 311
      collectgarbage()
      net:run()
      assert.equal(0, lab.server:counters().connections)
      assert.equal(0, lab.client:counters().connections)
    end)
  end)

  it("tells its status, nested by direction", function()
    conn:send "hello"
    local status = conn:status()
    assert.equal("ESTABLISHED", status.state)
    assert.equal(5, status.send_queue)
    assert.equal(5, status.snd.nxt - status.snd.una)
    assert.equal(status.snd.iss + 1, status.snd.una)
    assert.is_true(status.rcv.wnd > 0)
    assert.equal("10.0.0.2", status.remote_address)
    assert.equal(80, status.remote_port)
    assert.is_true(status.rto >= 1)
    assert.is_true(status.timers.probe > net:now())
    assert.is_nil(status.timers.retransmission)
    assert.is_nil(status.timers.persist)
    assert.is_true(peer:status().passive)
    assert.equal(lab.listener, peer:status().listener)
  end)

  it("counts what went through its handle", function()
    conn:send "hello"
    peer:receive(5)
    assert.same({ 0, 5 }, { conn:getstats() })
    assert.same({ 5, 0 }, { peer:getstats() })
  end)

  it("has options of its own", function()
    assert.equal(1, conn:setoption("nodelay", true))
    assert.is_true(conn:getoption "tcp-nodelay")
    assert.is_false(peer:getoption "nodelay")
    assert.error_matches(function() conn:setoption("nodely", true) end, 'unknown option "nodely"; did you mean "nodelay"%?')
    assert.error_matches(function() conn:setoption("ttl", 0) end, "ttl: 0 is not between 1 and 255")
  end)

  it("has moments of its own", function()
    local log = {}
    for _, moment in ipairs { "segment", "state", "data" } do
      peer:on(moment, function(e)
        assert.equal(peer, e.conn)
        log[#log + 1] = moment
      end)
    end
    conn:send "x"
    net:run(0.01)
    net:run(0.005)
    assert.equal("segment data", table.concat(log, " "))
  end)

  it("shows its ends and its state", function()
    local port = select(2, conn:getsockname())
    assert.equal(("connection: 10.0.0.1:%d > 10.0.0.2:80 ESTABLISHED"):format(port), tostring(conn))
  end)
end)

describe("a half-open connection", function()
  it("whose handshake came to nothing is still known by its ends", function()
    local net <close>, client, server, link = helper.lab()
    server:listen(80)
    client:inject(require "tcplab".segment { kind = "SYN", source_port = 5, destination = "10.0.0.2", destination_port = 80, window = 1000 })
    net:run(0.015)
    local conn = server:connections()[1]
    link:down()
    net:run(1000)
    assert.equal("CLOSED", conn.state)
    assert.same({ "10.0.0.1", 5, "inet" }, { conn:getpeername() })
    assert.equal("connection: 10.0.0.2:80 > 10.0.0.1:5 CLOSED", tostring(conn))
  end)

  it("is a connection of its own from LISTEN -> SYN-RECEIVED on", function()
    local net <close>, client, server = helper.lab()
    server:listen(80)
    local first, states
    server:on("state", function(e)
      first = first or e
      states = (states or "") .. e.conn.state .. " "
    end)
    client:open { address = server, port = 80 }
    net:run(0.015)
    assert.equal("LISTEN", first.from)
    assert.equal("SYN-RECEIVED", first.to)
    assert.equal("SYN-RECEIVED", first.conn.state)
    assert.equal("10.0.0.1", (first.conn:getpeername()))
    assert.equal("half-open", first.conn:status().record)
    net:run(0.1)
    assert.equal("ESTABLISHED", first.conn.state)
    assert.equal("SYN-RECEIVED ESTABLISHED ", states)
  end)
end)
