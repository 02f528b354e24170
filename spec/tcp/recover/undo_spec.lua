-- SPDX-License-Identifier: MIT
local flight = require "spec.tcp.flight"

local RTT, MSS = 0.05, 1000

describe("what was for nothing", function()
  local p
  after_each(function() if p then p:close() end end)

  -- Ten segments in flight and more waiting, their timeout over: 0 has left again.
  local function timed_out(options)
    local settings = { initial_window = 10 }
    for name, value in pairs(options or {}) do settings[name] = value end
    p = flight.new(settings)
    p:give(40)
    while p:status "phase" ~= "loss" do
      p:pass(0.1)
      p.before = p:left()
    end
    assert.equal("0r", p.before:match "%S+$")
    assert.same({ "loss", MSS }, { p:status "phase", p:status "cwnd" })
  end

  describe("a timeout,", function()
    for _, sack in ipairs { false, true } do
      local with = sack and " with SACK" or " without SACK"

      it("is found out by two ACKs of originals, nothing more resent, the window as before" .. with .. " #R5682-2 #R5682-3", function()
        timed_out { sack = sack }
        local new = sack and 11 or 10 -- with SACK the probe carried one before
        assert.equal(("%d %d"):format(new, new + 1), p:ack(1))
        assert.equal("", p:ack(3):match "%d+r" or "")
        assert.equal("open", p:status "phase")
        assert.is_true(p:status "cwnd" >= 10 * MSS)
        assert.equal(0, p:status "lost")
        assert.equal(1, p:status "retransmissions")
      end)

      it("is believed when the second ACK moves nothing" .. with .. " #R5682-2 #R5682-3", function()
        timed_out { sack = sack }
        p:ack(1)
        local left = p:ack(1, sack and { { 11, 12 } } or nil)
        assert.equal("1r", left:match "%S+")
        assert.equal("loss", p:status "phase")
        assert.is_true(p:status "cwnd" <= 3 * MSS)
      end)

      it("is believed when the first ACK covers all that was out" .. with .. " #R5682-2", function()
        timed_out { sack = sack }
        p:ack(sack and 11 or 10)
        assert.equal("open", p:status "phase")
        assert.is_true(p:status "cwnd" <= 10 * MSS and p:status "ssthresh" < 10 * MSS)
      end)
    end

    it("is not doubted once it follows another for the same segments #R5682-1", function()
      timed_out { sack = false }
      p:pass(2)
      assert.equal("0r", p:left())
      assert.equal("1r 2r", p:ack(1))
    end)

    it("leaves the threshold as it was, too", function()
      timed_out()
      p:ack(1)
      p:ack(3)
      assert.equal(1 << 30, p:status "ssthresh")
    end)
  end)

  describe("a recovery", function()
    -- 0 has left again for three reports, and its original comes after all.
    local function recovering(options)
      local settings = { initial_window = 10 }
      for name, value in pairs(options or {}) do settings[name] = value end
      p = flight.new(settings)
      p:give(10)
      local original = p.clock
      p:pass(RTT)
      assert.equal("0r", p:ack(0, { { 1, 4 } }, { echo = original }))
      assert.same({ "recovery", 5 * MSS }, { p:status "phase", p:status "ssthresh" })
      p:pass(0.001)
      return original
    end

    for _, control in ipairs { "reno", "cubic" } do
      it("is taken back when D-SACKs have told of every copy: cwnd and ssthresh as they were, " .. control .. " #R9438-7", function()
        p = flight.new { initial_window = 20, congestion = control }
        p:give(20)
        p:pass(RTT)
        assert.equal("0r 1r", p:ack(0, { { 2, 5 } }))
        p:ack(2, { { 2, 6 } })
        p:ack(2, { { 0, 1 }, { 2, 6 } })
        assert.is_true(p:status "ssthresh" < 20 * MSS) -- one of two is not enough
        p:ack(6, { { 1, 2 } })
        assert.same({ "open", 1 << 30 }, { p:status "phase", p:status "ssthresh" })
        assert.is_true(p:status "cwnd" >= 20 * MSS)
      end)
    end

    it("is taken back after its end as well", function()
      recovering()
      p:ack(10)
      assert.same({ "open", 5 * MSS }, { p:status "phase", p:status "cwnd" })
      p:ack(10, { { 0, 1 } })
      assert.same({ 10 * MSS, 1 << 30 }, { p:status "cwnd", p:status "ssthresh" })
    end)

    it("is taken back when the ACK echoes the timestamp of an original", function()
      local original = recovering { timestamps = true }
      p:ack(4, nil, { echo = original })
      assert.same({ "open", 1 << 30 }, { p:status "phase", p:status "ssthresh" })
      assert.is_true(p:status "cwnd" >= 10 * MSS)
    end)

    it("brings back the window that was, and the ACK that tells it adds nothing: one segment's was full, not this one", function()
      p = flight.new { timestamps = true, frto = false, tail_loss_probe = false, initial_window = 10 }
      p:give(40)
      local original = p.clock
      p:pass(1.1)
      assert.equal("0r", p:left())
      assert.equal(MSS, p:status "cwnd")
      assert.equal("10", p:ack(1, nil, { echo = original }))
      assert.equal(10 * MSS, p:status "cwnd")
    end)

    it("judges anew what was marked lost: what really is goes out again without a timeout", function()
      p = flight.new { initial_window = 40, timestamps = true }
      p:give(2)
      p:pass(RTT)
      p:ack(2, nil, { echo = p.clock })
      p:give(24)
      local original = p.clock
      p:pass(RTT)
      p:ack(2, { { 22, 26 } }, { echo = original }) -- 3 to 21 are lost, 2 is late
      p:pass(0.001)
      local reasons = {}
      p.conn:on("congestion", function(e) reasons[#reasons + 1] = e.reason end)
      assert.equal("6r", p:ack(3, { { 22, 26 } }, { echo = original })) -- 2 to 5 had left again
      assert.same({ "undo", "loss" }, { reasons[1], reasons[2] })
      assert.equal(15 * MSS, p:status "lost")
    end)

    it("stands when the ACK echoes the retransmission's", function()
      recovering { timestamps = true }
      local again = p.clock
      p:ack(10, nil, { echo = again })
      assert.same({ "open", 5 * MSS, 5 * MSS }, { p:status "phase", p:status "cwnd", p:status "ssthresh" })
    end)

    it("teaches RACK that there is reordering, and stands when an ACK is of a retransmission before it", function()
      p = flight.new { initial_window = 40, timestamps = true }
      p:give(2)
      p:pass(RTT)
      p:ack(2, nil, { echo = p.clock })
      p:give(24)
      local original = p.clock
      p:pass(RTT)
      assert.equal("2r 3r", p:ack(2, { { 22, 26 } }, { echo = original }):match "^2r 3r")
      local again = p.clock
      p:pass(0.01)
      p:ack(3, { { 22, 26 } }, { echo = original }) -- 2 was late; 3 and those behind are lost, and 6 is the first to leave again
      assert.equal("recovery", p:status "phase")
      local reasons = {}
      p.conn:on("congestion", function(e) reasons[e.reason] = true end)
      p:pass(RTT - 0.01)
      p:ack(4, { { 22, 26 } }, { echo = again })
      assert.is_nil(reasons.undo)
      assert.equal("recovery", p:status "phase")
    end)

    it("stands when a D-SACK tells of something else", function()
      p = flight.new { initial_window = 10 }
      p:give(2)
      p:pass(RTT)
      p:ack(2)
      p:give(10)
      p:pass(RTT)
      assert.equal("2r", p:ack(2, { { 3, 6 } }))
      p:ack(12, { { 0, 1 } }) -- a copy that the network made
      assert.is_true(p:status "ssthresh" < 10 * MSS)
    end)
  end)

  describe("beside a congestion mark", function()
    -- A flight of five is late, and its timeout needless. flags: of the ACKs that tell so, one by one.
    local function late(flags)
      p = flight.new { ecn = 1, timestamps = true, initial_window = 20 }
      p:give(5)
      local original = p.clock
      p:pass(p:due "probe")
      p:left()
      p:pass(p:due "retransmission")
      p:left()
      assert.same({ "loss", MSS }, { p:status "phase", p:status "cwnd" })
      for i, flag in ipairs(flags) do p:ack(i - 1, nil, { flags = flag, echo = original }) end
      assert.equal("open", p:status "phase")
    end


    it("takes back the timeout and no mark: the one its own ACK reports halves the window", function()
      late { "." , ".E" }
      assert.is_true(p:status "ssthresh" < 20 * MSS)
      assert.is_true(p:status "cwnd" >= 2 * MSS and p:status "cwnd" <= 10 * MSS, p:status "cwnd")
    end)

    it("takes back no mark that came before it was known to be needless", function()
      late { ".E", "." }
      assert.is_true(p:status "ssthresh" < 20 * MSS, p:status "ssthresh")
      assert.is_true(p:status "cwnd" > MSS and p:status "cwnd" <= 10 * MSS, p:status "cwnd")
    end)

    it("takes back the CWR that the timeout wanted to send, with the window", function()
      late { ".", "." }
      assert.same({ 20 * MSS, 1 << 30 }, { p:status "cwnd", p:status "ssthresh" })
      p:take()
      p.conn:send(("x"):rep(MSS))
      p:pass()
      assert.is_nil(p:take()[1].flags:find "W")
    end)
  end)
end)
