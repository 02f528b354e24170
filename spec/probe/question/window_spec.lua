-- SPDX-License-Identifier: MIT
-- What the questions on windows see of one option, and what was measured of kernels packet by packet.
require "spec.helper"

local asked = require "spec.probe.asked"

describe("the question", function()
  it("unread sees each window, and how much is taken", function()
    local answer = asked.of("unread", { receive_buffer = 14480 })
    assert.equal(14480, answer.bytes)
    assert.equal(0, answer.windows[#answer.windows])
  end)

  it("window_updates sees which update leaves after how much was read", function()
    assert.same({ "1448:1448", "2896:2896" }, asked.of("window_updates", { receive_buffer = 2896 }).updates)
  end)

  it("zero_window_answered sees the probes, answered", function()
    local times = asked.of("zero_window_answered", { rto_max = 10, empty_window_probe = true }).times
    assert.same({ 1.0, 3.0, 7.0, 15.0, 25.0, 35.0 }, { table.unpack(times, 1, 6) })
  end)

  it("zero_window_end counts the probes that go unanswered", function()
    local answer = asked.of("zero_window_end", { retries = 5, rto_min = 0.2 })
    assert.same({ 5, "ETIMEDOUT" }, { answer.probes, answer.code })
  end)

  it("small_window sees what leaves into a small window", function()
    local answer = asked.of("small_window", { half_window = true })
    assert.equal(". 1:321 ack 1", answer.after_none[1])
    assert.equal(". 1:641 ack 1", asked.of("small_window").after_none[1])
  end)

  it("shrunk_window sees which smaller window counts", function()
    assert.same({ new_text = 1448, same_numbers = 1448, old = 5000, shut = 0 }, asked.of "shrunk_window")
    assert.equal(5000, asked.of("shrunk_window", { window_shrinks_anew = true }).same_numbers)
  end)
end)

describe("kernels were measured", function()
  it("to take so much unread, and to show so large windows", function()
    for _, kernel in ipairs(asked.kernels(nil, "6.1")) do
      assert.same({ 82536, 64128 }, { asked.of("unread", kernel).bytes, asked.of("unread", kernel).windows[1] })
      assert.same(asked.times(24, 64128), asked.of("full_segment_ack", kernel).windows)
    end
    assert.same({ 85432, 68096 }, { asked.of("unread", "linux-6.12").bytes, asked.of("unread", "linux-6.12").windows[1] })
    assert.equal(80512, asked.of("full_segment_ack", "linux-6.12").windows[24])
    for _, kernel in ipairs(asked.kernels "6.18") do
      local answer = asked.of("unread", kernel)
      assert.same({ 112944, 68608, 71680, 74752, 76800, 75776, 74752 }, { answer.bytes, table.unpack(answer.windows, 1, 6) })
      assert.equal(80896, asked.of("full_segment_ack", kernel).windows[24])
    end
  end)

  it("to tell of a window each time it has doubled, from a sixteenth of the buffer on", function()
    local old = { "5792:4480", "11584:9088", "23168:18304", "46336:36736" }
    local new = { "10136:7168", "17376:14336", "31856:28672", "60816:58368" }
    for _, kernel in ipairs(asked.kernels(nil, "6.1")) do assert.same(old, asked.of("window_updates", kernel).updates) end
    assert.same({ "7240:5760", "13032:11520", "24616:23040", "47784:46080" }, asked.of("window_updates", "linux-6.12").updates)
    for _, kernel in ipairs(asked.kernels "6.18") do assert.same(new, asked.of("window_updates", kernel).updates) end
  end)

  it("to probe a shut window by empty segments, 15 of them, 5.10 to 7.3", function()
    for _, kernel in ipairs(asked.kernels()) do
      asked.agrees("zero_window", kernel, { flags = ".", seq = -1, length = 0, times = { 0.206, 0.630, 1.462, 3.126, 6.486, 13.142 } })
      asked.agrees("zero_window_answered", kernel, { times = { 0.2, 0.63, 1.46, 3.1, 6.4, 13.1, 26.4, 53.0, 106.0, 212.0, 333.0, 453.0 } })
      local answer = asked.of("zero_window_end", kernel)
      assert.same({ 15, "ETIMEDOUT", ". 0 ack 1" }, { answer.probes, answer.code, answer.last })
      assert.is_true(math.abs(answer.gives_up - 938) < 17)
    end
  end)

  it("to fill a small window by halves, and one that has shrunk when the timer ends, 5.10 to 7.3", function()
    for _, kernel in ipairs(asked.kernels()) do
      local answer = asked.of("small_window", kernel)
      assert.same({ ". 1:321 ack 1", "P. 321:641 ack 1", ". 321:641 ack 1", ". 1:321 ack 1" }, { table.unpack(answer.after_none, 1, 4) })
      assert.equal("P. 1:513 ack 3", answer.after_large[1])
      asked.agrees("small_window", kernel, { after_large_times = { 0.21, 0.422, 0.842, 1.674 } })
    end
  end)

  it("to send a partial segment behind a full one, and to let the same numbers take nothing back but all, 6.18", function()
    for _, kernel in ipairs(asked.kernels()) do
      asked.agrees("shrunk_window", kernel, { new_text = 2560, same_numbers = 5000, old = 5000, shut = 0 })
    end
  end)
end)
