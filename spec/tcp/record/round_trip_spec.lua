-- SPDX-License-Identifier: MIT
local flight = require "spec.tcp.flight"
local helper = require "spec.helper"
local paper = require "spec.tcp.paper"

local function near(expected, actual, within)
  assert.is_true(math.abs(expected - actual) < (within or 1e-6), ("%.9f expected, got %.9f"):format(expected, actual))
end

-- A steady round trip, of so many exchanges one after another.
local function steady(rtt, options)
  local conn, peer, lab = helper.established { client = options, server = { delayed_ack = 0 }, link = { delay = rtt / 2 } }
  for _ = 1, 60 do
    conn:send "x"
    peer:receive(1)
    lab.net:sleep(1)
  end
  local status = conn:status()
  lab.net:close()
  return status
end

describe("the retransmission timeout over a steady round trip", function()
  it("is SRTT and what rto_min leaves of 4 RTTVAR, where rto_min is the least of those: Linux's 300 ms over 100 ms", function()
    for _, profile in ipairs { "linux-5.10", "linux-6.1", "linux-6.12", "linux-6.18", "linux-7.2", "linux" } do
      local status = steady(0.1, { profile = profile })
      near(0.3, status.rto, 0.001)
    end
  end)

  it("is at least rto_min where that is the least of the sum", function()
    local status = steady(0.1, { rto_min = 0.2 })
    near(0.2, status.rto, 0.001)
  end)

  it("has FreeBSD's slop on top of the sum", function()
    local status = steady(0.1, { profile = "freebsd" })
    near(0.301, status.rto, 0.001)
  end)
end)

describe("rexmit_slop", function()
  it("comes after the back-off's doubling, and not with the initial timeout: SYNs after 1.0, then 2.2 s", function()
    local p <close> = paper.new { profile = "freebsd" }
    p:opening()
    p:pass(16)
    local at = {}
    for i, s in ipairs(p:take()) do at[i] = s.time end
    assert.equal(4, #at)
    near(1.0, at[1])
    near(3.2, at[2])
    near(7.4, at[3])
    near(15.6, at[4])
  end)

  it("of more than rto_max leaves each timeout at rto_max", function()
    for _, slop in ipairs { 60, 100 } do
      local p <close> = paper.new { rexmit_slop = slop, rto_max = 60, r2 = 1000, user_timeout = 1000 }
      p:established():send "x"
      p:pass(200)
      local at = {}
      for i, s in ipairs(p:take()) do at[i] = s.time end
      assert.same({ 0.0, 60.0, 120.0, 180.0 }, at)
    end
  end)
end)

describe("after a lost SYN", function()
  -- The second SYN is answered after 0.25 s; with its timestamp or the first one's.
  local function opened(options, echo)
    options.timestamps = options.timestamps ~= false
    local p = paper.new(options)
    p:opening()
    local first = p.syn.options.timestamps and p.syn.options.timestamps.value
    p:pass(1.1)
    local second = p:one()
    p:pass(second.time + 0.25 - p.net:now())
    local stamp = first and { value = 1, echo = echo == "first" and first or second.options.timestamps.value }
    p:arrive { flags = "S.", seq = 0, options = { mss = 1460, timestamps = stamp } }
    return p
  end

  it("the answer's timestamp is the first sample, where handshake_stamp is on (RFC 7323 4.1)", function()
    local p <close> = opened { handshake_stamp = true, rto_min = 0.2 }
    near(0.25, p.conn:status().srtt, 0.0011)
    near(0.75, p.conn:status().rto, 0.004)
    local linux <close> = opened { profile = "linux" }
    near(0.75, linux.conn:status().rto, 0.01)
  end)

  it("that tells also that the first SYN was not lost but late", function()
    local p <close> = opened({ handshake_stamp = true, rto_min = 0.2 }, "first")
    near(1.25, p.conn:status().srtt, 0.0011)
  end)

  it("data starts with 3 s without timestamps, and without handshake_stamp #R6298-7", function()
    local p <close> = opened { profile = "linux", timestamps = false }
    assert.equal(3, p.conn:status().rto)
    local q <close> = opened {}
    assert.equal(3, q.conn:status().rto)
  end)

  it("an echo of what was never sent measures nothing", function()
    local p <close> = paper.new { handshake_stamp = true, timestamps = true }
    p:opening()
    p:pass(1.1)
    local second = p:one()
    p:arrive { flags = "S.", seq = 0, options = { mss = 1460, timestamps = { value = 1, echo = second.options.timestamps.value - 50000 } } }
    assert.equal(3, p.conn:status().rto)
  end)

  it("a SYN-ACK's is measured likewise", function()
    local p <close> = paper.new { handshake_stamp = true, timestamps = true, rto_min = 0.2 }
    local listener = assert(p.host:listen(p.port))
    listener:settimeout(0)
    p:arrive { flags = "S", seq = 0, options = { mss = 1460, timestamps = { value = 1, echo = 0 } } }
    p:pass(1.1)
    local sent = p:take()
    assert.equal(2, #sent)
    p:pass(sent[2].time + 0.25 - p.net:now())
    p:arrive { options = { timestamps = { value = 2, echo = sent[2].options.timestamps.value } } }
    near(0.25, assert(listener:accept()):status().srtt, 0.0011)
  end)
end)

describe("the tail loss probe of a lone segment", function()
  local p
  after_each(function() if p then p:close() end end)

  it("waits 200 ms beyond two round trips in the profiles of Linux, and no longer than the timeout", function()
    p = flight.new { profile = "linux", timer_granularity = 0 }
    assert.equal(0.2, p.conn:getoption "max_ack_delay")
    p:give(1)
    near(math.min(0.1 + 0.2, p:status "rto"), p:due "probe")
    p:pass(0.05)
    p:ack(1)
    p:give(2)
    near(2 * p:status "srtt" + 0.008, p:due "probe", 0.001) -- several: probe_slack
  end)

  it("leaves nothing behind one ACK that comes 30 ms late, with nothing lost", function()
    local conn, peer, lab = helper.established { client = { profile = "linux" }, server = { profile = "linux" }, link = { delay = 0.09 } }
    local again = 0
    for _ = 1, 20 do
      conn:send(("x"):rep(100))
      peer:receive(100)
      lab.net:sleep(0.5)
    end
    near(0.38, conn:status().rto, 0.005)
    lab.net:on("segment", function(e)
      if e.point == "sent" and e.host == lab.client and (e.segment.retransmission or e.segment.probe) then again = again + 1 end
    end)
    lab.link:delay({ kind = "ACK", from = lab.server }, 1, 0.030)
    conn:send(("x"):rep(100))
    peer:receive(100)
    lab.net:sleep(0.5)
    assert.equal(0, again)
    lab.net:close()
  end)
end)
