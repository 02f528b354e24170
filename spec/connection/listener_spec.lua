-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"

describe("a listener", function()
  local net, client, server
  before_each(function() net, client, server = helper.lab() end)
  after_each(function() net:close() end)

  it("gives connections in the order in which they were completed", function()
    local listener = server:listen(80)
    local ports = {}
    for i = 1, 3 do
      local conn = assert(client:connect(server, 80))
      ports[i] = select(2, conn:getsockname())
    end
    for i = 1, 3 do assert.equal(ports[i], select(2, listener:accept():getpeername())) end
  end)

  it("waits in accept until somebody comes", function()
    local listener = server:listen(80)
    local task = net:spawn(function() return listener:accept().state end)
    net:spawn(function() net:sleep(1) client:connect(server, 80) end)
    assert.equal("ESTABLISHED", task:join())
  end)

  it("limits accept by settimeout", function()
    local listener = server:listen(80)
    listener:settimeout(2)
    assert.equal(2, listener:gettimeout())
    assert.same({ nil, "timeout", "EAGAIN", n = 3 }, table.pack(listener:accept()))
    assert.equal(2.0, net:now())
    listener:settimeout(0)
    assert.same({ nil, "timeout", "EAGAIN", n = 3 }, table.pack(listener:accept()))
  end)

  it("tells who waits in its queue", function()
    local listener = server:listen(80, { backlog = 5 })
    assert(client:connect(server, 80))
    net:run(0.1)
    local status = listener:status()
    assert.equal(80, status.port)
    assert.equal(5, status.backlog)
    assert.equal(1, status.waiting)
    assert.is_nil(status.address)
  end)

  it("narrows to one address", function()
    local two = net:host("two", { address = { "10.0.1.1", "10.0.1.2" } })
    net:link(client, two)
    local listener = assert(two:listen(80, { address = "10.0.1.2" }))
    assert.equal("10.0.1.2", listener.address)
    assert.equal("10.0.1.2", (listener:getsockname()))
    assert(client:connect("10.0.1.2", 80))
    assert.equal("ECONNREFUSED", select(3, client:connect("10.0.1.1", 80)))
  end)

  describe("at addresses", function()
    local two, caller
    before_each(function()
      two = net:host("two", { address = { "10.0.1.1", "10.0.1.2", "fd00::1" } })
      caller = net:host("caller", { address = { "10.0.2.1", "fd00::2" } })
      net:link(caller, two)
    end)

    -- The listener that a connection to the address comes to.
    local function reached(address, listeners)
      local conn = caller:connect(address, 80)
      if not conn then return "none" end
      net:run(0.1)
      for name, each in pairs(listeners) do
        if each:status().waiting > 0 then
          each:accept()
          return name
        end
      end
    end

    it("is given what comes to its own address before one that listens at any", function()
      local listeners = { any = two:listen(80), one = two:listen(80, { address = "10.0.1.2" }), six = two:listen(80, { address = "fd00::1" }) }
      assert.equal("any", reached("10.0.1.1", listeners))
      assert.equal("one", reached("10.0.1.2", listeners))
      assert.equal("six", reached("fd00::1", listeners))
      listeners.one:close()
      listeners.one = nil
      assert.equal("any", reached("10.0.1.2", listeners))
    end)

    it("listens to both families, or to the one address it was given", function()
      local any = two:listen(80)
      assert.equal("any", reached("fd00::1", { any = any }))
      assert.equal("any", reached("10.0.1.1", { any = any }))
      any:close()
      local six = two:listen(80, { address = "fd00::1" })
      assert.same({ "fd00::1", 80, "inet6" }, { six:getsockname() })
      assert.equal("none", reached("10.0.1.1", { six = six }))
    end)

    it("leaves to a passive OPEN what comes from the socket that it names, and to no other passive OPEN", function()
      local any, one = two:listen(80), two:listen(80, { address = "10.0.1.1" })
      local from_other = assert(two:open { passive = true, local_port = 80, address = caller, port = 4999 })
      local named = assert(two:open { passive = true, local_port = 80, address = caller, port = 5000 })
      assert(caller:connect("10.0.1.1", 80, { local_port = 5000 }))
      net:run(0.1)
      assert.same({ "ESTABLISHED", "LISTEN", 0, 0 }, { named.state, from_other.state, any:status().waiting, one:status().waiting })
      assert(caller:connect("10.0.1.1", 80, { local_port = 5001 }))
      net:run(0.1)
      assert.same({ "LISTEN", 0, 1 }, { from_other.state, any:status().waiting, one:status().waiting })
    end)

    it("has the address that its connections are accepted at", function()
      local any = two:listen(80)
      assert(caller:connect("10.0.1.2", 80))
      assert.same({ "10.0.1.2", 80, "inet" }, { any:accept():getsockname() })
    end)

    it("is one of several, each at its port", function()
      local listeners = { web = two:listen(80), mail = two:listen(25, { address = two }) }
      assert(caller:connect(two, 25))
      net:run(0.1)
      assert.equal(1, listeners.mail:status().waiting)
      assert.equal(0, listeners.web:status().waiting)
      assert.equal(2, #two:listeners())
    end)

    it("cannot be where the host has no address", function()
      assert.same({ nil, "not an address of this host", "EADDRNOTAVAIL" }, { two:listen(80, { address = "10.0.0.9" }) })
    end)
  end)

  it("with port 0 is given a port of its own, and tells it", function()
    local one, other = assert(server:listen(0)), assert(server:listen(0))
    assert.is_true(one.port >= 49152 and other.port >= 49152 and one.port ~= other.port)
    assert.equal(one.port, select(2, one:getsockname()))
    assert(client:connect(server, one.port))
    assert.equal(one.port, select(2, one:accept():getsockname()))
  end)

  describe("where connections still use its port", function()
    -- A connection of port 80 in that state, its listener closed.
    local function left(state, options)
      local listener = assert(server:listen(80, options))
      local conn = assert(client:connect(server, 80))
      local peer = assert(listener:accept())
      listener:close()
      if state == "TIME-WAIT" then
        peer:shutdown "send"
        conn:close()
        peer:close()
      end
      net:run(0.1)
      assert.equal(state, peer.state)
      return peer
    end

    it("may listen there again at once by default: TIME-WAIT and old connections are others' business", function()
      for _, state in ipairs { "TIME-WAIT", "ESTABLISHED" } do
        left(state)
        local again = assert(server:listen(80))
        assert(client:connect(server, 80))
        assert(again:accept())
        again:close()
      end
    end)

    it("is refused without reuse_address until they are gone", function()
      local strict = { reuse_address = false }
      for _, state in ipairs { "TIME-WAIT", "ESTABLISHED" } do
        local peer = left(state, strict)
        assert.same({ nil, "address already in use", "EADDRINUSE" }, { server:listen(80, strict) })
        assert.equal("EADDRINUSE", select(3, server:open { passive = true, local_port = 80, reuse_address = false }))
        assert(server:listen(81, strict)):close()
        assert(server:listen(80)):close()
        peer:abort()
        assert(server:listen(80, strict)):close()
      end
    end)

    it("is refused so in the profile linux, but not at another of its addresses", function()
      local two = net:host("two", { address = { "10.0.1.1", "10.0.1.2" }, profile = "linux" })
      net:link(client, two)
      local listener = two:listen(80)
      assert(client:connect("10.0.1.1", 80))
      assert(listener:accept())
      listener:close()
      assert.equal("EADDRINUSE", select(3, two:listen(80)))
      assert.equal("EADDRINUSE", select(3, two:listen(80, { address = "10.0.1.1" })))
      assert(two:listen(80, { address = "10.0.1.2" }))
      assert(two:listen(80, { reuse_address = true }))
    end)

    it("is found by a listener at port 0, where the first ports of the range are in use", function()
      local one = net:host("one", { address = "10.0.2.1", port_selection = "sequential", port_low = 5000, port_high = 5002, reuse_address = false })
      net:link(client, one)
      assert(one:open { passive = true, local_address = "10.0.2.1", local_port = 5000 })
      assert(one:open { passive = true, local_address = "10.0.2.1", local_port = 5001 })
      assert.equal(5002, assert(one:listen(0)).port)
    end)

    it("is no matter between listeners at all addresses and at one", function()
      assert(server:listen(80, { reuse_address = false }))
      assert(server:listen(80, { address = "10.0.0.2", reuse_address = false }))
      assert(server:listen(81, { address = "10.0.0.2", reuse_address = false }))
      assert(server:listen(81, { reuse_address = false }))
    end)

    it("is a failed handshake's or an ended connection's no longer", function()
      local strict = { reuse_address = false }
      local conn = assert(server:open { address = "10.0.0.1", port = 9, local_port = 80 })
      assert.equal("EADDRINUSE", select(3, server:listen(80, strict)))
      net:run(1)
      assert.equal("CLOSED", conn.state)
      assert(server:listen(80, strict))
    end)
  end)

  describe("that shares its port", function()
    local shared = { reuse_port = true }

    it("is refused unless both ask for it", function()
      assert(server:listen(80))
      assert.equal("EADDRINUSE", select(3, server:listen(80, shared)))
      assert(server:listen(81, shared))
      assert.equal("EADDRINUSE", select(3, server:listen(81)))
    end)

    it("gets its share of the connections, and all of one connection's segments", function()
      local listeners = {}
      for i = 1, 4 do listeners[i] = assert(server:listen(80, { reuse_port = true, backlog = 1000 })) end
      for _ = 1, 200 do assert(client:connect(server, 80)) end
      net:run(1)
      local sum = 0
      for _, each in ipairs(listeners) do
        local waiting = each:status().waiting
        assert.is_true(waiting >= 25 and waiting <= 85, waiting .. " of 200")
        assert.equal(0, each:status().half_open)
        sum = sum + waiting
      end
      assert.equal(200, sum)
      for i = 1, 3 do listeners[i]:close() end
      assert(client:connect(server, 80))
      net:run(1)
      assert.is_true(listeners[4]:status().waiting > 0)
    end)
  end)

  it("answers a port in use", function()
    server:listen(80)
    local listener, message, code = server:listen(80)
    assert.is_nil(listener)
    assert.is_string(message)
    assert.equal("EADDRINUSE", code)
  end)

  it("stops when it is closed: waiting connections are reset, accepted ones live on", function()
    local listener = server:listen(80)
    local first = assert(client:connect(server, 80))
    local peer = assert(listener:accept())
    local second = assert(client:connect(server, 80))
    net:run(0.1)
    listener:close()
    listener:close()
    net:run(1)
    assert.equal("CLOSED", second.state)
    assert.same({ nil, "closed", "", "ECONNRESET", n = 4 }, table.pack(second:receive()))
    first:send "still there"
    assert.equal("still there", peer:receive(11))
    assert.equal("closed", select(2, listener:accept()))
    assert.equal("ECONNREFUSED", select(3, client:connect(server, 80)))
    assert.is_nil(listener:status())
  end)

  it("ends a waiting accept when it is closed", function()
    local listener = server:listen(80)
    local task = net:spawn(function() return select(2, listener:accept()) end)
    net:run(1)
    listener:close()
    assert.equal("closed", task:join())
  end)

  it("is the object in accept's event", function()
    local listener, seen = server:listen(80), nil
    net:on("accept", function(e) seen = e.listener end)
    assert(client:connect(server, 80))
    net:run(1)
    assert.equal(listener, seen)
    assert.same({ listener }, server:listeners())
  end)

  it("lives on when its handle is collected", function()
    server:listen(80)
    collectgarbage()
    assert(client:connect(server, 80))
    assert.equal(80, server:listeners()[1].port)
  end)

  it("shows the connections in its queues, and in none once it is closed", function()
    local listener = server:listen(80)
    local first, second = assert(client:connect(server, 80)), assert(client:connect(server, 80))
    local hand = net:hand("hand", { address = "10.0.0.9" })
    net:link(hand, server)
    hand:send { flags = "S", source_port = 5000, destination = server, destination_port = 80 }
    net:run(0.015)
    local function ports(each)
      local list = {}
      for conn in each do list[#list + 1] = select(2, conn:getpeername()) end
      return list
    end
    assert.same({ first:status().local_port, second:status().local_port }, ports(listener:waiting()))
    assert.same({ 5000 }, ports(listener:half_open()))
    assert.equal(listener:half_open()(), listener:half_open()())
    for conn in listener:waiting() do conn:abort() end
    assert.same({}, ports(listener:waiting()))
    assert.equal(0, listener:status().waiting)
    listener:close()
    assert.same({}, ports(listener:half_open()))
  end)

  it("tells in its last events whom a half-open connection was with that nobody held", function()
    for _, late in ipairs { false, true } do
      local lab <close>, far, near, link = helper.lab { server = { syn_ack_retries = 0 } }
      near:listen(80)
      link:drop({ kind = "SYN-ACK" }, "all")
      far:open { address = "10.0.0.2", port = 80, local_port = 5000 }
      if late then lab:run(0.5) end
      local told = {}
      near:on("error", function(e) told[#told + 1] = e.code .. " " .. tostring(e.conn) end)
      near:on("state", function(e)
        if e.to == "CLOSED" then told[#told + 1] = tostring(e.conn) end
        assert.is_nil(rawget(e, "ends"))
      end)
      lab:run(1.5)
      assert.same({ "ETIMEDOUT connection: 10.0.0.2:80 > 10.0.0.1:5000 CLOSED", "connection: 10.0.0.2:80 > 10.0.0.1:5000 CLOSED" }, told)
      for e in lab.trace:events { moment = "state" } do assert.is_truthy(tostring(e.conn):find("10.0.0.1:5000", 1, true)) end
    end
  end)

  it("tells a RECEIVE on a half-open connection why it ended, and whom it was with", function()
    local lab <close>, far, near, link = helper.lab { server = { syn_ack_retries = 1 } }
    near:listen(80)
    link:drop({ kind = "SYN-ACK" }, "all")
    far:open { address = "10.0.0.2", port = 80, local_port = 5000 }
    lab:run(0.5)
    local conn = near:connections()[1]
    local result = lab:spawn(function() return conn:receive(5) end)
    assert.same({ nil, "closed", "", "ETIMEDOUT", n = 4 }, table.pack(result:join()))
    assert.near(3.01, lab:now(), 0.001)
    assert.equal("connection: 10.0.0.2:80 > 10.0.0.1:5000 CLOSED", tostring(conn))
    assert.equal(0, near:counters().connections)
  end)

  it("shows itself", function()
    local listener = server:listen(80)
    assert.equal("listener: *:80 half-open 0/1024, waiting 0/128", tostring(listener))
    assert(client:connect(server, 80))
    net:run(1)
    local hand = net:hand("hand", { address = "10.0.0.9" })
    net:link(hand, server)
    hand:send { flags = "S", destination = server, destination_port = 80 }
    net:run(0.015)
    assert.equal("listener: *:80 half-open 1/1024, waiting 1/128", tostring(listener))
    listener:close()
    assert.equal("listener: *:80 (closed)", tostring(listener))
  end)

  it("raises on what is no port", function()
    for _, port in ipairs { 65536, -1, 1.5, "x" } do
      assert.error_matches(function() server:listen(port) end, "port: ")
    end
    assert.error_matches(function() server:listen(80, { backlogs = 1 }) end, 'did you mean "backlog"%?')
  end)
end)
