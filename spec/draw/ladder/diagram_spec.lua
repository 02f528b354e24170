-- SPDX-License-Identifier: MIT
-- The order itself is shown by what the ladders look like: spec/draw/ladder/init_spec.lua.
require "spec.helper"
local conversation = require "tcplab.trace.conversation"
local diagram = require "tcplab.draw.ladder.diagram"
local story = require "spec.story"

local function of(s, fold) return diagram.of(conversation.sort(s.events)[1], fold or false) end

local function parts(list)
  local words = {}
  for i, row in ipairs(list) do words[i] = row.part or row.note or (row.fold and "fold") or "state" end
  return words
end

describe("a ladder's diagram", function()
  it("are one for each packet, with what stood at either side", function()
    local list = of(story.new():handshake())
    assert.same({ "whole", "whole", "whole" }, parts(list))
    assert.same({ ns = 0, kind = "sent", state = "SYN-SENT" }, list[1].left)
    assert.same({ ns = 10000000, kind = "arrived", state = "SYN-RECEIVED" }, list[1].right)
  end)

  it("are two for a packet that another meets, of the same packet", function()
    local s = story.new():handshake()
    local one, two = s:send("client", "DATA", 1, 1, "a"), s:send("server", "DATA", 1, 1, "b")
    s:at(40):arrive(one)
    s:arrive(two)
    local list = of(s)
    assert.same({ "whole", "whole", "whole", "sent", "whole", "arrived" }, parts(list))
    assert.equal(list[4].packet, list[6].packet)
  end)

  it("tell losses, timers and errors", function()
    local s = story.new()
    s:lose(s:send("client", "SYN", 0), "fault")
    s:at(1000):timer("client", "retransmission", "fired")
    s:tell("error", "client", { code = "ETIMEDOUT", message = "timed out" })
    assert.same({ "lost", "retransmission timer", "timed out" }, parts(of(s)))
  end)

  it("are one for a long run, unless that is off", function()
    local s = story.new()
    for i = 1, 12 do
      s:at(i)
      local packet = s:send("client", "DATA", i, 1, "a")
      s:arrive(packet)
    end
    assert.same({ "whole", "whole", "fold", "whole", "whole" }, parts(of(s, 8)))
    assert.equal(12, #of(s, false))
    assert.equal(12, #of(s, 12))
  end)

  it("are one for those of a long run, too, that left before the trace began or are under way at its end", function()
    local s = story.new()
    for i = 1, 12 do s:at(i):send("client", "DATA", i, 1, "a") end
    assert.same({ "sent", "sent", "fold", "sent", "sent" }, parts(of(s, 8)))
    local came = story.new()
    for i = 1, 12 do
      local packet = came:send("client", "DATA", i, 1, "a")
      table.remove(came.events)
      came:at(i):arrive(packet)
    end
    local list = of(came, 8)
    assert.same({ "arrived", "arrived", "fold", "arrived", "arrived" }, parts(list))
    assert.equal(8, list[3].fold.left.segments)
  end)
end)
