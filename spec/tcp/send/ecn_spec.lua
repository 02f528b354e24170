-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"
local paper = require "spec.tcp.paper"

local MSS = 1460
local ECT_0, CE = 2, 3

-- Flags of a segment in a fixed order, without PSH.
local function flags(sent)
  local found = {}
  for letter in ("SFR.EW"):gmatch "." do
    if sent.flags:find(letter, 1, true) then found[#found + 1] = letter end
  end
  return table.concat(found)
end

describe("ECN", function()
  local p
  after_each(function() if p then p:close() end end)

  -- Established with ECN agreed on.
  local function agreed(more)
    local options = { ecn = 1 }
    for name, value in pairs(more or {}) do options[name] = value end
    p = paper.new(options)
    local conn = p:established(nil, { flags = "S.E" })
    assert.is_true(p.syn.flags:find "E" and p.syn.flags:find "W" and true)
    return conn
  end

  describe("is set up", function()
    it("by a SYN with ECE and CWR, and neither SYN nor SYN-ACK is ECN-capable itself #R3168-1", function()
      agreed()
      assert.equal("SEW", flags(p.syn))
      assert.equal(0, p.syn.segment.ecn)
    end)

    it("by a SYN-ACK with ECE alone, and in reply only #R3168-1", function()
      local cases = { { "SEW", 1, "S.E" }, { "SEW", 2, "S.E" }, { "SEW", 0, "S." }, { "S", 1, "S." }, { "SE", 1, "S." }, { "SW", 2, "S." } }
      for _, case in ipairs(cases) do
        p = paper.new { ecn = case[2] }
        p.host:listen(p.port)
        p:arrive { flags = case[1], seq = 0, options = { mss = MSS } }
        local answer = p:one()
        assert.equal(case[3], flags(answer), case[1] .. " with ecn = " .. case[2])
        assert.equal(0, answer.segment.ecn)
        p:close()
      end
      p = nil
    end)

    it("for data only when both setup packets came, and not by a reflected SYN #R3168-1 #R3168-2", function()
      for _, case in ipairs { { "S.E", ECT_0 }, { "S.", 0 }, { "S.EW", 0 }, { "S.W", 0 } } do
        p = paper.new { ecn = 1 }
        local conn = p:established(nil, { flags = case[1] })
        conn:send "x"
        p:pass()
        assert.equal(case[2], p:one().segment.ecn, case[1])
        p:close()
      end
      p = nil
    end)

    it("by a listener as well, whose half-open record remembers it #R3168-2", function()
      p = paper.new { ecn = 2 }
      local listener = p.host:listen(p.port)
      p:arrive { flags = "SEW", seq = 0, options = { mss = MSS } }
      p:arrive {}
      p:take()
      listener:accept():send "x"
      p:pass()
      assert.equal(ECT_0, p:one().segment.ecn)
    end)

    it("is shown by status()", function()
      assert.is_true(agreed():status().ecn)
      p:close()
      p = paper.new { ecn = 1 }
      assert.is_false(p:established():status().ecn)
    end)

    it("never by one who only accepts, unless asked #R3168-1", function()
      p = paper.new { ecn = 2 }
      p:opening()
      assert.equal("S", flags(p.syn))
    end)

    it("with one retry; then a plain SYN goes out, and who sent it uses no ECN #R3168-3", function()
      p = paper.new { ecn = 1 }
      p:opening()
      p:pass(1)
      assert.equal("SEW", flags(p:one()))
      p:pass(2)
      assert.equal("S", flags(p:one()))
      p:arrive { flags = "S.E", seq = 0, options = { mss = MSS } }
      p:take()
      p.conn:send "x"
      p:pass()
      assert.equal(0, p:one().segment.ecn)
    end)

    it("with as many retries as ecn_retries says: none in the linux profiles", function()
      for _, case in ipairs { { { ecn_retries = 0 }, "SEW S S" }, { { ecn_retries = 2 }, "SEW SEW SEW" }, { { profile = "linux" }, "SEW S S S" } } do
        local options = case[1]
        options.ecn = 1
        p = paper.new(options)
        p:opening()
        local asked = { flags(p.syn) }
        p:pass(3.5)
        for _, sent in ipairs(p:take()) do asked[#asked + 1] = flags(sent) end
        assert.equal(case[2], table.concat(asked, " "))
        p:close()
      end
      p = nil
    end)

    it("no more once the peer's SYN comes again without asking #R3168-2", function()
      p = paper.new { ecn = 2 }
      p.host:listen(p.port)
      p:arrive { flags = "SEW", seq = 0, options = { mss = MSS } }
      p:take()
      p:arrive { flags = "S", seq = 0, options = { mss = MSS } }
      assert.equal("S.", flags(p:one()))
    end)
  end)

  describe("marks as capable", function()
    it("new text, and neither pure ACKs nor retransmissions #R3168-6", function()
      local conn = agreed()
      conn:send "x"
      p:pass()
      assert.equal(ECT_0, p:one().segment.ecn)
      p:arrive { payload = "abc", seq = 1 }
      p:pass(0.1)
      assert.equal(0, p:one().segment.ecn)
      p:pass(1.2)
      local again = p:take()
      assert.is_true(#again >= 1)
      for _, s in ipairs(again) do
        assert.is_true(s.retransmission)
        assert.equal(0, s.segment.ecn)
      end
    end)

    it("no window probe #R3168-6", function()
      local conn = agreed()
      p:arrive { window = 0 }
      conn:send "xyz"
      p:pass(1.1)
      local probe = p:one()
      assert.same({ true, 0, 1 }, { probe.probe, probe.segment.ecn, #probe.payload })
    end)
  end)

  describe("at the receiver", function()
    it("sets ECE on all ACKs from a mark until CWR comes #R3168-5", function()
      agreed { delayed_ack = 0 }
      local seq = 1
      local function text(ecn, more)
        p:arrive { payload = "ab", seq = seq, ecn = ecn, flags = more or "." }
        seq = seq + 2
        return flags(p:one())
      end
      assert.equal(".", text(ECT_0))
      assert.equal(".E", text(CE))
      assert.equal(".E", text(ECT_0))
      p.conn:send "x"
      p:pass()
      assert.equal(".E", flags(p:one()))
      assert.equal(".", text(ECT_0, ".W"))
      assert.equal(".E", text(CE, ".W")) -- a mark beside the CWR begins anew
      assert.equal(".E", text(ECT_0))
    end)

    it("ignores a mark outside of the window, and one on what carries no text #R3168-8", function()
      agreed { delayed_ack = 0, receive_buffer = 1000 }
      p:arrive { payload = "ab", seq = 5000, ecn = CE }
      assert.equal(".", flags(p:one()))
      p:arrive { seq = 1, ecn = CE }
      p:arrive { payload = "ab", seq = 1, ecn = ECT_0 }
      assert.equal(".", flags(p:one()))
      p:arrive { payload = "ab", seq = 1, ecn = CE } -- a duplicate
      assert.equal(".", flags(p:one()))
    end)

    it("says nothing of marks when ECN was not agreed on #R3168-2", function()
      p = paper.new { delayed_ack = 0 }
      p:established()
      p:arrive { payload = "ab", seq = 1, ecn = CE }
      assert.equal(".", flags(p:one()))
    end)
  end)

  describe("at the sender", function()
    -- Established, with so many segments in flight, of which the peer has said nothing yet.
    local function in_flight(count, more)
      local conn = agreed(more)
      conn:send(("x"):rep(count * MSS))
      p:pass()
      assert.equal(count, #p:take())
      return conn
    end

    it("halves the window once for a window's worth of reports, and says CWR on the next new text #R3168-4", function()
      local conn = in_flight(8)
      p:arrive { flags = ".E", ack = 1 + 2 * MSS }
      assert.equal(4 * MSS, conn:status().cwnd)
      p:arrive { flags = ".E", ack = 1 + 4 * MSS }
      p:arrive { flags = ".E", ack = 1 + 6 * MSS }
      assert.equal(4 * MSS, conn:status().cwnd)
      conn:send(("y"):rep(2 * MSS))
      p:pass()
      local sent = p:take()
      assert.same({ ".W", "." }, { flags(sent[1]), flags(sent[2]) })
      p:arrive { flags = ".E", ack = 1 + 8 * MSS } -- still about the first window
      assert.equal(4 * MSS, conn:status().cwnd)
      p:arrive { flags = ".E", ack = 1 + 10 * MSS } -- about what followed
      assert.equal(1 * MSS, conn:status().cwnd)
    end)

    it("sends nothing again for it #R3168-4", function()
      in_flight(8)
      p:arrive { flags = ".E", ack = 1 + 2 * MSS }
      for _, s in ipairs(p:take()) do assert.is_false(s.retransmission) end
    end)

    it("lets the window never fall below a segment, and pauses for a timeout there #R3168-7", function()
      local conn = in_flight(1, { initial_window = 1 })
      conn:send(("y"):rep(MSS))
      p:pass(0.5)
      p:arrive { flags = ".E", ack = 1 + MSS }
      assert.equal(MSS, conn:status().cwnd)
      local rto = conn:status().rto
      assert.is_true(p:silent())
      p:pass(rto - 0.001)
      assert.is_true(p:silent())
      p:pass(0.002)
      assert.equal(MSS, #p:one().payload)
    end)

    it("takes a loss and the marks of the same window as one, and says CWR after the loss too #R3168-4", function()
      local conn = agreed { sack = true, rto_min = 0.2 }
      conn:send(("x"):rep(8 * MSS))
      p:pass()
      p:take()
      p:pass(3)
      p:take()
      p:arrive { flags = ".E", ack = 1 + 8 * MSS }
      local cwnd = conn:status().cwnd
      assert.is_true(cwnd >= MSS)
      conn:send "y"
      p:pass()
      assert.equal(".W", flags(p:one()))
    end)

    it("takes no notice of ECE when ECN was not agreed on #R3168-2", function()
      p = paper.new()
      local conn = p:established()
      conn:send(("x"):rep(8 * MSS))
      p:pass()
      local before = conn:status().cwnd
      p:arrive { flags = ".E", ack = 1 + 2 * MSS }
      assert.is_true(conn:status().cwnd >= before)
    end)
  end)

  it("keeps a queue short that marks instead of dropping: nothing is sent twice #SHLD-8", function()
    local conn, peer, lab = helper.established { client = { ecn = 1 }, server = { ecn = 2 }, link = { rate = 10e6, queue = 1000, mark_queue = 20 } }
    local size, marked = 2000000, 0
    lab.net:on("segment", function(e)
      if e.point == "delivered" and e.segment.ecn == CE then marked = marked + 1 end
    end)
    lab.net:spawn(function() conn:send(helper.bytes(1000):rep(size // 1000)) end)
    local read = 0
    while read < size do read = read + #assert(peer:receive(10000)) end
    assert.is_true(marked > 0)
    assert.equal(0, lab.client:counters().retransmissions)
    lab.net:close()
  end)
end)
