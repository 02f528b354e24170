-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"
local downsample = require "tcplab.draw.graph.downsample"

describe("a thinned line", function()
  it("keeps of each column the first, the lowest, the highest and the last, in their order", function()
    local a, b, c, d, e, f = { x = 0, y = 5 }, { x = 0.1, y = 9 }, { x = 0.2, y = 6 }, { x = 0.3, y = 1 }, { x = 0.4, y = 7 }, { x = 0.6, y = 7 }
    assert.same({ a, b, d, e, f }, downsample.line { a, b, c, d, e, f })
    assert.same({ a }, downsample.line { a })
    assert.same({}, downsample.line {})
  end)

  it("has the extremes of the whole, in at most four points a column", function()
    local random, points = helper.random(3), {}
    for i = 1, 50000 do points[i] = { x = i / 500, y = random(1, 1000000) } end
    local low, high = math.huge, 0
    for _, point in ipairs(points) do low, high = math.min(low, point.y), math.max(high, point.y) end
    local kept = downsample.line(points)
    local kept_low, kept_high = math.huge, 0
    for _, point in ipairs(kept) do kept_low, kept_high = math.min(kept_low, point.y), math.max(kept_high, point.y) end
    assert.same({ low, high }, { kept_low, kept_high })
    assert.is_true(#kept <= 4 * 201)
    for i = 2, #kept do assert.is_true(kept[i].x > kept[i - 1].x) end
  end)
end)

describe("thinned bars", function()
  it("are one where they touch within a column, and apart where there is a gap", function()
    local bars = {
      { x = 0, top = 10, bottom = 20 }, { x = 0.1, top = 20, bottom = 30 }, { x = 0.2, top = 50, bottom = 60 }, { x = 0.6, top = 10, bottom = 20 },
    }
    assert.same({ { x = 0, top = 10, bottom = 30 }, { x = 0.2, top = 50, bottom = 60 }, { x = 0.6, top = 10, bottom = 20 } }, downsample.bars(bars))
  end)
end)

describe("thinned marks", function()
  it("are all there but for those that would lie on another to the pixel", function()
    local marks = { { x = 1.2, y = 1.1 }, { x = 1.9, y = 1.8 }, { x = 1.2, y = 2.1 }, { x = 2.2, y = 1.1 } }
    assert.same({ marks[1], marks[3], marks[4] }, downsample.marks(marks))
  end)
end)
