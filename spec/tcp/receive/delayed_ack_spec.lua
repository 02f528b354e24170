-- SPDX-License-Identifier: MIT
-- When ACKs wait. What Linux does (measured with a peer that speaks by hand, 5.10 to 7.3; where one version is named, there).
local paper = require "spec.tcp.paper"

describe("an ACK", function()
  local p, conn, seq
  after_each(function() if p then p:close() end end)

  local FULL = 1448

  local function begin(options)
    local settings = { profile = "linux", timestamps = true, window_scaling = true, timer_granularity = 0, timer_wheel = false }
    for name, value in pairs(options or {}) do settings[name] = value end
    p, seq = paper.new(settings), 1
    conn = p:opening()
    p:arrive { flags = "S.", seq = 0, ack = 1, options = { mss = 1460, sack_permitted = true, window_scale = 7,
      timestamps = { value = 1, echo = p.syn.options.timestamps.value } } }
    p:take()
  end

  local function arrive(size, flags)
    p:arrive { flags = flags or ".", seq = seq, payload = ("x"):rep(size), ack = conn:status().snd.nxt - conn:status().snd.iss,
      options = { timestamps = { value = 1, echo = 0 } } }
    seq = seq + size
  end

  -- Milliseconds until it is acknowledged, alone or with text, in whole tens; "-": not within 0.1 s. Others that left before are passed over.
  local function waits()
    local start, fin = p.net:now(), seq
    local function seen()
      for _, s in ipairs(p:take()) do
        if s.ack >= fin then return s.time end
      end
    end
    local at = seen()
    if at then return 0 end
    p:pass(0.1)
    at = seen()
    return at and math.tointeger((at - start + 0.0005) // 0.01 * 10) or "-"
  end

  -- What each of so many segments waits for; read: the user takes it at once.
  local function each(count, size, read)
    local list = {}
    for i = 1, count do
      arrive(size)
      if read then conn:receive(size) end
      p:pass()
      list[i] = waits()
      p:pass(0.003)
    end
    return table.concat(list, " ")
  end

  local function series(...)
    local list = {}
    for i = 1, select("#", ...), 2 do
      local count, value = select(i, ...)
      for _ = 1, count do list[#list + 1] = value end
    end
    return table.concat(list, " ")
  end

  it("leaves at once 16 times, and then waits, when nobody reads the text", function()
    begin()
    assert.equal(series(16, 0, 4, 40), each(20, 10))
  end)

  it("leaves at once 16 times again after a silence longer than the retransmission timeout", function()
    begin()
    each(20, 10)
    p:pass(1.5)
    assert.equal(series(16, 0, 2, 40), each(18, 10))
  end)

  it("of the second segment leaves at once only when they are more than a full one", function()
    begin { quick_acks = 0, ack_on_read = false }
    arrive(700)
    arrive(748)
    conn:receive(1448)
    assert.is_true(p:silent())
    arrive(10)
    assert.equal(0, waits())
    conn:setoption("ack_on_window", false)
    arrive(10)
    assert.is_true(p:silent())
    arrive(10)
    assert.equal(0, waits())
  end)

  it("of many full segments is rare once quick ones are used up and nobody reads, and one for two when somebody does", function()
    begin()
    for _, acks in ipairs { 20, 2, 1 } do -- a growing window has let 21 go at once
      for _ = 1, 20 do arrive(FULL) end
      p:pass(0.1)
      assert.equal(acks, #p:take())
    end
    conn:receive(60 * FULL)
    p:pass(0.1)
    p:take()
    local acks = 0
    for _ = 1, 20 do
      arrive(FULL)
      conn:receive(FULL)
      p:pass()
      acks = acks + #p:take()
    end
    assert.equal(10, acks)
  end)

  it("leaves when the user has read all of what was no full segment (6.18)", function()
    begin { quick_acks = 0 }
    assert.equal(series(3, 0), each(3, 10, true))
    assert.equal(series(3, 40), each(3, FULL, true))
    arrive(10)
    conn:receive(5)
    assert.equal(40, waits())
    arrive(FULL, "P.")
    conn:receive(FULL + 5)
    assert.equal(0, waits())
  end)

  it("leaves at once no more behind one that leaves with less than half of the buffer free (6.18)", function()
    begin()
    for _ = 1, 40 do arrive(FULL) end
    p:pass(1)
    p:take()
    assert.equal(series(1, 0, 3, 40), each(4, 10))
  end)

  describe("in a dialogue", function()
    local function ask(answered_after)
      arrive(10)
      conn:receive(10)
      p:pass(answered_after)
      local before = #p:take()
      assert(conn:send "answer")
      p:pass()
      local answer = p:one()
      assert.equal(seq, answer.ack)
      arrive(0)
      p:pass(0.1)
      p:take()
      return before
    end

    it("goes with the answer, from the second request on, also while ACKs are quick", function()
      begin()
      assert.equal(1, ask(0.005))
      for _ = 1, 3 do assert.equal(0, ask(0.005)) end
    end)

    it("waits in vain where no answer comes, and the next leaves at once", function()
      begin()
      ask(0.005)
      arrive(10)
      conn:receive(10)
      assert.equal(40, waits())
      assert.equal(series(3, 0), each(3, 10, true))
    end)

    it("is alone where the answer comes too late to begin one", function()
      begin()
      for _ = 1, 3 do assert.equal(1, ask(0.06)) end
    end)
  end)

  describe("of a FIN", function()
    local function fin(size, before)
      begin()
      each(before, 10, true)
      arrive(size, "F.")
      seq = seq + 1
      return waits()
    end

    it("leaves at once on a fresh connection, and where a full segment came with it", function()
      assert.equal(0, fin(0, 0))
      assert.equal(0, fin(FULL, 0))
    end)

    it("waits behind text, also with it, although ACKs of text are quick", function()
      for _, case in ipairs { { 10, 0 }, { 0, 1 }, { 0, 3 }, { 10, 1 } } do assert.equal(40, fin(case[1], case[2])) end
    end)

    it("leaves at once where this side has closed", function()
      begin()
      each(1, 10, true)
      conn:shutdown "send"
      p:pass()
      arrive(0)
      arrive(0, "F.")
      seq = seq + 1
      assert.equal(0, waits())
    end)
  end)

  it("by the letter of the standards leaves with every second segment, and with a FIN", function()
    begin { profile = "rfc9293" }
    arrive(10)
    conn:receive(10)
    assert.is_true(p:silent())
    arrive(10)
    assert.equal(0, waits())
    arrive(0, "F.")
    seq = seq + 1
    assert.equal(0, waits())
  end)
  describe("with quickack", function()
    -- One answer of ours to the peer's text begins a dialogue.
    local function in_dialogue(options)
      begin(options)
      arrive(10)
      conn:receive(10)
      conn:send "answer"
      p:pass()
      p:take()
      p:arrive { seq = seq, ack = 7, options = { timestamps = { value = 1, echo = 0 } } }
    end

    it("set, leaves at once again after a dialogue, and the one that waits for what has been read does too", function()
      in_dialogue()
      assert.is_false(conn:getoption "quickack")
      arrive(10)
      conn:receive(10)
      p:pass(0.005)
      assert.is_true(p:silent())
      conn:setoption("TCP_QUICKACK", 1)
      p:pass()
      assert.equal(seq, p:one().ack)
      assert.equal(1, conn:getoption "TCP_QUICKACK")
      assert.equal("0 0", each(2, 10, true))
    end)

    it("set, waits on for what nobody has read", function()
      in_dialogue()
      arrive(10)
      conn:setoption("quickack", true)
      assert.equal(40, waits())
    end)

    it("cleared, waits from now on, until one has waited in vain", function()
      begin()
      conn:setoption("quickack", false)
      assert.equal("40 0 0", each(3, 10, true))
      assert.is_true(conn:getoption "quickack")
      conn:setoption("quickack", false)
      assert.is_false(conn:getoption "quickack")
      assert.equal("40 0", each(2, 10, true))
    end)
  end)

  it("waits in dialogue mode after so many answers as ack_dialogue_turns says", function()
    for turns = 1, 3 do
      if p then p:close() end
      begin { ack_dialogue_turns = turns }
      local sent, list = 1, {}
      for i = 1, 5 do
        arrive(10)
        conn:receive(10)
        p:pass(0.008)
        list[i] = p:silent() and "with it" or "alone"
        conn:send "0123456789"
        p:pass(0.02)
        p:take()
        sent = sent + 10
        p:arrive { seq = seq, ack = sent, options = { timestamps = { value = 1, echo = 0 } } }
      end
      local expected = {}
      for i = 1, 5 do expected[i] = i <= turns and "alone" or "with it" end
      assert.same(expected, list)
    end
  end)

  it("waits no longer than delayed_ack_max", function()
    begin { delayed_ack_max = 0.02, quickack = false }
    assert.equal("20 0", each(2, 10))
  end)
end)
