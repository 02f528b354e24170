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

  it("shows itself", function()
    local listener = server:listen(80)
    assert.equal("listener: *:80", tostring(listener))
    listener:close()
    assert.equal("listener: *:80 (closed)", tostring(listener))
  end)

  it("raises on what is no port", function()
    for _, port in ipairs { 0, 65536, -1, 1.5, "x" } do
      assert.error_matches(function() server:listen(port) end, "port: ")
    end
    assert.error_matches(function() server:listen(80, { backlogs = 1 }) end, 'did you mean "backlog"%?')
  end)
end)
