-- SPDX-License-Identifier: MIT
local flight = require "spec.tcp.flight"

local RTT = 0.05

describe("after a timeout, F-RTO", function()
  local p
  after_each(function() if p then p:close() end end)

  -- So many segments left, and 0 again at the timeout.
  local function timed_out(segments, options)
    local settings = { initial_window = 30, sack = false }
    for name, value in pairs(options or {}) do settings[name] = value end
    p = flight.new(settings)
    p:give(segments)
    p:pass(p:due "retransmission")
    assert.equal("0r", p:left())
  end

  it("opens the window with the first ACK where there is nothing new to send: 1, 2, 4 (step 2b) #R5682-2", function()
    timed_out(12)
    assert.equal("1r 2r", p:ack(1))
    assert.equal("3r 4r", p:ack(2))
    assert.equal("5r 6r", p:ack(3))
    assert.equal(4 * p.mss, p:status "cwnd")
  end)

  it("does so too where the Nagle algorithm holds back what is new", function()
    timed_out(12)
    p.conn:send "abc"
    p:pass()
    assert.equal("", p:left())
    assert.equal("1r 2r", p:ack(1))
  end)

  it("asks nothing when it is off: what left before the timeout leaves again, behind nothing new", function()
    timed_out(40, { frto = false })
    assert.equal("1r 2r", p:ack(1))
  end)

  it("opens it also while two new segments are to tell", function()
    timed_out(40)
    assert.equal("30 31", p:ack(1))
    assert.equal(2 * p.mss, p:status "cwnd")
  end)

  it("is told nothing by what neither acknowledges nor is a duplicate #R5682-2", function()
    local text = "from the other side"
    for _, news in ipairs { { payload = text, behind = 1 + #text }, { window = 60000, behind = 1 } } do
      timed_out(40)
      p:ack(0, nil, { payload = news.payload, window = news.window })
      assert.equal("30 31", p:ack(1, nil, { seq = news.behind, window = news.window }))
      p:ack(1, nil, { seq = news.behind, payload = news.payload, window = 50000 })
      assert.equal("", p:ack(3, nil, { seq = 2 * news.behind - 1, window = 50000 }):match "%d+r" or "")
      assert.equal("open", p:status "phase")
      p:close()
    end
    p = nil
  end)

  -- With SACK, and a round trip measured: 0 and 1 have arrived, 2 has left again.
  local function timed_out_with_sack(segments, frto_window)
    p = flight.new { initial_window = 20, send_buffer = 1 << 20, frto_window = frto_window }
    p:give(2)
    p:pass(RTT)
    p:ack(2)
    p:give(segments)
    p:pass(p:due "probe")
    p:left()
    p:pass(p:due "retransmission")
    assert.equal("2r", p:left())
    p:pass(RTT)
  end

  it("goes on in slow start beside the two new segments, when they told nothing (step 3a) #R5682-3", function()
    timed_out_with_sack(40)
    assert.equal("23 24", p:ack(3))
    p:pass(RTT)
    assert.equal("3r", p:ack(3))
    assert.equal(3 * p.mss, p:status "cwnd")
  end)

  it("goes on with frto_window segments there", function()
    timed_out_with_sack(40, 2)
    p:ack(3)
    p:pass(RTT)
    p:ack(3)
    assert.equal(2 * p.mss, p:status "cwnd")
  end)

  it("tries no new segment that the window of the same ACK has no room for (step 2b) #R5682-2", function()
    timed_out_with_sack(40)
    assert.equal("3r 4r", p:ack(3, nil, { window = (20 * p.mss + 500) // 128 }))
  end)

  it("tries none when the ACK does not cover all that went out again (step 2a) #R5682-1", function()
    timed_out_with_sack(40)
    assert.is_nil(p:ack(2.5):find "23")
  end)

  it("takes nothing for lost again that has just left again", function()
    timed_out(12)
    p:pass(0.01)
    assert.equal("", p:ack(0):match "0r" or "") -- a duplicate: the others are lost, 0 is on its way
    p:ack(1)
    p:pass(0.5)
    assert.equal(0, select(2, p:left():gsub("0r", "")))
  end)
end)
