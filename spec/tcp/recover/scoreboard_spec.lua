-- SPDX-License-Identifier: MIT
local flight = require "spec.tcp.flight"
local helper = require "spec.helper"

local RTT, MSS = 0.05, 1000

describe("the scoreboard", function()
  local p
  after_each(function() if p then p:close() end end)

  local function sent(count, options)
    p = flight.new(options)
    p:give(count)
    p:pass(RTT)
  end

  it("finds a segment lost when three above it are reported, in one piece or in three #R6675-1", function()
    sent(10)
    assert.equal("", p:ack(0, { { 1, 3 } }))
    assert.equal("0r", p:ack(0, { { 1, 4 } }))
    p:close()
    sent(10)
    assert.equal("", p:ack(0, { { 3, 4 }, { 1, 2 } }))
    assert.equal("0r", p:ack(0, { { 5, 6 }, { 3, 4 }, { 1, 2 } }))
    assert.equal(2 * MSS, p:status "lost") -- 2 and 4
  end)

  it("finds nothing lost by less than three segments' bytes in less than three pieces #R6675-1", function()
    sent(10)
    p:ack(0, { { 1, 3.9 } })
    assert.equal(0, p:status "lost")
    assert.equal("open", p:status "phase")
  end)

  it("counts in the pipe what is neither reported nor lost, and what went out again #R6675-2", function()
    sent(10)
    p:ack(0, { { 1, 2 } })
    assert.same({ 10 * MSS, 9 * MSS, MSS }, { p:status "flight", p:status "pipe", p:status "sacked" })
    p:ack(0, { { 4, 6 }, { 1, 2 } })
    local s = p.conn:status()
    assert.same({ 3 * MSS, 2 * MSS, 5 * MSS }, { s.sacked, s.lost, s.pipe }) -- 0 went out again, 2 and 3 wait
    p:ack(2, { { 4, 8 } })
    s = p.conn:status()
    assert.equal(s.flight - s.sacked - s.lost, s.pipe)
  end)

  it("sends lost segments from the lowest on, and new ones after them", function()
    sent(30)
    p:ack(0, { { 1, 2 } })
    p:ack(0, { { 3, 4 }, { 1, 2 } })
    local left = p:ack(0, { { 5, 6 }, { 3, 4 }, { 1, 2 } })
    for i = 6, 12 do left = left .. " " .. p:ack(0, { { 5, i + 1 }, { 3, 4 }, { 1, 2 } }) end
    local order = {}
    for n in left:gmatch "%S+" do order[#order + 1] = n end
    assert.same({ "0r", "2r", "4r" }, { order[1], order[2], order[3] })
    assert.is_truthy(tonumber(order[4]))
  end)

  it("enters recovery up to what was sent, with half the window, what limited transmit sent left out #R6675-4", function()
    sent(20)
    assert.equal("10 11", p:ack(0, { { 1, 3 } }))
    assert.equal("0r", p:ack(0, { { 1, 4 } }))
    assert.same({ "recovery", 5 * MSS }, { p:status "phase", p:status "ssthresh" })
    p:pass(RTT)
    p:ack(11)
    assert.equal("recovery", p:status "phase")
    p:ack(12)
    assert.same({ "open", 5 * MSS }, { p:status "phase", p:status "cwnd" })
  end)

  it("never has more in the pipe than the window lets, however much an ACK reports #R6675-5", function()
    sent(60, { initial_window = 40 })
    local reported = 4
    p:ack(0, { { 1, 4 } })
    for _, more in ipairs { 1, 5, 2, 9, 1, 1, 12 } do
      reported = reported + more
      p:ack(0, { { 1, reported } })
      assert.is_true(p:status "pipe" <= p:status "cwnd", reported)
    end
  end)

  it("keeps at the end of recovery what is reported above it #R6675-6", function()
    sent(20)
    p:ack(0, { { 1, 4 } })
    for i = 5, 10 do p:ack(0, { { 1, i } }) end
    p:pass(RTT)
    p:ack(12, { { 13, 14 } })
    assert.same({ "open", MSS }, { p:status "phase", p:status "sacked" })
    assert.is_nil(p:ack(13, { { 13, 14 } }):match "13r")
  end)

  it("begins no recovery for what was out at a timeout #R6675-7", function()
    sent(10)
    p:ack(0, { { 1, 4 } })
    p:pass(1)
    assert.equal("loss", p:status "phase")
    local ssthresh = p:status "ssthresh"
    p:left()
    p:ack(4, { { 5, 6 } })
    p:ack(4, { { 5, 8 } })
    p:ack(4, { { 5, 9 } })
    assert.same({ "loss", ssthresh }, { p:status "phase", p:status "ssthresh" })
    p:pass(RTT)
    p:ack(10)
    assert.equal("open", p:status "phase")
  end)

  it("starts after a timeout at the left edge, whatever had been reported #R2018-4", function()
    sent(10)
    p:ack(0, { { 5, 6 } })
    p:pass(1)
    assert.equal("0r", p:left():match "^%S+")
  end)

  it("gets everything to a peer that drops what it reported #R2018-4 #R2018-5", function()
    sent(8)
    p:ack(0, { { 1, 8 } })
    assert.equal(8 * MSS, p:status "send_queue") -- reported is not acknowledged
    local had = { [0] = false }
    local acked = 0
    for _ = 1, 12 do
      p:pass(math.min(p:due "retransmission" or 0, 60))
      for n in p:left():gmatch "(%d+)r" do had[tonumber(n)] = true end
      while had[acked] do acked = acked + 1 end
      for n in p:ack(acked):gmatch "(%d+)r" do had[tonumber(n)] = true end
      if acked == 8 then break end
    end
    assert.equal(8, acked)
    assert.equal(0, p:status "flight")
  end)

  it("judges anew what there was no memory for when it was found lost", function()
    local found = "without memory: 0, of them 0 again\nwith memory: 3000, of them 1000 again\nonce more: 0, of them 0 again\n"
    assert.same({ found, 0 }, { helper.shell(helper.program "spec/tcp/recover/scoreboard.c") })
  end)

  it("takes back the loss of what had left again and is reported, and does not send it a third time #R6675-2", function()
    sent(10)
    p:ack(0, { { 3, 7 } }) -- 0, 1, 2 are lost
    p:pass(1) -- and by the timer, once more
    p:left()
    p:ack(1, { { 3, 10 } })
    local again = p:left()
    p:pass(RTT)
    again = again .. p:ack(3, { { 3, 10 } })
    assert.is_nil(again:match "1r.*1r")
    assert.is_nil(again:match "2r.*2r")
  end)
end)
