-- SPDX-License-Identifier: MIT
-- What the questions on congestion see of one option, and what was measured of kernels: windows in whole segments.
require "spec.helper"

local asked = require "spec.probe.asked"

-- 6.18 was measured for these; the other profiles play the same.
local KERNELS <const> = asked.kernels()

-- Windows of a transfer of many round trips: a live kernel's clock and bursts move them by two.
local function assert_near(measured, windows, told)
  assert.equal(#measured, #windows)
  for i, window in ipairs(measured) do
    assert(math.abs(window - windows[i]) <= 2, ("%s, round trip %d: %d, measured: %d"):format(told, i, windows[i], window))
  end
end

local function each(name, measured)
  for _, kernel in ipairs(KERNELS) do asked.agrees(name, kernel, measured) end
end

describe("the question", function()
  it("lost_syn sees the first window and timeout", function()
    assert.same({ windows = { 10, 10, 1 }, timeouts = { 1.0, 3.0, 3.0 }, without_stamps = 3.0 }, asked.of "lost_syn")
    assert.same({ 4, 4, 1 }, asked.of("lost_syn", { initial_window = 4 }).windows)
    assert.equal(1.0, asked.of("lost_syn", { handshake_stamp = true }).timeouts[2])
  end)

  it("slow_start sees how much one ACK adds", function()
    assert.same({ 18, 26, 34, 42, 50 }, asked.of("slow_start").whole)
    assert.same({ 20, 40, 80, 160, 320 }, asked.of("slow_start", { congestion = "cubic", hystart = "trains" }).whole)
  end)

  it("slow_start_end sees what ends it", function()
    local none = { late_far = { "none", "none" }, late_near = "none", late_early = { "none", "none" }, train = "none" }
    assert.same(none, asked.of("slow_start_end", { congestion = "cubic", hystart = "off" }))
    assert.not_same(none, asked.of("slow_start_end", { congestion = "cubic", hystart = "trains" }))
  end)

  it("app_limited sees whether the window grows without being used", function()
    assert.same({ 10, 10 }, asked.of("app_limited").eight)
    assert.same({ 16, 16 }, asked.of("app_limited", { slow_start_headroom = true }).eight)
  end)

  it("idle_restart sees what leaves after a silence", function()
    local fast = { rto_min = 0.2, rto_min_on = "variance" }
    assert.equal(10, asked.of("idle_restart", fast).two_thirds[2])
    fast.idle_halving = true
    assert.is_true(asked.of("idle_restart", fast).two_thirds[2] > 10)
    assert.equal(150, asked.of("idle_restart", { slow_start_after_idle = false, initial_window = 200, initial_window_bound = false }).long[2])
  end)

  it("reno, cubic_curve and cubic_friendly see the control and its growth", function()
    assert.equal(20, asked.of("reno", "linux").ssthresh)
    assert.equal(28, asked.of("cubic_friendly", "linux").ssthresh)
    assert.equal(56, asked.of("cubic_curve", "linux").ssthresh)
  end)

  it("mark sees whether the fall is spread", function()
    assert.equal(0, asked.of("mark").ten[1])
    assert.equal(1, asked.of("mark", { ecn_spread = true }).ten[1])
  end)
end)

describe("kernels were measured", function()
  it("to begin with 10 segments after one lost SYN, with one after two, and with 3 s where nothing told the round trip", function()
    each("lost_syn", { windows = { 10, 10, 1 }, timeouts = { 0.204, 0.204, 0.204 }, without_stamps = 3.0 })
  end)

  it("to double the window each round trip of slow start, however the ACKs are cut", function()
    each("slow_start", { each = { 20, 40, 80, 160, 320 }, each_second = { 20, 40, 80, 160, 320 }, whole = { 20, 40, 80, 160, 320 } })
  end)

  it("to end slow start by a delay or a train at the very ACK", function()
    each("slow_start_end", { late_far = { "none", 48 }, late_near = 48, late_early = { "none", 28 }, train = 12 })
  end)

  it("to let a window grow to twice what was out, and further where it was full", function()
    each("app_limited", { eight = { 16, 16 }, twelve = { 20, 24, 24 }, held_back = { 20, 34, 34 }, five = { 20, 40, 40, 40 } })
  end)

  it("to halve the window for each timeout of silence", function()
    each("idle_restart", { tenth = { 160, 150, 160 }, two_thirds = { 160, 40, 40 }, long = { 160, 10, 10 } })
  end)

  it("to follow Reno one segment a round trip", function()
    local windows = {}
    for i = 1, 20 do windows[i] = 20 + i end
    each("reno", { slow_start = { 20, 40 }, ssthresh = 20, windows = windows })
  end)

  it("to follow CUBIC's curve for ten seconds", function()
    local measured = {
      59, 60, 62, 63, 64, 67, 68, 69, 70, 71, 72, 73, 74, 74, 75, 76, 76, 77, 77, 79, 79, 79, 79, 79, 79, 80, 80, 80, 80, 80, 80, 80, 80, 80, 80,
      80, 80, 80, 80, 80, 80, 80, 80, 80, 80, 80, 80, 81, 81, 82, 82, 83, 83, 84, 85, 85, 86, 86, 87, 87, 88, 88, 89, 89, 90, 90, 91, 91, 92, 92,
      94, 95, 96, 98, 99, 100, 102, 104, 106, 108, 111, 112, 115, 117, 120, 123, 125, 128, 131, 134, 138, 141, 145, 149, 152, 156, 160, 164, 168, 173,
    }
    local answer = asked.of("cubic_curve", "linux-6.18")
    assert.equal(56, answer.ssthresh)
    assert_near(measured, answer.windows, "cubic_curve of linux-6.18")
  end)

  it("to spread the fall that a mark asks for over a round trip", function()
    each("mark", {
      ten = { 1, 1, 1, 0, 1, 1, 0, 0, 1, 1 }, cwr = { 1, 1 }, ssthresh = { 7, 28 }, windows = { 7, 28 },
      forty = { 1, 1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 1, 1, 0, 1, 1, 0, 0, 1, 1 },
    })
  end)
end)
