-- SPDX-License-Identifier: MIT
-- What the questions on acknowledging see of one option, and what was measured of kernels packet by packet.
require "spec.helper"

local asked = require "spec.probe.asked"

local times = asked.times

describe("the question", function()
  it("full_segment_ack sees how long each ACK waits, and the windows", function()
    local answer = asked.of("full_segment_ack", { delayed_ack = 0.1, quick_acks = 5 })
    assert.same(times(5, 0.0, 19, 0.1), answer.delays)
    assert.is_true(answer.windows[24] > 0)
  end)

  it("ack_after_silence sees whether ACKs leave at once again", function()
    assert.same(times(20, 0.0), asked.of("ack_after_silence", { delayed_ack = 0 }).delays)
    assert.same(times(4, 0.0, 16, 0.1), asked.of("ack_after_silence", { delayed_ack = 0.1, quick_acks = 4, rto_min = 0.2 }).delays)
  end)

  it("burst_acks counts ACKs", function()
    assert.same({ unread = { 10, 10, 10 }, read = 1 }, asked.of "burst_acks")
    assert.same({ unread = { 20, 20, 20 }, read = 2 }, asked.of("burst_acks", { delayed_ack = 0 }))
  end)

  it("dialogue sees whether answers carry the ACK", function()
    local never, always = asked.of("dialogue", { delayed_ack = 0.1 }).soon, asked.of("dialogue", { delayed_ack = 0 }).soon
    assert.same({ 5, "P. 31:41 ack 41" }, { #never, never[5] })
    assert.same({ 8, ". 31 ack 41", "P. 31:41 ack 41" }, { #always, always[7], always[8] })
  end)

  it("fin_ack sees how long the ACK of a FIN waits in each state", function()
    local at_once = { fresh = 0.0, after_text = 0.0, with_text = 0.0, fin_wait_1 = 0.0, fin_wait_2 = 0.0 }
    assert.same(at_once, asked.of("fin_ack", { delayed_ack = 0 }))
    at_once.after_text, at_once.with_text = 0.1, 0.1
    assert.same(at_once, asked.of("fin_ack", { delayed_ack = 0.1, ack_fin_later = true }))
  end)

  it("sack_order sees the blocks that are told, newest first", function()
    assert.same({ "301-401", "701-801 301-401", "501-601 701-801 301-401" }, { table.unpack(asked.of("sack_order").islands, 1, 3) })
    assert.same(times(6, "none"), asked.of("sack_order", { sack = false }).islands)
  end)

  it("dsack sees which duplicates are told", function()
    assert.equal(". 1 ack 101 sack 1-101", asked.of("dsack").again)
    assert.equal(". 1 ack 101", asked.of("dsack", { dsack = false }).again)
    assert.equal(". 1 ack 302", asked.of("dsack").fin)
  end)
end)

describe("kernels were measured to acknowledge", function()
  it("30 segments of 10 bytes, 5.10 to 7.3: 16 at once, then each after 40 to 44 ms; and so again after 1 s of silence", function()
    for _, kernel in ipairs(asked.kernels()) do
      asked.agrees("delayed_ack", kernel, { delays = times(16, 0.0, 14, 0.044) })
      asked.agrees("ack_after_silence", kernel, { delays = times(16, 0.0, 4, 0.044) })
    end
  end)

  it("a request that is answered after 5 ms with the answer, from the second on, and one that gets none after 41 to 44 ms, 5.10 to 7.3", function()
    local soon = { ". 1 ack 11", "P. 1:11 ack 11", "P. 11:21 ack 21", "P. 21:31 ack 31", "P. 31:41 ack 41" }
    local late = {
      ". 1 ack 11", "P. 1:11 ack 11", ". 11 ack 21", "P. 11:21 ack 21", ". 21 ack 31", "P. 21:31 ack 31", ". 31 ack 41", "P. 31:41 ack 41",
    }
    for _, kernel in ipairs(asked.kernels()) do asked.agrees("dialogue", kernel, { soon = soon, late = late, unanswered = { 0.044, 0.0 } }) end
  end)

  it("a FIN at once, but behind text of the same side after 41 to 44 ms, 5.10 to 7.3", function()
    for _, kernel in ipairs(asked.kernels()) do
      asked.agrees("fin_ack", kernel, { fresh = 0.001, after_text = 0.042, with_text = 0.044, fin_wait_1 = 0.0, fin_wait_2 = 0.0 })
    end
  end)

  it("20 full segments that nobody reads by 20 ACKs, then by few, 6.18 to 7.3", function()
    for _, kernel in ipairs(asked.kernels "6.18") do asked.agrees("burst_acks", kernel, { unread = { 20, 1, 1 }, read = 1 }) end
  end)

  it("duplicates by D-SACK, a FIN too, 5.10 to 7.3", function()
    for _, kernel in ipairs(asked.kernels()) do
      asked.agrees("dsack", kernel, {
        again = ". 1 ack 101 sack 1-101", part = ". 1 ack 101 sack 31-51", overlapping = ". 1 ack 151 sack 51-101",
        behind_gap = ". 1 ack 151 sack 1-11", empty = ". 1 ack 151 sack 251-301", fin = ". 1 ack 302 sack 301-302",
      })
    end
  end)

  it("six islands by three blocks, the newest first, 5.10 to 7.3", function()
    for _, kernel in ipairs(asked.kernels()) do
      asked.agrees("sack_order", kernel, {
        islands = {
          "301-401", "701-801 301-401", "501-601 701-801 301-401", "1101-1201 501-601 701-801", "901-1001 1101-1201 501-601",
          "1301-1401 901-1001 1101-1201",
        },
        again = "701-801 701-801 1301-1401",
      })
    end
  end)
end)
