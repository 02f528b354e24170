-- SPDX-License-Identifier: MIT
local flight = require "spec.tcp.flight"

local MSS, RTT = 1000, 0.05

describe("a congestion control of the past", function()
  local p
  after_each(function() p:close() end)

  -- Ten segments out, the first lost, and so many of the others SACKed one by one. Returns what left for it.
  local function lost_one(options, sacked)
    p = flight.new(options)
    p:give(40)
    p:pass(RTT)
    local left = {}
    for i = 1, sacked do left[#left + 1] = p:ack(0, { { 1, 1 + i } }) end
    return table.concat(left, " "):gsub("^ +", ""):gsub(" +$", ""):gsub(" +", " ")
  end

  local function window() return { p:status "cwnd", p:status "ssthresh" } end

  it("Tahoe: one segment after a loss, which is the lost one, and slow start up to half of the window", function()
    assert.equal("10 11 0r", lost_one({ congestion = "tahoe" }, 9), "two by limited transmit")
    assert.same({ MSS, 5 * MSS }, window())
    p:pass(RTT)
    assert.equal("12 13", p:ack(12))
    assert.same({ 2 * MSS, 5 * MSS }, window())
    assert.equal("open", p:status "phase")
    p:pass(RTT)
    p:ack(13)
    p:ack(14)
    assert.same({ 4 * MSS, 5 * MSS }, window())
    p:pass(RTT)
    for i = 15, 18 do p:ack(i) end
    assert.is_true(p:status "cwnd" >= 5 * MSS and p:status "cwnd" < 6 * MSS, "congestion avoidance from there")
  end)

  it("Tahoe grows within what is being mended: two lost, the second in slow start's second round", function()
    p = flight.new { congestion = "tahoe" }
    p:give(40)
    p:pass(RTT)
    local left = p:ack(0, { { 1, 4 }, { 5, 10 } })
    assert.equal("0r", left)
    p:pass(RTT)
    assert.equal("4r 10", p:ack(4, { { 5, 10 } }))
    assert.same({ 2 * MSS, "recovery" }, { p:status "cwnd", p:status "phase" })
  end)

  it("Reno of 1990: half of the window at once, which stands until all is mended", function()
    lost_one({ congestion = "plain-reno" }, 3)
    assert.same({ 5 * MSS, 5 * MSS }, window())
    p:ack(0, { { 1, 10 } })
    assert.same({ 5 * MSS, 5 * MSS }, window())
    p:pass(RTT)
    p:ack(12)
    assert.is_true(p:status "cwnd" < 6 * MSS, "congestion avoidance from there")
    assert.equal("open", p:status "phase")
  end)

  it("both: slow start that ends by a loss alone, however the delay rises", function()
    for _, name in ipairs { "tahoe", "plain-reno" } do
      p = flight.new { congestion = name }
      p:give(200)
      local acked, waited = 0, RTT
      for _ = 1, 4 do
        p:pass(waited)
        waited = waited * 1.5
        for _ = 1, p:status "flight" // MSS do
          acked = acked + 1
          p:ack(acked)
        end
      end
      assert.equal(1 << 30, p:status "ssthresh")
      if name == "tahoe" then p:close() end
    end
  end)

  it("both: a time-out is one segment and half of the window", function()
    for _, name in ipairs { "tahoe", "plain-reno" } do
      p = flight.new { congestion = name, sack = false }
      p:give(10)
      p:pass(1.1)
      assert.same({ MSS, 5 * MSS }, window())
      if name == "tahoe" then p:close() end
    end
  end)
end)

describe("a control in Lua that sets cwnd in loss", function()
  local p
  after_each(function() p:close() end)

  it("is obeyed: Tahoe, written in two functions, does what the one built in does", function()
    local function run(control)
      p = flight.new { congestion = control }
      p:give(60)
      local seen, acked = {}, 0
      for round = 1, 12 do
        p:pass(RTT)
        local out = p:status "flight" // MSS
        if round == 2 then
          seen[#seen + 1] = p:ack(acked, { { acked + 1, acked + out } })
        else
          acked = acked + out
          seen[#seen + 1] = p:ack(acked)
        end
        seen[#seen + 1] = p:status "cwnd" .. "/" .. p:status "ssthresh"
      end
      p:close()
      return table.concat(seen, "; ")
    end
    local mine = {
      ack = function(cc, s)
        if not s.cwnd_limited then return end
        local bytes = math.min(s.acked, s.mss)
        if cc.cwnd < cc.ssthresh then
          cc.cwnd = cc.cwnd + math.min(bytes, cc.ssthresh - cc.cwnd)
        else
          cc.counted = (cc.counted or 0) + math.min(s.acked, cc.cwnd) * s.mss
          cc.cwnd, cc.counted = cc.cwnd + cc.counted // cc.cwnd, cc.counted % cc.cwnd
        end
      end,
      loss = function(cc, s)
        cc.ssthresh, cc.counted = math.max(math.min(math.max(s.flight, s.prior_flight), cc.cwnd) // 2, 2 * s.mss), 0
        cc.cwnd = s.mss
      end,
    }
    local built_in = run "tahoe"
    assert.equal(built_in, run(mine))
    p = flight.new()
  end)

  it("has the window for itself, and its ack within the recovery", function()
    local within = 0
    p = flight.new { congestion = {
      ack = function(_, s) if s.recovering then within = within + 1 end end,
      loss = function(cc, s) cc.cwnd = 3 * s.mss end,
    } }
    p:give(40)
    p:pass(RTT)
    assert.equal("0r 4r 10", p:ack(0, { { 1, 4 }, { 5, 10 } }))
    assert.equal(3 * MSS, p:status "cwnd")
    p:pass(RTT)
    p:ack(4, { { 5, 10 } })
    assert.equal(3 * MSS, p:status "cwnd")
    p:ack(10)
    assert.equal(3 * MSS, p:status "cwnd")
    assert.is_true(within > 0)
  end)

  it("is obeyed at a time-out too; one that leaves cwnd there gets one segment", function()
    p = flight.new { sack = false, congestion = { loss = function(cc, s) if s.timeout then cc.cwnd = 4 * s.mss end end } }
    p:give(10)
    p:pass(1.1)
    assert.equal(4 * MSS, p:status "cwnd")
    p:close()
    p = flight.new { sack = false, congestion = { loss = function(cc) cc.ssthresh = 4 * MSS end } }
    p:give(10)
    p:pass(1.1)
    assert.same({ MSS, 4 * MSS }, { p:status "cwnd", p:status "ssthresh" })
  end)

  it("is obeyed when a retransmission is lost: that leaves once more, whatever the window is then (RFC 5681 3.2)", function()
    local windows = { 30 * MSS, 1 }
    p = flight.new { initial_window = 20, congestion = { loss = function(cc) cc.cwnd = table.remove(windows, 1) end } }
    p:give(40)
    p:pass(RTT)
    assert.equal("0r 20 21", p:ack(0, { { 1, 4 } }):sub(1, 8))
    p:pass(RTT)
    assert.equal("0r", p:ack(0, { { 1, 20 }, { 21, 22 } }))
    assert.same({ MSS, "recovery" }, { p:status "cwnd", p:status "phase" })
  end)

  it("sees PRR at work where it sets ssthresh alone #R9937-1", function()
    p = flight.new { congestion = { loss = function(cc, s) cc.ssthresh = 5 * s.mss end } }
    p:give(40)
    p:pass(RTT)
    p:ack(0, { { 1, 4 } })
    assert.is_true(p:status "cwnd" > 5 * MSS)
    p:pass(RTT)
    p:ack(10)
    assert.equal(5 * MSS, p:status "cwnd")
  end)

  it("Reno by whole segments: one more when a window of them is acknowledged, not before", function()
    p = flight.new { growth = "segments", initial_window = 4 }
    p.conn.tcb.ssthresh = 4 * MSS
    p:give(40)
    p:pass(RTT)
    for i = 1, 3 do p:ack(i) end
    assert.equal(4 * MSS, p:status "cwnd")
    p:ack(4)
    assert.equal(5 * MSS, p:status "cwnd")
    for i = 5, 8 do p:ack(i) end
    assert.equal(5 * MSS, p:status "cwnd")
    p:ack(9)
    assert.equal(6 * MSS, p:status "cwnd")
  end)
end)
