-- SPDX-License-Identifier: MIT
local flight = require "spec.tcp.flight"

local MSS = 100

for _, control in ipairs { "reno", "cubic" } do
  describe("HyStart++ under " .. control, function()
    local p, acked
    after_each(function() if p then p:close() end end)

    local function start(options)
      local settings = { initial_window = 16, congestion = control, mss = MSS, send_buffer = 4 << 20 }
      for name, value in pairs(options or {}) do settings[name] = value end
      p = flight.new(settings)
      p.reasons = {}
      p.conn:on("congestion", function(e) p.reasons[#p.reasons + 1] = e.reason end)
      assert(p.conn:send(("x"):rep(20000 * MSS)))
      p:pass()
      acked = 0
      p:take()
    end

    -- All that is out is acknowledged one by one, `rtt` after it left. Returns by how many segments the window grew for each.
    local function round(rtt, each)
      local before = p:status "cwnd"
      p:pass(rtt)
      local stop = acked + p:status "flight" // MSS
      while acked < stop do
        acked = math.min(acked + (each or 1), stop)
        p:arrive { ack = 1 + acked * MSS }
      end
      p:take()
      return (p:status "cwnd" - before) / MSS
    end

    local function in_slow_start() return p:status "ssthresh" == 1 << 30 end

    it("doubles the window each round while the delay stands still #R9406-1", function()
      start()
      assert.equal(16, round(0.05))
      assert.equal(32, round(0.05))
      assert.equal(64, round(0.05))
      assert.is_true(in_slow_start())
    end)

    it("grows by a quarter from the eighth sample of a round on whose least delay rose by an eighth #R9406-1 #R9406-2 #R9406-4", function()
      start()
      round(0.05)
      local grown = round(0.0563)
      assert.equal(8 + (32 - 8) / 4, grown)
      assert.is_true(in_slow_start())
      assert.equal("hystart", p.reasons[#p.reasons])
    end)

    it("takes no rise below an eighth, 4 ms at least, 16 ms at most #R9406-1 #R9406-4", function()
      for _, case in ipairs { { 0.05, 0.0562, false }, { 0.05, 0.0563, true }, { 0.01, 0.0139, false }, { 0.01, 0.0141, true },
        { 0.2, 0.2159, false }, { 0.2, 0.2161, true } } do
        start { sack = false } -- no probe comes in between
        round(case[1])
        local grown = round(case[2])
        assert.equal(case[3], grown < 32, ("%g then %g: %g"):format(case[1], case[2], grown))
        p:close()
      end
      p = nil
    end)

    it("does not judge by less than eight samples #R9406-1 #R9406-4", function()
      for each, judged in pairs { [5] = false, [4] = true } do -- 32 segments by seven ACKs, or by eight
        start()
        round(0.05)
        round(0.1, each)
        local before = p:status "cwnd"
        p:pass(0.1)
        p:arrive { ack = 1 + (acked + 1) * MSS }
        assert.equal(judged and MSS / 4 or MSS, p:status "cwnd" - before)
        p:close()
      end
      p = nil
    end)

    it("ends slow start after five rounds of that #R9406-3 #R9406-4", function()
      start()
      round(0.05)
      local rounds = 0
      repeat
        round(0.0563)
        rounds = rounds + 1
      until not in_slow_start() or rounds == 10
      assert.equal(5, rounds)
      local s = p.conn:status()
      assert.is_true(s.cwnd - s.ssthresh < 2 * MSS, s.cwnd .. " " .. s.ssthresh)
    end)

    it("goes on doubling when the delay falls below where it rose to #R9406-2", function()
      start()
      round(0.05)
      round(0.0563)
      local window = p:status "cwnd" / MSS
      local grown = round(0.05)
      assert.is_true(grown > window * 0.8, grown)
      assert.is_true(in_slow_start())
    end)

    it("adds for one ACK eight segments at most #R9406-4", function()
      start()
      p:pass(0.05)
      p:arrive { ack = 1 + 16 * MSS }
      assert.equal((16 + 8) * MSS, p:status "cwnd")
    end)

    it("ends at a loss, and later slow starts do without it #R9406-3 #R9406-5", function()
      start()
      round(0.05)
      round(0.05)
      p:pass(3)
      assert.equal("loss", p:status "phase")
      acked = acked + p:status "flight" // MSS
      p:arrive { ack = 1 + acked * MSS }
      p:take()
      local rounds = 0
      while p:status "cwnd" * 2 < p:status "ssthresh" do -- with a delay that rises and rises
        round(0.05 + 0.02 * rounds)
        rounds = rounds + 1
      end
      assert.is_true(rounds >= 3)
      for _, reason in ipairs(p.reasons) do assert.not_equal("hystart", reason) end
    end)
  end)
end

describe("slow start in the profiles of Linux", function()
  local p, acked, seen
  after_each(function() if p then p:close() end end)

  local function start(options)
    local settings = { congestion = "cubic", hystart = "trains", initial_window = 16, mss = MSS, send_buffer = 4 << 20 }
    for name, value in pairs(options or {}) do settings[name] = value end
    p = flight.new(settings)
    acked, seen = 0, {}
    p.conn:on("congestion", function(e) seen[#seen + 1] = e.reason end)
    assert(p.conn:send(("x"):rep(20000 * MSS)))
    p:pass()
    p:take()
  end

  -- All that is out is acknowledged one by one, `gap` apart, the first `rtt` after it left.
  local function round(rtt, gap)
    p:pass(rtt)
    for _ = 1, p:status "flight" // MSS do
      acked = acked + 1
      p:arrive { ack = 1 + acked * MSS }
      if gap then p:pass(gap) end
    end
    p:take()
  end

  local function ended() return p:status "ssthresh" < 1 << 30 end

  it("ends at once by a delay that has risen by an eighth over the least of all", function()
    start()
    round(0.05)
    round(0.05)
    round(0.0562)
    assert.is_false(ended())
    round(0.0563)
    assert.is_true(ended())
    assert.is_truthy(table.concat(seen, " "):find "hystart")
  end)

  it("ends by a train of ACKs, 2 ms apart at most, that is longer than half of the least round trip", function()
    for gap, long in pairs { [0.0019] = true, [0.0021] = false } do
      start { hystart = "trains" }
      round(0.05)
      p:pass(0.05)
      for _ = 1, 20 do
        acked = acked + 1
        p:arrive { ack = 1 + acked * MSS }
        p:pass(gap)
      end
      assert.equal(long, ended())
      p:close()
    end
    p = nil
  end)

  it("ends by the ninth ACK of a round whose first eight were late, before that one adds to the window", function()
    start()
    round(0.05)
    p:pass(0.058)
    for i = 1, 9 do
      assert.is_false(ended())
      p:arrive { ack = 1 + (acked + i) * MSS }
    end
    assert.same({ 40 * MSS, 40 * MSS }, { p:status "ssthresh", p:status "cwnd" })
  end)

  it("ends by the first ACK of a train that is later than half of the least round trip and a millisecond", function()
    start { initial_window = 40 }
    p:pass(0.01)
    for i = 1, 17 do
      assert.is_false(ended())
      acked = acked + 1
      p:arrive { ack = 1 + acked * MSS }
      if i < 17 then p:pass(0.00035) end
    end
    assert.equal(56 * MSS, p:status "ssthresh", "5.6 ms behind the first; 5.25 ms were not enough")
  end)

  it("begins a round with the first ACK beyond what was out when the last began, below sixteen segments too", function()
    start { initial_window = 10 }
    round(0.05)
    round(0.05)
    p:pass(0.058)
    for i = 1, 9 do p:arrive { ack = 1 + (acked + i) * MSS } end
    assert.equal(48 * MSS, p:status "ssthresh")
  end)

  it("looks for no train below sixteen segments", function()
    start { initial_window = 2 }
    round(0.05)
    p:pass(0.05)
    for _ = 1, 4 do
      acked = acked + 1
      p:arrive { ack = 1 + acked * MSS }
      p:pass(0.0019)
    end
    assert.is_false(ended())
  end)

  it("is by the delay of RFC 9406, or by a loss alone, where hystart says so", function()
    for kind, ends in pairs { off = false, rfc9406 = true, trains = true } do
      start { hystart = kind }
      for i = 1, 8 do round(0.05 * 1.13 ^ i) end
      assert.equal(ends, ended() or table.concat(seen, " "):find "hystart" ~= nil, kind)
      p:close()
    end
    p = nil
  end)

  it("leaves Reno alone, which has none there", function()
    start { congestion = "reno" }
    for i = 1, 5 do round(0.05 * 1.13 ^ i) end
    assert.is_false(ended())
  end)

  it("grows by all that one ACK covers", function()
    start()
    p:pass(0.05)
    p:arrive { ack = 1 + 16 * MSS }
    assert.equal(32 * MSS, p:status "cwnd")
  end)

  it("goes on up to twice what was in flight, where the application has no more: 24 after 3 times 12 segments", function()
    for headroom, window in pairs { [true] = 24, [false] = 12 } do
      p = flight.new { slow_start_headroom = headroom, mss = MSS }
      for i = 1, 3 do
        p:give(12)
        p:pass(0.05)
        for j = 1, 12 do p:ack(12 * (i - 1) + j) end
      end
      assert.equal(window * MSS, p:status "cwnd")
      p:close()
    end
    p = nil
  end)

  it("goes on through all that was out when the window was full, as Linux 6.18 does: 34 after 12 and 12", function()
    p = flight.new { slow_start_headroom = true, mss = MSS }
    for i = 1, 2 do
      p:give(12)
      p:pass(0.05)
      for j = 1, i == 1 and 10 or 14 do p:ack(10 * (i - 1) + j) end
    end
    assert.equal(34 * MSS, p:status "cwnd")
  end)

  it("is all of that in the profiles themselves", function()
    for _, profile in ipairs { "linux-5.10", "linux-7.2", "linux" } do
      p = flight.new { profile = profile, mss = MSS }
      assert.same({ "trains", "segments", true },
        { p.conn:getoption "hystart", p.conn:getoption "growth", p.conn:getoption "slow_start_headroom" })
      p:close()
    end
    p = nil
  end)
end)
