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

  it("grows in slow start by what an ACK covers #R5681-2 #MUST-19", function()
    establish { initial_window = 2 }
    p:take()
    ack(1)
    assert.equal(3 * MSS, cwnd())
    assert.same({ 2, 3 }, seqs(p:take()))
    ack(3)
    assert.equal(5 * MSS, cwnd())
    p:arrive { ack = 1 + 3 * MSS + 100 }
    assert.equal(5 * MSS + 100, cwnd())
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

  it("tries two new segments before it takes the rest for lost after a timeout #R5682-1 #R5682-2 #R5682-3", function()
    establish()
    p:take()
    p:pass(1)
    assert.same({ 0 }, seqs(p:take()))
    ack(1)
    assert.same({ 10, 11 }, seqs(p:take()))
    ack(3) -- the originals arrive after all
    local s = conn:status()
    assert.same({ "open", 0, 10 * MSS }, { s.phase, s.lost, s.cwnd - 2 * MSS })
    for _, sent in ipairs(p:take()) do assert.is_false(sent.retransmission) end
  end)

  it("sends what was lost again in slow start, then grows by a segment per window #R5682-3 #R5681-2 #R5682-2 #R6582-5", function()
    establish()
    p:take()
    p:pass(1)
    ack(1)
    p:take()
    ack(1) -- a duplicate: the rest is lost indeed
    assert.same({ 1, 2, 3 }, seqs(p:take()))
    ack(2)
    assert.same({ 3 * MSS, 5 * MSS }, { cwnd(), conn:status().ssthresh })
    ack(3)
    ack(4)
    assert.equal(5 * MSS, cwnd())
    ack(12) -- all of the old flight
    local before = cwnd()
    for i = 13, 19 do ack(i) end
    assert.is_true(cwnd() >= before + MSS / 2 and cwnd() <= before + 3 * MSS / 2, cwnd())
  end)

  it("sends something new on the first two duplicate ACKs, and resends on the third #R3042-1 #R3042-2 #R5681-5 #R6582-1", function()
    establish()
    p:take()
    ack(0)
    ack(0)
    assert.same({ 10, 11 }, seqs(p:take()))
    assert.equal(10 * MSS, cwnd())
    ack(0)
    local again = p:one()
    assert.same({ 1, true }, { again.seq, again.retransmission })
    assert.same({ "recovery", 5 * MSS }, { conn:status().phase, conn:status().ssthresh })
  end)

  it("takes neither text, nor a FIN, nor a new window for a duplicate ACK #R5681-5", function()
    establish()
    p:take()
    for i = 1, 5 do p:arrive { seq = i, payload = "x" } end
    for i = 1, 5 do p:arrive { seq = 6, window = 50000 + i } end
    for _, s in ipairs(p:take()) do assert.is_nil(s.retransmission or nil) end
  end)

  it("lets out one segment for two that arrived, until the pipe is down to half #R6937-1 #R9937-2", function()
    establish()
    p:take()
    for _ = 1, 3 do ack(0) end
    p:take()
    for _ = 1, 9 do ack(0) end
    local sent = p:take()
    assert.is_true(#sent >= 3 and #sent <= 5, #sent)
    assert.equal(12, (sent[1].seq - 1) // MSS)
    assert.is_true(conn:status().pipe <= 5 * MSS)
  end)

  it("resends the next hole at a partial ACK, and ends with the full one #R6582-2 #R6582-3 #R9937-4", function()
    establish()
    p:take()
    for _ = 1, 3 do ack(0) end
    p:take()
    ack(4)
    local sent = p:take()
    assert.same({ 4, true }, { (sent[1].seq - 1) // MSS, sent[1].retransmission })
    ack(12) -- what limited transmit sent was out when it began
    assert.same({ "open", 5 * MSS }, { conn:status().phase, cwnd() })
    for _, s in ipairs(p:take()) do assert.is_false(s.retransmission) end
  end)

  it("starts the timer again at a partial ACK #R6582-4", function()
    establish()
    p:take()
    p:pass(0.2)
    for _ = 1, 3 do ack(0) end
    p:pass(0.3)
    ack(4)
    assert.equal("recovery", conn:status().phase)
    local status = conn:status()
    assert.near(p.net:now() + status.rto, status.timers.retransmission, 1e-6)
  end)

  it("does not begin a recovery for text that was sent before the timeout #R6582-1", function()
    establish()
    p:take()
    p:pass(1)
    ack(1)
    for _ = 1, 4 do ack(1) end
    assert.same({ "loss", 5 * MSS }, { conn:status().phase, conn:status().ssthresh })
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
