-- SPDX-License-Identifier: MIT
local paper = require "spec.tcp.paper"

local MSS = 1460

describe("after a silence", function()
  local p
  after_each(function() if p then p:close() end end)

  -- Established; thirty segments have been sent and acknowledged, so that cwnd has grown.
  local function grown(options)
    p = paper.new(options)
    local conn = p:established()
    conn:send(("x"):rep(30 * MSS))
    p:pass(0.1)
    for i = 1, 30 do p:arrive { ack = 1 + i * MSS } end
    p:take()
    assert.is_true(conn:status().cwnd > 10 * MSS)
    return conn, conn:status().cwnd
  end

  local function burst(conn)
    conn:send(("y"):rep(60 * MSS))
    p:pass()
    return #p:take()
  end

  it("longer than the timeout, a burst is no larger than the initial window #R5681-7", function()
    local conn = grown()
    p:pass(conn:status().rto + 0.2)
    assert.equal(10, burst(conn))
    assert.equal(10 * MSS, conn:status().cwnd)
  end)

  it("no longer than the timeout, the window is what it was #R5681-7", function()
    local conn, cwnd = grown()
    p:pass(conn:status().rto - 0.2)
    assert.equal(cwnd // MSS, burst(conn))
  end)

  it("the window is what it was when slow_start_after_idle is off", function()
    local conn, cwnd = grown { slow_start_after_idle = false }
    p:pass(60)
    assert.equal(cwnd // MSS, burst(conn))
  end)

  it("a window below the initial one is not made larger #R5681-7", function()
    local conn = grown()
    conn.tcb.cwnd = 2 * MSS
    p:pass(60)
    assert.equal(2, burst(conn))
  end)

  it("the change is told, with its reason", function()
    local conn = grown()
    local reasons = {}
    conn:on("congestion", function(e) reasons[#reasons + 1] = e.reason end)
    p:pass(60)
    burst(conn)
    assert.equal("idle", reasons[1])
  end)
end)
