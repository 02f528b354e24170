-- SPDX-License-Identifier: MIT
local flight = require "spec.tcp.flight"
local tcplab = require "tcplab"

-- After the handshake a round trip is 50 ms, and so is the smallest: a reordering window of one quarter is 12.5 ms.
local RTT, QUARTER = 0.05, 0.0125

describe("RACK", function()
  local p
  after_each(function() if p then p:close() end end)

  -- `count` segments left at once, a round trip ago.
  local function sent(count, options)
    local settings = { initial_window = 20 }
    for name, value in pairs(options or {}) do settings[name] = value end
    p = flight.new(settings)
    p:give(count)
    p:pass(RTT)
  end

  -- The first two of `count` came in the wrong order: reordering has been seen.
  local function reordered(count, options)
    sent(count, options)
    assert.equal("", p:ack(0, { { 1, 2 } }))
    assert.equal("", p:ack(2))
  end

  it("takes what left before something delivered for lost at once when three tell it and no reordering was seen #R8985-1 #R8985-3", function()
    sent(6)
    assert.equal("", p:ack(0, { { 1, 2 } }))
    assert.equal("", p:ack(0, { { 1, 3 } }))
    assert.equal("0r", p:ack(0, { { 1, 4 } }))
  end)

  it("goes by the time of each departure, not by the sequence number #R8985-1 #R8985-4", function()
    sent(4)
    p:give(6) -- a round trip later
    assert.equal("0r", p:ack(0, { { 1, 4 } })) -- those left later than 3, and are not judged by it
    assert.equal(0, p:status "lost")
    p:pass(RTT)
    assert.equal("4r", p:ack(4, { { 5, 6 } })) -- 4 and 5 left together
    assert.equal(0, p:status "lost")
  end)

  it("knows an original by an answer that is too soon for what left again, and what left before that #R8985-1", function()
    sent(1)
    p:ack(1)
    p:give(1)
    p:pass(0.01)
    p:give(1)
    p:pass(p:due "probe")
    assert.equal("2r", p:left())
    p:pass(0.01)
    assert.equal("1r", p:ack(1, { { 2, 3 } }))
  end)

  it("learns from the retransmissions that one ACK covers by each: what is too soon for the last may be time for another #R8985-2", function()
    sent(20)
    assert.equal("0r", p:ack(0, { { 1, 4 } }))
    p:pass(0.01)
    assert.equal("4r", p:ack(0, { { 1, 4 }, { 5, 8 } }):match "4r")
    p:pass(0.01)
    assert.equal("8r", p:ack(0, { { 1, 4 }, { 5, 8 }, { 9, 15 } }):match "8r")
    p:pass(RTT - 0.01)
    assert.equal("0r", p:ack(0, { { 1, 15 } }):match "0r") -- 8 itself, after 40 ms; 4r after 50, which left later than 0r
  end)

  it("waits a quarter of the smallest round trip once reordering has been seen, to the microsecond #R8985-3 #R8985-4", function()
    reordered(10)
    p:ack(2, { { 3, 4 } })
    assert.equal(QUARTER, p:due "reorder")
    p:ack(2, { { 3, 9 } })
    assert.equal(QUARTER, p:due "reorder")
    p:pass(QUARTER - 1e-6)
    assert.equal("", p:left())
    p:pass(1e-6)
    assert.equal("2r", p:left())
    assert.equal("recovery", p:status "phase")
  end)

  it("resends nothing that comes within the reordering window #R8985-3", function()
    reordered(10)
    p:ack(2, { { 3, 4 } })
    p:pass(QUARTER - 1e-6)
    assert.equal("", p:ack(4))
    p:pass(2 * QUARTER)
    assert.equal("", p:left())
    assert.equal("open", p:status "phase")
  end)

  it("waits as much longer for every round trip with a D-SACK, the smoothed round trip at most #R8985-3", function()
    for rounds, quarters in ipairs { 2, 3, 4, 4 } do
      reordered(10)
      local acked = 10
      for i = 1, rounds do
        p:ack(acked, { { acked - 1, acked } })
        p:give(i == rounds and 3 or 1)
        p:pass(RTT)
        acked = acked + (i == rounds and 0 or 1)
      end
      p:ack(acked, { { acked + 1, acked + 2 } })
      assert.is_true(math.abs(p:due "reorder" - quarters * QUARTER) < 2e-6, ("%d rounds: %s"):format(rounds, p:due "reorder"))
      p:close()
    end
    p = nil
  end)

  it("takes no D-SACK for reordering where needless_reorders is off", function()
    for needless, left in pairs { [true] = "", [false] = "1r" } do
      sent(10, { needless_reorders = needless })
      p:ack(1, { { 0, 1 } })
      p:ack(1, { { 2, 3 } })
      p:ack(1, { { 2, 4 } })
      local last = p:ack(1, { { 2, 5 } })
      assert.equal(left ~= "", last:find "1r" ~= nil, tostring(needless))
      p:close()
    end
    p = nil
  end)

  it("counts the D-SACKs of one round trip once #R8985-3", function()
    reordered(10)
    for _ = 1, 5 do p:ack(2, { { 0, 1 } }) end
    p:ack(2, { { 3, 4 } })
    assert.equal(2 * QUARTER, p:due "reorder")
  end)

  it("falls back to a quarter after sixteen recoveries without a D-SACK #R8985-3", function()
    reordered(10)
    p:ack(2, { { 0, 1 } })
    p:pass(0.01)
    p:ack(10)
    local acked, waits = 10, {}
    for i = 1, 18 do
      p:give(2)
      p:pass(RTT)
      p:ack(acked, { { acked + 1, acked + 2 } })
      waits[i] = p:due "reorder"
      p:pass(waits[i])
      assert.equal(("%dr"):format(acked), p:left())
      p:pass(RTT)
      acked = acked + 2
      p:ack(acked)
    end
    assert.equal(2 * QUARTER, waits[16])
    assert.equal(QUARTER, waits[17])
  end)

  it("finds out that a retransmission was lost too, without the timer #R8985-4", function()
    sent(30)
    assert.equal("20 21", p:ack(0, { { 1, 3 } }))
    assert.equal("0r", p:ack(0, { { 1, 4 } }):match "0r")
    p:pass(RTT / 2)
    local later = p:ack(0, { { 1, 16 } }):match "%d+"
    p:pass(RTT / 2)
    assert.is_nil(p:ack(0, { { 1, 20 } }):match "0r")
    p:pass(RTT / 2)
    assert.equal("0r", p:ack(0, { { later, later + 1 }, { 1, 22 } }):match "0r")
    assert.equal(0, p:status "backoff")
    assert.equal("recovery", p:status "phase")
  end)

  it("does not measure a round trip by the ACK of an original that was sent again #R8985-2", function()
    reordered(12)
    p:ack(2, { { 3, 6 } })
    p:pass(QUARTER)
    assert.equal("2r", p:left())
    p:pass(0.001)
    p:ack(6) -- 1 ms after 2r: it was the original
    assert.is_true(p:status "min_rtt" >= RTT)
    p:ack(6, { { 7, 8 } })
    assert.is_true(p:due "reorder" == nil or p:due "reorder" > 0)
    assert.equal("", p:left())
  end)

  it("is told by the timestamp which of both arrived, however late that was #R8985-2", function()
    for of, resent in pairs { original = "", again = "4r" } do
      p = flight.new { initial_window = 20, timestamps = true }
      local stamp = {}
      p:give(5)
      stamp.original = p.clock
      p:pass(RTT)
      assert.equal("0r", p:ack(0, { { 1, 4 } }, { echo = stamp.original }))
      stamp.again = p.clock
      p:pass(0.08)
      assert.equal(resent, p:ack(4, nil, { echo = stamp[of] }), of) -- 4 left before 0r
      p:close()
    end
    p = nil
  end)

  for _, timestamps in ipairs { true, false } do
    it(("believes no retransmission that came back sooner than any round trip, below a millisecond too, timestamps %s #R8985-2"):format(
      timestamps and "on" or "off"), function()
      local net = tcplab.lab { seed = 1 }
      local o = { initial_window = 100, nodelay = true, timestamps = timestamps, send_buffer = 1 << 20, receive_buffer = 1 << 20 }
      o.address = "10.0.0.1"
      local a = net:host("a", o)
      o.address = "10.0.0.2"
      local b = net:host("b", o)
      local link = net:link(a, b, { delay = 0.0001 })
      local listener = b:listen(80)
      local conn = assert(a:connect(b, 80))
      local peer = assert(listener:accept())
      for _ = 1, 5 do
        conn:send(("w"):rep(1000))
        peer:receive(1000)
        net:run(1)
      end
      local count = 0
      link:filter(function(s, from)
        if from ~= a or #s.payload == 0 or s.retransmission then return end
        count = count + 1
        if count == 5 then return { delay = 0.00012 } end -- late, and sent again for that
      end)
      for _ = 1, 60 do
        conn:send(("x"):rep(1000))
        net:sleep(0.00001)
      end
      net:run(0.05)
      assert.equal(1, conn:status().retransmissions)
      net:close()
    end)
  end

  it("takes after a timeout only what is old enough for lost #R8985-5", function()
    sent(20)
    assert.equal("0r", p:ack(0, { { 1, 20 } }))
    p:pass(p:due "retransmission" - 0.01)
    assert.equal("20 21", p:give(2))
    p:pass(0.01)
    assert.equal("0r", p:left())
    assert.equal("loss", p:status "phase")
    assert.equal(0, p:status "lost")
    p:pass(RTT - 0.01)
    assert.equal("", p:ack(22))
  end)
  it("believes the smallest round trip as long as min_rtt_life #R8985-1", function()
    for _, case in ipairs { { 300, QUARTER }, { 1, 2 * QUARTER } } do
      if p then p:close() end
      p = flight.new { initial_window = 20, min_rtt_life = case[1] }
      p:give(1)
      p:pass(RTT)
      p:ack(1)
      p:pass(2)
      p:give(9)
      p:pass(2 * RTT)
      p:ack(1, { { 2, 3 } })
      p:ack(3)
      p:ack(3, { { 4, 5 } })
      assert.equal(case[2], p:due "reorder")
    end
  end)
end)
