-- SPDX-License-Identifier: MIT
require "spec.helper"
local ladder = require "tcplab.draw.ladder"
local story = require "spec.story"

local PLAIN = { color = false, utf8 = false }

local function with(more)
  local options = { color = false, utf8 = false }
  for name, value in pairs(more) do options[name] = value end
  return options
end

local function draw(s, options) return ladder.draw(s.events, options or PLAIN) end

local function lines_of(text)
  local lines = {}
  for line in text:gmatch "([^\n]*)\n" do lines[#lines + 1] = line end
  return lines
end

local function assert_fits(text, width)
  for _, line in ipairs(lines_of(text)) do
    assert.is_true(utf8.len(line) <= width, ("%d columns: %s"):format(utf8.len(line), line))
  end
end

local function line_with(text, part)
  for _, line in ipairs(lines_of(text)) do
    if line:find(part, 1, true) then return line end
  end
end

local function transfer(segments)
  local s = story.new()
  local seq = 1
  for i = 1, segments do
    s:at(i * 10)
    local data = s:send("client", "DATA", seq, 1, ("x"):rep(1460))
    seq = seq + 1460
    s:at(i * 10 + 4):arrive(data)
    local ack = s:send("server", "ACK", 1, seq)
    s:at(i * 10 + 8):arrive(ack)
  end
  return s, seq
end

describe("the ladder of a handshake", function()
  it("shows states at the sides, relative numbers on the arrows and each side's own time", function()
    assert.equal([[
            client | 10.0.0.1:49152            10.0.0.2:80 | server
            CLOSED |                                       | LISTEN
0.000     SYN-SENT |-- SYN seq=0 win=65535 --------------->| SYN-RECEIVED  0.010
0.020  ESTABLISHED |<-- SYN-ACK seq=0 ack=1 win=65535 -----|               0.010
0.020              |-- ACK seq=1 ack=1 ------------------->| ESTABLISHED   0.030
]], draw(story.new():handshake()))
  end)

  it("uses lines and arrows where the terminal knows them", function()
    local text = draw(story.new():handshake(), with { utf8 = true })
    assert.is_truthy(text:find("│── SYN seq=0 win=65535 ───────────────→│ SYN-RECEIVED", 1, true))
    assert_fits(text, 80)
  end)

  it("shows absolute numbers when asked", function()
    local text = draw(story.new():handshake(), with { relative = false })
    assert.is_truthy(text:find("SYN seq=4294967290", 1, true))
    assert.is_truthy(text:find("SYN-ACK seq=5000 ack=4294967291", 1, true))
  end)

  it("is the same text with colours, apart from them", function()
    local s = story.new():handshake()
    local colored = draw(s, with { color = true })
    assert.is_truthy(colored:find "\27%[[%d;]+m")
    assert.equal(draw(s), (colored:gsub("\27%[[%d;]*m", "")))
  end)

  it("has one time column when nothing takes time", function()
    local s = story.new()
    s:state("client", "CLOSED", "SYN-SENT", "OPEN-active")
    s:arrive(s:send("client", "SYN", 0))
    s:at(5):timer("server", "retransmission", "fired")
    local lines = lines_of(draw(s))
    assert.is_truthy(lines[3]:find "^0%.000 +SYN%-SENT |%-%- SYN.*>|$")
    assert.is_truthy(lines[4]:find "^0%.005 +| +retransmission timer |$")
  end)

  it("puts the first of two named hosts on the left", function()
    local s = story.new():handshake()
    local text = draw(s, with { hosts = { "server", { name = "client" } } })
    assert.is_truthy(lines_of(text)[1]:find "server | 10%.0%.0%.2:80 +10%.0%.0%.1:49152 | client")
    assert.is_truthy(text:find("SYN-RECEIVED |<-- SYN seq=0", 1, true))
    assert.equal("no segments were traced\n", draw(s, with { hosts = { "server", "nobody" } }))
  end)
end)

describe("the ladder of trouble", function()
  it("ends a lost segment in the lane, with the reason", function()
    local s = story.new():handshake()
    s:lose(s:send("client", "DATA", 1, 1, "hello\n"), "fault")
    s:lose(s:send("server", "ACK", 1, 1), "queue")
    local text = draw(s)
    assert.is_truthy(text:find("|-- DATA seq=1:7 ack=1 (6) -X fault     |", 1, true), text)
    assert.is_truthy(text:find("|       queue X------ ACK seq=1 ack=1 --|", 1, true), text)
  end)

  it("marks a retransmission and the timer that caused it, with how long it ran", function()
    local s = story.new()
    s:lose(s:send("client", "SYN", 0), "fault")
    s:timer("client", "retransmission", "set")
    s:at(1000):timer("client", "retransmission", "fired")
    s:arrive(s:send("client", "SYN", 0, nil, "", { retransmission = true }))
    local text = draw(s)
    assert.is_truthy(text:find("| retransmission timer 1.000 s", 1, true), text)
    assert.is_truthy(text:find("SYN seq=0 win=65535 retransmission --", 1, true), text)
  end)

  it("does not show timers that are set or cancelled", function()
    local s = story.new():handshake()
    local before = draw(s)
    s:timer("client", "retransmission", "set")
    s:timer("client", "retransmission", "cancelled")
    assert.equal(before, draw(s))
  end)

  it("names the check that refused a segment", function()
    local s = story.new():handshake()
    local rst = s:send("client", "RST", 5)
    s:at(40):arrive(rst, "rst-challenged")
    assert.is_truthy(draw(s):find("RST seq=5 refused: rst-challenged ", 1, true), draw(s))
  end)

  it("leaves the number of a reset that answers no acknowledgment as it is, 0", function()
    local s = story.new():handshake()
    local rst = s:send("server", "RST", -5000, 1, "", { relative = {} })
    s:at(40):arrive(rst)
    assert.is_truthy(draw(s):find("RST seq=0 ", 1, true), draw(s))
  end)

  it("gives a remark that finds no room a line of its own, on the receiver's side", function()
    local s = story.new():handshake()
    local data = s:send("client", "DATA", 1001, 1, ("x"):rep(1000))
    s:at(40):arrive(data, "data-out-of-window")
    local lines = lines_of(draw(s))
    assert.is_truthy(lines[6]:find("DATA seq=1001:2001 ack=1 (1000) --", 1, true))
    assert.is_truthy(lines[7]:find " refused: data%-out%-of%-window |$")
  end)

  it("breaks a remark that is wider than the lane, and cuts nothing off", function()
    local s = story.new():handshake()
    s:at(40):arrive(s:send("server", "SYN-ACK", 0, 1, "", { retransmission = true, window = 65535 }), "syn-challenged")
    local text = draw(s, { width = 60 })
    for _, word in ipairs { "retransmission,", "refused:", "syn-challenged" } do assert.is_truthy(text:find(word, 1, true), text) end
  end)

  it("shows a closed window", function()
    local s = story.new():handshake()
    s:at(40):arrive(s:send("server", "ACK", 1, 1, "", { window = 0 }))
    assert.is_truthy(draw(s):find("ACK seq=1 ack=1 win=0", 1, true))
  end)

  it("counts just below the initial number as negative, as a keep-alive's probe does", function()
    local s = story.new():handshake()
    s:at(40):arrive(s:send("client", "ACK", -1, 1, "", { probe = true }))
    assert.is_truthy(draw(s):find("ACK seq=-1 ack=1 probe", 1, true), draw(s))
  end)

  it("says how the user learned of the end", function()
    local s = story.new():handshake()
    s:tell("error", "client", { code = "ECONNRESET", message = "connection reset" })
    assert.is_truthy(draw(s):find("| connection reset ", 1, true))
  end)

  it("says of an error after which the connection goes on that it does", function()
    local s = story.new():handshake()
    s:at(7000):tell("error", "client", { code = "ETIMEDOUT", message = "connection timed out", soft = true })
    assert.is_truthy(draw(s):find("still trying: connection timed out", 1, true), draw(s))
  end)

  it("puts the state on the row of the reset, not of the error that it caused", function()
    local s = story.new()
    s:arrive(s:send("client", "SYN", 0), "no-connection")
    s:arrive(s:send("server", "RST", 0))
    s:tell("error", "client", { code = "ECONNREFUSED", message = "connection refused" })
    s:state("client", "SYN-SENT", "CLOSED", "SEG-RST-exact")
    assert.is_truthy(draw(s):find("CLOSED |<-- RST seq=0", 1, true), draw(s))
  end)

  it("leaves what is still under way without an end", function()
    local s = story.new():handshake()
    s:send("client", "FIN", 1, 1)
    assert.is_truthy(draw(s):find("|-- FIN seq=1 ack=1 -- . . .", 1, true))
  end)
end)

describe("the ladder's order", function()
  it("splits one of two segments that cross, so that both sides read in their own order", function()
    assert.equal([[
             client | 10.0.0.1:49152           10.0.0.2:80 | server
             CLOSED |                                      | CLOSED
0.000      SYN-SENT |-- SYN seq=0 win=65535 -- . . .       |
0.010  SYN-RECEIVED |<-- SYN seq=0 win=65535 --------------| SYN-SENT      0.000
                    |                 . . . -- SYN seq=0 ->| SYN-RECEIVED  0.010
]], draw(story.simultaneous_open()))
  end)

  it("keeps segments that follow one another on one row each", function()
    local s = story.new():handshake()
    local one, two = s:send("client", "DATA", 1, 1, "one"), s:send("client", "DATA", 4, 1, "two")
    s:at(40):arrive(one)
    s:arrive(two)
    local lines = lines_of(draw(s))
    assert.equal(7, #lines)
    assert.is_truthy(lines[6]:find "seq=1:4.*>|" and lines[7]:find "seq=4:7.*>|")
  end)

  it("lets one that was overtaken arrive after the other", function()
    local s = story.new():handshake()
    local one, two = s:send("client", "DATA", 1, 1, "one"), s:send("client", "DATA", 4, 1, "two")
    s:at(40):arrive(two)
    s:at(50):arrive(one)
    local text = draw(s)
    local whole, second_half = text:find("seq=4:7 ack=1 (3) ------", 1, true), text:find("-- DATA seq=1:4 ack=1 ->|", 1, true)
    assert.is_true(whole < second_half)
  end)

  it("puts a state on the row of its cause, and a user's call on the segment that it sends", function()
    local s = story.new():handshake()
    s:state("server", "ESTABLISHED", "FIN-WAIT-1", "CLOSE")
    local fin = s:send("server", "FIN", 1, 1)
    s:at(40):arrive(fin)
    s:state("client", "ESTABLISHED", "CLOSE-WAIT", "SEG-FIN")
    s:state("client", "CLOSE-WAIT", "LAST-ACK", "CLOSE")
    s:send("client", "FIN", 1, 2)
    local text = draw(s)
    assert.is_truthy(line_with(text, "FIN-WAIT-1"):find("CLOSE-WAIT |<-- FIN seq=1 ack=1", 1, true), text)
    assert.is_truthy(line_with(text, "LAST-ACK"):find("|-- FIN seq=1 ack=2", 1, true), text)
  end)

  it("finds a state's row also when the trace tells the state before the arrival", function()
    local s = story.new()
    local syn = s:send("client", "SYN", 0)
    s:at(10):state("server", "LISTEN", "SYN-RECEIVED", "SEG-SYN")
    s:arrive(syn)
    s.events[#s.events], s.events[#s.events - 1] = s.events[#s.events - 1], s.events[#s.events]
    assert.is_truthy(line_with(draw(s), "SYN-RECEIVED"):find("SYN seq=0", 1, true))
  end)

  it("shows a change that no segment carries on a row of its own", function()
    local s = story.new():handshake()
    s:at(2000):state("client", "ESTABLISHED", "CLOSED", "ABORT")
    assert.is_truthy(draw(s):find "2%.000 +CLOSED | +|\n$")
  end)

  it("needs microseconds to tell close moments apart", function()
    local s = story.new()
    s:arrive(s:send("client", "SYN", 0))
    s:at(0.25):arrive(s:send("server", "SYN-ACK", 0, 1))
    assert.is_truthy(draw(s):find("0.000250", 1, true))
  end)
end)

describe("the ladder of a long transfer", function()
  it("tells a run of plain segments in one line", function()
    local text = draw((transfer(60)))
    assert.is_truthy(text:find("... 58 segments, 84680 bytes, 58 ACKs ...", 1, true), text)
    assert.equal(1 + 2 + 1 + 2, #lines_of(text))
  end)

  it("says what the user did meanwhile before it", function()
    local s, seq = transfer(1)
    s:state("client", "ESTABLISHED", "FIN-WAIT-1", "CLOSE")
    local more = transfer(20)
    for _, event in ipairs(more.events) do
      event.ns, event.packet = event.ns + 1000000000, event.packet and event.packet + 1000
      s.events[#s.events + 1] = event
    end
    s:at(2000):send("client", "FIN", seq, 1)
    local text = draw(s)
    assert.is_true(text:find("FIN-WAIT-1", 1, true) < text:find("... 18 segments", 1, true), text)
  end)

  it("draws every segment when folding is off", function()
    assert.equal(1 + 120, #lines_of(draw((transfer(60)), with { fold = false })))
  end)

  it("keeps a loss in the middle of it in sight", function()
    local s, seq = transfer(30)
    s:lose(s:send("client", "DATA", seq, 1, "lost"), "loss")
    local more = transfer(30)
    for _, event in ipairs(more.events) do
      event.ns, event.packet = event.ns + 1000000000, event.packet and event.packet + 1000
      s.events[#s.events + 1] = event
    end
    local text = draw(s)
    assert.is_truthy(text:find("X loss", 1, true))
    assert.equal(2, select(2, text:gsub("%.%.%. %d+ segments", "")))
  end)

  it("counts both directions of a conversation", function()
    local s = story.new()
    for i = 1, 20 do
      s:at(i):arrive(s:send("client", "DATA", i, i, "a"))
      s:arrive(s:send("server", "DATA", i, i + 1, "bc"))
    end
    assert.is_truthy(draw(s):find("... 18 segments, 18 bytes; back 18 segments, 36 bytes ...", 1, true), draw(s))
  end)
end)

describe("the ladder of several connections", function()
  local function two()
    local s = story.new():handshake()
    local other = story.new { client = { "10.0.0.1", 49153 } }:handshake()
    for _, event in ipairs(other.events) do
      event.packet = event.packet and event.packet + 100
      event.conn = event.conn .. " second"
      s.events[#s.events + 1] = event
    end
    return s
  end

  it("draws one after the other", function()
    local text = draw(two())
    assert.is_truthy(text:find("10.0.0.1:49152", 1, true) and text:find("10.0.0.1:49153", 1, true))
    assert.equal(2, select(2, text:gsub("LISTEN", "")))
  end)

  it("draws the one that was asked for, with both its ends", function()
    local text = draw(two(), with { conn = "client's second" })
    assert.is_nil(text:find("49152", 1, true))
    assert.equal(5, #lines_of(text))
  end)

  it("says how many it left out", function()
    assert.is_truthy(draw(two(), with { connections = 1 }):find "\n1 more connections: ")
  end)
end)

describe("the ladder's width", function()
  it("is kept by every line, whatever stands in it", function()
    local s = story.simultaneous_open()
    s.initial.client = 1
    s:at(123456789):timer("client", "retransmission", "fired")
    s:at(123456789.1234)
    local data = s:send("client", "DATA", 4000000000, 4000000000, ("x"):rep(1460), { retransmission = true, probe = true, flags = "U" })
    s:arrive(data, "data-out-of-window-and-a-very-long-reason-at-that")
    s:lose(s:send("server", "DATA", 4000000000, 4000000000, ("x"):rep(1460)), "a-reason-that-is-longer-than-the-lane")
    for _, width in ipairs { 60, 80, 100, 132 } do
      for _, glyphs in ipairs { true, false } do assert_fits(draw(s, with { width = width, utf8 = glyphs }), width) end
    end
  end)

  it("holds for IPv6 addresses, which stand above the lane", function()
    local s = story.new { client = { "2001:db8:1234:5678:9abc:def0:1234:5678", 49152 }, server = { "2001:db8::2", 80 } }:handshake()
    local text = draw(s)
    assert_fits(text, 80)
    assert.is_truthy(lines_of(text)[1]:find("[2001:db8:1234:5678:9abc:def0:1234:5678]:49152  [2001:db8::2]:80", 1, true))
  end)

  it("gives more room to the lane when there is more", function()
    local line = line_with(draw(story.new():handshake(), with { width = 120 }), "SYN-SENT")
    assert.equal(120, #line)
  end)

  it("of 120 columns and more shows windows and options", function()
    local s = story.new():handshake()
    local options = { { name = "timestamps", value = 7, echo = 3 } }
    s:at(50):arrive(s:send("client", "DATA", 1, 1, "abc", { options = options }))
    s:arrive(s:send("client", "DATA", 1, 1, "abc", { options = options, retransmission = true, probe = true, flags = "U" }), "data-out-of-window")
    assert.is_nil(draw(s, with { width = 119 }):find("<ts", 1, true))
    local text = draw(s, with { width = 132 })
    assert.is_truthy(text:find("-- DATA seq=1:4 ack=1 win=65535 (3) <ts 7:3> ---", 1, true), text)
    assert.is_truthy(text:find("-- DATA URG seq=1:4 ack=1 win=65535 (3) <ts 7:3> probe, refused: data-out-of-window ---", 1, true), text)
    assert_fits(text, 132)
  end)

  it("does not change what the second half of a crossing arrow says", function()
    assert.is_truthy(draw(story.simultaneous_open(), with { width = 132 }):find(". . . -- SYN seq=0 ->|", 1, true))
  end)
end)

describe("the ladder's options", function()
  it("are checked by name and type", function()
    local s = story.new():handshake()
    local function refuses(options, message)
      local _, raised = pcall(draw, s, options)
      assert.is_truthy(tostring(raised):find(message, 1, true), raised)
    end
    refuses({ colour = true }, 'ladder: unknown option "colour"; there are color, conn, connections, fold, from, hosts, relative, to, utf8 and width')
    refuses({ width = "wide" }, "ladder: width: number expected, got string")
    refuses({ width = 59 }, "ladder: width: 59 is not between 60 and ")
    refuses({ fold = true }, "ladder: fold: number expected, got boolean")
    refuses({ hosts = { "client" } }, "ladder: hosts: two hosts expected, got 1")
    refuses(5, "ladder: options: table or nil expected, got number")
  end)

  it("may be left out", function() assert.is_truthy(ladder.draw(story.new():handshake().events):find "SYN%-RECEIVED") end)
end)

describe("the ladder of hosts with Chinese names", function()
  it("keeps its columns", function()
    local columns = require "tcplab.base.columns"
    local net = require("tcplab").lab { seed = 7 }
    local client, server = net:host("客户端", { address = "10.0.0.1" }), net:host("服务器", { address = "10.0.0.2" })
    net:link(client, server, { delay = 0.010 })
    server:listen(80)
    assert(client:connect(server, 80))
    local post
    for line in net.trace:ladder { utf8 = false, color = false }:gmatch "[^\n]+" do
      local at = columns.width(line:match "^([^|]*)|")
      assert.equal(post or at, at, line)
      post = at
    end
  end)
end)

describe("the ladder of a span of time", function()
  it("draws what happened then, in the states of then", function()
    assert.equal([[
            client | 10.0.0.1:49152                 10.0.0.2:80 | server
          SYN-SENT |                                            | SYN-RECEIVED
0.020  ESTABLISHED |<- SYN-ACK seq=0 ack=1 win=65535 -- . . .   |
0.020              |-- ACK seq=1 ack=1 -- . . .                 |
]], draw(story.new():handshake(), with { from = 0.015, to = 0.020 }))
  end)
end)

describe("a trace with nothing to draw", function()
  it("says so, and how much is gone", function()
    assert.equal("no segments were traced\n", ladder.draw({}, PLAIN))
    assert.equal("7 earlier events were overwritten\n\nno segments were traced\n", ladder.draw({}, PLAIN, 7))
  end)
end)
