-- SPDX-License-Identifier: MIT
require "spec.helper"
local mermaid = require "tcplab.draw.mermaid"
local story = require "spec.story"
local view = require "tcplab.draw.view"

local function draw(s, options, lost) return mermaid.draw(s.events, view.read(options, "save", {}), lost or 0) end

local PATTERNS = {
  "^sequenceDiagram$", "^  participant P%d+ as .+$", "^  Note left of P%d+: .+$", "^  Note right of P%d+: .+$",
  "^  Note over P%d+,P%d+: .+$", "^  P%d+%-[>)x%-]>?>?P%d+: .+$", "^  %%%% .+$",
}

-- A line of the part of Mermaid's language that is used, with no character that would end it early.
local function assert_valid(text)
  for line in text:gmatch "[^\n]+" do
    local fits = false
    for _, pattern in ipairs(PATTERNS) do fits = fits or line:find(pattern) ~= nil end
    assert.is_true(fits, line)
    local said = line:gsub("#%w+;", ""):gsub("<br/>", "")
    assert.is_nil(said:find "[#;<&]", line)
  end
end

describe("the sequence diagram of a handshake", function()
  it("has participants, their states as notes, and segments as messages", function()
    local text = draw(story.new():handshake())
    assert.equal([[
sequenceDiagram
  participant P1 as client<br/>10.0.0.1:49152
  participant P2 as server<br/>10.0.0.2:80
  Note left of P1: CLOSED
  Note right of P2: LISTEN
  Note left of P1: SYN-SENT at 0.000 s
  P1->>P2: SYN seq=0 win=65535
  Note right of P2: SYN-RECEIVED at 0.010 s
  P2->>P1: SYN-ACK seq=0 ack=1 win=65535
  Note left of P1: ESTABLISHED at 0.020 s
  P1->>P2: ACK seq=1 ack=1
  Note right of P2: ESTABLISHED at 0.030 s
]], text)
    assert_valid(text)
  end)
end)

describe("the sequence diagram of trouble", function()
  it("ends a loss in a cross, and notes the timer that mends it", function()
    local s = story.new()
    s:lose(s:send("client", "SYN", 0), "fault")
    s:timer("client", "retransmission", "set")
    s:at(1000):timer("client", "retransmission", "fired")
    s:arrive(s:send("client", "SYN", 0, nil, "", { retransmission = true }), "no-connection")
    s:tell("error", "client", { code = "ECONNREFUSED", message = "connection refused" })
    local text = draw(s)
    assert.is_truthy(text:find("  P1-xP2: SYN seq=0 win=65535, lost: fault\n", 1, true), text)
    assert.is_truthy(text:find("  Note left of P1: retransmission timer 1.000 s at 1.000 s\n", 1, true), text)
    assert.is_truthy(text:find("  P1->>P2: SYN seq=0 win=65535 retransmission, refused: no-connection\n", 1, true), text)
    assert.is_truthy(text:find("  Note left of P1: connection refused at 1.000 s\n", 1, true), text)
    assert_valid(text)
  end)

  it("tells a segment that another crosses twice: where it left and where it came", function()
    local s = story.new():handshake()
    local one, two = s:send("client", "DATA", 1, 1, "a"), s:send("server", "DATA", 1, 1, "b")
    s:at(40):arrive(one, "sequence")
    s:arrive(two)
    local text = draw(s)
    assert.is_truthy(text:find("  P1-)P2: DATA seq=1:2 ack=1 (1)\n  P2->>P1: DATA seq=1:2 ack=1 (1)\n", 1, true), text)
    assert.is_truthy(text:find("  Note right of P2: DATA seq=1:2 ack=1 arrives, refused: sequence\n", 1, true), text)
    assert_valid(text)
  end)

  it("tells a run in one note", function()
    local s = story.new()
    for i = 1, 30 do s:arrive(s:send("client", "DATA", i, 1, "x")) end
    assert.is_truthy(draw(s):find("  Note over P1,P2: ... 26 segments, 26 bytes ...\n", 1, true))
  end)

  it("takes nothing in a name for syntax", function()
    local s = story.new():handshake()
    for _, event in ipairs(s.events) do
      if event.host and event.host.name == "client" then event.host = { name = 'a;b#c<d>&%%"\nend' } end
    end
    local text = draw(s)
    assert.is_truthy(text:find("participant P1 as a#59;b#35;c#lt;d#gt;#amp;#37;#37;#quot; end<br/>10.0.0.1:49152\n", 1, true), text)
    assert_valid(text)
  end)
end)

describe("the sequence diagram of several connections", function()
  local function two()
    local s = story.new():handshake()
    local second = story.new { client = { "10.0.0.1", 49153 } }:handshake()
    for _, event in ipairs(second.events) do
      event.packet, event.conn = event.packet and event.packet + 100, event.conn .. " second"
      s.events[#s.events + 1] = event
    end
    return s
  end

  it("tells one after the other; the same end is the same participant", function()
    local text = draw(two())
    assert.equal(3, select(2, text:gsub("\n  participant ", "")))
    assert.is_truthy(text:find("\n  Note over P1,P2: connection 2 of 2\n", 1, true))
    assert.is_truthy(text:find("  P3->>P2: SYN seq=0", 1, true))
    assert_valid(text)
  end)

  it("says what it left out, and what is gone", function()
    local text = draw(two(), { connections = 1 }, 7)
    assert.is_truthy(text:find("\n  %% 1 more connections: ", 1, true))
    assert.is_truthy(text:find("\n  %% 7 earlier events were overwritten\n", 1, true))
    assert.is_nil(text:find("P3", 1, true))
    assert_valid(text)
  end)
end)

describe("the sequence diagram of nothing", function()
  it("says so", function()
    assert.equal("sequenceDiagram\n  participant P1 as no segments were traced\n", draw(story.new()))
  end)
end)
