-- SPDX-License-Identifier: MIT
-- Segments as values: made from fields, made into bytes, changed, compared, shown.

local core = require "tcplab.core"
local segment = require "tcplab.trace.segment"

local function with(fields, more)
  local all = {}
  for name, value in pairs(fields) do all[name] = value end
  for name, value in pairs(more or {}) do all[name] = value end
  return all
end

local ENDS = { source = "10.0.0.1", source_port = 49152, destination = "10.0.0.2", destination_port = 80 }
local ENDS6 = { source = "2001:db8::1", source_port = 49152, destination = "2001:db8::2", destination_port = 80 }

local function make(fields) return segment.new(with(ENDS, fields)) end
local function again(s) return assert(segment.parse(s:bytes())) end

local function raises(pattern, fn, ...)
  local ok, message = pcall(fn, ...)
  assert.is_false(ok)
  assert.matches(pattern, message, 1, true)
end

describe("a segment made from fields", function()
  it("has defaults for what is left out", function()
    local s = make {}
    assert.equal("NONE", s.kind)
    assert.equal("", s.flags)
    assert.equal(0, s.seq)
    assert.is_nil(s.ack)
    assert.equal(65535, s.window)
    assert.equal(0, s.urgent)
    assert.equal("", s.payload)
    assert.equal(0, #s.options)
    assert.equal(64, s.ttl)
    assert.equal(0, s.dscp)
    assert.equal(0, s.ecn)
    assert.equal(0, s.reserved)
  end)

  it("takes its flags from its kind, or from having an ack", function()
    local flags = { RST = "R", ["SYN-ACK"] = "S.", SYN = "S", FIN = "F.", ACK = ".", NONE = "" }
    for kind, expected in pairs(flags) do
      assert.equal(expected, make({ kind = kind }).flags)
      assert.equal(kind, make({ kind = kind }).kind)
    end
    assert.equal("P.", make({ kind = "DATA", payload = "x" }).flags)
    assert.equal(".", make({ ack = 5 }).flags)
    assert.equal(5, make({ ack = 5 }).ack)
    assert.equal(0, make({ flags = "S." }).ack)
  end)

  it("has the kind that fits its flags and payload, whatever kind was said", function()
    assert.equal("RST", make({ kind = "SYN", flags = "R" }).kind)
    assert.equal("FIN", make({ flags = "F.", payload = "last words" }).kind)
  end)

  it("writes its flags in one order", function() assert.equal("FSRP.UEWe", make({ flags = "eWEU.PRSF" }).flags) end)

  it("leaves addresses and ports open until they are set", function()
    local s = segment.new { flags = "S" }
    assert.is_nil(s.source)
    assert.is_nil(s.destination)
    assert.is_nil(s.source_port)
    assert.is_nil(s.destination_port)
    raises("source: expected an IP address as a string, got nil", s.bytes, s)
    s.source, s.destination = "10.0.0.1", "10.0.0.2"
    raises("source_port: expected an integer from 0 to 65535, got nil", s.bytes, s)
    s.source_port, s.destination_port = 1, 2
    assert.equal(40, #s:bytes())
    assert.equal("fd00::1", segment.new({ destination = "FD00:0::1" }).destination)
    assert.is_nil(segment.new({ destination = "FD00:0::1" }).source)
  end)

  it("keeps what the lab says of it", function()
    local s = make { relative = { seq = 1, ack = 1 }, retransmission = true, probe = false }
    assert.same({ seq = 1, ack = 1 }, s.relative)
    assert.is_true(s.retransmission)
    assert.is_false(s.probe)
    assert.equal(40, #s:bytes())
  end)

  it("copies: the table it was made from may change", function()
    local fields = with(ENDS, { options = { mss = 5 } })
    local s = segment.new(fields)
    fields.options.mss, fields.seq = 6, 9
    assert.equal(5, s.options.mss)
    assert.equal(0, s.seq)
  end)

  it("raises for an unknown field, naming the nearest", function()
    raises("segment has no field 'sqe'; the nearest is 'seq'", make, { sqe = 1 })
    raises("segment has no field 'widnow'; the nearest is 'window'", make, { widnow = 1 })
    raises("segment has no field 'source_prot'; the nearest is 'source_port'", make, { source_prot = 1 })
    raises("segment has no field '1'", make, { "S" })
    raises("segment has no field 'seq'", segment.new, { kind = "ICMP", type = 8, seq = 4 })
    local s = make {}
    raises('segment: there is no field "playload" to set; did you mean "payload"?', function() s.playload = "x" end)
  end)

  it("raises for a wrong value, naming the field", function()
    local cases = {
      { { seq = -1 }, "seq: expected an integer from 0 to 4294967295, got -1" },
      { { seq = 1 << 32 }, "seq: expected an integer from 0 to 4294967295, got 4294967296" },
      { { seq = "1" }, "seq: expected an integer from 0 to 4294967295, got string" },
      { { seq = 1.5 }, "seq: expected an integer from 0 to 4294967295, got 1.5" },
      { { ack = true }, "ack: expected an integer from 0 to 4294967295, got boolean" },
      { { window = 65536 }, "window: expected an integer from 0 to 65535, got 65536" },
      { { urgent = 65536 }, "urgent: expected" },
      { { reserved = 8 }, "reserved: expected an integer from 0 to 7, got 8" },
      { { ttl = 256 }, "ttl: expected an integer from 0 to 255, got 256" },
      { { dscp = 64 }, "dscp: expected an integer from 0 to 63, got 64" },
      { { ecn = 4 }, "ecn: expected an integer from 0 to 3, got 4" },
      { { ip_id = 65536 }, "ip_id: expected" },
      { { flow_label = 1 << 20 }, "flow_label: expected" },
      { { source_port = 65536 }, "source_port: expected" },
      { { destination_port = "http" }, "destination_port: expected an integer from 0 to 65535, got string" },
      { { flags = "SA" }, 'flags: "SA" has a letter that is not one of FSRP.UEWe' },
      { { flags = 2 }, "flags: expected a string of the letters FSRP.UEWe, got number" },
      { { payload = 7 }, "payload: expected a string, got number" },
      { { payload = ("x"):rep(65536) }, "payload: 65536 bytes do not fit in an IP packet" },
      { { source = "10.0.0" }, 'source: "10.0.0" is not an IP address' },
      { { destination = 10 }, "destination: expected an IP address as a string, got number" },
      { { destination = "::1" }, "destination: it must be of the same family as source, IPv4 or IPv6" },
      { { kind = "SYNACK" }, "kind: there is no 'SYNACK'" },
      { { options = "mss" }, "options: expected a table, got string" },
      { { options = { 5 } }, "options[1]: expected a table, got number" },
      { { options = { {} } }, "options[1].kind: an option needs a kind from 0 to 255" },
      { { options = { { kind = 256 } } }, "options[1].kind: expected an integer from 0 to 255, got 256" },
      { { options = { { kind = 1 }, { kind = 2 } } }, "options[2].value: expected an integer from 0 to 65535, got nil" },
      { { options = { { kind = 3, value = 256 } } }, "options[1].value: expected an integer from 0 to 255, got 256" },
      { { options = { { kind = 8, value = 1 } } }, "options[1].echo: expected" },
      { { options = { { kind = 5 } } }, "options[1].blocks: expected a list of { start, end }, got nil" },
      { { options = { { kind = 5, blocks = {} } } }, "options[1].blocks: expected 1 to 4 blocks" },
      { { options = { { kind = 5, blocks = { 1 } } } }, "options[1].blocks: expected a list of { start, end }, got number" },
      { { options = { { kind = 5, blocks = { { 1 } } } } }, "options[1].blocks: expected an integer" },
      { { options = { { kind = 34, cookie = "abc" } } }, "options[1].cookie: expected an even number of bytes from 4 to 16, or none" },
      { { options = { { kind = 34 } } }, "options[1].cookie: expected a string, got nil" },
      { { options = { { kind = 28, value = 32768 } } }, "options[1].value: expected an integer from 0 to 32767, got 32768" },
      { { options = { { kind = 99 } } }, "options[1].data: an option of kind 99 needs its bytes as a string" },
      { { options = { { kind = 254, value = 1 } } }, "options[1].data: an option of kind 254 needs its bytes as a string" },
      { { options = { mms = 1 } }, "options.mms: there is no option of that name" },
      { { options = { mss = "big" } }, "options.mss.value: expected an integer from 0 to 65535, got string" },
      { { options = { timestamps = 1 } }, "options.timestamps: expected a table { value =, echo = }, got number" },
      { { options = { timestamps = { value = 1 } } }, "options.timestamps.echo: expected" },
      { { options = { user_timeout = 0x7fff * 60 + 1 } }, "options.user_timeout: expected" },
      { { options = { { kind = 2, data = "x" } } }, "options: A TCP option's length is 0, 1, past the header, or wrong for its kind." },
      { { options = { { kind = 99, data = ("x"):rep(39) } } }, "options: they take more than 40 bytes" },
      { { options = { { kind = 99, data = ("x"):rep(300) } } }, "options: they take more than 40 bytes" },
      { { options = { { kind = 99, data = ("x"):rep(37) }, { kind = 4 } } }, "options: they take more than 40 bytes" },
    }
    for _, case in ipairs(cases) do raises(case[2], make, case[1]) end
    raises("fields: expected a table, got nil", segment.new)
  end)

  it("blames the line that made it", function()
    local here = debug.getinfo(1, "S").short_src
    for _, fn in ipairs {
      function() make { seq = "x" } end, function() return (segment.new { sqe = 1 }) end, function() return (segment.new { seq = "x" }) end,
      function() return (segment.new({}):bytes()) end, function() return (segment.parse(7)) end,
    } do
      local _, message = pcall(fn)
      assert.equal(here, message:match "^(.-):%d+: ")
    end
  end)
end)

describe("a segment's bytes", function()
  it("read back as the same segment", function()
    for _, ends in ipairs { ENDS, ENDS6 } do
      for _, fields in ipairs {
        { flags = "S", seq = 0xffffffff, window = 0 },
        { flags = "S", options = { mss = 1460, sack_permitted = true, window_scale = 7, timestamps = { value = 1, echo = 0 } } },
        { flags = "P.", seq = 1, ack = 0xfffffffe, payload = "hello\0\xff" },
        { flags = "F.UEWe", ack = 1, urgent = 65535, reserved = 7, ttl = 1, dscp = 63, ecn = 3 },
        { flags = "", options = { { kind = 253, data = "abc" } } },
        { flags = ".", ack = 3, options = { sack = { { 1, 2 }, { 5, 0 } } } },
      } do
        local s = segment.new(with(ends, fields))
        assert.same(s, again(s))
        assert.equal(s, again(s))
        assert.equal(s:bytes(), again(s):bytes())
      end
    end
    local four = make { ip_id = 99 }
    assert.equal(99, again(four).ip_id)
    local six = segment.new(with(ENDS6, { flow_label = 0xfffff }))
    assert.equal(0xfffff, again(six).flow_label)
  end)

  it("follow every change that a script makes", function()
    local s = make { flags = "P.", ack = 1, payload = "hello" }
    s.payload, s.seq, s.flags, s.window = "good", 42, "FP.", 7
    s.source, s.destination_port, s.ttl, s.ecn = "10.9.8.7", 443, 2, 3
    local t = again(s)
    assert.equal("good", t.payload)
    assert.equal(42, t.seq)
    assert.equal("FP.", t.flags)
    assert.equal("FIN", t.kind)
    assert.equal(7, t.window)
    assert.equal("10.9.8.7", t.source)
    assert.equal(443, t.destination_port)
    assert.equal(2, t.ttl)
    assert.equal(3, t.ecn)
  end)

  it("need an ack where the flags have one, and keep it where they do not", function()
    local s = make { flags = "S" }
    s.flags = "S."
    raises("ack: expected an integer from 0 to 4294967295, got nil", s.bytes, s)
    s.ack = 7
    assert.equal(7, again(s).ack)
    s.flags = "S"
    assert.equal(7, again(s).ack)
    assert.equal(s:bytes(), again(s):bytes())
    assert.equal("SYN seq=0 win=65535", tostring(again(s)):match "SYN.*")
    assert.is_nil(make({ flags = "S" }).ack)
  end)

  it("that are no segment give nil, a message and the name of the check", function()
    local s, message, reason = segment.parse "\0"
    assert.is_nil(s)
    assert.equal("The IP version is neither 4 nor 6.", message)
    assert.equal("ip-version", reason)
    raises("bytes: expected a string, got number", segment.parse, 7)
  end)

  it("of a segment whose checksum was spoilt are refused", function()
    local bytes = make({ payload = "hello" }):bytes()
    assert.equal("tcp-checksum", select(3, segment.parse(bytes:sub(1, -2) .. "p")))
  end)
end)

describe("a segment's options", function()
  local function names(s)
    local list = {}
    for i, option in ipairs(s.options) do list[i] = option.name end
    return table.concat(list, " ")
  end

  it("given by name are written in one order, each aligned", function()
    local s = make { options = { window_scale = 7, timestamps = { value = 9, echo = 8 }, mss = 1460, sack_permitted = true } }
    assert.equal("mss nop nop sack_permitted nop nop timestamps nop window_scale", names(s))
    assert.equal(1460, s.options.mss)
    assert.equal(7, s.options.window_scale)
    assert.is_true(s.options.sack_permitted)
    assert.equal(9, s.options.timestamps.value)
    assert.equal(8, s.options.timestamps.echo)
    assert.equal("mss user_timeout nop nop fast_open", names(make { options = { fast_open = "abcdefgh", mss = 1, user_timeout = 5 } }))
  end)

  it("given as a list keep their order, by kind or by name", function()
    local list = { { name = "nop" }, { kind = 3, value = 2 }, { name = "mss", value = 536 }, { kind = 99, data = "zz" }, { name = "end" } }
    local s = make { options = list }
    assert.equal("nop window_scale mss unknown end", names(s))
    assert.equal("zz", s.options[4].data)
    assert.same(s, again(s))
  end)

  it("given by list and by name are the list, then the names", function()
    assert.equal("nop nop nop nop mss", names(make { options = { { kind = 1 }, { kind = 1 }, { kind = 1 }, { kind = 1 }, mss = 9 } }))
  end)

  it("given by name as false are not there", function()
    assert.equal("mss", names(make { options = { mss = 9, sack_permitted = false } }))
  end)

  it("change by name: the entry in the list is changed in its place", function()
    local s = make { flags = "S", options = { mss = 1460, window_scale = 7, timestamps = { value = 1, echo = 2 }, sack = { { 1, 2 } } } }
    s.options.mss = 536
    s.options.window_scale = 0
    s.options.timestamps.value = 77
    s.options.sack[1][2] = 99
    local t = again(s)
    assert.equal("mss nop nop timestamps nop window_scale nop nop sack", names(t))
    assert.equal(536, t.options.mss)
    assert.equal(0, t.options.window_scale)
    assert.equal(77, t.options.timestamps.value)
    assert.equal(2, t.options.timestamps.echo)
    assert.same({ { 1, 99 } }, t.options.sack)
  end)

  it("go by name: the entry leaves the list", function()
    local s = make { options = { mss = 1460, sack_permitted = true } }
    s.options.mss = nil
    s.options.window_scale = nil -- was not there
    assert.equal("nop nop sack_permitted", names(s))
    assert.is_nil(again(s).options.mss)
  end)

  it("come by name: a new entry, before an end-of-list", function()
    local s = make { options = { { kind = 3, value = 7 } } }
    assert.equal("window_scale end", names(s))
    s.options.mss = 1460
    s.options.sack_permitted = true
    s.options.timestamps = { value = 1, echo = 2 }
    assert.equal("window_scale mss sack_permitted timestamps end", names(s))
    assert.equal(1460, again(s).options.mss)
    assert.equal(2, again(s).options.timestamps.echo)
    s = make {}
    s.options.fast_open = ""
    assert.equal("", again(s).options.fast_open)
    s.options.user_timeout = 90
    assert.equal(90, again(s).options.user_timeout)
  end)

  it("may be replaced as a whole, by list or by name", function()
    local s = make { options = { mss = 1460 } }
    s.options = { window_scale = 3 }
    assert.equal("nop window_scale", names(again(s)))
    s.options = nil
    assert.equal("", names(again(s)))
  end)

  it("grow as a list", function()
    local s = make { options = { mss = 1460 } }
    s.options[2] = { kind = 99, data = "ab" }
    assert.equal("mss unknown", names(again(s)))
  end)

  it("tell a user timeout in seconds, or minutes beyond nine hours", function()
    for _, case in ipairs { { 0, 0 }, { 1, 1 }, { 32767, 32767 }, { 32768, 32820 }, { 90000, 90000 }, { 32767 * 60, 32767 * 60 } } do
      assert.equal(case[2], make({ options = { user_timeout = case[1] } }).options.user_timeout)
    end
    raises("options.user_timeout: expected", function() make({}).options.user_timeout = -1 end)
  end)

  it("keep Fast Open's experimental form when the cookie changes", function()
    local s = make { options = { { kind = 254, cookie = "" } } }
    s.options.fast_open = "abcd"
    assert.equal(254, again(s).options[1].kind)
    assert.equal("abcd", again(s).options.fast_open)
  end)

  it("raise for a name there is not", function()
    raises("options.msss: there is no option of that name", function() make({}).options.msss = 1 end)
    raises("options.msss: there is no option of that name", function() return make({}).options.msss end)
    assert.is_nil(make({}).options.mss)
  end)
end)

describe("an ICMP message", function()
  local QUOTED = { source = "10.0.0.1", source_port = 5, destination = "10.0.0.2", destination_port = 80, seq = 77 }

  it("is made from what it quotes", function()
    local m = segment.new { kind = "ICMP", source = "10.0.0.9", destination = "10.0.0.1", type = 3, code = 4, mtu = 1400, quoted = QUOTED }
    assert.equal("too-big", m.meaning)
    assert.equal(1400, m.mtu)
    assert.same(QUOTED, m.quoted)
    assert.equal(28, #m.body)
    assert.equal(m, again(m))
    assert.equal("10.0.0.9 > 10.0.0.1 ICMP too-big type=3 code=4 mtu=1400 about 10.0.0.1:5 > 10.0.0.2:80 seq=77", tostring(m))
  end)

  it("quotes a whole packet, and follows changes of what is quoted", function()
    local about = make { flags = "S", seq = 9 }
    local m = segment.new { kind = "ICMP", source = "10.0.0.9", destination = "10.0.0.1", type = 3, code = 3, body = about:bytes() }
    assert.equal("hard", m.meaning)
    assert.equal(9, m.quoted.seq)
    m.quoted.seq = 10
    m.quoted.destination = "10.7.7.7"
    assert.equal(10, again(m).quoted.seq)
    assert.equal("10.7.7.7", again(m).quoted.destination)
    assert.equal(#about:bytes(), #again(m).body)
    assert.not_equal(m, segment.new { kind = "ICMP", source = "10.0.0.9", destination = "10.0.0.1", type = 3, code = 3, body = about:bytes() })
  end)

  it("is made over IPv6", function()
    local quoted = { source = "fd00::1", source_port = 5, destination = "fd00::2", destination_port = 80, seq = 77 }
    local m = segment.new { kind = "ICMP", source = "fd00::9", destination = "fd00::1", type = 2, mtu = 1280, quoted = quoted }
    assert.equal("too-big", m.meaning)
    assert.same(quoted, m.quoted)
    assert.equal(m, again(m))
  end)

  it("may be an echo", function()
    for _, case in ipairs { { "10.0.0.1", "10.0.0.2", 8, 0 }, { "fd00::1", "fd00::2", 128, 129 } } do
      local m = segment.new { kind = "ICMP", source = case[1], destination = case[2], type = case[3], id = 7, sequence = 9, body = "ping" }
      assert.equal("echo-request", m.meaning)
      assert.equal("ping", again(m).body)
      assert.equal(("%s > %s ICMP echo-request type=%d code=0 id=7 sequence=9"):format(case[1], case[2], case[3]), tostring(m))
      m.type = case[4]
      assert.equal("echo-reply", again(m).meaning)
    end
  end)

  it("raises for a wrong field, naming it", function()
    local function icmp(fields) return segment.new(with({ kind = "ICMP", source = "10.0.0.9", destination = "10.0.0.1", type = 3 }, fields)) end
    raises("type: expected an integer from 0 to 255, got 256", icmp, { type = 256 })
    raises("quoted: expected a table, got number", icmp, { quoted = 1 })
    raises("quoted.seq: expected an integer", icmp, { quoted = with(QUOTED, { seq = "x" }) })
    raises("quoted.source: expected an IP address as a string, got nil", icmp, { quoted = {} })
    raises("quoted: its addresses must be of the message's own family", icmp, { quoted = with(QUOTED, { source = "::1" }) })
    raises("body: too short to hold what quoted says", icmp, { quoted = QUOTED, body = "short" })
    raises("segment has no field 'quotes'; the nearest is 'quoted'", icmp, { quotes = QUOTED })
  end)

  it("that names no connection cannot be made", function()
    local fields = { kind = "ICMP", source = "10.0.0.9", destination = "10.0.0.1", type = 3 }
    raises("body: The ICMP message", segment.new, fields)
    fields.type = 5
    raises("type: The ICMP message concerns neither", segment.new, fields)
  end)
end)

describe("two segments", function()
  it("are equal when they make the same packet", function()
    local fields = { flags = "S", seq = 5, options = { mss = 1460, sack = { { 1, 2 } } }, payload = "x" }
    assert.is_true(make(fields) == make(fields))
    assert.is_true(make(fields) == make(with(fields, { retransmission = true, relative = { seq = 1 } })))
    for name, value in pairs {
      flags = "S.", seq = 6, options = { mss = 1460, sack = { { 1, 3 } } }, payload = "y", source = "10.0.0.3", destination = "10.0.0.3",
      source_port = 1, destination_port = 1, window = 1, urgent = 1, reserved = 1, ttl = 1, dscp = 1, ecn = 1, ip_id = 1,
    } do
      assert.is_false(make(fields) == make(with(fields, { [name] = value })), name)
    end
    assert.is_false(make(fields) == make(with(fields, { options = { mss = 1460 } })))
    assert.is_false(make { options = { mss = 1460 } } == make { options = { mss = 1460, sack_permitted = true } })
  end)
end)

describe("a segment as text", function()
  it("is one line like tcpdump's", function()
    local cases = {
      { { flags = "S", seq = 100, options = { mss = 1460, sack_permitted = true, timestamps = { value = 5, echo = 0 }, window_scale = 7 } },
        "SYN seq=100 win=65535 <mss 1460,nop,nop,sackOK,nop,nop,TS val 5 ecr 0,nop,wscale 7>" },
      { { flags = "S.", seq = 7, ack = 101, window = 512 }, "SYN-ACK seq=7 ack=101 win=512" },
      { { flags = "P.", seq = 1, ack = 2, payload = "hello" }, "DATA seq=1 ack=2 win=65535 len=5" },
      { { flags = ".", seq = 1, ack = 2, payload = "hello" }, "DATA [.] seq=1 ack=2 win=65535 len=5" },
      { { flags = ".", seq = 1, ack = 2, options = { sack = { { 5, 9 }, { 20, 30 } } } }, "ACK seq=1 ack=2 win=65535 <nop,nop,sack 5:9 20:30>" },
      { { flags = "F.", seq = 1, ack = 2 }, "FIN seq=1 ack=2 win=65535" },
      { { flags = "F", seq = 1 }, "FIN [F] seq=1 win=65535" },
      { { flags = "R", seq = 1 }, "RST seq=1 win=65535" },
      { { flags = "R.", seq = 1, ack = 9 }, "RST [R.] seq=1 ack=9 win=65535" },
      { { flags = "", seq = 1 }, "NONE seq=1 win=65535" },
      { { flags = "SEW", seq = 1 }, "SYN [SEW] seq=1 win=65535" },
      { { flags = ".U", seq = 1, ack = 2, urgent = 3 }, "ACK [.U] seq=1 ack=2 win=65535 urg=3" },
      { { flags = "S", options = { fast_open = "" } }, "SYN seq=0 win=65535 <nop,nop,tfo cookiereq>" },
      { { flags = "S", options = { fast_open = "abcdef" } }, "SYN seq=0 win=65535 <nop,nop,tfo cookie 616263646566,end>" },
      { { flags = "S", options = { user_timeout = 60 } }, "SYN seq=0 win=65535 <uto 60s>" },
      { { flags = "S", options = { user_timeout = 60000 } }, "SYN seq=0 win=65535 <uto 1000min>" },
      { { flags = "S", options = { { kind = 99, data = "\1\xfe" } } }, "SYN seq=0 win=65535 <99 01fe>" },
    }
    for _, case in ipairs(cases) do assert.equal("10.0.0.1:49152 > 10.0.0.2:80 " .. case[2], tostring(make(case[1]))) end
  end)

  it("shows IPv6 addresses in brackets and open ends as ?", function()
    assert.equal("[2001:db8::1]:49152 > [2001:db8::2]:80 NONE seq=0 win=65535", tostring(segment.new(ENDS6)))
    assert.equal("? > ? SYN seq=0 win=65535", tostring(segment.new { kind = "SYN" }))
  end)
end)

describe("wrap", function()
  it("gives a bare table of fields the methods of a segment", function()
    local s = make { payload = "x" }
    local bare = core.parse(s:bytes())
    assert.is_nil(getmetatable(bare))
    assert.equal(bare, segment.wrap(bare))
    assert.equal(s:bytes(), bare:bytes())
    assert.equal(s, bare)
  end)
end)
