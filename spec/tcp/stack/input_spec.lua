-- SPDX-License-Identifier: MIT
local option_words = require "tcplab.trace.option_words"
local paper = require "spec.tcp.paper"
local tcplab = require "tcplab"

describe("a SYN with an option of illegal length", function()
  local p
  after_each(function() if p then p:close() end end)

  local MSS_1000, SACK_OK, NOP = "\2\4\3\232", "\4\2", "\1"

  -- The options of a SYN as bytes, as a list of one entry that is written as it stands.
  local function raw(bytes) return { { kind = bytes:byte(1), name = "malformed", data = bytes:sub(2) } } end

  local function counted() return p.host:counters().refused["tcp-option-length"] end

  -- The bytes, and what of them counts: the MSS and whether SACK is permitted.
  local CASES = {
    { "of 0, behind the MSS", MSS_1000 .. "\4\0\1\1", 1000, false },
    { "of 1, behind the MSS and SACK-permitted", MSS_1000 .. SACK_OK .. "\3\1", 1000, true },
    { "past the header", MSS_1000 .. SACK_OK .. "\3\7", 1000, true },
    { "past the header, at its last octet", SACK_OK .. NOP .. "\8", 536, true },
    { "of 0 at the start", "\2\0\3\232", 536, false },
    { "wrong for its kind: it is passed over", "\2\3\9" .. SACK_OK .. NOP .. NOP .. NOP, 536, true },
    { "wrong for its kind, twice", "\3\4\1\1" .. MSS_1000 .. "\4\3\0" .. NOP, 1000, false },
  }

  for _, case in ipairs(CASES) do
    local what, bytes, mss, sack = table.unpack(case)
    it(what .. ", is taken with what could be read, in every profile #MUST-7", function()
      for _, profile in ipairs { "rfc9293", "linux", "freebsd", "rfc793" } do
        p = paper.new { profile = profile, sack = true }
        local listener = p.host:listen(p.port)
        assert.equal("accepted", p:arrive { flags = "S", seq = 0, options = raw(bytes) })
        local answer = p:one()
        assert.same({ "S.", 1, sack or nil }, { answer.flags, answer.ack, answer.options.sack_permitted })
        p:arrive {}
        local conn = assert(listener:accept())
        assert.same({ "ESTABLISHED", mss }, { conn.state, conn:status().snd.mss })
        assert.equal(1, counted())
        p:close()
      end
      p = nil
    end)
  end

  it("is named in the trace, byte for byte", function()
    p = paper.new()
    p.host:listen(p.port)
    local seen
    p.host:on("segment", function(e) seen = e.point == "delivered" and e.segment or seen end)
    local options = raw(MSS_1000 .. "\3\4\1\1\4\0\9\9")
    local syn = { flags = "S", source = "10.0.0.2", source_port = 80, destination_port = p.port, seq = 7, options = options }
    assert.equal("accepted", p.host:deliver(syn))
    p:pass()
    local names = {}
    for i, option in ipairs(seen.options) do names[i] = option.name end
    assert.same({ "mss", "malformed", "malformed" }, names)
    assert.same({ kind = 3, name = "malformed", data = "\4\1\1" }, seen.options[2])
    assert.same({ kind = 4, name = "malformed", data = "\0\9\9" }, seen.options[3])
    assert.matches("<mss 1000,malformed 3 040101,malformed 4 000909>", tostring(seen), 1, true)
    for _, words in ipairs { "malformed", "malformed 3 040101", "malformed kind 4", "mss 1000" } do
      assert.is_true(option_words.among(seen.options, option_words.read(words)), words)
    end
    assert.is_false(option_words.among(seen.options, option_words.read "malformed 4 00"))
    assert.equal(select(3, tcplab.parse(seen:bytes())), "tcp-option-length")
  end)

  it("passes filters, and faults see it as any other", function()
    local net <close> = tcplab.lab { seed = 1 }
    local a = net:host("a", { address = "10.0.0.1" })
    local b = net:host("b", { address = "10.0.0.2" })
    local link = net:link(a, b)
    b:listen(80)
    local dropped = link:drop("SYN", 1)
    local passed = 0
    link:filter(function(s) passed = passed + #s.options end)
    local syn = { flags = "S", seq = 7, source_port = 7, destination = "10.0.0.2", destination_port = 80, options = raw(MSS_1000 .. "\3\0\1\1") }
    for _ = 1, 2 do
      a:inject(syn)
      net:run(0.1)
    end
    assert.equal(1, dropped.count)
    assert.is_true(passed >= 2)
    assert.equal(1, b:counters().refused["tcp-option-length"])
  end)

  it("is refused with strict_options", function()
    p = paper.new { strict_options = true }
    local listener = p.host:listen(p.port)
    assert.equal("tcp-option-length", p:arrive { flags = "S", seq = 0, options = raw(MSS_1000 .. "\3\0\1\1") })
    assert.is_true(p:silent())
    assert.same({ 0, 1 }, { listener:status().half_open, counted() })
  end)

  it("may be a SYN-ACK, too; any other segment is refused", function()
    p = paper.new()
    local conn = p:opening()
    assert.equal("accepted", p:arrive { flags = "S.", seq = 0, options = raw(MSS_1000 .. "\3\0\1\1") })
    assert.same({ "ESTABLISHED", 1000 }, { conn.state, conn:status().snd.mss })
    p:take()
    for _, flags in ipairs { ".", "P.", "F.", "R", "U." } do
      assert.equal("tcp-option-length", p:arrive { flags = flags, payload = "x", options = raw(MSS_1000 .. "\3\0\1\1") })
    end
    assert.is_true(p:silent())
    assert.same({ "ESTABLISHED", 0, 6 }, { conn.state, conn:status().receive_queue, counted() })
  end)
end)

describe("a segment from further away than ttl_min allows", function()
  local p
  after_each(function() if p then p:close() end end)

  -- As it is when routers have left it so many hops.
  local function deliver(hops, given)
    given.source, given.source_port, given.destination_port, given.ttl = "10.0.0.2", 80, p.port, hops
    local reason = p.host:deliver(given)
    p:pass()
    return reason
  end

  it("is dropped without a word by a listener, and taken with as many hops #R5082", function()
    p = paper.new()
    p.host:listen(p.port, { ttl_min = 255 })
    assert.equal("ttl-low", deliver(254, { flags = "S", seq = 1 }))
    assert.is_true(p:silent())
    assert.equal("accepted", deliver(255, { flags = "S", seq = 1 }))
    assert.equal("S.", p:one().flags)
    assert.equal(1, p.host:counters().refused["ttl-low"])
  end)

  it("does not end a connection, be it a RST", function()
    p = paper.new()
    local conn = p:established()
    conn:setoption("IP_MINTTL", 100)
    local status = conn:status()
    assert.equal("ttl-low", deliver(99, { flags = "R", seq = status.rcv.nxt, destination = p.destination }))
    assert.equal("ESTABLISHED", conn.state)
    assert.equal("accepted", deliver(100, { flags = "R", seq = status.rcv.nxt, destination = p.destination }))
    assert.equal("CLOSED", conn.state)
  end)
end)

describe("a stray", function()
  for _, case in ipairs { { "reset", "R. R." }, { "ignore-syn", "- R." }, { "ignore", "- -" } } do
    local strays, answers = table.unpack(case)
    it(("draws %s (SYN, FIN) with strays %q"):format(answers, strays), function()
      local p <close> = paper.new { strays = strays }
      local list = {}
      for _, flags in ipairs { "S", "F" } do
        assert.equal("no-connection", p:arrive { flags = flags, seq = 0 })
        local answer = p:take()[1]
        list[#list + 1] = answer and answer.flags or "-"
      end
      assert.equal(answers, table.concat(list, " "))
    end)
  end
end)
