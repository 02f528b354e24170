-- SPDX-License-Identifier: MIT
-- What the questions on sizes see of one option, and what was measured of kernels packet by packet.
require "spec.helper"

local asked = require "spec.probe.asked"

describe("the question", function()
  it("mss sees how large segments are", function()
    local answer = asked.of("mss", { mss_min = 99, mss_zero_unsaid = true })
    assert.same({ 99, 100, 536, 536 }, { answer.mss_10, answer.mss_100, answer.mss_0, answer.none })
    assert.equal(64, asked.of("mss").mss_0)
  end)

  it("path_mtu sees sizes and DF", function()
    local answer = asked.of "path_mtu"
    assert.same({ "1348, DF", "948, DF", "244, DF" }, { answer.mtu_1400, answer.mtu_1000, answer.mtu_296 })
    assert.equal("500, no DF", asked.of("path_mtu", { path_mtu_min = 552 }).mtu_551)
  end)

  it("path_mtu_unsaid sees the next plateau", function()
    assert.same({ size = 1440, df = 1 }, asked.of "path_mtu_unsaid")
    assert.same({}, asked.of("path_mtu_unsaid", { pmtud = false }))
  end)

  it("path_mtu_quotes sees which numbers are believed", function()
    local told = { path_mtu_doubt = false, icmp_quotes_next = true }
    assert.same({ beyond = 1448, old = 1448, next = 1148, first = 1048 }, asked.of("path_mtu_quotes", told))
    told.icmp_quotes_next = false
    assert.equal(1448, asked.of("path_mtu_quotes", told).next)
  end)

  it("path_mtu_memory and path_mtu_life see what is remembered, and how long", function()
    assert.same({ size = 1448, mss = 1460 }, asked.of "path_mtu_memory")
    assert.same({ size = 948, mss = 960 }, asked.of("path_mtu_memory", { path_mtu_life = 100, path_mtu_announced = true }))
    assert.same({ sizes = { 948, 1448, 1448 } }, asked.of("path_mtu_life", { path_mtu_life = 500 }))
  end)
end)

describe("kernels were measured, 5.10 to 7.3,", function()
  it("to take a peer's MSS at its word from 48 on, and 0 for none", function()
    for _, kernel in ipairs(asked.kernels()) do
      asked.agrees("mss", kernel,
        { mss_10 = 48, mss_48 = 48, mss_49 = 49, mss_100 = 100, mss_0 = 536, none = 536, stamped_10 = 36, stamped_100 = 88 })
    end
  end)

  it("to follow a router down to 552, and below that without DF", function()
    for _, kernel in ipairs(asked.kernels()) do
      asked.agrees("path_mtu", kernel,
        { mtu_1400 = "1348, DF", mtu_1000 = "948, DF", mtu_600 = "548, DF", mtu_551 = "500, no DF", mtu_296 = "nothing" })
      asked.agrees("path_mtu_unsaid", kernel, { size = 500, df = 0 })
      asked.agrees("path_mtu_quotes", kernel, { beyond = 1448, old = 1448, next = 1148, first = 1048 })
    end
  end)

  it("to remember the path for 600 s, and up to 6.18 to announce it", function()
    for _, kernel in ipairs(asked.kernels()) do
      asked.agrees("path_mtu_memory", kernel, { size = 948, mss = kernel == "linux-7.2" and 1460 or 960 })
      asked.agrees("path_mtu_life", kernel, { sizes = { 948, 948, 1448 } })
    end
  end)
end)
