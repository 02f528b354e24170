-- SPDX-License-Identifier: MIT
require "spec.helper"
local notation = require "tcplab.trace.notation"

local function lines(text) return assert(notation.parse(text)).lines end
local function line(text) return lines(text)[1] end
local function want(words) return line("a > b " .. words).want end

describe("a line about a segment", function()
  it("names its ends, by name or address, with or without ports", function()
    local function ends(text)
      local l = line(text)
      return { l.what, l.from, l.to }
    end
    assert.same({ "segment", "client", "server" }, ends "client > server")
    assert.same({ "segment", "client:49152", "server:80" }, ends "  client:49152>server:80  SYN")
    assert.same({ "segment", "10.0.0.1", "10.0.0.2:80" }, ends "10.0.0.1 > 10.0.0.2:80 SYN")
    assert.same({ "segment", "[fd00::1]:5", "[fd00::2]" }, ends "[fd00::1]:5 > [fd00::2] SYN")
    assert.same({ "segment", "the one", "größe" }, ends '"the one" > "größe" SYN')
    assert.same({ "segment", "2 > 1", "b" }, ends '0.010 "2 > 1" > b')
  end)

  it("names its kind", function()
    for _, kind in ipairs { "SYN", "SYN-ACK", "FIN", "RST", "DATA", "ACK", "NONE", "ICMP" } do assert.same({ kind = kind }, want(kind)) end
    assert.same({ kind = "ICMP", type = 3, code = 4 }, want "ICMP type 3 code 4")
    assert.same({ kind = "ICMP", meaning = "too-big", type = 3, code = 4, mtu = 1400 }, want "ICMP too-big type=3 code=4 mtu=1400")
    assert.same({ kind = "ICMP", fate = "lost" }, want "ICMP lost")
    assert.same({ kind = "damaged packet" }, want "damaged packet")
  end)

  it("names its numbers, its flags, its text and its options", function()
    assert.same({ kind = "DATA", seq = 1, size = 6, ack = 1 }, want "DATA 1:7 ack=1")
    assert.same({ kind = "DATA", seq = 1, size = 6, ack = 1 }, want "DATA seq=1:7 ack=1 (6)")
    assert.same({ seq = -1, window = 65535, urgent = 3, size = 9, flags = ".P", urg = true }, want "URG seq=-1 win=65535 urg=3 len=9 flags=.P")
    assert.same({ payload = 'a "b"\n\1\\x', kind = "DATA" }, want [[DATA "a \"b\"\n\x01\\x"]])
    assert.same({ payload = "" }, want 'payload=""')
    assert.same({ { text = "mss 1460", name = "mss", value = 1460 }, { text = "ts", name = "timestamps" } }, want "<mss 1460,  ts >".options)
    assert.same({ kind = "SYN", flags = "SEW" }, want "SYN [SEW]")
  end)

  it("names what became of it, in the listing's own words", function()
    assert.same({ fate = "lost", reason = "fault" }, want "lost: fault")
    assert.same({ fate = "lost" }, want "lost")
    assert.same({ fate = "refused", reason = "tcp-checksum" }, want "refused: tcp-checksum")
    assert.same({ fate = "arrived" }, want "arrived")
    assert.same({ retransmission = true, probe = true, duplicate = true, corrupted = true, CE = true },
      want "retransmission, probe, duplicate corrupted CE")
  end)
end)

describe("a line about an end", function()
  it("tells a state, alone or with the one before", function()
    local function states(text)
      local l = line(text)
      return { l.what, l.from, l.before or "", l.after }
    end
    assert.same({ "state", "client", "SYN-SENT", "ESTABLISHED" }, states "client: SYN-SENT -> ESTABLISHED")
    assert.same({ "state", "client", "", "ESTABLISHED" }, states "client: ESTABLISHED")
    assert.same({ "state", "client:80", "", "ESTABLISHED" }, states "client:80: -> ESTABLISHED")
  end)

  it("tells a timer or an error", function()
    assert.same({ what = "timer", from = "a", timer = "time-wait", number = 1 }, line "a: time-wait timer")
    assert.same({ what = "error", from = "a", code = "ECONNRESET", number = 1 }, line "a: error ECONNRESET")
    assert.same({ what = "error", from = "a", number = 1 }, line "a: error")
  end)
end)

describe("the time of a line", function()
  local function time(text)
    local t = line(text).time
    return t and { t.ns, t.slack, t.relative }
  end

  it("holds to the digits that are written, or to what is told", function()
    assert.same({ 10000000, 500000, false }, time "0.010 a > b")
    assert.same({ 10000000, 50000, false }, time "0.0100 a > b")
    assert.same({ 3000000000, 500000000, false }, time "3 a > b")
    assert.same({ 1000000001, 0, false }, time "1.000000001 a > b")
    assert.same({ 10000000, 2000000, false }, time "0.01~0.002 a > b")
    assert.same({ 10000000, 0, false }, time "0.010 ~ 0 a: ESTABLISHED")
    assert.is_nil(time "10.0.0.1 > b")
  end)

  it("counts from the line before with a plus, which the first line has not", function()
    local parsed = lines "a > b\n+0.5 b > a"
    assert.is_true(parsed[2].time.relative)
    assert.same({ nil, "line 1: + needs a line before it" }, { notation.parse "+0.5 a > b" })
    assert.is_truthy(notation.parse "...\n+0.5 a > b")
  end)
end)

describe("a text", function()
  it("has comments and empty lines, which say nothing", function()
    local parsed = lines "\n-- first\n  a > b SYN   -- opens\n\n  ...\n a > b \"-- no\"  -- comment\n"
    assert.equal(3, #parsed)
    assert.same({ 3, 5, 6 }, { parsed[1].number, parsed[2].number, parsed[3].number })
    assert.equal("gap", parsed[2].what)
    assert.equal("-- no", parsed[3].want.payload)
    assert.same({}, lines "")
  end)

  it("is refused with line and column where it cannot be read", function()
    local function refused(text) return select(2, notation.parse(text)) end
    assert.equal("line 2, column 7: there is no kind of segment SYN-AKC; did you mean SYN-ACK?", refused "a > b\na > b SYN-AKC")
    assert.equal("line 1, column 7: lots says nothing of a segment", refused "a > b lots")
    assert.equal("line 1, column 7: seq=x says nothing of a segment", refused "a > b seq=x")
    assert.equal("line 1, column 7: ack=1x says nothing of a segment", refused "a > b ack=1x")
    assert.equal("line 1, column 3: > or : expected after a host's name, got b", refused "a b SYN")
    assert.equal("line 1, column 2: > or : expected after a host's name, got the end of the line", refused "a")
    assert.equal("line 1, column 4: a host's name expected, got the end of the line", refused "a > ")
    assert.equal("line 1, column 1: a host's name expected, got (?)", refused "(?)")
    assert.equal("line 1, column 4: there is no state ESTABLISED; did you mean ESTABLISHED?", refused "a: ESTABLISED")
    assert.equal("line 1, column 16: there is no state CLOSE; did you mean CLOSED?", refused "a: SYN-SENT -> CLOSE")
    assert.equal("line 1, column 15: a state expected, got the end of the line", refused "a: SYN-SENT ->")
    assert.equal("line 1, column 11: twice is one word too many", refused "a: CLOSED twice")
    assert.is_truthy(refused "a: persits timer":find "there is no persits timer; did you mean persist?")
    assert.equal("line 1, column 7: the quote has no end", refused 'a > b "hello')
    assert.is_truthy(refused "a > b 7:1":find "less than no bytes")
    assert.equal("line 1, column 10: there is no kind of segment QQQQQ", refused "a > b    QQQQQ")
    assert.equal("line 1, column 7: there is no option msss; did you mean mss?", refused "a > b <msss 1460>")
    assert.equal("line 1, column 7: there is no option quickly", refused "a > b <quickly>")
    assert.equal("line 1, column 7: option mss: 1x is no value of it", refused "a > b <mss 1x>")
    assert.is_truthy(refused "a > b seq=4294967296":find "seq: 4294967296 is more than 4294967295")
    assert.is_truthy(refused "a > b win=65536":find "window: 65536 is more than 65535")
    assert.is_truthy(refused "a > b ack=99999999999999999999999":find "is more than 4294967295")
    assert.is_truthy(refused "a > b SYN ACK":find "its kind is told twice")
    assert.is_truthy(refused "a > b lost: fualt":find "there is no reason fualt; did you mean fault?", 1, true)
    assert.is_truthy(refused "a: error ECONRESET":find "there is no error ECONRESET; did you mean ECONNRESET?", 1, true)
    assert.is_truthy(refused "a > b flags=SX":find 'flags: "X" is none of the letters FSRP.UEWe', 1, true)
    assert.has_error(function() notation.parse(5) end, "text: string expected, got number 5")
  end)
end)
