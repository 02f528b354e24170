-- SPDX-License-Identifier: MIT
local literal = require "tcplab.base.literal"

local function back(value) return load("return " .. literal(value), "=literal", "t", {})() end

describe("a literal", function()
  it("is what Lua reads as the value", function()
    for _, value in ipairs {
      true, false, 0, -1, math.mininteger, math.maxinteger, 0.0, 0.1, 1 / 3, 5e-324, 1.7976931348623157e308, math.huge, -math.huge, 1e15,
      "", "a\n\0\"\\\r\x80",
      {}, { 1, { 2, "x" } }, { a = 1, ["end"] = 2, ["1 b"] = { c = false }, [7] = 0.5, "one" },
    } do
      assert.same(value, back(value))
      assert.equal(math.type(value), math.type(back(value)))
    end
    assert.is_nil(back(nil))
    local nan = back(0 / 0)
    assert.is_true(nan ~= nan)
  end)

  it("reads as a person would write it, with names in order", function()
    assert.equal('{ 0.2, "x", a = { 1.0, 3 }, b = true, ["in"] = {} }', literal { 0.2, "x", ["in"] = {}, b = true, a = { 1.0, 3 } })
    assert.equal('"a\\nb"', literal "a\nb")
  end)

  it("is of plain values alone", function()
    assert.error_matches(function() literal { print } end, "no plain value: a function")
  end)
end)
