-- SPDX-License-Identifier: MIT
local paper = require "spec.tcp.paper"

describe("timers", function()
  local p, conn
  after_each(function() if p then p:close() end end)

  local function establish(host_options, answer)
    p = paper.new(host_options)
    conn = p:established(nil, answer)
  end

  local function send(text)
    assert(conn:send(text))
    p:pass()
  end

  -- The distances at which segments are sent until nothing more comes within the limit.
  local function distances(limit)
    local began, at, list = p.net:now(), p.net:now(), {}
    p:pass(limit)
    for _, s in ipairs(p:take()) do
      list[#list + 1] = s.time - at
      at = s.time
    end
    return list, began
  end

  local function near(expected, actual)
    assert.equal(#expected, #actual)
    for i, value in ipairs(expected) do assert.is_true(math.abs(value - actual[i]) < 1e-6, ("%d: %g, not %g"):format(i, actual[i], value)) end
  end

  describe("of retransmission", function()
    it("starts with one second before the first measurement, and not before #R6298-1", function()
      p = paper.new()
      p:opening()
      p:pass(0.999)
      assert.is_true(p:silent())
      p:pass(0.001)
      local again = p:one()
      assert.same({ "S", 0, true }, { again.flags, again.seq, again.retransmission })
    end)

    it("doubles its distance up to rto_max, and resends the earliest segment alone #R6298-6 #R6298-8 #MUST-19", function()
      establish { rto_max = 5, r2 = 30, nodelay = true }
      send "abc"
      send "def"
      p:take()
      near({ 1, 2, 4, 5, 5, 5, 5 }, (distances(30)))
    end)

    it("is not below one second, nor of a ceiling below 60 s #R6298-3", function()
      establish { r2 = 1000, user_timeout = 0 }
      send "abc"
      p:take()
      near({ 1, 2, 4, 8, 16, 32, 60, 60, 60 }, (distances(250)))
    end)

    it("starts with the text, starts again with each new ACK, and stops when all is acknowledged #R6928-4 #R6298-5", function()
      establish { nodelay = true }
      send "a"
      send "b"
      p:take()
      p:pass(0.5)
      p:arrive { ack = 2 }
      p:pass(0.999)
      assert.is_true(p:silent())
      p:pass(0.001)
      assert.equal("b", p:one().payload)
      p:arrive { ack = 3 }
      assert.is_nil(conn:status().timers.retransmission)
      p:pass(100)
      assert.is_true(p:silent())
    end)

    it("resends the last text with its FIN, once a timeout", function()
      establish { r2 = 20 }
      send "abc"
      conn:shutdown "send"
      p:pass()
      p:take()
      p:arrive { ack = 4 }
      p:pass(0.5)
      assert.is_true(p:silent())
      p:pass(19)
      local sent = p:take()
      assert.equal(4, #sent)
      for _, s in ipairs(sent) do assert.same({ "F.", 4, "" }, { s.flags, s.seq, s.payload }) end
      p:close()
      establish { r2 = 20 }
      send "a"
      p:take()
      send "abc" -- which Nagle's algorithm holds for the FIN
      conn:shutdown "send"
      p:pass()
      assert.equal("FP.", p:one().flags)
      p:arrive { ack = 2 }
      p:pass(19)
      sent = p:take()
      assert.equal(4, #sent)
      for _, s in ipairs(sent) do assert.same({ "FP.", 2, "abc" }, { s.flags, s.seq, s.payload }) end
    end)

    it("is not started again by an ACK of nothing new", function()
      establish()
      send "a"
      p:take()
      p:pass(0.9)
      p:arrive { ack = 1 }
      p:pass(0.1)
      assert.equal("a", p:one().payload)
    end)

    it("starts text with three seconds after a SYN had to be resent, however often #R6298-7", function()
      for _, waited in ipairs { 1, 7, 31 } do
        p = paper.new()
        conn = p:opening()
        p:pass(waited)
        p:take()
        p:arrive { flags = "S.", seq = 0, options = { mss = 1460 } }
        p:take()
        send "a"
        p:take()
        p:pass(2.999)
        assert.is_true(p:silent())
        p:pass(0.001)
        assert.equal("a", p:one().payload)
        p:close()
      end
      p = nil
    end)

    it("asks the policy rto for each timeout it is about to use", function()
      local asked = {}
      p = paper.new { rto = function(_, seconds)
        asked[#asked + 1] = seconds
        return 0.25
      end }
      p:opening()
      p:pass(0.249)
      assert.is_true(p:silent())
      p:pass(0.001)
      assert.equal(1, #p:take())
      assert.same({ 1.0, 2.0 }, asked)
    end)

    it("bears a policy rto of centuries, and the other timers run on", function()
      p = paper.new { rto = function() return 8.9e9 end, user_timeout = 5 }
      conn = p:opening()
      p:pass(4.999)
      assert.equal("SYN-SENT", conn.state)
      p:pass(0.001)
      assert.equal("CLOSED", conn.state)
      assert.equal("EUSERTIMEOUT", conn:status().code)
    end)
  end)

  describe("of giving up", function()
    it("tells the user at R1, and closes at R2 #MUST-20 #SHLD-9 #SHLD-10 #R9293-U11", function()
      establish { r1 = 3, r2 = 100, user_timeout = 0 }
      local told = {}
      conn:on("error", function(e) told[#told + 1] = { e.code, e.soft, e.time } end)
      local began = p.net:now()
      send "a"
      p:pass(200)
      assert.same({ { "ETIMEDOUT", true, began + 7 }, { "ETIMEDOUT", false, began + 123 } }, told)
      assert.equal("CLOSED", conn.state)
      assert.equal(6, #p:take() - 1)
    end)

    it("does not close before R2's 100 seconds #SHLD-11", function()
      establish { user_timeout = 0 }
      send "a"
      p:pass(122.9)
      assert.equal("ESTABLISHED", conn.state)
      p:pass(0.2)
      assert.equal("CLOSED", conn.state)
    end)

    it("takes R2 of one connection, for ever included #MUST-21", function()
      establish { user_timeout = 0 }
      conn:setoption("r2", math.huge)
      send "a"
      p:pass(50000)
      assert.equal("ESTABLISHED", conn.state)
      conn:setoption("r2", 1)
      p:pass(60)
      assert.equal("CLOSED", conn.state)
    end)

    it("retries a SYN for three minutes, telling of R1 #MUST-22 #MUST-23", function()
      p = paper.new()
      conn = p:opening()
      local soft = 0
      conn:on("error", function(e) soft = soft + (e.soft and 1 or 0) end)
      p:pass(180)
      assert.equal("SYN-SENT", conn.state)
      assert.equal(1, soft)
      p:pass(62)
      assert.equal("CLOSED", conn.state)
      assert.equal("ETIMEDOUT", conn:status().code)
    end)

    it("aborts at the user timeout, counted from the first silence", function()
      establish { user_timeout = 10 }
      send "a"
      p:pass(9.999)
      assert.equal("ESTABLISHED", conn.state)
      p:pass(0.001)
      assert.equal("CLOSED", conn.state)
      assert.equal("EUSERTIMEOUT", conn:status().code)
    end)

    it("aborts at the user timeout before it resends at the same instant", function()
      establish { user_timeout = 1 }
      send "a"
      p:take()
      p:pass(1)
      assert.equal("CLOSED", conn.state)
      local sent = p:take()
      for _, s in ipairs(sent) do assert.equal("R", s.flags) end
    end)

    it("counts the user timeout anew with each ACK of something new", function()
      establish { user_timeout = 10, nodelay = true }
      send "a"
      send "b"
      p:pass(9)
      p:arrive { ack = 2 }
      p:pass(9.999)
      assert.equal("ESTABLISHED", conn.state)
      p:pass(0.001)
      assert.equal("CLOSED", conn.state)
    end)
  end)

  describe("of keep-alive", function()
    it("is off unless asked for, for one connection at a time #MUST-24 #MUST-25 #MAY-5", function()
      establish()
      p:pass(80000)
      assert.is_true(p:silent())
      conn:setoption("keepalive", true)
      assert.equal(7200, conn:getoption "keepalive_idle")
      p:pass(7199.9)
      assert.is_true(p:silent())
      p:pass(0.2)
      assert.equal(1, #p:take())
      conn:setoption("keepalive", false)
      p:pass(80000)
      assert.is_true(p:silent())
    end)

    it("probes after two hours of silence by default, after another time if told so #MUST-27 #MUST-28 #SHLD-12", function()
      for _, idle in ipairs { 7200, 10 } do
        establish { keepalive = true, keepalive_idle = idle }
        p:pass(idle - 0.001)
        assert.is_true(p:silent())
        p:pass(0.001)
        local probe = p:one()
        assert.same({ 0, "", true, "." }, { probe.seq, probe.payload, probe.probe, probe.flags })
        p:close()
      end
    end)

    it("counts from the last segment of the peer's #MUST-26", function()
      establish { keepalive = true, keepalive_idle = 10 }
      p:pass(9)
      p:arrive {}
      p:take()
      p:pass(9.999)
      assert.is_true(p:silent())
      p:pass(0.001)
      assert.equal(1, #p:take())
    end)

    it("does not probe while something is outstanding #MUST-26", function()
      establish { keepalive = true, keepalive_idle = 2, rto_min = 50, rto_max = 60, user_timeout = 0 }
      p:arrive {}
      send "a"
      p:take()
      p:pass(10)
      for _, s in ipairs(p:take()) do assert.is_nil(s.probe or nil) end
    end)

    it("ends the connection after as many unanswered probes as it may, not after one #MUST-29", function()
      establish { keepalive = true, keepalive_idle = 10, keepalive_interval = 5, keepalive_count = 3 }
      p:pass(10 + 3 * 5 - 0.001)
      assert.equal(3, #p:take())
      assert.equal("ESTABLISHED", conn.state)
      p:pass(0.001)
      assert.equal("CLOSED", conn.state)
      assert.equal("ETIMEDOUT", conn:status().code)
    end)

    it("bears an interval of a century at the end of the third: no probe comes before its time", function()
      local century = 100 * 365 * 86400
      establish { keepalive = true, keepalive_idle = 10, keepalive_interval = century }
      p:pass(2 * century + 1000)
      assert.equal(3, #p:take())
      assert.equal("ESTABLISHED", conn.state)
    end)

    it("goes on for ever with a peer that answers", function()
      establish { keepalive = true, keepalive_idle = 10, keepalive_interval = 5, keepalive_count = 2 }
      for _ = 1, 20 do
        p:pass(10)
        assert.equal(1, #p:take())
        p:arrive {}
      end
      assert.equal("ESTABLISHED", conn.state)
    end)
  end)

  describe("of delayed acknowledgement", function()
    it("holds an ACK back for its time, below half a second #SHLD-18 #MUST-40", function()
      for _, delay in ipairs { 0.04, 0.499 } do
        establish { delayed_ack = delay }
        p:arrive { payload = "a" }
        p:pass(delay - 0.001)
        assert.is_true(p:silent())
        p:pass(0.001)
        assert.equal(2, p:one().ack)
        p:close()
      end
      assert.error_matches(function() paper.new { delayed_ack = 0.5 } end, "delayed_ack")
    end)

    it("acknowledges every second segment at once #SHLD-19 #MUST-58", function()
      establish()
      p:arrive { payload = ("x"):rep(1460) }
      assert.is_true(p:silent())
      p:arrive { seq = 1461, payload = ("x"):rep(1460) }
      assert.equal(2921, p:one().ack)
      p:arrive { seq = 2921, payload = ("x"):rep(1460) }
      assert.is_true(p:silent())
    end)

    it("lets the ACK ride on text #MUST-58", function()
      establish()
      p:arrive { payload = "question" }
      send "answer"
      local s = p:one()
      assert.same({ 9, "answer" }, { s.ack, s.payload })
      p:pass(1)
      for _, again in ipairs(p:take()) do assert.equal("answer", again.payload) end
    end)

    it("acknowledges at once what is out of order, what fills a gap, and a FIN #R5681-6", function()
      establish()
      p:arrive { seq = 2, payload = "b" }
      assert.equal(1, p:one().ack)
      p:arrive { seq = 1, payload = "a" }
      assert.equal(3, p:one().ack)
      p:arrive { flags = "F.", seq = 3 }
      assert.equal(4, p:one().ack)
    end)

    it("is not lost where a change of state stops it: the ACK goes at once", function()
      establish { delay_ack = function() return 3 end }
      conn:shutdown "send"
      p:pass()
      p:arrive { ack = 2 }
      p:take()
      p:arrive { flags = "F.", ack = 2 }
      assert.equal("TIME-WAIT", conn.state)
      assert.equal(2, p:one().ack)
      p:close()
      establish({ delay_ack = function() return 3 end }, { window = 0 })
      p:arrive { flags = "F.", window = 0 }
      assert.is_true(p:silent())
      conn:shutdown "send"
      p:pass()
      assert.same({ "LAST-ACK", ".", 2 }, { conn.state, (function(s) return s.flags, s.ack end)(p:one()) })
    end)

    it("is not delayed for the first quick_acks of them", function()
      establish { quick_acks = 2, mss = 1000 }
      for i = 0, 1 do
        p:arrive { seq = 1 + i * 1000, payload = ("x"):rep(1000) }
        assert.equal(1 + (i + 1) * 1000, p:one().ack)
      end
      p:arrive { seq = 2001, payload = "y" }
      assert.is_true(p:silent())
      p:pass(0.040)
      assert.equal(2002, p:one().ack)
    end)

    it("asks the policy delay_ack", function()
      local answer
      establish { delay_ack = function(_, segment)
        assert.equal("DATA", segment.kind)
        return answer
      end }
      answer = false
      p:arrive { payload = "a" }
      assert.equal(2, p:one().ack)
      answer = 3
      p:arrive { seq = 2, payload = "b" }
      p:pass(2.999)
      assert.is_true(p:silent())
      p:pass(0.001)
      assert.equal(3, p:one().ack)
    end)
  end)

  describe("of FIN-WAIT-2", function()
    -- The peer has acknowledged our FIN, and keeps its own.
    local function half_closed(options)
      establish(options)
      conn:shutdown "send"
      p:pass()
      p:arrive { ack = 2 }
      p:take()
      assert.equal("FIN-WAIT-2", conn.state)
    end

    local YEAR = 365 * 86400

    it("is not there for one that still reads: it stays for ever, whatever the timeouts say", function()
      half_closed { fin_wait_2_timeout = 60, user_timeout = 300 }
      p:pass(YEAR)
      assert.equal("FIN-WAIT-2", conn.state)
      assert.is_true(p:silent())
      p:arrive { payload = "late", ack = 2 }
      assert.equal("late", conn:receive(4))
    end)

    it("is off by default, where the user timeout alone ends what is closed both ways; without that it stays for ever", function()
      half_closed { user_timeout = 0 }
      assert.equal(0, conn:getoption "fin_wait_2_timeout")
      conn:close()
      assert.same({}, conn:status().timers)
      p:pass(YEAR)
      assert.equal("FIN-WAIT-2", conn.state)
    end)

    it("ends what is closed both ways to the moment, without a word; what comes then draws a RST", function()
      half_closed { fin_wait_2_timeout = 60, user_timeout = 0 }
      local changes = {}
      conn:on("state", function(e) changes[#changes + 1] = e.event .. ": " .. e.to end)
      p:pass(1000)
      conn:close()
      assert.equal(p.net:now() + 60, conn:status().timers["fin-wait-2"])
      p:pass(59.999)
      assert.equal("FIN-WAIT-2", conn.state)
      p:pass(0.001)
      assert.same({ "CLOSED", "TIMEOUT-fin-wait-2: CLOSED" }, { conn.state, changes[1] })
      assert.is_nil(conn:status().code)
      assert.is_true(p:silent())
      p:arrive { flags = "F.", ack = 2 }
      assert.same({ "R", 2 }, { (function(s) return s.flags, s.seq end)(p:one()) })
    end)

    it("begins when our FIN is acknowledged, where both ways were closed before", function()
      establish { profile = "linux", timer_granularity = 0 }
      assert.equal(60, conn:getoption "fin_wait_2_timeout")
      conn:close()
      p:pass(0.1)
      assert.is_nil(conn:status().timers["fin-wait-2"])
      p:arrive { ack = 2 }
      assert.equal(p.net:now() + 60, conn:status().timers["fin-wait-2"])
      p:pass(60)
      assert.equal("CLOSED", conn.state)
      assert.equal(1, p.host.machine:count("FIN-WAIT-2", "TIMEOUT-fin-wait-2"))
    end)

    it("is over with the peer's FIN", function()
      half_closed { fin_wait_2_timeout = 60 }
      conn:close()
      p:arrive { flags = "F.", ack = 2 }
      assert.equal("TIME-WAIT", conn.state)
      assert.is_nil(conn:status().timers["fin-wait-2"])
      p:pass(61)
      assert.equal("TIME-WAIT", conn.state)
    end)
  end)

  describe("of CLOSE-WAIT", function()
    it("is none: one whose user never closes stays for ever", function()
      establish()
      p:arrive { flags = "F." }
      p:take()
      p:pass(365 * 86400)
      assert.equal("CLOSE-WAIT", conn.state)
      assert.same({}, conn:status().timers)
      assert.is_true(p:silent())
    end)
  end)

  describe("of TIME-WAIT", function()
    it("lasts twice the MSL, to the moment #MUST-13", function()
      establish { msl = 30 }
      conn:shutdown "send"
      p:pass()
      p:arrive { flags = "F.", ack = 2 }
      assert.equal("TIME-WAIT", conn.state)
      p:pass(59.999)
      assert.equal("TIME-WAIT", conn.state)
      p:pass(0.001)
      assert.equal("CLOSED", conn.state)
    end)
  end)
  describe("of a thin stream", function()
    local function timeouts(segments, thin)
      if p then p:close() end
      establish { rto_min = 0.2, tail_loss_probe = false, sack = false, nodelay = true, thin_linear_timeouts = thin }
      p:arrive {}
      for _ = 1, segments do send(("x"):rep(1460)) end
      p:take()
      local list = {}
      for _, value in ipairs((distances(60))) do
        if value > 0 then list[#list + 1] = math.tointeger((value / 0.2 + 0.5) // 1) end
      end
      return table.concat(list, " ")
    end

    it("are six times more of the first one's length, and then double", function()
      assert.equal("1 2 4 8 16 32 64 128", timeouts(1, false))
      for _, segments in ipairs { 1, 3 } do assert.equal("1 1 1 1 1 1 1 2 4 8 16 32 64 128", timeouts(segments, true)) end
    end)

    it("double as ever with four segments outstanding", function() assert.equal("1 2 4 8 16 32 64 128", timeouts(4, true)) end)
  end)
end)
