-- SPDX-License-Identifier: MIT
local paper = require "spec.tcp.paper"

describe("the round-trip time", function()
  local p, conn, samples
  after_each(function() p:close() end)

  local function establish(host_options, handshake)
    p = paper.new(host_options)
    samples = {}
    p.net:on("rtt", function(e) samples[#samples + 1] = e end)
    conn = p:opening()
    p:pass(handshake)
    p:arrive { flags = "S.", seq = 0, options = { mss = 1460 } }
    p:take()
  end

  -- Sends a byte and acknowledges it after some time.
  local function exchange(number, seconds)
    assert(conn:send "x")
    p:pass(seconds)
    p:arrive { ack = 1 + number }
    p:take()
  end

  local function near(expected, actual) assert.is_true(math.abs(expected - actual) < 1e-6, ("%.9f expected, got %.9f"):format(expected, actual)) end

  it("is first R, with a variation of R / 2 #R6298-2 #MUST-18", function()
    establish({ rto_min = 0.001 }, 0.4)
    local s = conn:status()
    near(0.4, s.srtt)
    near(0.2, s.rttvar)
    near(1.2, s.rto)
  end)

  it("follows by 1/8, its variation by 1/4 of the error before #R6298-2", function()
    establish({ rto_min = 0.001 }, 0.4)
    exchange(1, 0.8)
    local s = conn:status()
    near(0.75 * 0.2 + 0.25 * 0.4, s.rttvar)
    near(0.875 * 0.4 + 0.125 * 0.8, s.srtt)
    near(s.srtt + 4 * s.rttvar, s.rto)
    exchange(2, 0.1)
    near(0.75 * 0.25 + 0.25 * 0.35, conn:status().rttvar)
    near(0.875 * 0.45 + 0.125 * 0.1, conn:status().srtt)
    assert.equal(3, #samples)
    near(0.1, samples[3].sample)
  end)

  it("lets what is added to SRTT rise at once and fall by a quarter of the way, not with the second sample, where it is smoothed", function()
    establish({ rto_min = 0.2, rto_min_on = "smoothed" }, 0.4)
    local term, dev = 0.8, 0.2
    near(0.4 + term, conn:status().rto)
    for i = 1, 6 do
      exchange(i, 0.4)
      dev = dev * 0.75
      if i > 1 then term = term - (term - math.max(4 * dev, 0.2)) / 4 end
      near(0.4 + term, conn:status().rto)
    end
    exchange(7, 0.7)
    near(conn:status().srtt + 4 * conn:status().rttvar, conn:status().rto)
    assert.is_true(4 * conn:status().rttvar > term)
  end)

  it("follows a shorter round trip by 1/32 there, so that the timeout grows by little", function()
    establish({ rto_min = 0.2, rto_min_on = "smoothed" }, 0.4)
    for i = 1, 20 do exchange(i, 0.4) end
    local before = conn:status().rttvar
    exchange(21, 0.1)
    near(before + (0.3 - before) / 32, conn:status().rttvar)
  end)

  it("forgets there what a back-off made of it", function()
    establish({ rto_min = 0.2, rto_min_on = "smoothed", tail_loss_probe = false }, 0.05)
    assert(conn:send "x")
    p:pass(3)
    assert.is_true(conn:status().rto > 1)
    p:arrive { ack = 2 }
    for i = 2, 3 do exchange(i, 0.05) end
    near(0.25, conn:status().rto)
  end)

  it("gives a timeout that is at least rto_min, at most rto_max #R6298-3", function()
    establish(nil, 0.01)
    assert.equal(1.0, conn:status().rto)
    p:close()
    establish({ rto_min = 0.2 }, 0.01)
    near(0.2, conn:status().rto)
    p:close()
    establish({ rto_max = 1 }, 0.9)
    near(1.0, conn:status().rto)
  end)

  it("gives a timeout one millisecond above itself when it does not vary #R6298-2", function()
    establish({ rto_min = 0 }, 0.1)
    for i = 1, 60 do exchange(i, 0.1) end
    near(0.101, conn:status().rto)
  end)

  it("is not measured on what was sent twice #R6298-4 #MUST-18", function()
    establish({ rto_min = 0.001 }, 0.1)
    local before = conn:status()
    exchange(1, 0.35) -- the timeout is 0.3
    local after = conn:status()
    assert.equal(1, after.retransmissions)
    assert.equal(before.srtt, after.srtt)
    assert.equal(1, #samples)
    near(0.6, after.rto) -- the back-off stays until the next measurement
    exchange(2, 0.1)
    assert.is_true(conn:status().rto < 0.3)
  end)

  it("is not measured on an ACK of what was sent before #R6298-4", function()
    establish({ nodelay = true }, 0.1)
    conn:send "a"
    p:pass(1)
    conn:send "b"
    p:pass(0.2)
    p:arrive { ack = 2 }
    assert.equal(1, #samples)
    p:arrive { ack = 3 }
    near(0.2, samples[2].sample)
  end)

  it("is not measured on a SYN that was sent twice #R6298-4", function()
    establish(nil, 1.5)
    assert.equal(0, #samples)
    assert.is_nil(conn:status().srtt)
  end)

  it("is measured by a half-open connection, too", function()
    p = paper.new { rto_min = 0.001 }
    local listener = assert(p.host:listen(p.port))
    p:arrive { flags = "S", seq = 0 }
    p:pass(0.3)
    p:arrive {}
    conn = assert(listener:accept())
    near(0.3, conn:status().srtt)
  end)
end)
