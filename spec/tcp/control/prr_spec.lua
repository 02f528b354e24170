-- SPDX-License-Identifier: MIT
local flight = require "spec.tcp.flight"

local RTT, MSS = 0.05, 1000

describe("proportional rate reduction", function()
  local p
  after_each(function() if p then p:close() end end)

  -- Twenty segments in flight and more waiting, a round trip ago.
  local function twenty(options)
    local settings = { initial_window = 20 }
    for name, value in pairs(options or {}) do settings[name] = value end
    p = flight.new(settings)
    p:give(60)
    p:pass(RTT)
  end

  local function count(left)
    local n = 0
    for _ in left:gmatch "%S+" do n = n + 1 end
    return n
  end

  -- How many segments left for each ACK that reports segments [first, i].
  local function per_ack(first, last)
    local counts = {}
    for i = first, last do counts[#counts + 1] = count(p:ack(0, { { first, i + 1 } })) end
    return table.concat(counts, " ")
  end

  it("sends for the loss of one in twenty as RFC 6937's example does #R6937-1", function()
    twenty()
    -- The RFC's table: two by limited transmit, the retransmission, then one for every second ACK.
    assert.equal("1 1 1 0 1 0 1 0 1 0 1 0 1 0 1", per_ack(1, 15))
    assert.is_true(p:status "pipe" <= 13 * MSS)
    per_ack(16, 19)
    assert.equal(10 * MSS, p:status "pipe")
  end)

  it("sends for fifteen lost of twenty one for each ACK, as the example's conservative bound does #R6937-2", function()
    twenty()
    assert.equal("1 1 1 1 1", per_ack(15, 19))
    assert.equal(5 * MSS, p:status "pipe")
  end)

  it("sends one segment more for an ACK that moves on and tells of no further loss, until the pipe is full again #R6937-2 #R9937-2", function()
    twenty()
    per_ack(15, 19)
    p:pass(RTT)
    local left = p:ack(1, { { 15, 20 } })
    assert.equal(2, count(left))
    assert.equal(2, count(p:ack(2, { { 15, 20 } })))
    assert.equal(1, count(p:ack(2, { { 20, 21 }, { 15, 20 } }))) -- moves nothing
  end)

  it("lets a segment leave when nothing is in flight, whatever has been delivered", function()
    p = flight.new { initial_window = 20, nodelay = true }
    p:give(2)
    p:pass(RTT)
    p:ack(0, { { 1, 2 } })
    p:ack(2) -- reordering has been seen
    p:give(4)
    p:pass(0.02)
    p:give(1)
    p.conn:send(("x"):rep(265))
    p:pass(RTT - 0.02)
    p:left()
    p:ack(2, { { 3, 6 } })
    p:pass(p:due "reorder")
    assert.equal("2r", p:left())
    p:pass(0.01)
    p:ack(2, { { 7, 7.265 }, { 3, 6 } })
    p:ack(6, { { 7, 7.265 } })
    p:pass(p:due "reorder")
    assert.equal("6r", p:left())
  end)

  it("gives no such segment to an ACK that tells of a further loss #R9937-2", function()
    twenty()
    assert.equal("0r 1r 2r", p:ack(0, { { 15, 18 } })) -- 0 to 14 are lost
    p:pass(RTT)
    assert.equal("3r", p:ack(1, { { 15, 18 } })) -- and so are 18 and 19, which left before 0r
    assert.equal(2, count(p:ack(2, { { 15, 18 } })))
  end)

  it("sends in a recovery no more than was delivered and the pipe has room for #R6937-3", function()
    twenty()
    local left = count(p:ack(0, { { 1, 4 } }))
    for i = 5, 19, 2 do
      left = left + count(p:ack(0, { { 1, i } }))
      assert.is_true(left <= i - 1, i)
    end
    assert.is_true(left >= 9 and left <= 11, left) -- half of the twenty that were in flight
  end)

  it("counts what the first ACK reports, and what was reported before it does not count as in flight #R9937-1", function()
    twenty()
    p:ack(0, { { 1, 3 } })
    p:ack(0, { { 1, 13 } }) -- begins it: 10 more are delivered, of 22 out 2 had been
    -- ceil(10 * 10 / 20) = 5 may have left
    assert.equal("recovery", p:status "phase")
    assert.equal(10 * MSS, p:status "pipe")
  end)

  it("lets the fast retransmission leave whatever it finds in flight #R9937-3", function()
    twenty()
    assert.equal("0r", p:ack(0, { { 1, 20 } }):match "%S+")
    p:close()
    p = flight.new { initial_window = 4 }
    p:give(4)
    p:pass(RTT)
    assert.equal("0r", p:ack(0, { { 1, 4 } }))
  end)

  it("leaves the window at the threshold #R9937-4", function()
    twenty()
    p:ack(0, { { 1, 4 } })
    p:pass(RTT)
    p:ack(20)
    assert.same({ "open", 10 * MSS, 10 * MSS }, { p:status "phase", p:status "cwnd", p:status "ssthresh" })
  end)

  it("starts anew, from half again, when a retransmission was lost too, but once a round trip #R8985-4", function()
    twenty()
    assert.equal("0r 1r", p:ack(0, { { 4, 7 } }))
    for i, left in ipairs { "2r", "3r", "20 21 22 23 24 25" } do
      p:pass(0.005)
      assert.equal(left, p:ack(0, { { 4, ({ 9, 11, 20 })[i] } }))
    end
    assert.equal(10 * MSS, p:status "ssthresh")
    p:pass(RTT)
    assert.equal("0r", p:ack(0, { { 2, 3 }, { 4, 20 } }):match "%S+") -- 2r tells that 0r and 1r were lost
    assert.equal(5 * MSS, p:status "ssthresh")
    p:ack(0, { { 20, 21 }, { 2, 3 }, { 4, 20 } }) -- and 20 that 3r was
    assert.is_true(p:status "lost" > 0)
    assert.equal(5 * MSS, p:status "ssthresh")
  end)
end)
