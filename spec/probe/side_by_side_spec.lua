-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"

local side_by_side = require "tcplab.probe.side_by_side"

local function works(list)
  for i, seconds in ipairs(list) do list[i] = { seconds = seconds, limit = 30, begin = function() return i end } end
  return list
end

describe("work side by side", function()
  it("takes as long as its longest part, or as all of it where one runs at a time", function()
    assert.equal(9, side_by_side.forecast(works { 1, 9, 2, 3 }, 4))
    assert.equal(15, side_by_side.forecast(works { 1, 9, 2, 3 }, 1))
    assert.equal(9, side_by_side.forecast(works { 1, 9, 2, 3 }, 2)) -- the longest begins first
    assert.equal(0, side_by_side.forecast({}, 5))
  end)

  local function run(list, jobs)
    local answers, order = {}, {}
    side_by_side.run(list, jobs, function(number, ...)
      order[#order + 1] = number
      answers[number] = { ... }
    end)
    return answers, order
  end

  it("tells each answer by its number, however many run at a time #live", function()
    helper.need "namespace"
    for _, jobs in ipairs { 1, 3, 32 } do
      local answers = run(works { 1, 2, 3, 4, 5, 6, 7 }, jobs)
      for i = 1, 7 do assert.same({ true, i }, answers[i]) end
    end
  end)

  it("begins with the longest #live", function()
    helper.need "namespace"
    local _, order = run(works { 1, 3, 2 }, 1)
    assert.same({ 2, 3, 1 }, order)
  end)

  it("tells what was raised, what could not be, and what ended without an answer, and goes on #live", function()
    helper.need "namespace"
    local list = works { 1, 1, 1, 1 }
    list[1].begin = function() error("no such luck", 0) end
    list[2].begin = function() return nil, "no device", "EPERM" end
    list[3].begin = function() os.exit(1, false) end
    local answers = run(list, 4)
    assert.is_false(answers[1][1])
    assert.matches("no such luck", answers[1][2])
    assert.same({ true, nil, "no device", "EPERM" }, answers[2])
    assert.is_false(answers[3][1])
    assert.same({ true, 4 }, answers[4])
  end)

  it("gives up what takes too long, and leaves no process #live #realtime", function()
    helper.need "namespace"
    local list = works { 1 }
    local pid_file = helper.folder() .. "/pid"
    list[1].limit = 0
    list[1].begin = function()
      helper.write(pid_file, (helper.read "/proc/self/stat"):match "^%d+")
      while true do end
    end
    local answers = run(list, 1)
    assert.same({ false, "given up after 0 s" }, answers[1])
    assert.are_not.equal("", (helper.shell("kill -0 " .. helper.read(pid_file))))
  end)

  it("leaves no process behind when what it tells raises #live #realtime", function()
    helper.need "namespace"
    local list, pid_file = works { 5, 1 }, helper.folder() .. "/pid"
    list[1].begin = function()
      helper.write(pid_file, (helper.read "/proc/self/stat"):match "^%d+")
      while true do end
    end
    list[2].begin = function()
      while not io.open(pid_file) do end
      return 2
    end
    assert.error_matches(function() side_by_side.run(list, 2, function() error "enough" end) end, "enough")
    helper.shell "sleep 0.1"
    assert.are_not.equal("", (helper.shell("kill -0 " .. helper.read(pid_file))))
  end)
end)
