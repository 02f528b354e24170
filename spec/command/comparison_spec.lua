-- SPDX-License-Identifier: MIT
require "spec.helper"
local comparison = require "tcplab.command.comparison"

local function lines(text) return text:gmatch "[^\n]+" end

describe("two texts", function()
  it("are equal when every line is", function()
    local difference, count = comparison.first_difference(lines "a\nb\nc", lines "a\nb\nc")
    assert.is_nil(difference)
    assert.equal(3, count)
  end)

  it("part at the first line that differs, shown with what came before", function()
    local difference, count = comparison.first_difference(lines "1\n2\n3\n4\n5\n6", lines "1\n2\n3\n4\nfive\n6")
    assert.equal(4, count)
    assert.equal([[
     2    both: 2
     3    both: 3
     4    both: 4
     5   first: 5
     5  second: five
]], comparison.describe(difference))
  end)

  it("part where one of them ends", function()
    local difference = comparison.first_difference(lines "1", lines "1\n2")
    assert.equal("     1    both: 1\n     2   first: (ends here)\n     2  second: 2\n", comparison.describe(difference))
  end)
end)
