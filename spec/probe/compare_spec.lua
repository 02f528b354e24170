-- SPDX-License-Identifier: MIT
local compare = require "tcplab.probe.compare"

local function sheet(value, real) return { subject = "x", real = real, { question = "q", order = { "v" }, values = { v = value } } } end

describe("two sheets", function()
  it("of labs differ by any time, of a real clock by more than the wheel's grain", function()
    assert.equal(1, #compare(sheet { 1.0 }, sheet { 1.001 }))
    assert.equal(0, #compare(sheet({ 1.0 }, true), sheet { 1.032 }))
    assert.equal(0, #compare(sheet { 1.0 }, sheet({ 1.032 }, true)))
    assert.equal(1, #compare(sheet({ 1.0 }, true), sheet { 1.1 }))
  end)

  it("differ by any count, word, length and missing value", function()
    for _, pair in ipairs {
      { 5, 6 }, { "R", "R." }, { { 1.0 }, { 1.0, 2.0 } }, { { "a" }, { "b" } }, { nil, 1 }, { { 5 }, 5 }, { 1, 1.5 }, { "1", 1 },
    } do
      assert.equal(1, #compare(sheet(pair[1], true), sheet(pair[2], true)))
      assert.equal(1, #compare(sheet(pair[2], true), sheet(pair[1], true)))
    end
  end)

  it("say how many values were compared", function()
    assert.equal(1, (select(2, compare(sheet(1), sheet(1)))))
    assert.equal(0, (select(2, compare(sheet(1), { subject = "y" }))))
  end)
end)
