-- SPDX-License-Identifier: MIT
local flight = require "spec.tcp.flight"

local MSS, RTT = 1000, 0.05

describe("a congestion mark whose fall is spread over a round trip", function()
  local p
  after_each(function() p:close() end)

  -- So many segments out; the ACK of the first reports a mark. Returns what left for it.
  local function marked(window, options)
    local settings = { ecn = 1, ecn_spread = true, initial_window = window, congestion = "cubic", send_buffer = 1 << 20 }
    for name, value in pairs(options or {}) do settings[name] = value end
    p = flight.new(settings)
    p:give(300)
    p:pass(RTT)
    return p:ack(1, nil, { flags = ".E" })
  end

  -- How many segments leave for each ACK of the next so many.
  local function sent_for(from, to)
    local counts = {}
    for i = from, to do counts[#counts + 1] = select(2, p:ack(i):gsub("%d+", "")) end
    return table.concat(counts, " ")
  end

  it("lets out seven of ten, the first at once, as Linux 6.18 does", function()
    assert.equal("10", marked(10))
    assert.same({ 10 * MSS, 7 * MSS, "open" }, { p:status "cwnd", p:status "ssthresh", p:status "phase" })
    assert.equal("1 1 0 1 1 0 0 1 1", sent_for(2, 10))
    assert.equal(7 * MSS, p:status "cwnd")
  end)

  it("tells the peer on the first new text, once", function()
    marked(10)
    p:pass(RTT)
    p:left()
    local flags = {}
    p.host:filter("out", function(s) flags[#flags + 1] = s.flags end)
    p:ack(10)
    assert.is_nil(table.concat(flags, " "):find "W")
  end)

  it("does not grow before what was out is acknowledged, and does behind that", function()
    marked(10, { congestion = "reno" })
    for i = 2, 10 do p:ack(i) end
    assert.equal(5 * MSS, p:status "cwnd")
    for i = 11, 16 do p:ack(i) end
    assert.is_true(p:status "cwnd" > 5 * MSS)
  end)

  it("goes on beneath a loss of the same window, which reduces nothing more", function()
    marked(40)
    for i = 3, 20 do p:ack(1, { { 2, i } }) end
    assert.same({ "recovery", 28 * MSS }, { p:status "phase", p:status "ssthresh" })
  end)

  it("ends with a timeout", function()
    marked(10)
    p:pass(3)
    assert.same({ "loss", MSS }, { p:status "phase", p:status "cwnd" })
    p:ack(10)
    assert.is_true(p:status "cwnd" < 7 * MSS)
  end)

  it("is for the controls alone that do not set their own window", function()
    local control = { name = "own", ecn = function(cc) cc.cwnd, cc.ssthresh = 3 * MSS, 3 * MSS end }
    assert.equal("", marked(10, { congestion = control }))
    assert.equal(3 * MSS, p:status "cwnd")
  end)

  it("falls at once where the option is off", function()
    assert.equal("", marked(10, { ecn_spread = false }))
    assert.equal(7 * MSS, p:status "cwnd")
  end)
end)
