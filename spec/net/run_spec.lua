-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"

describe("run", function()
  local net, client, server
  before_each(function() net, client, server = helper.lab() end)
  after_each(function() net:close() end)

  it("lasts as long as it is told, whether or not something happens", function()
    assert.equal("idle", (net:run(2)))
    assert.equal(2.0, net:now())
    net:spawn(function() net:sleep(5) end)
    assert.equal("time", (net:run(2)))
    assert.equal(4.0, net:now())
  end)

  it("does with 0 all that is due, and never waits", function()
    local log = {}
    net:spawn(function()
      log[#log + 1] = "now"
      net:sleep(0)
      log[#log + 1] = "still now"
      net:sleep(1)
      log[#log + 1] = "later"
    end)
    assert.equal("time", (net:run(0)))
    assert.same({ "now", "still now" }, log)
    assert.equal(0.0, net:now())
  end)

  it("ends idle when nothing is left to happen", function()
    server:listen(80)
    local conn = assert(client:connect(server, 80))
    conn:abort()
    assert.equal("idle", (net:run()))
    assert.is_true(net:now() < 1)
  end)

  it("is stopped by stop, from a task or a hook", function()
    net:spawn(function() net:sleep(1) net:stop() net:sleep(1) end)
    assert.equal("stopped", (net:run()))
    assert.equal(1.0, net:now())
    assert.equal("idle", (net:run()))
    server:listen(80)
    client:open { address = server, port = 80 }
    net:on("state", function(e) if e.to == "ESTABLISHED" then net:stop() end end)
    assert.equal("stopped", (net:run()))
  end)

  it("meets its limit after a virtual day, and names the timers that run", function()
    server:listen(80, { keepalive = true })
    local conn = assert(client:connect(server, 80))
    local task = net:spawn(function() conn:receive() end)
    local why, waiting = net:run()
    assert.equal("limit", why)
    assert.equal(task, waiting[1])
    assert.same({ "server: keepalive" }, waiting.timers)
    assert.is_true(net:now() >= 86400)
  end)

  it("raises on what is no time", function()
    assert.error_matches(function() net:run(-1) end, "seconds: %-1 seconds is not a time span")
    assert.error_matches(function() net:run "x" end, 'seconds: seconds expected, got "x"')
    net:run(9e9)
    for _, beyond in ipairs { net.run, net.sleep } do
      assert.error_matches(function() beyond(net, 1) end, "seconds: 1 seconds from now is beyond the end of the clock")
    end
    assert.error_matches(function() net.run() end, "run: call it with a colon")
  end)
end)

describe("the end of the clock", function()
  it("is where every run ends", function()
    local net <close>, client, server, link = helper.lab()
    link:drop("SYN", "all")
    net:sleep(9e9 - 10)
    local conn = client:open { address = server, port = 80 }
    assert.equal("limit", (net:run()))
    assert.same({ 9e9, "SYN-SENT" }, { net:now(), conn.state })
    assert.equal("limit", (net:run()))
    assert.is_false(net:step())
    assert.equal("limit", select(2, net:run_until(function() return conn.state == "CLOSED" end)))
    assert.equal("EDEADLK", select(3, client:connect(server, 81)))
    assert.equal(9e9, net:now())
    assert.has_error(function() net:run(1) end, "seconds: 1 seconds from now is beyond the end of the clock, 9e9 seconds")
  end)
end)

describe("run_until", function()
  it("ends as soon as the condition holds", function()
    local net <close>, client, server = helper.lab()
    server:listen(80)
    local conn = client:open { address = server, port = 80 }
    assert.is_true(net:run_until(function() return conn.state == "ESTABLISHED" end))
    assert.is_true(net:now() < 0.03)
  end)

  it("says why it ended without", function()
    local net <close> = helper.lab()
    local met, why = net:run_until(function() return false end)
    assert.is_false(met)
    assert.equal("idle", why)
    local task = net:spawn(function() net:sleep(100) end)
    local waiting
    met, why, waiting = net:run_until(function() return false end, 10)
    assert.is_false(met)
    assert.equal("limit", why)
    assert.equal(task, waiting[1])
    assert.equal(10.0, net:now())
  end)
end)

describe("step", function()
  it("lets one event happen", function()
    local net <close>, client, server = helper.lab()
    server:listen(80)
    local points = {}
    net:on("segment", function(e) points[#points + 1] = e.segment.kind .. " " .. e.point end)
    client:open { address = server, port = 80 }
    while #points < 1 do assert.is_true(net:step()) end
    local before = #points
    assert.is_true(net:step())
    assert.is_true(#points - before <= 2)
    while net:step() do end
    assert.equal("SYN sent SYN delivered SYN-ACK sent SYN-ACK delivered ACK sent ACK delivered", table.concat(points, " "))
  end)
end)
