-- SPDX-License-Identifier: MIT
-- What the questions on patience see of one option, and what was measured of kernels packet by packet.
require "spec.helper"

local asked = require "spec.probe.asked"

describe("the question", function()
  it("keep_alive sees the probes and the end", function()
    local answer = asked.of "keep_alive"
    assert.same({ probes = asked.times(3, ". 0 ack 1"), times = { 1.0, 2.0, 3.0 }, code = "ETIMEDOUT", ends = 4.0 }, answer)
    assert.equal("R 1", asked.of("keep_alive", { keepalive_reset = true }).probes[4])
  end)

  it("keep_alive_answered sees that all that comes starts the time anew", function()
    assert.same({ answered = { 2.0, 4.0 }, after_text = 3.0 }, asked.of "keep_alive_answered")
  end)

  it("user_timeout sees the end, its code and the last word", function()
    local answer = asked.of "user_timeout"
    assert.same({ 1.0, "EUSERTIMEOUT" }, { answer.short[1], answer.short[2] })
    assert.same({ 5.0, "EUSERTIMEOUT" }, { answer.long[1], answer.long[2] })
  end)
end)

describe("kernels were measured, 5.10 to 7.3,", function()
  it("to probe by SND.NXT - 1 at 1, 2 and 3 s, and to end by a RST", function()
    for _, kernel in ipairs(asked.kernels()) do
      asked.agrees("keep_alive", kernel, {
        probes = { ". 0 ack 1", ". 0 ack 1", ". 0 ack 1", "R. 1 ack 1" }, times = { 1.015, 2.039, 3.063, 4.087 }, code = "ETIMEDOUT", ends = 4.087,
      })
      asked.agrees("keep_alive_answered", kernel, { answered = { 2.027, 4.043 }, after_text = 3.007 })
    end
  end)

  it("to count a user timeout from the first timeout, and to mind it with keep-alive", function()
    for _, kernel in ipairs(asked.kernels()) do
      asked.agrees("user_timeout", kernel, {
        short = { 1.44, "ETIMEDOUT", "P. 1:2 ack 1" }, long = { 5.485, "ETIMEDOUT", "P. 1:2 ack 1" },
        zero_window = { 5.225, "ETIMEDOUT", ". 0 ack 1" }, keep_alive = { 4.09, "ETIMEDOUT", "R. 1 ack 1" },
      })
    end
  end)
end)
