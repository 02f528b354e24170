-- SPDX-License-Identifier: MIT
local paper = require "spec.tcp.paper"

local MSS = 1000

describe("congestion control", function()
  local p, conn
  after_each(function() p:close() end)

  local function establish(host_options)
    p = paper.new(host_options)
    conn = p:established(nil, { options = { mss = MSS } })
    assert(conn:send(("x"):rep(60 * MSS)))
    p:pass()
  end

  local function cwnd() return conn:status().cwnd end
  local function seqs(sent)
    local list = {}
    for i, s in ipairs(sent) do list[i] = (s.seq - 1) // MSS end
    return list
  end
  local function ack(segments) p:arrive { ack = 1 + segments * MSS } end

  it("starts with ten segments, or as many as it is told #R6928-1 #R5681-3", function()
    establish()
    assert.equal(10, #p:take())
    p:close()
    establish { initial_window = 3 }
    assert.equal(3, #p:take())
  end)

  it("starts with one after the SYN was resent more than once #R6928-2 #R5681-3", function()
    p = paper.new()
    conn = p:opening()
    p:pass(3)
    p:take()
    p:arrive { flags = "S.", seq = 0, options = { mss = MSS } }
    p:take()
    assert(conn:send(("x"):rep(5 * MSS)))
    p:pass()
    assert.equal(1, #p:take())
  end)

  it("never sends past the smaller of both windows #R5681-1", function()
    p = paper.new { initial_window = 100 }
    conn = p:established(nil, { options = { mss = MSS }, window = 4 * MSS })
    assert(conn:send(("x"):rep(60 * MSS)))
    p:pass()
    assert.equal(4, #p:take())
  end)

  it("grows in slow start by a segment per ACK, by less when less was acknowledged #R5681-2 #MUST-19", function()
    establish { initial_window = 2 }
    p:take()
    ack(1)
    assert.equal(3 * MSS, cwnd())
    assert.same({ 2, 3 }, seqs(p:take()))
    ack(3)
    assert.equal(4 * MSS, cwnd())
    p:arrive { ack = 1 + 3 * MSS + 100 }
    assert.equal(4 * MSS + 100, cwnd())
  end)

  it("falls to one segment after a timeout, its threshold to half of what was in flight #R5681-4", function()
    establish()
    p:take()
    p:pass(1)
    assert.same({ 0 }, seqs(p:take()))
    local s = conn:status()
    assert.same({ MSS, 5 * MSS }, { s.cwnd, s.ssthresh })
    p:pass(2)
    assert.equal(5 * MSS, conn:status().ssthresh) -- not again for the same segment
  end)

  it("sends what was lost again in slow start, then grows by a segment per window #R5681-2 #R6582-5", function()
    establish()
    p:take()
    p:pass(1)
    p:take()
    ack(1)
    assert.same({ 1, 2 }, seqs(p:take()))
    ack(2)
    assert.same({ 3, 4 }, seqs(p:take()))
    ack(10) -- all of the old flight
    p:take()
    assert.equal(4 * MSS, cwnd())
    ack(11)
    assert.equal(5 * MSS, cwnd())
    for i = 12, 16 do ack(i) end
    assert.equal(6 * MSS, cwnd())
  end)

  it("resends on the third duplicate ACK, not on the second #R5681-5 #R6582-1", function()
    establish()
    p:take()
    ack(0)
    ack(0)
    assert.is_true(p:silent())
    ack(0)
    local again = p:one()
    assert.same({ 1, true }, { again.seq, again.retransmission })
    local s = conn:status()
    assert.same({ 8 * MSS, 5 * MSS }, { s.cwnd, s.ssthresh })
  end)

  it("takes neither text, nor a FIN, nor a new window for a duplicate ACK #R5681-5", function()
    establish()
    p:take()
    for i = 1, 5 do p:arrive { seq = i, payload = "x" } end
    for i = 1, 5 do p:arrive { seq = 6, window = 50000 + i } end
    for _, s in ipairs(p:take()) do assert.is_nil(s.retransmission or nil) end
  end)

  it("grows by a segment with each further duplicate, and so lets new text out #R5681-5", function()
    establish()
    p:take()
    for _ = 1, 3 do ack(0) end
    p:take()
    ack(0)
    ack(0)
    assert.is_true(p:silent())
    ack(0)
    assert.same({ 10 }, seqs(p:take()))
  end)

  it("resends the next hole at a partial ACK, and ends with the full one #R6582-2 #R6582-3", function()
    establish()
    p:take()
    for _ = 1, 3 do ack(0) end
    p:take()
    ack(4)
    local sent = p:take()
    assert.same({ 4, true }, { (sent[1].seq - 1) // MSS, sent[1].retransmission })
    ack(10)
    assert.is_true(cwnd() <= 5 * MSS)
    for _, s in ipairs(p:take()) do assert.is_nil(s.retransmission or nil) end
  end)

  it("does not begin a recovery for text that was sent before the last one #R6582-1", function()
    establish()
    p:take()
    p:pass(1)
    p:take()
    ack(1)
    p:take()
    for _ = 1, 4 do ack(1) end
    for _, s in ipairs(p:take()) do assert.is_true(s.seq ~= 1 + MSS or not s.retransmission) end
  end)

  it("tells its reasons", function()
    p = paper.new { initial_window = 2 }
    local reasons = {}
    p.net:on("congestion", function(e) reasons[#reasons + 1] = e.reason end)
    conn = p:established(nil, { options = { mss = MSS } })
    assert(conn:send(("x"):rep(5 * MSS)))
    p:pass()
    ack(1)
    p:pass(1)
    assert.same({ "slow start", "timeout" }, reasons)
  end)
end)
