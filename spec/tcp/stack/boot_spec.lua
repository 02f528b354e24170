-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"
local paper = require "spec.tcp.paper"
local tcplab = require "tcplab"

describe("a host that reboots", function()
  local net, client, server, link
  before_each(function() net, client, server, link = helper.lab() end)
  after_each(function() net:close() end)

  local function sent_by(host)
    local count = 0
    net:on("segment", function(e)
      if e.sender == host and e.point == "sent" then count = count + 1 end
    end)
    return function() return count end
  end

  it("loses its connections and listeners at once, and no segment says so", function()
    local listener = server:listen(80)
    local conn = assert(client:connect(server, 80))
    local peer = assert(listener:accept())
    conn:send "unread"
    net:run(0.1)
    local sent = sent_by(server)
    server:reboot()
    net:run(1)
    assert.equal(0, sent())
    assert.same({ 0, 0 }, { #server:connections(), #server:listeners() })
    assert.same({ "CLOSED", "ESTABLISHED", true }, { peer.state, conn.state, listener.closed })
  end)

  it("leaves handles that answer closed, and tell why", function()
    local listener = server:listen(80)
    local conn = assert(client:connect(server, 80))
    local peer = assert(listener:accept())
    conn:send "unread"
    net:run(0.1)
    server:reboot()
    assert.same({ nil, "closed", "", "EHOSTDOWN", n = 4 }, table.pack(peer:receive(1)))
    assert.same({ nil, "closed", 0, "EHOSTDOWN", n = 4 }, table.pack(peer:send "x"))
    assert.same({ nil, "closed", "EHOSTDOWN", n = 3 }, table.pack(listener:accept()))
    assert.same({ "the host was rebooted", "EHOSTDOWN" }, { peer:status().message, peer:status().code })
    assert.equal(1, peer:close())
  end)

  it("wakes who waits there: in accept, in receive, in connect", function()
    local listener = server:listen(80)
    link:drop "SYN-ACK"
    local conn = net:spawn(function() return server:connect(client, 9) end)
    local results = {}
    net:spawn(function() results[1] = select(3, listener:accept()) end)
    net:spawn(function() results[2] = select(3, server:connect(client, 9)) end)
    client:listen(9)
    net:run(0.5)
    server:reboot()
    net:run(0)
    assert.same({ "EHOSTDOWN", "EHOSTDOWN" }, results)
    assert.same({ nil, "the host was rebooted", "EHOSTDOWN", n = 3 }, table.pack(conn:join()))
  end)

  it("gives up what it had begun to say, and takes nothing of it up again", function()
    local listener = server:listen(80)
    local conn = assert(client:connect(server, 80))
    local peer = assert(listener:accept())
    link:down()
    peer:settimeout(0)
    peer:send(("x"):rep(5000))
    link:up()
    local sent = sent_by(server)
    server:reboot()
    net:run(200)
    assert.equal(0, sent())
    assert.equal(0, server:counters().buffer_bytes)
    assert.equal("ESTABLISHED", conn.state)
  end)

  it("ends connections in every state, half-open ones and those in TIME-WAIT too", function()
    server:listen(80)
    server:deliver { source = "10.0.0.77", source_port = 7, destination_port = 80, flags = "S", seq = 1 }
    client:listen(9)
    local conn = assert(server:connect(client, 9))
    local peer = client:connections()[1]
    conn:shutdown "send"
    net:run(0.1)
    peer:close()
    net:run(0.1)
    local before = server:counters()
    assert.same({ 1, 1 }, { before.half_open, before.time_wait })
    server:reboot()
    net:run(0)
    local after = server:counters()
    assert.same({ 0, 0, 0, 0 }, { after.half_open, after.time_wait, after.connections, after.listeners })
  end)

  it("tells each change of state, by the event REBOOT", function()
    server:listen(80)
    assert(client:connect(server, 80))
    net:run(0.1)
    local told = {}
    server:on("state", function(e) told[#told + 1] = ("%s %s %s"):format(e.from, e.to, e.event) end)
    server:reboot()
    net:run(0)
    assert.same({ "ESTABLISHED CLOSED REBOOT" }, told)
  end)

  it("has secrets of its own anew: the same pair of sockets gets unrelated numbers", function()
    server:listen(80)
    local first = assert(client:connect(server, 80, { local_port = 5000 })):status().snd.iss
    client:reboot()
    local again = client:open { address = server, port = 80, local_port = 5000 }
    local ticks = (again:status().snd.iss - first) & 0xffffffff
    assert.is_true(ticks > net:now() / 4e-6 + 1000)
  end)

  it("begins with the first of sequential ports again", function()
    client:setoption("port_selection", "sequential")
    local function next_port() return client:open({ address = server, port = 80 }):status().local_port end
    local first, second = next_port(), next_port()
    client:reboot()
    assert.same({ first + 1, first }, { second, next_port() })
  end)

  it("has lost what was waited for and not whole yet", function()
    local listener = server:listen(80)
    local conn = assert(client:connect(server, 80))
    local peer = assert(listener:accept())
    local reader = net:spawn(function() return peer:receive(10) end)
    conn:send "five."
    net:run(0.1)
    server:reboot()
    assert.same({ nil, "closed", "", "EHOSTDOWN" }, { reader:join() })
  end)

  it("knows no Fast Open cookie any more", function()
    local lab <close>, a, b = helper.lab { client = { fast_open = "client" }, server = { fast_open = "server" } }
    b:listen(80)
    local asked = {}
    a:on("segment", function(e)
      if e.sender == a and e.point == "sent" and e.segment.kind == "SYN" then asked[#asked + 1] = e.segment.options.fast_open end
    end)
    local function cookie_size()
      assert(a:connect(b, 80, { data = "x" }))
      lab:run(0.1)
      return #asked[#asked]
    end
    assert.same({ 0, 8 }, { cookie_size(), cookie_size() })
    a:reboot()
    assert.equal(0, cookie_size())
  end)

  it("answers its peer's next segment by a RST, and the peer knows", function()
    local listener = server:listen(80)
    local conn = assert(client:connect(server, 80))
    listener:accept()
    server:reboot()
    conn:send "are you there?"
    assert.same({ nil, "closed", "", "ECONNRESET", n = 4 }, table.pack(conn:receive "*l"))
  end)

  it("may do so from a hook, about the connection that it ends", function()
    server:listen(80)
    net:on("accept", function(e) e.host:reboot() end)
    assert(client:connect(server, 80))
    net:run(0.1)
    assert.equal(0, #server:connections())
  end)

  it("goes on to work, and is the same each time", function()
    local function story(seed)
      local lab, a, b = helper.lab { seed = seed }
      b:listen(80)
      assert(a:connect(b, 80))
      a:reboot()
      local conn = assert(a:connect(b, 80))
      conn:send "hello"
      lab:run(1)
      local hash = lab.trace:hash()
      lab:close()
      return hash
    end
    assert.equal(story(3), story(3))
  end)

  it("raises on a closed host", function()
    server:close()
    assert.error_matches(function() server:reboot() end, "reboot: the host is closed")
  end)
end)

describe("the quiet time after a start", function()
  local net
  after_each(function() net:close() end)

  it("holds back OPENs for one MSL, then lets them go #R9293-U9", function()
    net = tcplab.lab { seed = 1 }
    local client = net:host("client", { address = "10.0.0.1", quiet_time = true, msl = 10 })
    local server = net:host("server", { address = "10.0.0.2" })
    net:link(client, server, { delay = 0.010 })
    server:listen(80)
    local first
    net:on("segment", function(e) first = first or e.time end)
    net:run(4)
    assert(client:connect(server, 80))
    assert.same({ 10.0, 10.02 }, { first, net:now() })
  end)

  it("answers no SYN, no text and nothing else, and names it #R9293-U9", function()
    local p = paper.new { quiet_time = true, msl = 10 }
    net = p.net
    p.host:listen(p.port)
    for _, flags in ipairs { "S", ".", "R", "F.", "S." } do assert.equal("quiet", p:arrive { flags = flags, seq = 0 }) end
    assert.is_true(p:silent())
    assert.equal(5, p.host:counters().refused.quiet)
    p:pass(9.999999)
    assert.equal("quiet", p:arrive { flags = "S", seq = 0 })
    p:pass(0.000001)
    assert.equal("accepted", p:arrive { flags = "S", seq = 0 })
    assert.equal("S.", p:one().flags)
  end)

  it("comes after a reboot too, as long as MSL is then", function()
    local p = paper.new { msl = 10 }
    net = p.net
    p:pass(100)
    p.host:setoption("quiet_time", true)
    p.host:setoption("msl", 20)
    p.host:reboot()
    p.host:listen(p.port)
    p:pass(19.9)
    assert.equal("quiet", p:arrive { flags = "S", seq = 0 })
    p:pass(0.1)
    assert.equal("accepted", p:arrive { flags = "S", seq = 0 })
  end)
end)
