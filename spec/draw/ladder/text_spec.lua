-- SPDX-License-Identifier: MIT
require "spec.helper"
local conversation = require "tcplab.trace.conversation"
local ladder = require "tcplab.draw.ladder.text"
local story = require "spec.story"

local STYLE = { width = 80, relative = true, color = false, utf8 = false }

local function one_packet(segment, from, more)
  local s = story.new()
  local packet = s:send(from, segment.kind, segment.seq, segment.ack, segment.payload, segment)
  s:at(10):arrive(packet)
  local f = conversation.sort(s.events)[1]
  local row = { packet = f.packets[1], from = "left", part = "whole", left = { ns = 0 }, right = { ns = 10000000 } }
  for name, value in pairs(more or {}) do row[name] = value end
  return ladder.draw(f, { row }, STYLE)
end

describe("a ladder's text", function()
  it("names the urgent flag, the range of the data and its size", function()
    local text = one_packet({ kind = "DATA", flags = "AU", payload = "hello", seq = 1, ack = 1, relative = { seq = 1, ack = 1 } }, "client")
    assert.is_truthy(text:find("DATA URG seq=1:6 ack=1 (5)", 1, true), text)
  end)

  it("does without the acknowledgement of a reset", function()
    local text = one_packet({ kind = "RST", seq = 7, ack = 3, relative = { seq = 7, ack = 3 }, window = 0 }, "client")
    assert.is_truthy(text:find("-- RST seq=7 --", 1, true), text)
  end)

  it("stands in the lane's other half when only its end is drawn", function()
    local text = one_packet({ kind = "ACK", seq = 1, ack = 1 }, "client", { part = "arrived" })
    assert.is_truthy(text:find("  . . . -- ACK seq=1 ack=1 ->|", 1, true), text)
  end)

  it("says what else than a segment went by", function()
    local function shown(bytes)
      local s = story.new():handshake()
      s:at(60):arrive(s:send("server", "ACK", 1, 1), "icmp-ignored")
      for i = #s.events - 1, #s.events do s.events[i].segment, s.events[i].bytes = nil, bytes end
      local f = conversation.sort(s.events)[1]
      return ladder.draw(f, { { packet = f.packets[4], from = "right", part = "whole", left = { ns = 0 }, right = { ns = 0 } } }, STYLE)
    end
    local rest = ("\0"):rep(8)
    assert.is_truthy(shown("\x45" .. ("\0"):rep(8) .. "\1" .. ("\0"):rep(10) .. "\3\2" .. rest):find("<-- ICMP type 3 code 2 --", 1, true))
    assert.is_truthy(shown("\x60" .. ("\0"):rep(5) .. "\58" .. ("\0"):rep(33) .. "\1\4" .. rest):find("<-- ICMP type 1 code 4 --", 1, true))
    assert.is_truthy(shown("\x45\0"):find("<-- damaged packet --", 1, true))
  end)

  it("gives its times in as many digits as tell them apart", function()
    local f = { left = { address = "a", host = "x" }, right = { address = "b", host = "y" } }
    local function digits(ns)
      local text = ladder.draw(f, { { left = { ns = 0, state = "A" } }, { left = { ns = ns, state = "B" } } }, STYLE)
      return #text:match "\n%d%.(%d+) +A"
    end
    assert.same({ 3, 6, 9 }, { digits(1000000), digits(1000), digits(1) })
  end)
end)

describe("a remark outside the ladder", function()
  it("is a line, cut to the width", function()
    assert.equal("well\n", ladder.remark(STYLE, "well"))
    assert.equal(81, #ladder.remark(STYLE, ("x"):rep(100)))
  end)
end)
