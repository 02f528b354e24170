-- SPDX-License-Identifier: MIT
require "spec.helper"
local condition = require "tcplab.packetdrill.condition"

local TEXT <const> = "a\n#ifdef X\nb\n#ifndef Y\nc\n#else\nd\n#endif\n#else\ne\n#endif\nf\n"

local function kept(symbols) return (condition.resolve(TEXT, symbols):gsub("%s+", " ")) end

local function mistake(text)
  local ok, problem = pcall(condition.resolve, text, {})
  assert.is_false(ok)
  return ("%d: %s"):format(problem.line, problem.message)
end

describe("conditions in scripts", function()
  it("keep the lines that their symbols choose, in one another too", function()
    assert.equal("a b c f ", kept { X = 1 })
    assert.equal("a b d f ", kept { X = 1, Y = 1 })
    assert.equal("a e f ", kept { Y = 1 })
  end)

  it("leave lines and columns where they are", function()
    local resolved = condition.resolve(TEXT, {})
    assert.equal(#TEXT, #resolved)
    assert.equal(TEXT:find "e\n#endif\nf", resolved:find "e\n      \nf")
  end)

  it("say where one has no beginning, no end or no name", function()
    assert.equal("1: #endif without #ifdef", mistake "#endif\n")
    assert.equal("2: expected #endif before the end of the script", mistake "a\n#ifdef X\n")
    assert.equal("3: a second #else", mistake "#ifdef X\n#else\n#else\n#endif")
    assert.equal("1: expected the name of a symbol behind #ifdef", mistake "#ifdef 1\n#endif")
  end)
end)
