-- SPDX-License-Identifier: MIT
local paper = require "spec.tcp.paper"

describe("an arriving segment", function()
  local p, conn
  after_each(function() if p then p:close() end end)

  local function establish(host_options, answer)
    p = paper.new(host_options)
    conn = p:established(nil, answer)
  end

  -- The answer to a segment, which must be a bare ACK of what is expected.
  local function is_answered(seq, ack)
    local answer = p:one()
    assert.same({ ".", seq, ack, "" }, { answer.flags, answer.seq, answer.ack, answer.payload })
  end

  describe("at the edges of the receive window", function()
    before_each(function() establish { receive_buffer = 100, delayed_ack = 0 } end)

    it("counts from the left edge on #R9293-U4", function()
      assert.equal("duplicate", p:arrive { seq = 0, payload = "x" })
      is_answered(1, 1)
      assert.equal("accepted", p:arrive { seq = 0, payload = "xy" })
      assert.equal("y", conn:receive(1))
    end)

    it("counts up to the right edge, and what stands beyond it is cut off #R9293-U4", function()
      assert.equal("sequence", p:arrive { seq = 101, payload = "x" })
      is_answered(1, 1)
      assert.equal("accepted", p:arrive { seq = 100, payload = "xy" })
      assert.equal(1, conn:status().out_of_order)
    end)

    it("keeps no FIN that stands beyond it", function()
      p:arrive { flags = "F.", seq = 1, payload = ("x"):rep(100) }
      local answer = p:one()
      assert.same({ 101, 0 }, { answer.ack, answer.window })
      assert.equal("ESTABLISHED", conn.state)
    end)

    it("counts an ACK at a window of 0 that stands behind the octet of a probe #MUST-66", function()
      conn:send "mine"
      p:pass()
      p:take()
      p:arrive { seq = 1, payload = ("x"):rep(100) }
      assert.equal(0, p:one().window)
      assert.equal("sequence", p:arrive { seq = 102, ack = 5 }) -- no probe has come
      assert.equal("window-closed", p:arrive { seq = 101, payload = "y" })
      assert.equal("accepted", p:arrive { seq = 102, ack = 5 })
      assert.equal(0, conn:status().send_queue)
      conn:send "more"
      p:pass()
      assert.equal("sequence", p:arrive { seq = 103, ack = 9 })
      assert.equal("rst-outside", p:arrive { seq = 102, flags = "R" })
      assert.equal(4, conn:status().send_queue)
    end)

    it("is refused without text, too, outside of it", function()
      assert.equal("sequence", p:arrive { seq = 101 })
      is_answered(1, 1)
      assert.equal("accepted", p:arrive { seq = 100 })
      assert.is_true(p:silent())
      assert.equal("sequence", p:arrive { seq = 0 })
      is_answered(1, 1)
    end)

    it("compares modulo 2^32 #R9293-U1", function()
      local text = ("x"):rep(100)
      for i = 0, 3 do -- past the wrap
        p:arrive { seq = 1 + i * 100, payload = text }
        assert.equal(text, conn:receive(100))
      end
      assert.equal(401 - (0x100000000 - p.irs), conn:status().rcv.nxt)
    end)
  end)

  describe("with RST", function()
    it("ends the connection exactly at RCV.NXT, is challenged in the window and ignored outside #R9293-U13 #R5961-1", function()
      for _, case in ipairs { { 0, "rst-outside", 0 }, { 2, "rst-challenged", 1 }, { 100, "rst-challenged", 1 }, { 101, "rst-outside", 0 } } do
        establish { receive_buffer = 100 }
        assert.equal(case[2], p:arrive { flags = "R", seq = case[1] })
        assert.equal(case[3], #p:take())
        assert.equal("ESTABLISHED", conn.state)
        p:close()
      end
      establish()
      p:arrive { flags = "R", seq = 1 }
      assert.equal("CLOSED", conn.state)
      assert.is_true(p:silent())
    end)

    it("ends it anywhere in the window where rfc5961 is off", function()
      establish { rfc5961 = false, receive_buffer = 100 }
      p:arrive { flags = "R", seq = 101 }
      assert.equal("ESTABLISHED", conn.state)
      p:arrive { flags = "R", seq = 100 }
      assert.equal("CLOSED", conn.state)
    end)

    it("may carry text #SHLD-2", function()
      establish()
      p:arrive { flags = "R", seq = 1, payload = "because" }
      assert.equal("CLOSED", conn.state)
    end)

    it("tells a reset from a clean end #MUST-12", function()
      establish()
      p:arrive { payload = "ab" }
      p:arrive { flags = "R", seq = 3 }
      assert.same({ nil, "closed", "", "ECONNRESET" }, { conn:receive "*a" })
      p:close()
      establish()
      p:arrive { flags = "F.", payload = "ab" }
      assert.equal("ab", conn:receive "*a")
    end)
  end)

  describe("with SYN", function()
    it("draws a challenge ACK wherever it stands and changes nothing #R9293-U14 #R5961-2", function()
      establish()
      for _, seq in ipairs { 0, 1, 2, 0x10000000, -5 } do
        assert.equal("syn-challenged", p:arrive { flags = "S", seq = seq })
        is_answered(1, 1)
      end
      assert.equal("ESTABLISHED", conn.state)
    end)

    it("draws it whatever its stamps are, and whatever else stands in it #R5961-2", function()
      establish({ timestamps = true, challenge_limit = 0 }, { options = { mss = 1460, timestamps = { value = 1000, echo = 0 } } })
      for _, value in ipairs { false, 0, 7, 1000, 1000000 } do
        for _, given in ipairs { { flags = "S" }, { flags = "S.EW", ack = 9 }, { flags = "SF", payload = "x" }, { flags = "SU", urgent = 3 } } do
          for _, seq in ipairs { 0, 1, 100, -100000 } do
            given.seq, given.options = seq, { mss = 536, timestamps = value and { value = value, echo = 0 } or nil }
            assert.equal("syn-challenged", p:arrive(given))
            is_answered(1, 1)
          end
        end
      end
      assert.same({ "ESTABLISHED", 1000 }, { conn.state, conn.tcb.ts_recent })
    end)

    it("with an old stamp is refused for that first with paws_before_syn, and reported where it lies", function()
      establish({ timestamps = true, profile = "linux", paws_before_syn = true },
        { options = { mss = 1460, sack_permitted = true, timestamps = { value = 1000, echo = 0 } } })
      assert.equal("paws", p:arrive { flags = "S", seq = 0, options = { timestamps = { value = 7, echo = 0 } } })
      local block = p:one().options.sack[1]
      assert.same({ 0, 1 }, { (block[1] - p.irs) & 0xffffffff, (block[2] - p.irs) & 0xffffffff })
      p:pass(1)
      assert.equal("syn-challenged", p:arrive { flags = "S", seq = 0, options = { timestamps = { value = 1001, echo = 0 } } })
      is_answered(1, 1)
    end)

    it("draws it at a closed window, too #R5961-2", function()
      establish { receive_buffer = 0 }
      assert.equal("syn-challenged", p:arrive { flags = "S", seq = 1 })
      is_answered(1, 1)
    end)

    it("in SYN-RECEIVED counts where it stands: no text behind it brings it into the window", function()
      p = paper.new()
      local listener = p.host:listen(p.port)
      p:arrive { flags = "S", seq = 0 }
      p:take()
      for _, given in ipairs { { flags = "S", seq = -99 }, { flags = "S.", seq = -99 }, { flags = "SF", seq = -1000 } } do
        given.payload = ("x"):rep(1400)
        assert.equal("syn-challenged", p:arrive(given))
      end
      p:take()
      p:arrive {}
      assert.equal("ESTABLISHED", assert(listener:accept()).state)
    end)

    it("and RST is a RST", function()
      establish()
      assert.equal("rst-challenged", p:arrive { flags = "SR", seq = 2 })
      p:arrive { flags = "SR", seq = 1 }
      assert.equal("CLOSED", conn.state)
    end)

    it("without the stamps agreed on is answered as RFC 793 has it where rfc5961 is off", function()
      establish({ timestamps = true, rfc5961 = false }, { options = { mss = 1460, timestamps = { value = 1000, echo = 0 } } })
      assert.equal("sequence", p:arrive { flags = "S", seq = -100000 })
      is_answered(1, 1)
      p:arrive { flags = "S", seq = 1 }
      assert.same({ "R.", "CLOSED" }, { p:one().flags, conn.state })
    end)

    it("draws no more challenges than the limit allows in its interval #R5961-4 #R5961-5", function()
      establish { challenge_limit = 3, challenge_interval = 5 }
      for _ = 1, 5 do p:arrive { flags = "S", seq = 1 } end
      assert.equal(3, #p:take())
      p:pass(4.999)
      p:arrive { flags = "S", seq = 1 }
      assert.is_true(p:silent())
      p:pass(0.001)
      p:arrive { flags = "S", seq = 1 }
      assert.equal(1, #p:take())
    end)
  end)

  describe("with ACK", function()
    it("is refused and answered when it acknowledges what was not sent", function()
      establish()
      assert.equal("ack-future", p:arrive { ack = 2, payload = "x" })
      is_answered(1, 1)
      assert.equal(0, conn:status().receive_queue)
    end)

    it("of what was not sent is refused in silence without unsent_ack_challenge", function()
      establish { unsent_ack_challenge = false }
      assert.equal("ack-future", p:arrive { ack = 2, payload = "x" })
      assert.is_true(p:silent())
      p:arrive { ack = -100000 }
      is_answered(1, 1)
    end)

    it("is refused when it is older than the largest window there was #MAY-12 #R5961-3", function()
      establish(nil, { window = 100 })
      p.peer_window = 100
      assert(conn:send(("x"):rep(100)))
      p:pass()
      p:take()
      p:arrive { ack = 101 }
      assert.equal("accepted", p:arrive { ack = 1, payload = "a" })
      p:pass(0.1)
      p:take()
      assert.equal("ack-too-old", p:arrive { seq = 2, ack = 0, payload = "b" })
      is_answered(101, 2)
      assert.equal(1, conn:status().receive_queue)
    end)

    it("without it is dropped in silence", function()
      establish()
      assert.equal("no-ack", p:arrive { flags = "", payload = "x" })
      assert.is_true(p:silent())
      assert.equal(0, conn:status().receive_queue)
    end)

    it("is not answered for ever: bare ACKs that are wrong are told so within the challenge limit", function()
      establish { challenge_limit = 3, challenge_interval = 5 }
      for _ = 1, 20 do p:arrive { seq = -1000 } end
      for _ = 1, 20 do p:arrive { ack = 77 } end
      assert.equal(3, #p:take())
      p:arrive { seq = -1000, payload = "text" }
      assert.equal(1, #p:take())
      p:pass(5)
      p:arrive { seq = -1000 }
      assert.equal(1, #p:take())
    end)
  end)

  describe("with timestamps agreed on", function()
    before_each(function() establish({ timestamps = true }, { options = { mss = 1460, timestamps = { value = 1000, echo = 0 } } }) end)

    local function stamped(value, given)
      given.options = { timestamps = { value = value, echo = 0 } }
      return p:arrive(given)
    end

    it("is dropped and answered when its stamp is older than the last, before anything else #R7323-6", function()
      assert.equal("paws", stamped(999, { payload = "x" }))
      is_answered(1, 1)
      assert.equal("accepted", stamped(1000, { payload = "x" }))
    end)

    it("counts as a RST whatever its stamp #R7323-6", function()
      stamped(1, { flags = "R", seq = 1 })
      assert.equal("CLOSED", conn.state)
    end)

    it("is dropped in silence without one #R7323-4", function()
      assert.equal("timestamp-missing", p:arrive { payload = "x" })
      assert.is_true(p:silent())
      conn:setoption("tolerate_missing_timestamps", true)
      assert.equal("accepted", p:arrive { payload = "x" })
    end)

    it("compares stamps modulo 2^32, and forgets the last after 24 days #R7323-7", function()
      stamped(0x7fffffff, { payload = "a" })
      assert.equal("paws", stamped(5, { seq = 2, payload = "b" }))
      p:pass(24 * 86400 + 1)
      assert.equal("accepted", stamped(5, { seq = 2, payload = "b" }))
    end)

    it("echoes the earliest stamp that a delayed ACK answers #R7323-5", function()
      stamped(2000, { payload = "a" })
      stamped(3000, { seq = 2, payload = "b" })
      assert.equal(2000, p:one().options.timestamps.echo)
    end)

    it("does not take a stamp from beyond what was last acknowledged #R7323-5", function()
      stamped(2000, { seq = 5, payload = "x" })
      assert.equal(1000, conn:status().ts_recent)
      stamped(3000, { seq = 1, payload = "abcd" })
      assert.equal(3000, conn:status().ts_recent)
    end)
  end)

  it("draws one ACK at most, whatever it is #R5681-9", function()
    establish { delayed_ack = 0 }
    for _, given in ipairs {
      { payload = "ab" }, { payload = "ab" }, { seq = 5, payload = "ef" }, { seq = 7, payload = "g" }, { seq = 3, payload = "cd" },
      { seq = 100000, payload = "x" }, { seq = 8, flags = "S" }, { seq = 8, ack = 999 }, { seq = 8, payload = "hi", flags = "FU.", urgent = 1 },
      { seq = 8, payload = "hi", flags = "F." },
    } do
      p:arrive(given)
      p:pass(0.1)
      assert.is_true(#p:take() <= 1)
    end
  end)

  it("may carry an option at any time, known or not #MUST-5 #MUST-6", function()
    establish()
    p:arrive { payload = "x", options = { { kind = 77, data = "abc" }, { name = "mss", value = 100 }, { name = "window_scale", value = 3 } } }
    assert.equal("x", conn:receive(1))
    assert.same({ 1460, 0 }, { conn:status().snd.mss, conn:status().snd.scale })
  end)

  it("with a FIN that is held already, the text before it and the ACK of our FIN leads to TIME-WAIT", function()
    for _, flags in ipairs { ".", "F." } do
      establish()
      conn:shutdown "send"
      p:pass()
      p:arrive { flags = "F.", seq = 5, ack = 1 }
      assert.equal("FIN-WAIT-1", conn.state)
      p:arrive { flags = flags, payload = "text", ack = 2 }
      assert.equal("TIME-WAIT", conn.state)
      if flags == "." then p:close() end
    end
  end)

  it("with text beyond a FIN that is held counts up to the FIN, whichever came first", function()
    for _, text_first in ipairs { true, false } do
      establish()
      local function text() return p:arrive { seq = 6, payload = "6789" } end
      if text_first then text() end
      p:arrive { flags = "F.", seq = 3, payload = "345" }
      if not text_first then assert.equal("after-fin", text()) end
      p:arrive { payload = "12" }
      assert.equal("CLOSE-WAIT", conn.state)
      assert.equal("12345", conn:receive "*a")
      assert.equal(7, p:take()[3].ack)
      if text_first then p:close() end
    end
  end)

  it("with text after the peer's FIN is refused", function()
    establish()
    p:arrive { flags = "F.", payload = "a" }
    p:take()
    assert.equal("after-fin", p:arrive { seq = 3, payload = "late" })
    assert.equal("a", conn:receive "*a")
  end)

  it("with text after a close in both directions draws a RST #SHLD-3", function()
    establish()
    conn:close()
    p:pass()
    p:take()
    assert.equal("after-close", p:arrive { ack = 2, payload = "late" })
    assert.equal("R", p:one().flags)
    assert.equal("CLOSED", conn.state)
  end)

  it("with text after a shutdown in both directions draws a RST with shutdown_tells; an ACK goes on", function()
    for tells, leads in pairs { [true] = { "R", "CLOSED" }, [false] = { ".", "FIN-WAIT-2" } } do
      establish { shutdown_tells = tells, delayed_ack = 0 }
      conn:shutdown "both"
      p:pass()
      p:take()
      p:arrive { ack = 2 }
      assert.equal("FIN-WAIT-2", conn.state)
      p:arrive { ack = 2, payload = "late" }
      assert.same(leads, { p:one().flags, conn.state })
      p:close()
    end
    establish { shutdown_tells = true, delayed_ack = 0 }
    conn:shutdown "receive"
    p:arrive { payload = "text" }
    assert.same({ ".", "ESTABLISHED" }, { p:one().flags, conn.state })
  end)

  it("with text read before a close in both directions, and a FIN behind it, draws no RST", function()
    establish { delayed_ack = 0 }
    p:arrive { payload = "ab" }
    assert.equal("ab", conn:receive(2))
    conn:close()
    p:pass()
    p:take()
    assert.equal("accepted", p:arrive { flags = "F.", ack = 2, payload = "ab" })
    local answer = p:one()
    assert.same({ ".", 2, 4 }, { answer.flags, answer.seq, answer.ack })
    assert.equal("TIME-WAIT", conn.state)
  end)

  it("after a close with text unread draws nothing more: the RST has gone already #SHLD-3", function()
    establish()
    p:arrive { payload = "unread" }
    conn:close()
    p:pass()
    local rst = p:one()
    assert.same({ "R", 1 }, { rst.flags, rst.seq })
    assert.equal("no-connection", p:arrive { seq = 7, ack = 1 })
  end)
end)
