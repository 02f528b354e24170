-- SPDX-License-Identifier: MIT
require "spec.helper"
local story = require "spec.story"
local transcript = require "tcplab.command.transcript"

local function last(s) return transcript.line(s.events[#s.events]) end

describe("an event as a line", function()
  it("tells a segment with all that is known of it", function()
    local s = story.new()
    s:at(10):lose(s:send("client", "SYN", 0), "fault")
    local line = last(s)
    assert.is_truthy(line:find("0.010000000 client segment SYN 10.0.0.1:49152 > 10.0.0.2:80 [S] seq 4294967290 ack - win 65535 size 0 "
      .. "point=dropped reason=fault link=client-server from=client to=server sender=client packet=1 bytes=", 1, true), line)
  end)

  it("differs when a single byte does", function()
    local s = story.new()
    local packet = s:send("client", "DATA", 1, 1, "hello")
    local before = last(s)
    s.events[1].bytes = packet.bytes:sub(1, -2) .. "!"
    assert.not_equal(before, last(s))
  end)

  it("tells each other moment's own fields in a fixed order", function()
    local s = story.new()
    s:state("client", "CLOSED", "SYN-SENT", "OPEN-active")
    assert.equal("0.000000000 client state from=CLOSED to=SYN-SENT event=OPEN-active", last(s))
    s:timer("server", "time-wait", "fired")
    assert.equal("0.000000000 server timer timer=time-wait action=fired", last(s))
    s:tell("rtt", "client", { rto = 1.0, sample = 0.02, rttvar = 0.01, srtt = 0.02 })
    assert.equal("0.000000000 client rtt sample=0.020000000 srtt=0.020000000 rttvar=0.010000000 rto=1.000000000", last(s))
    s:tell("error", "client", { code = "ECONNRESET", soft = false })
    assert.equal("0.000000000 client error code=ECONNRESET", last(s))
    s:tell("urgent", "client", { bytes = 5 })
    assert.equal("0.000000000 client urgent bytes=5", last(s))
  end)

  it("does without a segment that could not be read, and without a host", function()
    local line = transcript.line { ns = 1000000000, moment = "segment", point = "sent", packet = 3 }
    assert.equal("1.000000000 - segment unreadable point=sent packet=3", line)
  end)
end)
