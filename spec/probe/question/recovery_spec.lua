-- SPDX-License-Identifier: MIT
-- What the questions on recovery see of one option, and what was measured of Linux 6.18: windows in whole segments.
require "spec.helper"

local asked = require "spec.probe.asked"

local function each(name, measured)
  for _, kernel in ipairs(asked.kernels()) do asked.agrees(name, kernel, measured) end
end

describe("the question", function()
  it("one_loss sees what a recovery lets out, and ssthresh", function()
    local reno = asked.of("one_loss", { congestion = "reno" })
    assert.same({ 20, 39 }, { reno.ssthresh, #reno.sent })
    assert.equal(28, asked.of("one_loss", { congestion = "cubic" }).ssthresh)
  end)

  it("reordering sees what is sent again", function()
    assert.equal("no", asked.of("reordering").by_five[3])
    assert.equal("yes", asked.of("reordering", { needless_reorders = false }).by_five[3])
  end)

  it("after_timeout sees slow start anew", function()
    assert.same({ 1, 28 }, { asked.of("after_timeout", "linux").window, asked.of("after_timeout", "linux").ssthresh })
    assert.equal(3, asked.of("after_timeout", { congestion = "cubic", growth = "segments", hystart = "trains" }).later[1])
    assert.equal(2, asked.of("after_timeout", { congestion = "cubic", growth = "segments", hystart = "trains", frto_window = 2 }).later[1])
  end)

  it("needless_timeout sees the window come back", function()
    assert.is_true(asked.of("needless_timeout").with_stamps[2] > 1)
    assert.equal(2, asked.of("needless_timeout", { timestamps = false }).with_stamps[2], "not by the first ACK")
  end)
end)

describe("Linux 6.18 was measured", function()
  it("to let out seven tenths of a window after a loss, and to grow from there", function()
    each("one_loss", {
      sent = {
        1, 1, 1, 1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 1, 1, 0, 0, 1, 1,
      },
      windows = {
        40, 40, 39, 39, 39, 38, 38, 38, 37, 37, 37, 36, 36, 36, 36, 35, 35, 35, 34, 34, 34, 33, 33, 33, 33, 32, 32, 32, 31, 31, 31, 30, 30, 30, 30,
        29, 28, 28, 28,
      },
      ssthresh = 28, mended = 29,
    })
  end)

  it("to bear reordering by two segments, and to send again what comes behind five, however often", function()
    each("reordering", { by_two = { "no", 38, "no" }, by_five = { "yes", 20, "yes" } })
  end)

  it("to start from one segment after a timeout, up to ssthresh", function()
    each("after_timeout", { window = 1, ssthresh = 28, later = { 2, 4, 8, 16, 28, 29, 31 } })
  end)

  it("to take a needless timeout back: by the first ACK with timestamps, by the second without", function()
    each("needless_timeout", { with_stamps = { 1, 41, 42, 43, "none" }, without = { 1, 2, 41, 42, "none" } })
  end)
end)
