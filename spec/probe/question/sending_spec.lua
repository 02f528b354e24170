-- SPDX-License-Identifier: MIT
-- What the questions on sending see of one option, and what was measured of kernels packet by packet.
require "spec.helper"

local asked = require "spec.probe.asked"

describe("the question", function()
  it("nagle sees what waits for an ACK", function()
    local answer = asked.of "nagle"
    assert.same({ "P. 1:11 ack 1", "P. 11:31 ack 1" }, answer.small)
    assert.same({ ". 1:1449 ack 1", ". 1449:2897 ack 1", "P. 2897:3011 ack 1" }, answer.large)
    assert.same({ "P. 1:11 ack 1", "P. 11:21 ack 1", "P. 21:31 ack 1" }, answer.small_nodelay)
  end)

  it("cork sees what is held, and until when", function()
    local answer = asked.of("cork", { cork_timeout = 0.15, rto_min = 2 })
    assert.equal(0.15, answer.small_times[1])
    assert.same({ { "P. 1:101 ack 1" }, { "FP. 1:101 ack 1" } }, { answer.taken_away, answer.closed })
  end)

  it("push sees which segments have PSH", function()
    local answer = asked.of("push", { tail_loss_probe = false })
    assert.same({ "P", "...", ".........P" }, { answer.full, answer.large, answer.ten_full })
    assert.equal("....P....P", asked.of("push", { tail_loss_probe = false, push_bursts = true }).ten_full)
  end)

  it("urgent sees the pointer", function()
    assert.same({ "P.U 1:4 ack 1 urgent 4" }, asked.of("urgent").alone)
  end)

  it("send_buffer sees how much is taken", function()
    assert.equal(20000, asked.of("send_buffer", { send_buffer = 20000 }).before)
  end)
end)

describe("kernels were measured", function()
  it("to let a small segment wait for small ones alone, 6.18", function()
    local large = { ". 1:1449 ack 1", ". 1449:2897 ack 1", "P. 2897:3001 ack 1", "P. 3001:3011 ack 1" }
    for _, kernel in ipairs(asked.kernels()) do
      asked.agrees("nagle", kernel, {
        small = { "P. 1:11 ack 1", "P. 11:31 ack 1" }, small_nodelay = { "P. 1:11 ack 1", "P. 11:21 ack 1", "P. 21:31 ack 1" },
        large = large, large_nodelay = large,
      })
    end
  end)

  it("to let go of what is corked after one timeout, and to send it again by timeouts alone, 5.10 to 7.3", function()
    for _, kernel in ipairs(asked.kernels()) do
      asked.agrees("cork", kernel, {
        small = asked.times(4, "P. 1:101 ack 1"), small_times = { 0.207, 0.415, 0.827, 1.663 },
        large_times = { 0.0, 0.207, 0.415, 0.827, 1.663 }, taken_away = { "P. 1:101 ack 1" }, closed = { "FP. 1:101 ack 1" },
      })
    end
  end)

  it("to set PSH at the end of each burst of half of cwnd, 6.18", function()
    for _, kernel in ipairs(asked.kernels()) do
      local answer = asked.of("push", kernel)
      assert.same({ "P", "...P", "....P....P" }, { answer.full, answer.large, answer.ten_full })
      assert.equal("PP", answer.two_full:sub(1, 2))
    end
  end)

  it("to point behind the urgent text, 5.10 to 7.3", function()
    for _, kernel in ipairs(asked.kernels()) do
      asked.agrees("urgent", kernel, {
        alone = { "P.U 1:4 ack 1 urgent 4" }, behind = { "P. 1:11 ack 1", "P.U 11:14 ack 1 urgent 14" },
        large = { ".U 1:1449 ack 1 urgent 3001", ".U 1449:2897 ack 1 urgent 3001", "P.U 2897:3001 ack 1 urgent 3001" },
      })
    end
  end)

  it("to take 79192 bytes before the first ACK, 5.10 to 7.3", function()
    for _, kernel in ipairs(asked.kernels()) do assert.equal(79192, asked.of("send_buffer", kernel).before) end
  end)
end)
