-- SPDX-License-Identifier: MIT
local flight = require "spec.tcp.flight"
local paper = require "spec.tcp.paper"
local tcplab = require "tcplab"

local LINUX = { "linux-5.10", "linux-6.1", "linux-6.12", "linux-6.18", "linux-7.2" }

describe("the grid of timers", function()
  local p
  after_each(function()
    if p then p:close() end
    p = nil
  end)

  -- How long keep-alive waits that is asked for this many seconds, and when it fires.
  local function waited(seconds, options)
    local it <close> = paper.new(options)
    it:established()
    assert(it.conn:setoption("keepalive_idle", seconds))
    assert(it.conn:setoption("keepalive", true))
    local deadline = it.conn:status().timers.keepalive
    return deadline - it.net:now(), deadline
  end

  it("is none by default", function()
    for _, seconds in ipairs { 0.04, 0.304, 60, 7200 } do assert.is_true(math.abs(waited(seconds) - seconds) < 1e-9) end
  end)

  it("is of 4 ms in the profiles of Linux, and eight times as wide at 256 ms, 2.048 s, 16.384 s, 131.072 s and 1048 s", function()
    local widths = { { 0.04, 0.004 }, { 0.2555, 0.004 }, { 0.257, 0.032 }, { 2, 0.032 }, { 2.1, 0.256 }, { 16, 0.256 }, { 17, 2.048 }, { 130, 2.048 },
      { 132, 16.384 }, { 1048, 16.384 }, { 1049, 131.072 }, { 7200, 131.072 } }
    for _, profile in ipairs(LINUX) do
      local phase
      for _, case in ipairs(widths) do
        local seconds, at = waited(case[1], { profile = profile })
        assert.is_true(seconds >= case[1] and seconds < case[1] + case[2], ("%s: %g became %g"):format(profile, case[1], seconds))
        phase = phase or at % 0.004
        local off = (at - phase) / 0.004
        assert.is_true(math.abs(off - math.floor(off + 0.5)) < 1e-3, "all of one grid")
      end
    end
  end)

  it("is of one width for all without a wheel", function()
    for _, seconds in ipairs { 0.1, 60, 7200 } do
      local late = waited(seconds, { timer_granularity = 0.25 }) - seconds
      assert.is_true(late >= 0 and late < 0.25, late)
    end
  end)

  it("has a phase that is the host's own, drawn from its seed", function()
    local function phase(seed, name)
      local net <close> = tcplab.lab { seed = seed, trace = false }
      local host = net:host(name, { address = "10.0.0.1", timer_granularity = 1 })
      net:link(host, net:host("peer", { address = "10.0.0.2" })):down()
      local conn = assert(host:open { address = "10.0.0.2", port = 80 })
      net:run(0)
      return conn:status().timers.retransmission
    end
    assert.equal(phase(1, "a"), phase(1, "a"))
    assert.not_equal(phase(1, "a"), phase(2, "a"))
    assert.not_equal(phase(1, "a"), phase(1, "b"))
  end)

  it("has TIME-WAITs live from 60.0 to 62.05 s, and end in batches: forty closed 100 ms apart in three", function()
    local net <close> = tcplab.lab { seed = 3, trace = false }
    local a, b = net:host("a", { address = "10.0.0.1", profile = "linux" }), net:host("b", { address = "10.0.0.2", profile = "linux" })
    net:link(a, b, { delay = 0.001 })
    local listener = b:listen(80)
    local began, ended, batches = {}, 0, {}
    net:on("state", function(e)
      if e.host ~= a then return end
      if e.to == "TIME-WAIT" then began[e.conn] = e.time end
      if e.from == "TIME-WAIT" then
        local lived = e.time - began[e.conn]
        assert.is_true(lived >= 60 and lived <= 62.05, lived)
        ended = ended + 1
        batches[e.time] = true
      end
    end)
    for _ = 1, 40 do
      local conn = assert(a:connect(b, 80))
      local peer = assert(listener:accept())
      conn:close()
      peer:receive "*a"
      peer:close()
      net:sleep(0.1)
    end
    net:run(70)
    local count = 0
    for _ in pairs(batches) do count = count + 1 end
    assert.equal(40, ended)
    assert.is_true(count >= 2 and count <= 3, count)
  end)

  it("leaves pacing alone", function()
    p = flight.new { timer_granularity = 0.1, congestion = { init = function(cc) cc.pacing = 1e6 end } }
    p:give(4)
    p:pass(0.03)
    assert.equal("1 2 3", p:left())
  end)

  it("is kept by what is armed again, and never early", function()
    p = flight.new { profile = "linux" }
    p:give(1)
    local first = p.conn:status().timers.probe
    p:pass(0.01)
    p:ack(0, nil, { payload = "beside it", window = p.peer_window })
    assert.equal(first, p.conn:status().timers.probe)
  end)
end)
