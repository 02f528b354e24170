-- SPDX-License-Identifier: MIT
local paper = require "spec.tcp.paper"

-- What Linux does between its timer wheel's roundings; how those are is told in timer_spec.
local function exact(options)
  local settings = { timer_granularity = 0 }
  for name, value in pairs(options) do settings[name] = value end
  return settings
end

local function near(expected, actual)
  assert.equal(#expected, #actual, table.concat(actual, " "))
  for i, value in ipairs(expected) do
    assert.is_true(math.abs(value - actual[i]) < 1e-3, ("%d: %g, not %g"):format(i, actual[i], value))
  end
end

describe("patience", function()
  local p, conn, ended
  after_each(function()
    if p then p:close() end
    p = nil
  end)

  local function watch(of)
    ended = nil
    of:on("state", function(e) if e.to == "CLOSED" then ended = { at = e.time, event = e.event } end end)
  end

  local function establish(options, answer)
    p = paper.new(options)
    conn = p:established(nil, answer)
    watch(conn)
  end

  -- Seconds from now at which segments leave within the limit, and their flags.
  local function leaving(limit)
    local began, at, flags = p.net:now(), {}, {}
    p:pass(limit)
    for i, s in ipairs(p:take()) do at[i], flags[i] = s.time - began, s.flags end
    return at, flags, ended and ended.at - began
  end

  describe("with a SYN", function()
    local function opening(options, more)
      p = paper.new(options)
      conn = p:opening(more)
      watch(conn)
    end

    it("is 1 3 7 15 31 63, and ends at 127 s, in linux-5.10 and 6.1", function()
      for _, profile in ipairs { "linux-5.10", "linux-6.1" } do
        opening(exact { profile = profile })
        local at, _, over = leaving(300)
        near({ 1, 3, 7, 15, 31, 63 }, at)
        near({ 127 }, { over })
        assert.equal("ETIMEDOUT", conn:status().code)
        p:close()
      end
    end)

    it("has four more time-outs of one length before, from linux-6.12 on: 1 2 3 4 5 7 11 19 35 67, 131 s", function()
      for _, profile in ipairs { "linux-6.12", "linux-6.18", "linux-7.2", "linux" } do
        opening(exact { profile = profile })
        local at, _, over = leaving(300)
        near({ 1, 2, 3, 4, 5, 7, 11, 19, 35, 67 }, at)
        near({ 131 }, { over })
        p:close()
      end
    end)

    it("ends within 133 to 135 s, or 127 to 131, on the wheel's grid", function()
      for profile, range in pairs { ["linux-6.1"] = { 127, 131 }, ["linux-6.12"] = { 131, 135.2 } } do
        opening { profile = profile }
        local _, _, over = leaving(300)
        assert.is_true(over >= range[1] and over <= range[2], over)
        p:close()
      end
    end)

    it("sends six SYNs with syn_retries 2 where four time-outs are linear, three where none is", function()
      opening(exact { profile = "linux-6.18", syn_retries = 2 })
      local at, _, over = leaving(300)
      near({ 1, 2, 3, 4, 5 }, at)
      near({ 7 }, { over })
      p:close()
      opening(exact { profile = "linux-6.1", syn_retries = 2 })
      at, _, over = leaving(300)
      near({ 1, 3 }, at)
      near({ 7 }, { over })
    end)

    it("is not linear with a SYN-ACK: 1 3 7 15 31, and 63 s", function()
      p = paper.new(exact { profile = "linux" })
      local listener = p.host:listen(p.port)
      p:arrive { flags = "S", seq = 0, options = { mss = 1460 } }
      p:take()
      watch(p.host)
      local at, _, over = leaving(300)
      near({ 1, 3, 7, 15, 31 }, at)
      near({ 63 }, { over })
      assert.is_true(listener ~= nil)
    end)
  end)

  describe("with a peer that is gone", function()
    it("is what tcp_retries2's fifteen take from 0.2 s on, counted from the first time-out", function()
      establish(exact { profile = "linux", sack = false })
      assert(conn:send "x")
      p:pass()
      local at, _, over = leaving(2000)
      near({ 0, 0.2, 0.6, 1.4, 3, 6.2, 12.6, 25.4, 51, 102.2, 204.6, 324.6, 444.6, 564.6, 684.6, 804.6, 924.6 }, at)
      near({ 1044.6 }, { over })
      assert.equal("ETIMEDOUT", conn:status().code)
      assert.equal("TIMEOUT-retransmission", ended.event)
    end)

    it("is counted from the sending without silence_from", function()
      establish(exact { profile = "linux", sack = false, silence_from = "sending" })
      assert(conn:send "x")
      local _, _, over = leaving(2000)
      near({ 924.6 }, { over })
    end)

    it("is shorter for what is closed both ways: ten FINs with a probe among them, 102 s and the timeout then", function()
      establish({ profile = "linux" }, { options = { mss = 1460, sack_permitted = true } })
      assert.equal(8, conn:getoption "orphan_retries")
      conn:close()
      p:pass()
      local at, flags, over = leaving(300)
      assert.equal(10, #at, table.concat(at, " "))
      assert.equal(("F."):rep(10, " "), table.concat(flags, " "))
      assert.is_true(over >= 102 and over <= 127, over)
    end)

    it("is that of any other in LAST-ACK that was shut down for sending alone", function()
      establish(exact { profile = "linux", retries = 3, orphan_retries = 1, sack = false })
      conn:shutdown "send"
      p:pass()
      local at = leaving(300)
      near({ 0, 0.2, 0.6, 1.4, 3.0 }, at)
    end)
  end)

  describe("with a shut window", function()
    it("is fifteen probes without an answer, and for ever with answers", function()
      establish(exact { profile = "linux" })
      p:arrive { window = 0 }
      assert(conn:send "x")
      local at, _, over = leaving(2000)
      assert.equal(15, #at)
      near({ 924.6 }, { over })
      assert.equal("ETIMEDOUT", conn:status().code)
    end)
  end)

  describe("that the user sets", function()
    it("begins with the first time-out, and ends with a time-out brought forward: 5 s at 5.2, 1 s at 1.2", function()
      for limit, over in pairs { [5] = 5.2, [1] = 1.2 } do
        establish(exact { profile = "linux", user_timeout = limit, sack = false })
        assert(conn:send "x")
        local at, _, actual = leaving(100)
        near({ over }, { actual })
        assert.is_true(#at >= 2)
        assert.equal("ETIMEDOUT", conn:status().code)
        assert.equal("TIMEOUT-retransmission", ended.event)
        assert.is_nil(conn:status().timers.user)
        p:close()
      end
    end)

    it("goes before the count of retransmissions", function()
      establish(exact { profile = "linux", user_timeout = 50, retries = 2, sack = false })
      assert(conn:send "x")
      local _, _, over = leaving(100)
      near({ 50.2 }, { over })
    end)

    it("holds for a shut window too, from the first probe on: 5 s at 5.2", function()
      establish(exact { profile = "linux", user_timeout = 5 })
      p:arrive { window = 0 }
      assert(conn:send "x")
      local _, _, over = leaving(100)
      near({ 5.2 }, { over })
      assert.equal("TIMEOUT-persist", ended.event)
    end)

    it("is counted anew from the first time-out after an ACK of something new", function()
      establish(exact { profile = "linux", user_timeout = 5, sack = false })
      assert(conn:send "xy")
      p:pass(4)
      p:arrive { ack = 2 }
      local _, _, over = leaving(100)
      assert.is_true(over > 5.1, over)
    end)

    it("ends a silent connection at the keep-alive probe at which it is over, whatever keepalive_count says", function()
      establish(exact { profile = "linux", user_timeout = 3.5, keepalive = true, keepalive_idle = 1, keepalive_interval = 1, keepalive_count = 20 })
      local at, flags, over = leaving(100)
      near({ 1, 2, 3, 4 }, at)
      near({ 4 }, { over })
      assert.equal("R", flags[4]:sub(1, 1))
      assert.equal("ETIMEDOUT", conn:status().code)
    end)

    it("is a timer of its own, EUSERTIMEOUT, and nothing to keep-alive, by default", function()
      establish { user_timeout = 5, rto_min = 0.2 }
      assert(conn:send "x")
      local _, _, over = leaving(100)
      near({ 5 }, { over })
      assert.equal("EUSERTIMEOUT", conn:status().code)
    end)
  end)

  describe("of keep-alive", function()
    it("ends with a RST where keepalive_reset says so, and without a word else", function()
      for _, profile in ipairs { "linux-5.10", "linux", "rfc9293" } do
        establish(exact { profile = profile, keepalive = true, keepalive_idle = 1, keepalive_interval = 1, keepalive_count = 2 })
        local at, flags, over = leaving(100)
        near({ 3 }, { over })
        assert.equal(profile == "rfc9293" and 2 or 3, #at)
        assert.equal(profile ~= "rfc9293", flags[#flags]:find "R" ~= nil)
        p:close()
      end
    end)
  end)
end)
