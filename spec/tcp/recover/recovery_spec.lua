-- SPDX-License-Identifier: MIT
local flight = require "spec.tcp.flight"
local helper = require "spec.helper"
local paper = require "spec.tcp.paper"

local RTT, MSS = 0.05, 1000

describe("recovery", function()
  local p
  after_each(function() if p then p:close() end end)

  it("without SACK mends a hole a round trip, without the timer #R6582-2", function()
    local net <close>, client, server, link = helper.lab {
      client = { mss = MSS, sack = false, timestamps = false, initial_window = 20, congestion = "reno" },
    }
    local listener = server:listen(80)
    local conn = assert(client:connect(server, 80))
    local peer = assert(listener:accept())
    conn:settimeout(0)
    peer:settimeout(0)
    link:drop("DATA", { 2, 6, 11, 15 })
    local again, backoff = {}, 0
    client:on("segment", function(e)
      if e.point == "sent" and e.segment.retransmission then again[#again + 1] = e.time end
    end)
    assert(conn:send(helper.bytes(20 * MSS)))
    net:run_until(function()
      backoff = math.max(backoff, conn:status().backoff)
      return #again == 4 and conn:status().flight == 0
    end, 2)
    assert.equal(4, #again)
    assert.equal(0, backoff)
    for i = 2, 4 do assert.is_true(again[i] - again[i - 1] >= 0.02 and again[i] - again[i - 1] < 0.03, again[i] - again[i - 1]) end
    assert.equal(helper.bytes(20 * MSS), peer:receive(20 * MSS))
  end)

  it("makes later restarts smaller when something of the initial window was lost #R6928-3", function()
    for lost, window in pairs { [false] = 10, [true] = 4 } do
      p = flight.new { initial_window = 10 }
      p:give(40)
      p:pass(RTT)
      if lost then p:ack(0, { { 1, 4 } }) end
      local acked = 0
      while p:status "flight" > 0 do
        acked = acked + p:status "flight" // MSS
        p:ack(acked)
        p:pass(RTT)
      end
      p:give(60)
      while p:status "flight" > 0 do
        for i = acked + 1, acked + p:status "flight" // MSS do
          acked = i
          p:ack(i)
        end
        p:pass(RTT)
      end
      assert.is_true(p:status "cwnd" >= 10 * MSS)
      p:pass(5)
      local _, left = p:give(40):gsub("%d+", "")
      assert.equal(window, left)
      p:close()
    end
    p = nil
  end)

  it("mends at once what RACK's wait finds lost in the midst of it, whatever has come for it: no ACK need follow #R9937-1", function()
    p = flight.new { initial_window = 3 }
    assert.equal("0 1 2", p:give(40))
    p:pass(RTT)
    assert.equal("3", p:ack(0, { { 2, 3 } }))
    p:pass(RTT / 5)
    assert.equal("4", p:ack(0, { { 1, 3 } }))
    p:pass(RTT / 20)
    assert.equal("0r", p:left())
    p:pass(RTT * 3 / 4)
    assert.equal("", p:ack(0, { { 1, 4 } }))
    p:pass(RTT / 4)
    assert.equal("5", p:ack(4))
    p:pass(RTT / 5)
    assert.equal("4r", p:left())
    assert.equal(2 * MSS, p:status "pipe")
  end)

  -- Sequence numbers are compared with those of the last episode: after 2 GiB they must not seem to lie behind it.
  for _, sack in ipairs { false, true } do
    it("begins as it should 2 GiB and more after the last one, " .. (sack and "with" or "without") .. " SACK", function()
      local size = 65000
      p = flight.new { mss = size, sack = sack, initial_window = 40, send_buffer = 64 << 20 }
      local chunk, acked = ("x"):rep(size * 200), 20
      assert(p.conn:send(("x"):rep(size * 20)))
      p:pass()
      p:take()
      p:pass(RTT)
      p:ack(20)
      local function lose()
        p:pass(RTT)
        for i = 1, 4 do p:ack(acked, sack and { { acked + 1, acked + 1 + i } } or nil) end
        local phase = p:status "phase"
        p:pass(RTT)
        acked = acked + p:status "flight" // size
        p:ack(acked)
        return phase
      end
      assert(p.conn:send(chunk))
      p:pass()
      p:take()
      assert.equal("recovery", lose())
      while acked < (5 << 29) // size do -- 2.5 GiB
        if p:status "send_queue" < #chunk then assert(p.conn:send(chunk)) end
        p:pass()
        p:take()
        acked = acked + math.max(1, p:status "flight" // size)
        p:ack(acked)
      end
      assert(p.conn:send(chunk))
      p:pass()
      p:take()
      assert.equal("recovery", lose())
    end)
  end
end)

describe("recovery without SACK", function()
  it("sends the hole that a partial ACK uncovers at once, whatever the window says (RFC 6582 3.2 step 3)", function()
    local p = flight.new { sack = false, initial_window = 20 }
    p:give(20)
    p:pass(RTT)
    p:ack(0)
    p:ack(0)
    assert.equal("0r", p:ack(0))
    assert.equal("1r", p:ack(1))
    p:close()
  end)
end)

-- Against a peer of paper, a round trip of 50 ms away.
describe("recovery with SACK", function()
  local p, conn
  after_each(function() if p then p:close() end end)

  -- Established, `window` segments sent together a round trip ago and not acknowledged; `more` segments wait. Room for `room` at once.
  local function sending(window, more, room)
    p = paper.new { initial_window = room or window, send_buffer = 1 << 20 }
    conn = p:opening()
    p:pass(RTT)
    p:arrive { flags = "S.", seq = 0, options = { mss = MSS, sack_permitted = true } }
    assert(conn:send(("x"):rep((window + (more or 0)) * MSS)))
    p:pass()
    assert.equal(window, #p:take() - 1)
    p:pass(RTT)
  end

  local function number(segment) return (p.iss + 1 + segment * MSS) & 0xffffffff end

  -- Acknowledges all segments before `segment` (counted from 0), and reports those from first to before last.
  local function ack(segment, first, last)
    p:arrive { ack = 1 + segment * MSS, options = first and { sack = { { number(first), number(last) } } } or nil }
  end

  -- The segments sent since, by number; one sent again is negative, the first of all -0.5.
  local function sent()
    local list = {}
    for i, s in ipairs(p:take()) do
      local at = (s.seq - 1) // MSS
      list[i] = s.retransmission and (at == 0 and -0.5 or -at) or at
    end
    return list
  end

  it("waits a quarter of the round trip for one reported out of order, then resends what left before it #R8985-1 #R8985-4 #R9937-3", function()
    sending(9)
    ack(0, 1, 2)
    assert.same({}, sent())
    p:pass(RTT / 4 - 0.001)
    assert.same({}, sent())
    p:pass(0.0011)
    assert.same({ -0.5 }, sent())
    assert.equal("recovery", conn:status().phase)
  end)

  it("does not wait once three segments are reported, until it has seen reordering #R8985-3", function()
    sending(9)
    ack(0, 1, 4)
    assert.same({ -0.5 }, sent())
    p:close()
    sending(9, 9)
    ack(0, 1, 2)
    ack(2) -- it was reordered
    sent()
    ack(2, 3, 6)
    for _, segment in ipairs(sent()) do assert.is_true(segment > 0) end
    p:pass(RTT / 4 + 0.001)
    assert.equal(-2, sent()[1])
  end)

  it("waits a quarter longer once a retransmission has been reported needless #R8985-3", function()
    sending(9, 9)
    ack(0, 1, 2)
    ack(2) -- it was reordered
    p:arrive { ack = 1 + 2 * MSS, options = { sack = { { number(0), number(1) } } } } -- the first came twice
    ack(2, 3, 6)
    p:pass(RTT / 2 - 0.001)
    for _, segment in ipairs(sent()) do assert.is_true(segment > 0) end
    p:pass(0.002)
    assert.equal(-2, sent()[1])
  end)

  it("counts as in flight what is neither reported nor lost, and what was sent again #R6675-2", function()
    sending(9)
    ack(0, 1, 4)
    assert.same({ -0.5 }, sent())
    local status = conn:status()
    assert.same({ 3 * MSS, 6 * MSS }, { status.sacked, status.pipe }) -- 4 to 8, and 0 again
  end)

  it("sends only where cwnd has room for a segment more than is in flight #R6675-5", function()
    sending(20, 40)
    for last = 2, 20 do
      ack(0, 1, last)
      local count, status = #sent(), conn:status()
      assert.is_true(status.pipe <= math.max(status.cwnd, status.ssthresh) or count == 0, last)
    end
  end)

  it("ends with all that was out when it began, and keeps what is known beyond #R6675-6", function()
    sending(9, 20)
    ack(0, 1, 6)
    sent()
    ack(8, 9, 10)
    assert.equal("recovery", conn:status().phase)
    ack(9, 10, 11)
    assert.same({ "open", MSS }, { conn:status().phase, conn:status().sacked })
  end)

  it("ends with a timeout, and does not begin again below what was out then #R6675-7", function()
    sending(9)
    ack(0, 1, 4)
    sent()
    p:pass(1.5)
    assert.equal(-0.5, sent()[1])
    local ssthresh = conn:status().ssthresh
    assert.equal("loss", conn:status().phase)
    ack(0, 1, 8)
    assert.same({ "loss", ssthresh }, { conn:status().phase, conn:status().ssthresh })
  end)

  it("keeps what was reported, and sends it again after a timeout when the peer has dropped it #R2018-4 #R2018-5", function()
    sending(5)
    ack(0, 1, 5)
    assert.same({ -0.5 }, sent())
    ack(1) -- and nothing of 1 to 4, which were reported
    sent()
    p:pass(1.5)
    assert.equal(-1, sent()[1])
    assert.equal(0, conn:status().sacked)
    for segment = 2, 4 do
      ack(segment)
      sent()
    end
    ack(5)
    assert.same({ 0, "open" }, { conn:status().flight, conn:status().phase })
  end)

  it("sends no more than its share of what arrived while more is out than ssthresh #R9937-1 #R6937-3", function()
    sending(20, 40)
    ack(0, 1, 4)
    local out = #sent()
    assert.equal(10 * MSS, conn:status().ssthresh)
    for last = 5, 12 do
      if conn:status().pipe <= conn:status().ssthresh then break end
      ack(0, 1, last)
      out = out + #sent()
      assert.is_true(out <= math.max(1, ((last - 1) * 10 + 19) // 20), last)
    end
    assert.is_true(out >= 4, out)
  end)

  it("grows by a segment more than arrived once less is out than ssthresh and no further loss is seen #R6937-2 #R9937-2", function()
    sending(20, 40)
    ack(0, 15, 20)
    assert.same({ -0.5, -1, -2, -3, -4 }, sent())
    ack(1, 15, 20)
    assert.equal(2, #sent())
  end)

  it("counts a retransmission that is lost as congestion anew #R5681-8", function()
    sending(20, 40)
    ack(0, 1, 10)
    assert.equal(-0.5, sent()[1])
    local ssthresh = conn:status().ssthresh
    p:pass(0.001)
    ack(0, 1, 20)
    local new = sent()
    assert.is_true(new[#new] >= 20)
    p:pass(RTT)
    ack(0, 1, new[#new] + 1)
    assert.equal(-0.5, sent()[1])
    assert.is_true(conn:status().ssthresh < ssthresh)
  end)

  it("does not take the early ACK of a retransmission for that retransmission's #R8985-2", function()
    sending(9, 20)
    ack(0, 1, 4)
    assert.equal(-0.5, sent()[1])
    p:pass(0.001)
    ack(4) -- 1 ms after: of the first copy
    p:pass(0.001)
    for _, segment in ipairs(sent()) do assert.is_true(segment > 0) end
    assert.equal(0, conn:status().lost)
  end)

  it("does not take for lost after a timeout what left only lately #R8985-5", function()
    for _, late in ipairs { true, false } do
      sending(1, 0, 9)
      ack(1)
      assert(conn:send(("x"):rep(MSS)))
      p:pass(0.15) -- a probe, from which the timer counts
      p:pass(late and 0.97 or 0.1)
      p:take()
      assert(conn:send(("y"):rep(3 * MSS)))
      p:pass(late and 0.03 or 1)
      assert.same({ 2, 3, 4, -1 }, sent())
      ack(1) -- a duplicate: the timeout was right
      ack(2)
      assert.equal(late and 0 or 3, #sent() + conn:status().lost // MSS)
      p:close()
    end
  end)

  describe("of a tail", function()
    -- Three segments out, of which nothing is heard; the probe is sent and taken.
    local function probed(more)
      sending(3, more)
      p:pass(RTT + 0.001) -- 2 SRTT after the last departure
      return sent()
    end

    it("probes with the last segment, or with a new one, once, and then leaves it to the timer #R8985-7", function()
      assert.same({ -2 }, probed())
      p:pass(0.9)
      assert.same({}, sent())
      p:pass(0.2)
      assert.same({ -0.5 }, sent())
      p:close()
      assert.same({ 3 }, probed(2))
    end)

    it("takes it for a loss when only one copy was heard of, and not when both were #R8985-8", function()
      for _, twice in ipairs { false, true } do
        probed()
        local before = conn:status().cwnd
        p:pass(RTT)
        ack(3)
        if twice then ack(3) end
        assert(conn:send(("y"):rep(MSS)))
        p:pass(RTT)
        ack(4)
        local after = conn:status().cwnd
        if twice then assert.is_true(after >= before) else assert.is_true(after < before) end
        p:close()
      end
    end)
  end)
end)
