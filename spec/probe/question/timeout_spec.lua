-- SPDX-License-Identifier: MIT
-- What the questions on timeouts see of one option, and what was measured of kernels.
require "spec.helper"

local asked = require "spec.probe.asked"

-- The timer wheel rounds each wait up by as much as an eighth, and a round trip on a live kernel is a little longer than it was made.
local function assert_times(measured, times)
  assert.equal(#measured, #times)
  for i, time in ipairs(measured) do
    assert(math.abs(time - times[i]) <= time / 8, ("%.3f, measured: %.3f"):format(times[i], time))
  end
end

describe("the question", function()
  it("rto sees floor and rule", function()
    assert.same({ 1.0, 1.0, 1.0, 1.0 }, asked.of("rto").even)
    assert.same({ 0.2, 0.2, 0.2, 0.36 }, asked.of("rto", { rto_min = 0.2 }).even)
    assert.same({ 0.205, 0.22, 0.3, 0.5 }, asked.of("rto", { rto_min = 0.2, rto_min_on = "variance" }).even)
    assert.equal(0.563, asked.of("rto", { rto_min = 0.2, rto_min_on = "smoothed" }).even[4])
  end)

  it("tail_probe sees the probe's wait, and what is probed with", function()
    local answer = asked.of("tail_probe", { rto_min = 0.2, rto_min_on = "variance", max_ack_delay = 0.2 })
    assert.same({ 0.205, 0.3, 0.2, 3 }, { answer.near[1], answer.far[1], answer.three[1], answer.first })
    assert.equal(1, asked.of("tail_probe", { tail_loss_probe = false }).first)
  end)

  it("backoff_reversal sees whether an ICMP error takes a doubling back", function()
    local kept = asked.of("backoff_reversal").host
    assert.equal(kept[1], kept[2])
    local reversed = asked.of("backoff_reversal", { revert_backoff = true }).host
    assert.equal(reversed[1] / 2, reversed[2])
  end)
end)

describe("kernels were measured", function()
  it("to add 200 ms at least, and to let what is added fall slowly", function()
    for _, kernel in ipairs(asked.kernels()) do asked.agrees("rto", kernel, { even = { 0.208, 0.224, 0.304, 0.568 }, late = 0.312 }) end
  end)

  it("to probe with the last segment, a lone one after 200 ms more, and to double from there", function()
    for _, kernel in ipairs(asked.kernels()) do
      local answer = asked.of("tail_probe", kernel)
      assert_times({ 0.212, 0.423, 0.863, 1.727 }, answer.near)
      assert_times({ 0.343, 0.659, 1.299, 2.547 }, answer.far)
      assert_times({ 0.208, 0.54, 1.18, 2.428 }, answer.three)
      assert.equal(3, answer.first)
    end
  end)

  it("to take one doubling back by an ICMP error", function()
    for _, kernel in ipairs(asked.kernels()) do
      local answer = asked.of("backoff_reversal", kernel)
      assert_times({ 1.792, 0.896 }, answer.host)
      assert_times({ 1.792, 0.896 }, answer.network)
    end
  end)
end)
