-- SPDX-License-Identifier: MIT
local flight = require "spec.tcp.flight"

local MSS, RTT = 100, 0.05

describe("CUBIC", function()
  local p, acked
  after_each(function() if p then p:close() end end)

  -- A window of so many segments, the sender always having more.
  local function start(window, options)
    local settings = { initial_window = window, congestion = "cubic", mss = MSS, send_buffer = 16 << 20 }
    for name, value in pairs(options or {}) do settings[name] = value end
    p = flight.new(settings)
    assert(p.conn:send(("x"):rep(150000 * MSS)))
    p:pass()
    p:take()
    acked = 0
  end

  local function segments(field) return p:status(field) / MSS end

  -- All that is out is acknowledged, two segments an ACK or as many as told, a round trip after it left.
  local function round(each)
    p:pass(RTT)
    local stop = acked + p:status "flight" // MSS
    while acked < stop do
      acked = math.min(acked + (each or 2), stop)
      p:ack(acked)
    end
  end

  -- The first of what is out is lost, and mended.
  local function lose()
    p:pass(RTT)
    local out = acked + p:status "flight" // MSS
    for i = 4, out - acked, 2 do p:ack(acked, { { acked + 1, acked + i } }) end
    p:pass(RTT)
    acked = acked + p:status "flight" // MSS
    p:ack(acked)
    assert.equal("open", p:status "phase")
  end

  -- Seconds from the loss on in rounds of RTT: the window after each.
  local function windows(seconds)
    local list = {}
    for i = 1, math.floor(seconds / RTT + 0.5) do
      round(20)
      list[i] = segments "cwnd"
    end
    return list
  end

  it("lowers window and threshold to seven tenths at a loss #R9438-3", function()
    start(200)
    lose()
    assert.equal(140, segments "ssthresh")
    assert.is_true(math.abs(segments "cwnd" - 140) < 2)
  end)

  it("keeps a threshold of two segments at a loss #R9438-3", function()
    start(2, { nodelay = true })
    p:pass(3)
    assert.equal(2, segments "ssthresh")
  end)

  it("goes down to one segment for marks, and then waits #R9438-3", function()
    local paper = require "spec.tcp.paper"
    p = paper.new { ecn = 1, congestion = "cubic", mss = MSS }
    local conn = p:established(nil, { flags = "S.E", options = { mss = MSS } })
    conn:send(("x"):rep(100 * MSS))
    p:pass()
    local ack, least = 1, math.huge
    for _ = 1, 40 do
      for _, s in ipairs(p:take()) do ack = math.max(ack, s.seq + #s.payload) end
      p:arrive { flags = ".E", ack = ack }
      least = math.min(least, conn:status().cwnd)
    end
    assert.equal(MSS, least)
    p:take()
    p:pass(0.5)
    assert.is_true(p:silent())
    p:pass(1)
    assert.is_false(p:silent())
  end)

  it("follows the cubic function back to the window of the loss, and over it #R9438-1 #R9438-2", function()
    start(400)
    lose()
    local k = ((400 - 280) / 0.4) ^ (1 / 3)
    local seen = windows(k + 2)
    for _, at in ipairs { 2, 4, k, k + 1.9 } do
      local expected = 400 + 0.4 * (at - k) ^ 3
      local i = math.floor(at / RTT + 0.5)
      assert.is_true(math.abs(seen[i] - expected) < 4, ("%.2f s: %.1f, not %.1f"):format(at, seen[i], expected))
    end
    for i = 2, #seen do assert.is_true(seen[i] <= 1.5 * seen[i - 1] + 1) end
  end)

  it("grows as Reno would where that is faster: small windows, short round trips #R9438-2", function()
    start(20)
    lose()
    local seen = windows(2)
    -- alpha is 9/17 of a segment a round trip up to the window of the loss, then 1
    assert.is_true(seen[10] >= 14 + 9 / 17 * 9 - 1.5 and seen[10] <= 14 + 9 / 17 * 10 + 1.5, seen[10])
    local at_20
    for i, w in ipairs(seen) do at_20 = at_20 or (w >= 20 and i) end
    assert.is_true(at_20 >= 9 and at_20 <= 14, at_20)
    assert.is_true(seen[at_20 + 10] - seen[at_20] >= 8.5, seen[at_20 + 10])
  end)

  it("aims lower when a loss comes before it was back where it had lost: fast convergence #R9438-5", function()
    start(400)
    lose()
    lose() -- at 280
    local plateau = 0.85 * 280
    local k = ((plateau - 196) / 0.4) ^ (1 / 3)
    local seen = windows(2)
    for _, at in ipairs { 1, 2 } do -- later Reno would be faster
      local expected = plateau + 0.4 * (at - k) ^ 3
      local window = seen[math.floor(at / RTT + 0.5)]
      assert.is_true(math.abs(window - expected) < 4, ("%.2f s: %.1f, not %.1f"):format(at, window, expected))
    end
  end)

  it("begins anew after a timeout: one segment, slow start, and a plateau where that ends #R9438-6 #R9438-8", function()
    start(400)
    lose() -- there is a curve that leads higher
    windows(0.2)
    local out = segments "cwnd"
    p:pass(3)
    assert.equal(1, segments "cwnd")
    local ssthresh = segments "ssthresh"
    assert.is_true(math.abs(ssthresh - 0.7 * out) <= 1, ssthresh)
    acked = acked + p:status "flight" // MSS
    p:ack(acked)
    while segments "cwnd" < ssthresh do
      local before = segments "cwnd"
      round()
      assert.is_true(segments "cwnd" >= math.min(1.4 * before, ssthresh), before) -- two segments an ACK count as one: 1.5
    end
    local at = segments "cwnd"
    windows(0.5)
    assert.is_true(segments "cwnd" - at < 12, segments "cwnd") -- Reno's growth at most: K is 0
  end)

  it("has back after a spurious recovery the curve it was on #R9438-7", function()
    start(400)
    lose()
    windows(2)
    local before = p.conn:status()
    p:pass(RTT)
    p:ack(acked, { { acked + 1, acked + 4 } })
    assert.is_true(p:status "ssthresh" < before.ssthresh)
    p:ack(acked + 4, { { acked, acked + 1 } })
    acked = acked + 4
    local after = p.conn:status()
    assert.equal(before.ssthresh, after.ssthresh)
    assert.is_true(after.cwnd >= before.cwnd)
    windows(2)
    local k = ((400 - 280) / 0.4) ^ (1 / 3)
    local expected = 400 + 0.4 * (4 + RTT - k) ^ 3
    assert.is_true(math.abs(segments "cwnd" - expected) < 5, segments "cwnd")
  end)

  it("lowers from what was in use, not from a window that the application left empty #R9438-4", function()
    start(200)
    round()
    acked = acked + p:status "flight" // MSS
    p:close()
    p = flight.new { initial_window = 200, congestion = "cubic", mss = MSS }
    p:give(20)
    p:pass(RTT)
    p:ack(0, { { 1, 4 } })
    assert.is_true(segments "ssthresh" <= 14, segments "ssthresh")
  end)

  it("does not let the curve run on while the application has nothing to send #R9438-8", function()
    local function after_pause(pause)
      p = flight.new { initial_window = 400, congestion = "cubic", mss = MSS, send_buffer = 4 << 20, slow_start_after_idle = false }
      acked = 0
      p:give(400)
      lose()
      for _ = 1, 10 do
        p:give(400 - p:status "flight" // MSS)
        round()
      end
      while p:status "send_queue" > 0 do round() end
      p:pass(pause)
      p:give(1000)
      for _ = 1, 3 do round() end
      local window = segments "cwnd"
      p:close()
      return window
    end
    local short, long = after_pause(0), after_pause(8)
    assert.is_true(math.abs(long - short) < 8, ("%g against %g"):format(long, short))
    p = nil
  end)

  describe("that grows by whole segments", function()
    local WHOLE <const> = { growth = "segments", hystart = "trains", slow_start_headroom = true }

    it("opens by a twentieth a round trip where slow start ended without a loss", function()
      start(80, WHOLE)
      p:pass(RTT)
      for i = 1, 80 do p:ack(i) end
      acked = 80
      p:pass(0.06)
      for i = 81, 89 do p:ack(i) end -- late: the end of slow start
      assert.equal(168, segments "ssthresh")
      for i = 90, 127 do p:ack(i) end
      assert.equal(169, segments "cwnd", "39 with the ninth")
      p:ack(128)
      assert.equal(170, segments "cwnd")
    end)

    it("is never but whole, and follows the curve of RFC 9438 within a segment or two where it rises by as many", function()
      local lists = {}
      for i, options in ipairs { {}, WHOLE } do
        start(80, options)
        lose()
        lists[i] = windows(8)
        p:close()
      end
      for i, window in ipairs(lists[2]) do assert.equal(0, window % 1, i) end
      assert.is_true(math.abs(lists[1][40] - lists[2][40]) < 2, "below the plateau")
    end)

    it("stays friendly at 9/17 of a segment a window for good, as Linux 6.18 does: from 56 to 109 in 100 round trips of 50 ms", function()
      start(80, WHOLE)
      lose()
      local list = windows(100 * RTT)
      assert.is_true(math.abs(list[100] - 109) <= 1, list[100])
    end)
  end)
end)
