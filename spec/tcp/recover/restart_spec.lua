-- SPDX-License-Identifier: MIT
local flight = require "spec.tcp.flight"

local MSS, RTT = 1000, 0.05

describe("sending again after a silence", function()
  local p
  after_each(function() p:close() end)

  -- A window of 80 segments, all acknowledged; then a silence of so many timeouts, and one more segment.
  local function after(timeouts, options)
    local settings = { initial_window = 40, rto_min = 0.2, slow_start_after_idle = true }
    for name, value in pairs(options or {}) do settings[name] = value end
    p = flight.new(settings)
    p:give(40)
    p:pass(RTT)
    for i = 1, 40 do p:ack(i) end
    p.conn.tcb.cwnd = 320 * MSS
    p:pass(timeouts * p:status "rto" - RTT) -- it counts from the sending
    p:give(1)
    return { p:status "cwnd" // MSS, p:status "ssthresh" // MSS }
  end

  it("begins with the initial window at once", function()
    assert.equal(40, after(1.01)[1])
    assert.equal(320, after(0.99)[1])
  end)

  it("begins with a half for each timeout that the silence lasted, and no less than the initial window, where it is halved", function()
    assert.equal(320, after(0.99, { idle_halving = true })[1])
    assert.equal(160, after(1.5, { idle_halving = true })[1])
    assert.equal(80, after(2.5, { idle_halving = true })[1])
    assert.equal(40, after(3.5, { idle_halving = true })[1])
    assert.equal(40, after(9.5, { idle_halving = true })[1])
  end)

  it("keeps three quarters of the window as ssthresh then", function()
    p = flight.new { idle_halving = true, rto_min = 0.2 }
    p:give(10)
    p:pass(RTT)
    for i = 1, 10 do p:ack(i) end
    p.conn.tcb.cwnd, p.conn.tcb.ssthresh = 80 * MSS, 30 * MSS
    p:pass(1.5 * p:status "rto" - RTT)
    p:give(1)
    assert.same({ 40, 60 }, { p:status "cwnd" // MSS, p:status "ssthresh" // MSS })
  end)
end)

describe("an initial window", function()
  it("of ten segments has the bound of RFC 6928 in bytes, or none", function()
    for bound, segments in pairs { [true] = 2, [false] = 10 } do
      local p = flight.new { mss = 8960, initial_window_bound = bound, send_buffer = 1 << 20 }
      p:give(20)
      assert.equal(segments * 8960, p:status "cwnd")
      p:close()
    end
  end)
end)
