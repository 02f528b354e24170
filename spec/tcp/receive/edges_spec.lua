-- SPDX-License-Identifier: MIT
-- What is taken and answered at the edges: of the window, of what was sent, of the peer's FIN, of time.
local paper = require "spec.tcp.paper"

describe("at the edges", function()
  local p

  after_each(function() p:close() end)

  local function established(options)
    p = paper.new(options)
    return p:accepted()
  end

  --- What was sent since, as flags, seq and ack.
  local function sent()
    local list = {}
    for i, s in ipairs(p:take()) do list[i] = ("%s %d %d"):format(s.flags, s.seq, s.ack or -1) end
    return list
  end

  describe("of the window, an ACK counts with ack_at_edges and not without it,", function()
    local WAYS = {
      { "of text that has come before and ends at RCV.NXT", { seq = 1, payload = "hello" }, after_text = true, answer = { ". 6 6" } },
      { "of text where the window ends", { payload = "x" }, at_edge = true, answer = { ". 6 1" } },
      { "alone where the window ends", {}, at_edge = true, answer = {} },
    }
    for _, way in ipairs(WAYS) do
      it(way[1], function()
        for _, on in ipairs { true, false } do
          local conn = established { ack_at_edges = on, delayed_ack = 0 }
          if way.after_text then p:arrive { payload = "hello" } end
          conn:send "hello"
          p:pass()
          p:take()
          local given = { ack = 6, seq = way.at_edge and 1 + conn:status().rcv.wnd or nil }
          for name, value in pairs(way[2]) do given[name] = value end
          p:arrive(given)
          assert.equal(on and 0 or 5, conn:status().flight)
          if on then assert.same(way.answer, sent()) end
          p:close()
        end
        established()
      end)
    end

    it("and a RST there is challenged", function()
      for _, on in ipairs { true, false } do
        local conn = established { ack_at_edges = on }
        p:arrive { flags = "R", seq = 1 + conn:status().rcv.wnd }
        assert.same(on and { ". 1 1" } or {}, sent())
        p:close()
      end
      established()
    end)
  end)

  it("of what was sent, an ACK from before it is challenged with ack_since_syn, and its text not taken; MAX.SND.WND decides without it", function()
    for _, on in ipairs { true, false } do
      local conn = established { ack_since_syn = on, delayed_ack = 0 }
      p:arrive { ack = 0, payload = "hello" }
      assert.same({ on and ". 1 1" or ". 1 6" }, sent())
      assert.equal(on and 0 or 5, conn:status().receive_queue)
      p:close()
    end
    established()
  end)

  it("of the peer's FIN, another draws nothing with behind_fin \"ignored\", and text across it a RST", function()
    for _, kind in ipairs { "ignored", "acknowledged" } do
      local conn = established { behind_fin = kind, reset_acknowledges = true }
      p:arrive { flags = "F." }
      p:take()
      p:arrive { flags = "F.", seq = 2 }
      assert.same(kind == "acknowledged" and { ". 1 2" } or {}, sent())
      p:arrive { seq = 1, payload = "hello" }
      assert.equal(kind == "acknowledged" and "CLOSE-WAIT" or "CLOSED", conn.state)
      p:close()
    end
    established()
  end)

  it("of a gap, a FIN is SACKed as text is, alone and behind text", function()
    p = paper.new {}
    p.host:listen(p.port)
    p:arrive { flags = "S", seq = 0, options = { mss = 1460, sack_permitted = true } }
    p:arrive {}
    p:take()
    local function blocks()
      local list = {}
      for i, block in ipairs(p:one().options.sack or {}) do list[i] = { (block[1] - paper.irs) & 0xffffffff, (block[2] - paper.irs) & 0xffffffff } end
      return list
    end
    p:arrive { flags = "F.", seq = 11 }
    assert.same({ { 11, 12 } }, blocks())
    p:arrive { seq = 3, payload = "ab" }
    assert.same({ { 3, 5 }, { 11, 12 } }, blocks())
    p:arrive { seq = 9, payload = "ab" }
    assert.same({ { 9, 12 }, { 3, 5 } }, blocks())
  end)

  describe("of time,", function()
    local function stamped(options)
      options.timestamps = true
      p = paper.new(options)
      local listener = assert(p.host:listen(p.port))
      listener:settimeout(0)
      p:arrive { flags = "S", seq = 0, options = { mss = 1460, timestamps = { value = 100000, echo = 0 } } }
      p:take()
      return listener
    end

    it("an old ACK that tells nothing draws none with paws_disorder, if it is no older than 1.2 timeouts", function()
      for _, on in ipairs { true, false } do
        local listener = stamped { paws_disorder = on, rto_min = 1 }
        p:arrive { options = { timestamps = { value = 100000, echo = 0 } } }
        assert(listener:accept())
        p:arrive { options = { timestamps = { value = 100000 - 1190, echo = 0 } } }
        assert.same(on and {} or { ". 1 1" }, sent())
        p:arrive { options = { timestamps = { value = 100000 - 1300, echo = 0 } } }
        assert.same({ ". 1 1" }, sent())
        p:close()
      end
      stamped {}
    end)

    it("an old RST does not end a half-open connection with half_open_strict", function()
      for _, on in ipairs { true, false } do
        local listener = stamped { half_open_strict = on }
        p:arrive { flags = "R", options = { timestamps = { value = 99900, echo = 0 } } }
        assert.equal(on and 1 or 0, listener:status().half_open)
        p:close()
      end
      stamped {}
    end)
  end)

  it("of a handshake from both sides, crossing_syn_ack says whether the SYN-ACK completes it", function()
    for _, on in ipairs { true, false } do
      p = paper.new { crossing_syn_ack = on }
      local conn = p:opening()
      p:arrive { flags = "S", seq = 0, options = { mss = 1460 } }
      p:take()
      p:arrive { flags = "S.", seq = 0, options = { mss = 1460 } }
      assert.equal(on and "ESTABLISHED" or "SYN-RECEIVED", conn.state)
      assert.same(on and {} or { ". 1 1" }, sent())
      p:arrive {}
      assert.equal("ESTABLISHED", conn.state)
      p:close()
    end
    established()
  end)
end)
