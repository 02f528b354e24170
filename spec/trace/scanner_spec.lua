-- SPDX-License-Identifier: MIT
require "spec.helper"
local scanners = require "tcplab.trace.scanner"

describe("a scanner", function()
  it("takes what matches where it stands, and stays where nothing does", function()
    local scanner = scanners.new("seq=12 rest", 1)
    assert.is_nil(scanner:take "ack=(%d+)")
    assert.equal("12", scanner:take "seq=(%d+)")
    assert.is_true(scanner:take "%s+")
    assert.equal("rest", scanner:word())
    assert.is_false(scanner:done())
    assert.is_true(scanner:take "rest")
    assert.is_true(scanner:done())
  end)

  it("reads decimal seconds as nanoseconds that hold to the last digit written, or to what stands behind ~", function()
    assert.same({ ns = 10000000, slack = 500000, relative = false }, scanners.new("0.010 a > b", 1):time())
    assert.same({ ns = 1500000000, slack = 20000000, relative = true }, scanners.new("+1.5~0.02 a > b", 1):time())
    assert.is_nil(scanners.new("10.0.0.1 > b", 1):time())
  end)

  it("reads quoted texts with their escapes", function()
    assert.equal('a "b"\n\1', scanners.new([["a \"b\"\n\x01" rest]], 1):quoted())
  end)

  it("says in which line and column it stood", function()
    local scanner = scanners.new("abc", 7)
    scanner:take "ab"
    local ok, problem = pcall(scanner.fail, scanner, "no %s", "good")
    assert.same({ false, "line 7, column 3: no good" }, { ok, problem.wrong })
  end)
end)
