-- SPDX-License-Identifier: MIT
local wheel = require "tcplab.probe.wheel"

describe("the timer wheel's rule", function()
  it("has slots of 4 ms, each level's eight times as wide, to 131.072 s at most", function()
    for _, row in ipairs {
      { 0.0, 0.004 }, { 0.255, 0.004 }, { 0.256, 0.032 }, { 2.047, 0.032 }, { 2.048, 0.256 }, { 16.383, 0.256 }, { 16.384, 2.048 },
      { 131.071, 2.048 }, { 131.072, 16.384 }, { 1048.575, 16.384 }, { 1048.576, 131.072 }, { 1e6, 131.072 },
    } do
      assert.is_true(math.abs(wheel.grain(row[1]) - row[2]) < 1e-9, row[1])
    end
  end)

  it("lets one timer be late by a grain, and this process by 10 ms", function()
    assert.near(0.014, wheel.slack(0.04), 1e-9)
    assert.near(0.042, wheel.slack(0.3), 1e-9)
    assert.near(0.014, wheel.slack({ 0.0, 0.04, 0.04 }, 3), 1e-9)
  end)

  it("adds up the grains of the steps in times that rise", function()
    local times = { 1.0, 3.0, 7.0, 15.0, 31.0 }
    assert.near(0.032 + 0.010, wheel.slack(times, 1), 1e-9)
    assert.near(0.032 + 0.032 + 0.256 + 0.010, wheel.slack(times, 3), 1e-9) -- 1, 2 and 4 s
    assert.near(0.032 + 0.032 + 3 * 0.256 + 0.010, wheel.slack(times, 5), 1e-9)
  end)

  it("takes a lone long time for a sum of timers that doubled", function()
    assert.is_true(wheel.slack(127.0) > 131.07 - 127.0) -- connect on a kernel whose timers alone would end at 127 s
    assert.is_true(wheel.slack(127.0) < 5.0)
  end)
end)
