-- SPDX-License-Identifier: MIT
local paper = require "spec.tcp.paper"

local NETWORK, HOST, PORT = 0, 1, 3

describe("a back-off", function()
  local p, conn
  after_each(function() p:close() end)

  local function milliseconds(seconds) return math.floor(seconds * 1e3 + 0.5) / 1e3 end

  local function state() return { conn:status().backoff, milliseconds(conn:status().rto) } end

  -- Four time-outs of one byte: at 0.2 0.6 1.4 3.0 s, and the next at 6.2.
  local function backed_off(options)
    local settings = { profile = "linux", timer_granularity = 0, sack = false }
    for name, value in pairs(options or {}) do settings[name] = value end
    p = paper.new(settings)
    conn = p:established()
    assert(conn:send "x")
    p:pass(3.1)
    p:take()
    assert.same({ 4, 3.2 }, state())
  end

  local function due() return milliseconds(conn:status().timers.retransmission - p.net:now()) end

  it("is taken back by a network or host unreachable about what is sent again: 4 to 3, and half the timeout (RFC 6069 4.2)", function()
    for _, code in ipairs { NETWORK, HOST } do
      backed_off()
      assert.equal(3.1, due())
      p:advise(3, code, 1)
      assert.same({ 3, 1.6 }, state())
      assert.equal(1.5, due())
      p:pass(1.6)
      assert.equal("x", p:one().payload)
      assert.equal(4, conn:status().backoff)
      p:close()
    end
    backed_off()
  end)

  it("is taken back once for each, and what is overdue by then leaves at once", function()
    backed_off()
    p:pass(1)
    p:advise(3, HOST, 1)
    p:advise(3, HOST, 1)
    assert.equal("x", p:one().payload)
  end)

  it("is not taken back by another cause, by what quotes something else, nor below none", function()
    backed_off()
    p:advise(3, PORT, 1)
    assert.equal(4, conn:status().backoff)
    assert(conn:send "more")
    p:pass()
    p:advise(3, HOST, 2)
    assert.equal(4, conn:status().backoff)
    p:arrive { ack = 2 }
    p:advise(3, HOST, 2)
    assert.equal(0, conn:status().backoff)
  end)

  it("stays where revert_backoff is off", function()
    backed_off { revert_backoff = false }
    p:advise(3, HOST, 1)
    assert.same({ 4, 3.1 }, { conn:status().backoff, due() })
  end)
end)
