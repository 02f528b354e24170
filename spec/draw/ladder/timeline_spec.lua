-- SPDX-License-Identifier: MIT
require "spec.helper"
local conversation = require "tcplab.trace.conversation"
local diagram = require "tcplab.draw.ladder.diagram"
local story = require "spec.story"
local timeline = require "tcplab.draw.ladder.timeline"

local LINE = timeline.LINE

local function lay(s, fold)
  local f = conversation.sort(s.events)[1]
  local list = diagram.of(f, fold or false)
  timeline.meet(list)
  for _, row in ipairs(list) do
    if row.fold then row.lines = { "one line" } end
  end
  local bottom, breaks = timeline.lay(f, list, 100)
  return list, bottom, breaks
end

describe("a ladder's time", function()
  it("runs downwards from the top, a typical way across taking the same height each time", function()
    local list, bottom, breaks = lay(story.new():handshake())
    assert.equal(100, list[1].left.y)
    assert.equal(40, list[1].fall)
    assert.equal(40, list[2].fall)
    assert.equal(list[1].right.y + LINE, list[2].right.y)
    assert.equal(list[3].right.y, bottom)
    assert.same({}, breaks)
  end)

  it("never runs upwards, for either side and for each arrow", function()
    local s = story.new():handshake()
    for i = 1, 5 do
      s:at(40 + 2 * i)
      local there, back = {}, {}
      for j = 1, 3 do
        there[j], back[j] = s:send("client", "DATA", 3 * i + j, 1, "x"), s:send("server", "DATA", 3 * i + j, 1, "y")
      end
      s:at(41 + 2 * i)
      for j = 1, 3 do
        s:arrive(back[j])
        s:arrive(there[j])
      end
    end
    local last = {}
    for _, row in ipairs((lay(s))) do
      for _, side in ipairs { "left", "right" } do
        if row[side] then
          assert.is_true(row[side].y >= (last[side] or 0) + LINE)
          last[side] = row[side].y
        end
      end
      if row.fall then assert.is_true(row.fall >= 0) end
    end
  end)

  it("is cut short where nothing happens", function()
    local function later(milliseconds)
      local s = story.new():handshake()
      s:at(milliseconds):arrive(s:send("client", "DATA", 1, 1, "a"))
      return select(2, lay(s)), #select(3, lay(s))
    end
    assert.same({ 0, 1, 1 }, { select(2, later(45)), select(2, later(50)), select(2, later(1e6)) })
    assert.equal((later(50)), (later(1e6)))
  end)

  it("leaves room for a fold, more where an arrow goes on behind it", function()
    local function room_before_fold(overtaken)
      local s, flying = story.new(), {}
      for i = 1, 20 do
        s:at(i)
        flying[i] = s:send("client", "DATA", i, 1, "x")
        if not overtaken then s:arrive(flying[i]) end
      end
      if overtaken then
        s:at(21):arrive(s:send("server", "ACK", 1, 1, "", { window = 0 }))
        s:at(30)
        for i = 1, 20 do s:arrive(flying[i]) end
      end
      local lowest = 0
      for _, row in ipairs((lay(s, 8))) do
        if row.fold then return row.y - lowest end
        lowest = math.max(lowest, row.left and row.left.y or 0, row.right and row.right.y or 0)
      end
    end
    assert.equal(LINE, room_before_fold(false))
    assert.equal(2.5 * LINE, room_before_fold(true))
  end)
end)

describe("a ladder's arrows", function()
  it("that end on the way fall as their neighbours do", function()
    local s = story.new():handshake()
    local one, two, three = s:send("client", "DATA", 1, 1, "a"), s:send("client", "DATA", 2, 1, "b"), s:send("client", "DATA", 3, 1, "c")
    s:lose(two, "loss")
    s:at(45):arrive(one)
    s:arrive(three)
    local list = lay(s)
    assert.equal((list[4].fall + list[6].fall) / 2, list[5].fall)
  end)

  it("know which of them cross, and what leaves the same side next", function()
    local s = story.new():handshake()
    local one, two = s:send("client", "DATA", 1, 1, "a"), s:send("server", "DATA", 1, 1, "b")
    s:at(40):arrive(one)
    s:arrive(two)
    local list = lay(s)
    assert.same({ false, false, false, true, true }, { list[1].crossed, list[2].crossed, list[3].crossed, list[4].crossed, list[5].crossed })
    assert.equal(list[6].right, list[4].meets)
    assert.same({ y = list[3].left.y, fall = list[3].fall }, list[1].after)
    assert.same({ y = list[5].right.y, fall = list[5].fall }, list[2].after)
    assert.is_nil(list[4].after)
  end)
end)
