-- SPDX-License-Identifier: MIT
local distance = require "tcplab.probe.fit.distance"

describe("the distance of two answers", function()
  it("is nothing where they are alike, a real clock's within the wheel's grain", function()
    for _, value in ipairs { 5, 0.5, "R.", { 1.0, 2.0 }, { "a", "b" }, {} } do assert.equal(0, distance.value(value, value)) end
    assert.equal(0, distance.value(1.0, 1.03, true))
    assert.is_true(distance.value(1.0, 1.03) > 0)
  end)

  it("grows with what separates them, and is 1 at most", function()
    assert.is_true(distance.value(10, 11) < distance.value(10, 20))
    assert.is_true(distance.value({ 1.0, 3.0 }, { 1.0, 3.1 }) < distance.value({ 1.0, 3.0 }, { 2.0, 6.0 }))
    for _, pair in ipairs { { 1, 1000000 }, { "a", "b" }, { 5, "5" }, { { 1.0 }, {} }, { nil, 3 }, { { 1.0 }, 1.0 } } do
      assert.is_true(distance.value(pair[1], pair[2]) <= 1 and distance.value(pair[1], pair[2]) > 0.5)
    end
  end)

  it("counts what words have to be put in, left out or changed", function()
    local options = { "mss 1460", "sackOK", "ts", "nop", "ws 7" }
    assert.near(1 / 5, distance.value(options, { "mss 1460", "ts", "nop", "ws 7" }), 1e-9)
    assert.near(1 / 5, distance.value(options, { "mss 1460", "sackOK", "ts", "nop", "ws 10" }), 1e-9)
  end)
end)
