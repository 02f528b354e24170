-- SPDX-License-Identifier: MIT
require "spec.helper"

local waiting = require "tcplab.command.probe.waiting"

local function paper()
  local sheet = { text = "" }
  function sheet.write(_, ...) sheet.text = sheet.text .. table.concat { ... } end
  function sheet.flush() end
  return sheet
end

describe("waiting", function()
  it("says a span of time in seconds, then in minutes", function()
    assert.same({ "1 s", "89 s", "2 min", "22 min" }, { waiting.span(0.2), waiting.span(88.1), waiting.span(91), waiting.span(1307) })
  end)

  it("says first how many are asked of whom, how long it will take, and until when", function()
    local out = paper()
    waiting.announce(1, "the kernel", 5, out)
    assert.matches("^tcplab: 1 question of the kernel, about 5 s %(until %d%d:%d%d:%d%d%)\n$", out.text)
  end)

  it("tells on a terminal how far it has come, and erases it", function()
    local out = paper()
    do
      local line <close> = waiting.line(7, { out = out, terminal = function() return true end })
      line.told({ name = "syn" }, 3)
    end
    assert.equal("\r\27[K3 of 7 answered: syn \r\27[K", out.text)
  end)

  it("is silent elsewhere", function()
    local out = paper()
    do
      local line <close> = waiting.line(7, { out = out, terminal = function() return false end })
      line.told({ name = "syn" }, 3)
    end
    assert.equal("", out.text)
  end)
end)
