-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"

describe("connect", function()
  local net, client, server
  before_each(function() net, client, server = helper.lab() end)
  after_each(function() net:close() end)

  it("waits until the connection is established", function()
    server:listen(80)
    local conn = assert(client:connect("10.0.0.2", 80))
    assert.equal("ESTABLISHED", conn.state)
    assert.equal(client, conn.host)
    assert.is_true(net:now() > 0.02)
  end)

  it("takes a host, or its name, for its address", function()
    server:listen(80)
    assert.equal("10.0.0.2", (client:connect(server, 80):getpeername()))
    assert.equal("10.0.0.2", (client:connect("server", 80):getpeername()))
    assert.error_matches(function() client:connect("sever", 80) end, 'address: there is no "sever"; did you mean "server"%?')
  end)

  it("answers a refusal", function()
    assert.same({ nil, "connection refused", "ECONNREFUSED", n = 3 }, table.pack(client:connect(server, 80)))
    assert.same({}, client:connections())
  end)

  it("answers a missing route", function()
    local alone = net:host("alone", { address = "10.5.0.1" })
    local conn, message, code = alone:connect(server, 80)
    assert.is_nil(conn)
    assert.is_string(message)
    assert.is_string(code)
    assert.is_not.equal("EDEADLK", code)
  end)

  it("gives up with timeout, and leaves nothing behind", function()
    client:filter("out", function() return "drop" end)
    assert.same({ nil, "timeout", "EAGAIN", n = 3 }, table.pack(client:connect(server, 80, { timeout = 2.5 })))
    assert.equal(2.5, net:now())
    assert.same({}, client:connections())
  end)

  it("gives up when its retransmissions do", function()
    client:filter("out", function() return "drop" end)
    local conn, _, code = client:connect(server, 80)
    assert.is_nil(conn)
    assert.equal("ETIMEDOUT", code)
    assert.is_true(net:now() >= 180)
  end)

  it("takes its own end from its options", function()
    server:listen(80)
    local conn = assert(client:connect(server, 80, { local_port = 1234, local_address = client }))
    assert.same({ "10.0.0.1", 1234, "inet" }, { conn:getsockname() })
    assert.same({ "10.0.0.2", 80, "inet" }, { conn:getpeername() })
  end)

  it("answers an end that is not its own, or is taken", function()
    server:listen(80)
    server:listen(81)
    local first = assert(client:connect(server, 80, { local_port = 1234 }))
    assert.same({ nil, "not an address of this host", "EADDRNOTAVAIL" }, { client:connect(server, 80, { local_address = server }) })
    assert.same({ nil, "connection already exists", "EISCONN" }, { client:connect(server, 80, { local_port = 1234 }) })
    local strict = { local_port = 1234, reuse_address = false }
    assert.same({ nil, "address already in use", "EADDRINUSE" }, { client:connect(server, 81, strict) })
    assert.equal("ESTABLISHED", client:connect(server, 81, { local_port = 1234 }).state)
    assert.equal("ESTABLISHED", client:connect(server, 81, { reuse_address = false }).state)
    assert.equal("ESTABLISHED", first.state)
    assert.equal(3, #client:connections())
  end)

  it("raises on wrong arguments", function()
    assert.error_matches(function() client:connect(server) end, "port: an integer expected, got nil")
    assert.error_matches(function() client:connect(server, 70000) end, "port: 70000 is not between 1 and 65535")
    assert.error_matches(function() client:connect(nil, 80) end, "address: a host or switch")
    assert.error_matches(function() client:connect(server, 80, { timeot = 1 }) end, 'did you mean "timeout"%?')
    assert.error_matches(function() client.connect(nil, server, 80) end, "connect: call it with a colon")
  end)

  it("would wait, and so raises in a hook before it opens anything", function()
    server:listen(80)
    net:on("accept", function() client:connect(server, 80) end)
    client:open { address = server, port = 80 }
    assert.error_matches(function() net:run() end, "connect would have to wait")
    assert.equal(1, #client:connections())
  end)
end)

describe("a connection", function()
  local conn, peer, lab, net
  before_each(function()
    conn, peer, lab = helper.established()
    net = lab.net
  end)
  after_each(function() net:close() end)

  describe("sending", function()
    it("answers the index of the last byte", function()
      assert.equal(5, conn:send "hello")
      assert.equal(4, conn:send("hello", 2, 4))
      assert.equal(5, conn:send("hello", -2))
      assert.equal(0, conn:send "")
      assert.equal(3, conn:send(123))
      assert.equal("helloelllo123", peer:receive(13))
    end)

    it("sends nothing of an empty range, wherever that lies", function()
      assert.equal(9, conn:send("hello", 10))
      assert.equal(2, conn:send("hello", 3, 2))
      assert.equal(0, conn:send("hello", -100, -50))
      assert.equal(0, conn:send "")
      assert.equal(0, select(2, conn:getstats()))
    end)

    it("waits until TCP has taken all of it", function()
      local data = helper.bytes(1000000)
      local reader = net:spawn(function() return peer:receive(#data) end)
      assert.equal(#data, conn:send(data))
      assert.equal(data, reader:join())
    end)

    it("answers timeout with the last index sent", function()
      conn:settimeout(0)
      local data = ("x"):rep(10000000)
      local last, message, sent, code = conn:send(data)
      assert.is_nil(last)
      assert.equal("timeout", message)
      assert.equal(262144, sent)
      assert.equal("EAGAIN", code)
    end)

    it("answers closed after a reset, with the code", function()
      peer:abort()
      net:run(1)
      local last, message, sent, code = conn:send "hello"
      assert.same({ nil, "closed", 0, "ECONNRESET" }, { last, message, sent, code })
    end)

    it("answers closed after its own shutdown and close", function()
      conn:shutdown "send"
      assert.same({ nil, "closed", 0, "EPIPE" }, { conn:send "x" })
      conn:close()
      assert.equal("closed", select(2, conn:send("xyz", 2)))
      assert.equal(1, select(3, conn:send("xyz", 2)))
    end)

    it("tells urgent data apart", function()
      conn:send_urgent "now"
      net:run(0.1)
      assert.equal(3, peer.urgent)
      assert.is_true(peer:status().urgent)
      peer:receive(3)
      assert.equal(0, peer.urgent)
    end)

    it("raises on what is no data", function()
      assert.error_matches(function() conn:send() end, "data: string expected, got nothing")
      assert.error_matches(function() conn:send("x", "y") end, "i: an integer expected")
    end)
  end)

  describe("receiving", function()
    it("reads lines without their ends, whatever the segments were", function()
      conn:send "one\r\ntw"
      conn:send "o\n\nfour"
      conn:shutdown "send"
      assert.equal("one", peer:receive())
      assert.equal("two", peer:receive "*l")
      assert.equal("", peer:receive "l")
    end)

    it("answers closed with what was left of a line", function()
      conn:send "half a line"
      conn:shutdown "send"
      local line, message, partial, code = peer:receive "*l"
      assert.is_nil(line)
      assert.equal("closed", message)
      assert.equal("half a line", partial)
      assert.is_string(code)
    end)

    it("reads so many bytes", function()
      conn:send "abcdef"
      assert.equal("ab", peer:receive(2))
      assert.equal("", peer:receive(0))
      assert.equal("cdef", peer:receive(4))
    end)

    it("reads to the end: what is left, be it nothing", function()
      conn:send "all of it"
      conn:shutdown "send"
      assert.equal("all of it", peer:receive "*a")
      assert.equal("", peer:receive "*a")
      assert.equal("", peer:receive "a")
    end)

    it("puts a prefix before what it reads, which counts against a number", function()
      conn:send "cdef\n"
      assert.equal("abcd", peer:receive(4, "ab"))
      assert.equal("xef", peer:receive("*l", "x"))
      assert.equal("long enough", peer:receive(4, "long enough"))
    end)

    it("answers timeout with what had come, and takes it", function()
      conn:send "abc"
      peer:settimeout(1)
      local data, message, partial, code = peer:receive(5)
      assert.same({ nil, "timeout", "abc", "EAGAIN" }, { data, message, partial, code })
      conn:send "de"
      assert.equal("abcde", peer:receive(5, partial))
    end)

    it("limits the whole call, not each wait", function()
      peer:settimeout(1)
      net:spawn(function()
        for _ = 1, 5 do
          net:sleep(0.4)
          conn:send "x"
        end
      end)
      local start = net:now()
      assert.equal("timeout", select(2, peer:receive(5)))
      assert.is_true(math.abs(net:now() - start - 1) < 1e-9)
    end)

    it("does not wait at all with a timeout of 0", function()
      peer:settimeout(0)
      assert.equal("timeout", select(2, peer:receive()))
      assert.equal(0, peer:gettimeout())
      peer:settimeout(-1)
      assert.is_nil(peer:gettimeout())
    end)

    it("answers closed after a reset, with what had come and the code", function()
      conn:send "abc"
      net:run(0.1)
      assert.equal("a", peer:receive(1))
      conn:abort()
      net:run(0.1)
      local data, message, partial, code = peer:receive "*a"
      assert.is_nil(data)
      assert.equal("closed", message)
      assert.is_string(partial)
      assert.equal("ECONNRESET", code)
    end)

    it("reads what came before the peer's FIN also after both have closed", function()
      conn:send "last words"
      conn:shutdown "send"
      peer:shutdown "send"
      net:run()
      assert.equal("CLOSED", peer.state)
      assert.equal("last words", peer:receive "*a")
      assert.equal("", peer:receive "*a")
    end)

    it("says whether there is anything to read", function()
      assert.is_false(peer:dirty())
      conn:send "x"
      net:run(0.1)
      assert.is_true(peer:dirty())
    end)

    it("raises on an unknown pattern", function()
      assert.error_matches(function() peer:receive "*n" end, 'pattern: "%*l", "%*a" or a number of bytes expected, got "%*n"')
      assert.error_matches(function() peer:receive(-1) end, "pattern: %-1 is not between")
    end)

    it("answers EDEADLK after a virtual day, naming the timers that run", function()
      conn:setoption("keepalive", true)
      local data, message, partial, code = conn:receive()
      assert.is_nil(data)
      assert.same({ "", "EDEADLK" }, { partial, code })
      assert.matches("a day has gone by without an end of this wait %(timers that run: client: keepalive%)", message)
      assert.is_true(net:now() >= 86400)
    end)

    it("answers EDEADLK when nothing can ever come", function()
      assert.equal("EDEADLK", select(4, peer:receive()))
    end)
  end)

  describe("waiting for much", function()
    -- In processor time, and a fifth of what a common machine does; one quiet moment of several is enough. A sanitizer takes ten times as long.
    local enough = os.getenv "TCPLAB_PRELOAD" and 10000 or 200000

    local function segments_per_second(timestamps, pattern)
      local sender, receiver, where = helper.established {
        trace = false, link = { delay = 1e-5, rate = math.huge, queue = math.huge, mtu = timestamps and 1512 or 1500 },
        client = { timestamps = timestamps }, server = { timestamps = timestamps },
      }
      local block, blocks = ("x"):rep(1460000), 20
      where.net:spawn(function()
        for _ = 1, blocks do assert(sender:send(block)) end
        sender:shutdown "send"
      end)
      local reader = where.net:spawn(function()
        local size = 0
        repeat
          local data, _, rest = receiver:receive(pattern)
          size = size + #(data or rest)
        until not data or pattern == "*a"
        return size
      end)
      local before = os.clock()
      assert.equal(blocks * #block, reader:join())
      local took = os.clock() - before
      where.net:close()
      return blocks * 1000 / took
    end

    for _, timestamps in ipairs { false, true } do
      for _, pattern in ipairs { "*a", 65536 } do
        it(("moves 200000 segments a second, timestamps %s, receive(%s)"):format(timestamps and "on" or "off", pattern), function()
          local best = 0
          for _ = 1, 5 do
            if best < enough then best = math.max(best, segments_per_second(timestamps, pattern)) end
          end
          assert.is_true(best >= enough, ("%.0f segments/s"):format(best))
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

  describe("ending", function()
    it("half-closes, and goes on receiving", function()
      assert.equal(1, conn:shutdown "send")
      assert.equal("", peer:receive "*a")
      peer:send "still here\n"
      assert.equal("still here", conn:receive())
      assert.equal("FIN-WAIT-2", conn.state)
      assert.equal("CLOSE-WAIT", peer.state)
    end)

    it("answers what RFC 9293 says to a second CLOSE", function()
      conn:shutdown "send"
      local ok, message, code = conn:shutdown "send"
      assert.is_nil(ok)
      assert.is_string(message)
      assert.is_string(code)
    end)

    it("goes through the four-way teardown to CLOSED", function()
      local log = {}
      net:on("state", function(e) log[#log + 1] = e.host.name:sub(1, 1) .. ":" .. e.to end)
      conn:shutdown "send"
      peer:receive "*a"
      peer:close()
      conn:close()
      assert.equal("idle", (net:run()))
      assert.equal("c:FIN-WAIT-1 s:CLOSE-WAIT s:LAST-ACK c:FIN-WAIT-2 c:TIME-WAIT s:CLOSED c:CLOSED", table.concat(log, " "))
    end)

    it("keeps answering state, status and tcb after close, through TIME-WAIT and beyond", function()
      local iss = conn.tcb.snd.iss
      conn:close()
      peer:receive "*a"
      peer:close()
      net:run(1)
      assert.equal("TIME-WAIT", conn.state)
      assert.is_number(conn:status().timers["time-wait"])
      assert.equal(iss, conn.tcb.snd.iss)
      net:run()
      assert.equal("CLOSED", conn.state)
      assert.equal("CLOSED", conn:status().state)
      assert.is_nil(conn:status().code)
      assert.equal(80, (select(2, conn:getpeername())))
      assert.equal(iss, conn.tcb.snd.iss)
      assert.same({}, lab.client:connections())
    end)

    it("draws a reset for data that nobody will read #MAY-1", function()
      conn:close()
      net:run(0.1)
      peer:send "too late"
      net:run(0.1)
      assert.equal("CLOSED", peer.state)
      assert.equal("ECONNRESET", peer:status().code)
    end)

    it("is idempotent, and closes with its scope", function()
      do local _ <close> = conn end
      assert.is_true(conn.closed)
      conn:close()
      conn:abort()
      conn:close()
      assert.equal("closed", select(2, conn:receive()))
      assert.equal("closed", select(2, conn:shutdown "send"))
    end)

    it("aborts with a reset", function()
      conn:abort()
      assert.equal("CLOSED", conn.state)
      net:run(0.1)
      assert.equal("CLOSED", peer.state)
      assert.equal("ECONNRESET", peer:status().code)
      assert.equal("connection reset", peer:status().message)
    end)

    it("ends a task that waits in receive", function()
      local task = net:spawn(function() return select(2, conn:receive()) end)
      net:run(0.1)
      conn:close()
      assert.equal("closed", task:join())
    end)

    it("can stop receiving alone", function()
      conn:shutdown "receive"
      assert.equal("closed", select(2, conn:receive()))
      assert.equal("ESTABLISHED", conn.state)
      assert.equal(1, conn:send "x")
      assert.error_matches(function() conn:shutdown "all" end, 'how: "send", "receive" or "both" expected')
    end)

    it("shuts both down by default, as LuaSocket does", function()
      conn:shutdown()
      assert.equal("FIN-WAIT-1", conn.state)
      assert.equal("closed", select(2, conn:receive()))
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
    assert.is_true(status.timers.retransmission > net:now())
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

describe("open", function()
  local net, client, server
  before_each(function() net, client, server = helper.lab() end)
  after_each(function() net:close() end)

  it("returns at once in SYN-SENT", function()
    local conn = assert(client:open { address = server, port = 80 })
    assert.equal("SYN-SENT", conn.state)
    assert.equal(0.0, net:now())
  end)

  it("returns at once in LISTEN when passive, and the same record becomes the connection", function()
    local conn = assert(server:open { passive = true, local_port = 80 })
    assert.equal("LISTEN", conn.state)
    assert.equal("not connected", select(2, conn:getpeername()))
    local other = assert(client:connect(server, 80))
    net:run(0.1)
    assert.equal("ESTABLISHED", conn.state)
    other:send "x"
    assert.equal("x", conn:receive(1))
  end)

  it("makes a simultaneous open", function()
    local a = client:open { address = server, port = 2000, local_port = 1000 }
    local b = server:open { address = client, port = 1000, local_port = 2000 }
    net:run(1)
    assert.equal("ESTABLISHED", a.state)
    assert.equal("ESTABLISHED", b.state)
  end)

  it("leads an existing LISTEN to SYN-SENT, and is an error elsewhere", function()
    local conn = server:open { passive = true, local_port = 80 }
    assert.is_true(conn:open { address = client, port = 1000 })
    assert.equal("SYN-SENT", conn.state)
    local ok, message, code = conn:open { address = client, port = 1000 }
    assert.is_nil(ok)
    assert.is_string(message)
    assert.is_string(code)
  end)

  it("needs a remote end when it is active", function()
    local conn, message, code = client:open {}
    assert.is_nil(conn)
    assert.is_string(message)
    assert.is_string(code)
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
