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
