-- SPDX-License-Identifier: MIT
local flight = require "spec.tcp.flight"

local RTT = 0.05

describe("the tail loss probe", function()
  local p
  after_each(function() if p then p:close() end end)

  local function sent(count, options)
    p = flight.new(options)
    p:give(count)
  end

  -- `count` left, and the probe after them.
  local function probed(count, options)
    sent(count, options)
    p:pass(p:due "probe")
    return p:left()
  end

  it("leaves two round trips after the last transmission, and with one segment out the peer's delay of its ACK later #R8985-6", function()
    sent(2)
    assert.equal(2 * RTT, p:due "probe")
    p:pass(0.02)
    p:give(1)
    assert.equal(2 * RTT, p:due "probe")
    p:close()
    sent(1, { max_ack_delay = 0.03 })
    assert.equal(2 * RTT + 0.03, p:due "probe")
  end)

  it("never leaves without tail_loss_probe: the timeout comes", function()
    sent(4, { tail_loss_probe = false })
    assert.is_nil(p:due "probe")
    p:pass(p:due "retransmission")
    assert.equal("0r", p:left())
  end)

  it("is put off by an ACK that moves SND.UNA, and by no other segment #R8985-6", function()
    sent(4)
    p:pass(RTT)
    p:ack(1)
    local due = p:due "probe"
    assert.is_true(due >= 2 * RTT and due < 2 * RTT + 0.01)
    p:pass(0.02)
    p:ack(1, nil, { payload = "from the other side" })
    p:ack(1, nil, { seq = 20, window = 60000 })
    assert.is_true(math.abs(due - 0.02 - p:due "probe") < 2e-6)
  end)

  it("is never later than the retransmission timeout #R8985-6", function()
    sent(2, { rto_min = 0.06 })
    for i = 1, 20 do
      p:pass(RTT)
      p:ack(2 * i)
      p:give(2)
    end
    assert.is_nil(p:due "retransmission")
    assert.near(p:status "rto", p:due "probe", 1e-6)
    assert.is_true(p:status "rto" < 2 * p:status "srtt")
  end)

  it("carries new text when there is some, and the last segment again when there is none #R8985-7", function()
    assert.equal("10", probed(12))
    p:close()
    assert.equal("4r", probed(5))
  end)

  it("starts the timeout anew, and is followed by it, not by another probe #R8985-7", function()
    probed(5)
    assert.equal(1, p:due "retransmission")
    assert.is_nil(p:due "probe")
    p:pass(0.9)
    assert.equal("", p:left())
    p:pass(0.1)
    assert.equal("0r", p:left())
  end)

  it("is not sent again before a round trip has been measured since the last one #R8985-7", function()
    probed(1)
    p:pass(RTT)
    p:ack(1)
    p:ack(1) -- both came
    p:give(1)
    assert.is_nil(p:due "probe")
    p:pass(RTT)
    p:ack(2)
    p:give(1)
    assert.is_truthy(p:due "probe")
  end)

  it("has RACK find what was lost before it #R8985-4 #R8985-7", function()
    assert.equal("4r", probed(5))
    p:pass(RTT)
    local resent = p:ack(2, { { 4, 5 } })
    p:pass(RTT)
    assert.equal("2r 3r", (resent .. " " .. p:left()):match "^%s*(.-)%s*$")
    assert.equal(0, p:status "backoff")
  end)

  describe("that repaired the only loss", function()
    local function repaired(options)
      probed(10, options)
      p:pass(RTT)
      p:ack(10)
      assert.equal("open", p:status "phase")
      local before = p:status "cwnd"
      assert.is_true(before >= 10000)
      return before
    end

    it("costs what a loss costs once text beyond it is acknowledged #R8985-8", function()
      local before, reasons = repaired(), {}
      assert.equal(before, p:status "cwnd")
      p.conn:on("congestion", function(e) reasons[#reasons + 1] = e.reason end)
      p:give(5)
      p:pass(RTT)
      p:ack(15)
      assert.is_true(p:status "cwnd" < before and p:status "ssthresh" <= before / 2, p:status "cwnd")
      assert.equal("loss", reasons[1])
    end)

    it("costs nothing when a D-SACK tells that both copies came #R8985-8", function()
      local before = repaired()
      p:ack(10, { { 9, 10 } })
      p:give(5)
      p:pass(RTT)
      p:ack(15)
      assert.is_true(p:status "cwnd" >= before)
    end)

    it("costs nothing when a second ACK tells so #R8985-8", function()
      local before = repaired()
      p:ack(10)
      p:give(5)
      p:pass(RTT)
      p:ack(15)
      assert.is_true(p:status "cwnd" >= before)
    end)

    it("costs nothing when the original's timestamp comes back #R8985-8", function()
      sent(10, { timestamps = true })
      local original = p.clock
      p:pass(p:due "probe")
      assert.equal("9r", p:left())
      p:pass(RTT)
      p:ack(9, nil, { echo = original })
      p:ack(10, nil, { echo = original })
      local before = p:status "cwnd"
      p:give(5)
      local later = p.clock
      p:pass(RTT)
      p:ack(15, nil, { echo = later })
      assert.is_true(p:status "cwnd" >= before)
    end)

    it("costs what a loss costs where the timestamp may be that of what came before it, in the same ACK #R8985-8", function()
      sent(10, { timestamps = true })
      local original = p.clock
      p:pass(p:due "probe")
      assert.equal("9r", p:left())
      p:pass(RTT)
      p:ack(10, nil, { echo = original }) -- of 8, whose ACK was delayed
      local before = p:status "cwnd"
      p:give(5)
      local later = p.clock
      p:pass(RTT)
      p:ack(15, nil, { echo = later })
      assert.is_true(p:status "cwnd" < before)
    end)
  end)

  it("of new text costs nothing #R8985-8", function()
    assert.equal("10", probed(11))
    p:pass(RTT)
    p:ack(11)
    p:give(5)
    p:pass(RTT)
    p:ack(16)
    assert.equal(1 << 30, p:status "ssthresh")
  end)

  it("is not sent to a peer without SACK #R8985-1", function()
    sent(2, { sack = false })
    assert.is_nil(p:due "probe")
  end)
end)
