-- SPDX-License-Identifier: MIT
-- A peer that lies gets nothing by it: no memory beyond the connection's limits, no faster sending, no stall of others; and what was
-- refused is counted.

local helper = require "spec.helper"
local paper = require "spec.tcp.paper"

local MSS = 1000

describe("a hostile peer", function()
  local p
  after_each(function() if p then p:close() end end)

  local function agreed(more, answer)
    local options = { mss = MSS }
    for name, value in pairs(more or {}) do options[name] = value end
    p = paper.new(options)
    local offered = { mss = MSS, sack_permitted = true }
    for name, value in pairs(answer or {}) do offered[name] = value end
    p:opening()
    p:pass(0.05) -- the round trip
    p:arrive { flags = "S.", seq = 0, options = offered }
    p:take()
    return p.conn
  end

  -- The same with so many segments in flight and more waiting.
  local function sending(count, more)
    local conn = agreed(more)
    conn:send(("x"):rep(count * MSS))
    p:pass(0.01)
    return conn, #p:take()
  end

  local function sack(...)
    local list = {}
    for i, block in ipairs { ... } do list[i] = { (p.iss + block[1]) & 0xffffffff, (p.iss + block[2]) & 0xffffffff } end
    return { sack = list }
  end

  describe("as a sender", function()
    it("fills memory no further than the receive buffer with one-byte segments out of order; more gaps than are tracked are refused", function()
      local conn = agreed { receive_buffer = 1 << 20, window_scaling = false }
      local refused = 0
      for i = 0, 4999 do
        if p:arrive { seq = 3 + 2 * i, payload = "x" } == "reassembly-full" then refused = refused + 1 end
      end
      assert.equal(5000 - 4096, refused)
      local counters = p.host:counters()
      assert.equal(refused, counters.refused["reassembly-full"])
      assert.equal(4096, conn:status().out_of_order)
      assert.is_true(counters.buffer_bytes <= 4 * (1 << 20))
      p:take()
      p:arrive { seq = 1, payload = "ab" } -- what is in order is taken all the same, and what was held with it
      assert.equal(4, p:one().ack)
      assert.equal("abx", conn:receive(3))
      assert.equal(4095, conn:status().out_of_order)
    end)

    it("finds the store as full after a megabyte of such segments as after the first gaps", function()
      agreed({ receive_buffer = 2 << 20, window_scaling = true }, { window_scale = 7 })
      local full
      for i = 0, 11999 do -- a sample of them, from all of the megabyte
        local reason = p:arrive { seq = 3 + 87 * i, payload = "x" }
        assert.equal(i < 4096 and "accepted" or "reassembly-full", reason)
        full = i == 4095 and p.host:counters().buffer_bytes or full
        if i % 100 == 0 then p:take() end
      end
      assert.is_true(p.host:counters().buffer_bytes <= math.max(full, 2 << 20) + 65536)
      assert.equal(12000 - 4096, p.host:counters().refused["reassembly-full"])
    end)

    it("cannot have a timestamp from outside of the window remembered", function()
      agreed({ timestamps = true }, { timestamps = { value = 100, echo = 0 } })
      p:arrive { seq = 5000000, payload = "x", options = { timestamps = { value = 0x70000000, echo = 0 } } }
      assert.equal("accepted", p:arrive { seq = 1, payload = "ab", options = { timestamps = { value = 101, echo = 0 } } })
    end)

    it("cannot make the round trip look shorter or longer by echoing timestamps from the future or the past", function()
      for _, echo in ipairs { 0xffffffff, 1, 0x12345678 } do
        local conn = agreed({ timestamps = true, receive_buffer_max = 1 << 20 }, { timestamps = { value = 100, echo = 0 } })
        conn:send "x"
        p:pass(0.1)
        local before = conn:status().receive_buffer
        p:arrive { ack = 2, seq = 1, payload = "ab", options = { timestamps = { value = 101, echo = echo } } }
        local srtt = conn:status().srtt
        assert.is_true(srtt > 0.049 and srtt < 0.1, tostring(srtt))
        conn:receive(2)
        assert.equal(before, conn:status().receive_buffer)
        p:close()
      end
      p = nil
    end)
  end)

  describe("as a receiver", function()
    it("gains nothing by cutting its ACKs: the window grows by bytes #R5681-2", function()
      local grown = {}
      for _, pieces in ipairs { 1, 100 } do
        local conn = sending(40, { initial_window = 10 })
        for i = 1, 10 do
          for j = 1, pieces do p:arrive { ack = 1 + (i - 1) * MSS + j * (MSS // pieces) } end
        end
        grown[#grown + 1] = conn:status().cwnd
        p:close()
      end
      p = nil
      assert.is_true(grown[2] <= grown[1], grown[2] .. " bytes against " .. grown[1])
    end)

    it("is not believed when it acknowledges what was not sent, and is told where we are", function()
      local conn, count = sending(4)
      local cwnd = conn:status().cwnd
      assert.equal("ack-future", p:arrive { ack = 1 + count * MSS + 1 })
      assert.equal(1 + count * MSS, p:one().seq)
      assert.equal(cwnd, conn:status().cwnd)
      assert.equal(count * MSS, conn:status().flight)
      assert.equal(1, p.host:counters().refused["ack-future"])
    end)

    it("by acknowledging ahead of what it got loses the bytes it did not get, and has the window no larger than what it acknowledged", function()
      local conn = sending(40, { initial_window = 10 })
      p:arrive { ack = 1 + 10 * MSS }
      assert.is_true(conn:status().cwnd <= 20 * MSS)
      for _, s in ipairs(p:take()) do assert.is_false(s.retransmission) end
    end)

    it("has SACK blocks refused, and counted, that lie outside of what is in flight, are empty, turned around, or overlap", function()
      local conn, count = sending(8)
      local stop = 1 + count * MSS
      local cases = {
        sack { stop, stop + MSS }, sack { 1001, stop + 1 }, sack { 1, 1001 }, sack { 2001, 2001 }, sack { 4001, 3001 },
        sack { 0x40000000, 0x40001000 },
      }
      for i, options in ipairs(cases) do
        p:arrive { options = options }
        assert.equal(0, conn:status().sacked, "case " .. i)
        assert.equal(i, p.host:counters().sacks_refused, "case " .. i)
      end
      p:arrive { options = sack({ 2001, 4001 }, { 5001, 7001 }, { 6001, 8001 }) }
      assert.equal(4000, conn:status().sacked)
      assert.equal(#cases + 1, p.host:counters().sacks_refused)
    end)

    it("gains no window by SACKs that it takes back, and gets its bytes in the end", function()
      local conn = sending(8)
      p:arrive { options = sack { 1001, 8001 } }
      p:pass(2)
      local resent = 0
      for _, s in ipairs(p:take()) do resent = resent + (s.retransmission and 1 or 0) end
      assert.is_true(resent > 0)
      local ack, rounds = 1001, 0
      while ack < 8001 and rounds < 40 do -- it acknowledges nothing that it had reported but on a timeout
        p:arrive { ack = ack }
        p:pass(8)
        for _, s in ipairs(p:take()) do
          if s.seq == ack and #s.payload > 0 then ack = ack + #s.payload end
        end
        rounds = rounds + 1
      end
      assert.equal(8001, ack)
      assert.equal("ESTABLISHED", conn.state)
    end)

    it("may shrink its window under what is in flight: nothing is sent beyond, nothing is lost", function()
      local conn = sending(8)
      p:arrive { ack = 1 + 2 * MSS, window = MSS }
      conn:send(("y"):rep(4 * MSS))
      p:pass(0.05)
      for _, s in ipairs(p:take()) do assert.is_true(s.seq + #s.payload <= 1 + 8 * MSS) end
      p:arrive { ack = 1 + 8 * MSS, window = 65535 }
      assert.equal(4 * MSS, #table.concat((function(list)
        local parts = {}
        for i, s in ipairs(list) do parts[i] = s.payload end
        return parts
      end)(p:take())))
    end)

    it("may keep its window shut for ever: probes go on, further and further apart, for as long as they are answered", function()
      local conn = agreed { send_buffer = 10000, user_timeout = 0 }
      p:arrive { window = 0 }
      p.peer_window = 0
      conn:send(("x"):rep(10000))
      local bytes = p.host:counters().buffer_bytes
      for _ = 1, 200 do
        p:pass(60)
        assert.is_true(#p:take() <= 60)
        p:arrive { ack = 1 }
      end
      assert.equal("ESTABLISHED", conn.state)
      assert.is_true(p.host:counters().buffer_bytes <= bytes + 4096)
      p:take()
      p:pass(60)
      assert.is_true(#p:take() <= 1)
    end)

    it("is given up in the user's own time when it keeps its window shut #R6429-2", function()
      local conn = agreed { user_timeout = 600 }
      p:arrive { window = 0 }
      conn:send "x"
      p:pass(130)
      assert.equal("CLOSED", conn.state) -- unanswered probes end by R2
    end)
  end)

  it("that reports marks without end slows nobody down but itself", function()
    p = paper.new { ecn = 1, mss = MSS }
    local conn = p:established(nil, { flags = "S.E" })
    conn:send(helper.bytes(100):rep(100))
    p:pass(0.01)
    local ack = 1
    for _ = 1, 200 do
      for _, s in ipairs(p:take()) do
        if s.seq == ack then ack = ack + #s.payload end
      end
      p:arrive { flags = ".E", ack = ack }
      p:pass(2)
    end
    assert.equal(10001, ack)
    assert.is_true(conn:status().cwnd >= MSS)
  end)
end)
