-- SPDX-License-Identifier: MIT
local paper = require "spec.tcp.paper"

describe("a report of what came out of order", function()
  local p
  after_each(function() if p then p:close() end end)

  local function agreed(more, answer)
    local options = { delayed_ack = 0 }
    for name, value in pairs(more or {}) do options[name] = value end
    p = paper.new(options)
    local offered = { mss = 1460, sack_permitted = true }
    for name, value in pairs(answer or {}) do offered[name] = value end
    return p:established(nil, { options = offered })
  end

  -- The blocks of a segment, from and to (not included) counted from the peer's initial number: "5-7 9-11".
  local function blocks(sent)
    local shown = {}
    for _, block in ipairs(sent.options.sack or {}) do
      shown[#shown + 1] = ("%d-%d"):format((block[1] - p.irs) & 0xffffffff, (block[2] - p.irs) & 0xffffffff)
    end
    return table.concat(shown, " ")
  end

  -- Text of ten bytes at seq; what the ACK of it reports.
  local function text(seq, size, more)
    local given = { seq = seq, payload = ("x"):rep(size or 10) }
    for name, value in pairs(more or {}) do given[name] = value end
    p:arrive(given)
    return blocks(p:one())
  end

  it("is made only when both SYNs permit it, and the permission stands on SYNs alone #R2018-1", function()
    agreed()
    assert.is_not_nil(p.syn.options.sack_permitted)
    p:arrive { seq = 21, payload = "ab" }
    assert.is_nil(p:one().options.sack_permitted)
    for _, case in ipairs { { true, false }, { false, true } } do
      p:close()
      p = paper.new { delayed_ack = 0, sack = case[1] }
      p:established(nil, { options = { mss = 1460, sack_permitted = case[2] or nil } })
      assert.equal(case[1] or nil, p.syn.options.sack_permitted and true)
      assert.equal("", text(21))
    end
    p:close()
    p = paper.new { sack = true }
    p.host:listen(p.port)
    p:arrive { flags = "S", seq = 0, options = { mss = 1460 } }
    assert.is_nil(p:one().options.sack_permitted)
  end)

  it("begins with the block of the segment that drew the ACK #R2018-2", function()
    agreed()
    assert.equal("21-31", text(21))
    assert.equal("41-51 21-31", text(41))
    assert.equal("21-41 41-51", (text(31):gsub("21%-51", "21-41 41-51")))
  end)

  it("goes on with the most recent other blocks, as many as fit: four #R2018-3", function()
    agreed()
    for seq = 21, 81, 20 do text(seq) end
    assert.equal("101-111 81-91 61-71 41-51", text(101))
    assert.equal("24-25 21-31 101-111 81-91", text(24, 1)) -- a duplicate
  end)

  it("has room for three beside timestamps #R2018-3", function()
    agreed({ timestamps = true }, { timestamps = { value = 1, echo = 0 } })
    local stamp = { options = { timestamps = { value = 1, echo = 0 } } }
    for seq = 21, 61, 20 do text(seq, 10, stamp) end
    assert.equal("81-91 61-71 41-51", text(81, 10, stamp))
  end)

  it("remembers the order of the blocks while one of them grows #R2018-3", function()
    agreed()
    text(21)
    text(101)
    text(61)
    for seq = 201, 251, 10 do text(seq) end
    assert.equal("201-271 61-71 101-111 21-31", text(261))
  end)

  it("is on every ACK as long as something is beyond a gap, and says nothing of what is in order #R2018-3", function()
    agreed()
    text(41)
    assert.equal("41-51", text(1))
    assert.equal("41-51", text(11))
    assert.equal("", text(21, 20))
  end)

  it("holds the FIN behind its text, which is a number like any other", function()
    agreed()
    assert.equal("11-21", text(11))
    assert.equal("11-32", text(21, 10, { flags = "F." }))
    assert.equal("11-32", text(21, 10, { flags = "F." }):match "%S+$")
  end)

  it("rides on text where there is room beside it, and makes no segment larger than the MSS #R2018-3 #R6691-2", function()
    local conn = agreed()
    text(41)
    conn:send "abc"
    p:pass()
    assert.equal("41-51", blocks(p:one()))
    conn:send(("y"):rep(1460))
    p:pass(0)
    for _, s in ipairs(p:take()) do
      assert.is_true(#s.payload == 1460 and blocks(s) == "" or #s.payload < 1460 - 12)
    end
  end)

  it("tells of a duplicate below the ACK once, and of nothing but the duplicate #R2883-1", function()
    agreed()
    text(1)
    assert.equal("1-11", text(1))
    assert.equal("", text(11))
    assert.equal("5-8", text(5, 3))
  end)

  it("tells exactly the part that had come before #R2883-2", function()
    agreed()
    text(1)
    assert.equal("5-11", text(5, 16))
    text(41)
    assert.equal("41-45 31-51", text(31, 14))
  end)

  it("tells of a duplicate beyond a gap, with the block it lies in second #R2883-3", function()
    agreed()
    text(21)
    text(31)
    text(61)
    assert.equal("31-36 21-41 61-71", text(31, 5))
    assert.equal("61-71 61-71 21-41", text(61))
    assert.equal("1-11 61-71 21-41", (text(1) == "61-71 21-41") and text(1))
  end)

  for _, case in ipairs { -- that cover ..., how long, what the ACK reports, what it acknowledges, and how much of it had come in order
    { "all of one block", 20, "11-21 41-51 31-36", 21, 0 },
    { "part of one block, and not what follows", 13, "11-14 41-51 31-36", 21, 0 },
    { "the first of two blocks", 38, "11-21 41-51", 39, 0 },
    { "what came before RCV.NXT, and not the block behind it", 25, "1-6 41-51 31-36", 26, 5 },
    { "no block where it ends at one", 10, "41-51 31-36", 21, 0 },
  } do
    local covered, size, reported, ack, old = table.unpack(case)
    it("tells of a duplicate within text in order: " .. covered .. " #R2883-2", function()
      agreed()
      text(11)
      text(31, 5)
      text(41)
      if old > 0 then text(1, old) end
      p:arrive { payload = ("x"):rep(size) }
      local sent = p:one()
      assert.equal(reported, blocks(sent))
      assert.equal(ack, sent.ack)
    end)
  end

  it("tells of it where the text brings the FIN that waited behind it #R2883-2", function()
    local conn = agreed()
    text(11, 10, { flags = "F." })
    p:arrive { flags = "F.", seq = 1, payload = ("y"):rep(20) }
    local sent = p:take()
    assert.equal("11-21", blocks(sent[#sent]))
    assert.equal(22, sent[#sent].ack)
    assert.equal(("y"):rep(10) .. ("x"):rep(10), conn:receive(20))
  end)

  it("says nothing of duplicates without dsack", function()
    agreed { dsack = false }
    text(1)
    assert.equal("", text(1))
    text(21)
    assert.equal("21-31", text(21))
  end)
end)

describe("a segment that is refused before its text is looked at", function()
  local p
  after_each(function() p:close() end)

  local function agreed(options, answer)
    options.delayed_ack = 0
    p = paper.new(options)
    local offered = { mss = 1460, sack_permitted = true }
    for name, value in pairs(answer or {}) do offered[name] = value end
    return p:established(nil, { options = offered })
  end

  local function reported()
    local shown = {}
    for _, block in ipairs(p:one().options.sack or {}) do
      shown[#shown + 1] = ("%d-%d"):format((block[1] - p.irs) & 0xffffffff, (block[2] - p.irs) & 0xffffffff)
    end
    return table.concat(shown, " ")
  end

  local function stamped(seq, size, value)
    local reason = p:arrive { seq = seq, payload = ("x"):rep(size), options = { timestamps = { value = value, echo = 0 } } }
    return reason .. " " .. reported()
  end

  it("has what of it had come before reported: by PAWS #R2883-1", function()
    agreed({ timestamps = true }, { timestamps = { value = 100, echo = 0 } })
    assert.equal("accepted ", stamped(1, 20, 102))
    assert.equal("accepted 41-61", stamped(41, 20, 103))
    assert.equal("paws 1-11 41-61", stamped(1, 10, 101))
    assert.equal("paws 11-21 41-61", stamped(11, 20, 101)) -- the old part of it
    assert.equal("paws 51-61 41-61", stamped(51, 20, 101)) -- beyond the gap
    assert.equal("paws 41-61", stamped(21, 20, 101)) -- nothing
    assert.equal("paws 41-61", stamped(-99, 50, 101)) -- from before this connection
  end)

  it("has what of it had come before reported: at a closed window, whole or in part #R2883-2", function()
    agreed { receive_buffer = 20, window_scaling = false }
    p:arrive { seq = 1, payload = ("x"):rep(20) }
    assert.equal(0, p:one().window)
    p:arrive { seq = 11, payload = ("x"):rep(10) }
    assert.equal("11-21", reported())
    p:arrive { seq = 11, payload = ("x"):rep(30) }
    assert.equal("11-21", reported())
  end)

  it("has what of it had come before reported: for an ACK that is too old, where there is an answer", function()
    local conn = agreed { challenge_limit = 1 }
    p.peer_window = 100
    p:arrive { seq = 1, payload = ("x"):rep(20) }
    p:take()
    conn:send(("y"):rep(100))
    p:pass()
    p:arrive { seq = 21, ack = 101 }
    p:take()
    assert.equal("ack-too-old", p:arrive { seq = 11, ack = -70000, payload = ("x"):rep(20) })
    assert.equal("11-21", reported())
    assert.equal("ack-too-old", p:arrive { seq = 11, ack = -70000, payload = ("x"):rep(20) })
    assert.is_true(p:silent())
    p:arrive { seq = 21, ack = 101, payload = ("x"):rep(20) }
    assert.equal("", reported())
  end)

  it("tells of a FIN that comes again too, with dsack_controls", function()
    for profile, told in pairs { linux = { "1-2", "2-12", "5-12" }, rfc9293 = { "", "2-11", "5-11" } } do
      agreed { profile = profile }
      p:arrive { flags = "F." }
      p:pass(0.1)
      p:take()
      p:arrive { flags = "F." }
      assert.equal(told[1], reported())
      p:close()
      agreed { profile = profile }
      p:arrive { payload = "x" }
      p:arrive { flags = "F.", seq = 2, payload = ("x"):rep(9) }
      p:pass(0.1)
      for i, seq in ipairs { 2, 5 } do
        p:take()
        p:arrive { flags = "F.", seq = seq, payload = ("x"):rep(11 - seq) }
        assert.equal(told[1 + i], reported())
      end
      p:close()
    end
    agreed {}
  end)

  it("has what of it had come before reported: a FIN that comes again with its text", function()
    agreed {}
    p:arrive { flags = "F.", seq = 1, payload = ("x"):rep(20) }
    p:take()
    assert.equal("duplicate", p:arrive { flags = "F.", seq = 11, payload = ("x"):rep(10) })
    assert.equal("11-21", reported())
  end)
end)

describe("a duplicate report from the peer", function()
  it("is known by the ACK of its own segment, so that reordered ACKs are no duplicates #R2883-4", function()
    local p <close> = paper.new { mss = 1000, delayed_ack = 0 }
    local conn = p:established(nil, { options = { mss = 1000, sack_permitted = true } })
    conn:send(("x"):rep(6000))
    p:pass()
    local function sack(from, to) return { sack = { { (p.iss + from) & 0xffffffff, (p.iss + to) & 0xffffffff } } } end
    p:arrive { ack = 5001 }
    p:arrive { ack = 1, options = sack(1001, 2001) } -- an older ACK: below SND.UNA, but above its own number
    local status = conn:status()
    assert.equal(0, status.sacked)
    assert.equal(1, p.host:counters().sacks_refused)
  end)
end)
