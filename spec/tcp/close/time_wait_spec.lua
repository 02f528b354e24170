-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"
local paper = require "spec.tcp.paper"
local tcplab = require "tcplab"

-- The host has closed first: its connection p.conn, to a listener (given) or from an active OPEN, is in TIME-WAIT; SND.NXT and RCV.NXT are 2.
local function time_wait(options, given)
  local p = paper.new(options)
  local stamp = options and options.timestamps and { timestamps = { value = 100, echo = 0 } } or {}
  p.listener = assert(p.host:listen(p.port, given))
  p.listener:settimeout(0)
  p:arrive { flags = "S", seq = 0, options = { mss = 1460, timestamps = stamp.timestamps } }
  p:arrive { options = stamp }
  p.conn = assert(p.listener:accept())
  p.conn:settimeout(0)
  p.conn:shutdown "send"
  p:pass()
  p:arrive { flags = "F.", ack = 2, options = stamp }
  p:take()
  assert.equal("TIME-WAIT", p.conn.state)
  return p
end

describe("TIME-WAIT", function()
  local p
  after_each(function() if p then p:close() end end)

  describe("lasts", function()
    local function length(options)
      p = time_wait(options)
      local left = p.conn:status().timers["time-wait"] - p.net:now()
      p:pass(left - 0.001)
      assert.equal("TIME-WAIT", p.conn.state)
      p:pass(0.001)
      assert.equal("CLOSED", p.conn.state)
      p:close()
      p = nil
      return left
    end

    it("2 MSL: 240 s, or 60 s as Linux and FreeBSD have it #MUST-13", function()
      for profile, seconds in pairs { rfc9293 = 240.0, linux = 60.0, freebsd = 60.0, rfc793 = 240.0 } do
        assert.equal(seconds, length { profile = profile, timer_granularity = 0 })
      end
    end)

    it("1 MSL or none when time_wait_msls says so, for those who want to see why it is 2", function()
      assert.equal(10.0, length { msl = 10, time_wait_msls = 1 })
      p = paper.new { time_wait_msls = 0 }
      local conn = p:established()
      conn:shutdown "send"
      p:pass()
      p:take()
      p:arrive { flags = "F.", ack = 2 }
      assert.same({ ".", 2 }, (function(s) return { s.flags, s.ack } end)(p:one()))
      assert.equal("CLOSED", conn.state)
    end)

    it("again as long when the FIN comes again, with time_wait_msls too", function()
      p = time_wait { msl = 10, time_wait_msls = 1 }
      p:pass(9)
      p:arrive { flags = "F.", ack = 2 }
      assert.equal(19.0, p.conn:status().timers["time-wait"])
    end)
  end)

  it("lasts no longer for a FIN whose ACK nobody could have sent, or that has none", function()
    p = time_wait { msl = 10 }
    p:pass(5)
    for _, given in ipairs { { ack = 3 }, { ack = -100000 }, { ack = 2, seq = 0 }, { flags = "F" } } do
      given.flags = given.flags or "F."
      p:arrive(given)
      assert.same({ ".", 2 }, (function(s) return { s.flags, s.ack } end)(p:one()))
    end
    assert.equal(20.0, p.conn:status().timers["time-wait"])
  end)

  describe("has a limit, time_wait_max:", function()
    local function many(options, count)
      p = paper.new(options)
      local listener = p.host:listen(p.port)
      for i = 1, count do
        p:arrive { flags = "S", seq = 0, source_port = 1000 + i }
        p:arrive { source_port = 1000 + i }
        listener:accept():shutdown "send"
        p:pass()
        p:arrive { flags = "F.", ack = 2, source_port = 1000 + i }
      end
      return p.host:counters()
    end

    it("those over it are CLOSED at once, their FIN acknowledged, and counted", function()
      local counters = many({ time_wait_max = 5 }, 9)
      assert.same({ 5, 4 }, { counters.time_wait, counters.time_wait_overflows })
      assert.same({ 5, 9 }, { #p.host:connections(), #p:take() - 2 * 9 })
    end)

    it("there is room again when some have ended", function()
      many({ time_wait_max = 5, msl = 1 }, 5)
      p:pass(2)
      local counters = p.host:counters()
      assert.same({ 0, 0 }, { counters.time_wait, counters.time_wait_overflows })
      p:close()
      assert.equal(0, many({ time_wait_max = 5 }, 5).time_wait_overflows)
    end)

    it("it goes by Linux's name, and 0 leaves none", function()
      local counters = many({ ["net.ipv4.tcp_max_tw_buckets"] = 0 }, 3)
      assert.same({ 0, 3 }, { counters.time_wait, counters.time_wait_overflows })
    end)
  end)

  -- RFC 6191 2, line by line: whether the old and the new connection have timestamps, the SYN's stamp (the last was 100), its number (RCV.NXT is
  -- 2, the FIN's number 1), and whether it opens.
  local RULES = {
    { true, 101, -50000, true, "a later stamp, whatever its number #R6191-1" },
    { true, 100, 2, true, "the same stamp and a number past the FIN #R6191-1" },
    { true, 100, 1, false, "the same stamp and the FIN's number #R5961-2" },
    { true, 99, 70000, false, "an earlier stamp, whatever its number #R5961-2" },
    { true, nil, 2, true, "no stamp any more, and a number past the FIN #R6191-2" },
    { true, nil, 1, false, "no stamp any more, and the FIN's number #R5961-2" },
    { false, 1, -50000, true, "a stamp where there was none #R6191-2" },
    { false, nil, 2, true, "no stamp as before, and a number past the FIN #R6191-2 #MAY-2" },
    { false, nil, 1, false, "no stamp as before, and the FIN's number #R5961-2" },
    { false, nil, -50000, false, "no stamp as before, and a far older number #R5961-2" },
  }

  local function syn(seq, stamp)
    return { flags = "S", seq = seq, options = { mss = 1460, timestamps = stamp and { value = stamp, echo = 0 } or nil } }
  end

  describe("meets a SYN for its listener that has", function()
    for _, rule in ipairs(RULES) do
      local old, stamp, seq, opens, what = table.unpack(rule, 1, 5)
      it(what .. (opens and ": it opens a connection" or ": it draws a challenge ACK, and the wait goes on"), function()
        p = time_wait { timestamps = old }
        if not old then p.listener:close() p.listener = p.host:listen(p.port, { timestamps = true }) end
        p:pass(10)
        local reason = p:arrive(syn(seq, stamp))
        local sent = p:take()
        if opens then
          assert.same({ "accepted", "S.", (seq + 1) & 0xffffffff }, { reason, sent[1].flags, sent[1].ack })
        else
          assert.same({ "syn-challenged", 1, ".", 2, 2 }, { reason, #sent, sent[1].flags, sent[1].seq, sent[1].ack })
        end
        assert.same({ "TIME-WAIT", 240.0 }, { p.conn.state, p.conn:status().timers["time-wait"] })
      end)
    end
  end)

  describe("whose pair of sockets a SYN takes over", function()
    local function other()
      for _, conn in ipairs(p.host:connections()) do
        if conn ~= p.conn then return conn end
      end
    end

    it("gives the new connection a number above its own, whatever the isn policy says #MAY-2 #SHLD-4", function()
      p = time_wait()
      p:arrive(syn(2))
      assert.equal(3, p:one().seq) -- SND.NXT was 2, and the policy answers the old ISS
    end)

    it("keeps the number that was chosen where that is above", function()
      local isn = paper.iss
      p = time_wait { isn = function() return isn end }
      isn = (isn + 1000000) & 0xffffffff
      p:arrive(syn(2))
      assert.equal(1000000, p:one().seq)
    end)

    describe("gives the new connection, by time_wait_isn,", function()
      local chosen = (paper.iss + 100000) & 0xffffffff
      for isn, number in pairs { above = 100000, offset = 2 + 65537, ["as-ever"] = 100000 } do
        it(('"%s": %d'):format(isn, number), function()
          local now = paper.iss
          p = time_wait { isn = function() return now end, time_wait_isn = isn }
          now = chosen
          p:arrive(syn(3))
          assert.equal(number, p:one().seq)
        end)
      end

      it('"as-ever": also one below the old', function()
        p = time_wait { time_wait_isn = "as-ever" }
        p:arrive(syn(3))
        assert.equal(0, p:one().seq)
      end)
    end)

    it("goes when the handshake is over: told as REUSE", function()
      p = time_wait()
      local told = {}
      p.host:on("state", function(e) told[#told + 1] = ("%s %s %s"):format(e.from, e.to, e.event) end)
      p:arrive(syn(2))
      assert.same({ "TIME-WAIT", "SYN-RECEIVED" }, { p.conn.state, other().state })
      p:take()
      p:arrive { seq = 3, ack = 4 }
      local second = assert(p.listener:accept())
      assert.same({ "CLOSED", "ESTABLISHED", 1 }, { p.conn.state, second.state, #p.host:connections() })
      assert.is_nil(p.conn:status().code)
      assert.same({ "LISTEN SYN-RECEIVED SEG-SYN", "SYN-RECEIVED ESTABLISHED SEG-ACK-new", "TIME-WAIT CLOSED REUSE" }, told)
      p:arrive { seq = 3, ack = 4, payload = "anew" }
      assert.equal("anew", second:receive(4))
      p:pass(1000)
      assert.equal("ESTABLISHED", second.state)
    end)

    it("is there again when the SYN was an old duplicate, to which the peer says RST #MAY-2", function()
      p = time_wait()
      p:pass(10)
      p:arrive(syn(2))
      assert.equal("S.", p:one().flags)
      p:arrive { flags = "R", seq = 3 }
      assert.same({ "TIME-WAIT", 1 }, { p.conn.state, #p.host:connections() })
      p:arrive { flags = "F.", ack = 2 }
      assert.same({ 2, 2 }, (function(s) return { s.seq, s.ack } end)(p:one()))
      p:pass(240)
      assert.equal("CLOSED", p.conn.state)
    end)

    it("is there again when the new handshake comes to nothing", function()
      p = time_wait { syn_r2 = 5, rto_initial = 1 }
      p:arrive(syn(2))
      p:pass(20)
      assert.same({ "TIME-WAIT", 1 }, { p.conn.state, #p.host:connections() })
    end)

    it("ends in its time although the new connection is still opening", function()
      p = time_wait { msl = 0.1 }
      p:arrive(syn(2))
      p:pass(0.3)
      assert.same({ "CLOSED", "SYN-RECEIVED" }, { p.conn.state, other().state })
      p:take()
      p:arrive { seq = 3, ack = 4 }
      assert.equal("ESTABLISHED", other().state)
    end)

    it("may be that of a passive OPEN without a listener", function()
      p = paper.new()
      p.conn = p:established { local_port = 5000 }
      p.conn:shutdown "send"
      p:pass()
      p:arrive { flags = "F.", ack = 2 }
      p:take()
      local passive = assert(p.host:open { passive = true, local_port = 5000 })
      assert.equal("accepted", p:arrive(syn(2)))
      assert.same({ "S.", 3 }, (function(s) return { s.flags, s.seq } end)(p:one()))
      p:arrive { seq = 3, ack = 4 }
      assert.same({ "ESTABLISHED", "CLOSED" }, { passive.state, p.conn.state })
    end)

    it("stays in TIME-WAIT when the half-open queue is full", function()
      p = time_wait(nil, { half_open = 1, syn_cookies = "never" })
      p:arrive { flags = "S", seq = 0, source_port = 9 }
      p:take()
      assert.equal("half-open-full", p:arrive(syn(2)))
      assert.same({ "TIME-WAIT", true }, { p.conn.state, p:silent() })
    end)

    describe("where a cookie answers", function()
      local function cookies()
        p = time_wait()
        p.listener:close()
        p.listener = p.host:listen(p.port, { syn_cookies = "always", backlog = 1, drop_syn_on_overflow = false })
        p.listener:settimeout(0)
      end

      it("stays, for the SYN may be a stranger's, and goes when the cookie comes back", function()
        cookies()
        assert.equal("accepted", p:arrive(syn(2)))
        local answer = p:one()
        assert.same({ "S.", "TIME-WAIT", 1 }, { answer.flags, p.conn.state, #p.host:connections() })
        for _, wrong in ipairs { { 4, 1 }, { 3, 2 }, { 3, 0 } } do p:arrive { seq = wrong[1], ack = answer.seq + wrong[2] } end
        assert.equal("TIME-WAIT", p.conn.state)
        p:arrive { seq = 3, ack = answer.seq + 1, payload = "hello" }
        local conn = assert(p.listener:accept())
        assert.same({ "CLOSED", "ESTABLISHED", "hello" }, { p.conn.state, conn.state, conn:receive(5) })
        assert.equal(1, #p.host:connections())
      end)

      it("stays when the peer says RST to the cookie, and when the accept queue is full", function()
        cookies()
        p:arrive { flags = "S", seq = 0, source_port = 9 }
        p:arrive { source_port = 9, ack = p:one().seq + 1 }
        p:arrive(syn(70000))
        local answer = p:one()
        assert.equal("backlog-full", p:arrive { seq = 70001, ack = answer.seq + 1 })
        assert.equal("rst-outside", p:arrive { flags = "R", seq = 70001 })
        assert.equal("TIME-WAIT", p.conn.state)
        p.listener:accept()
        p:arrive { seq = 70001, ack = answer.seq + 1 }
        assert.equal("CLOSED", p.conn.state)
      end)

      it("knows an ACK that comes late for one of the connection that was", function()
        cookies()
        p.conn:abort()
        p:arrive(syn(0))
        local number = p:one().seq
        p:arrive { ack = number + 1 }
        p.conn = assert(p.listener:accept())
        p.conn:shutdown "send"
        p:pass()
        p:arrive { flags = "F.", ack = number + 2 }
        p:take()
        assert.equal("TIME-WAIT", p.conn.state)
        p:arrive { ack = number + 1 }
        p:arrive { ack = number + 1, payload = "once more" }
        assert.same({ "TIME-WAIT", 1 }, { p.conn.state, #p.host:connections() })
      end)
    end)

    it("is not given up when nobody listens any more: the SYN draws a challenge ACK #R5961-2", function()
      p = time_wait()
      p.listener:close()
      assert.equal("syn-challenged", p:arrive(syn(2)))
      assert.same({ ".", 2, 2 }, (function(s) return { s.flags, s.seq, s.ack } end)(p:one()))
      assert.equal("TIME-WAIT", p.conn.state)
    end)

    it("is found by a client that was restarted, in the time of one retransmission", function()
      for _, profile in ipairs { "rfc9293", "linux", "rfc793" } do
        local number = 900000
        local net <close> = tcplab.lab { seed = 3, trace = false }
        local client = net:host("client", { address = "10.0.0.1", timestamps = false, isn = function() return number end })
        local server = net:host("server", { address = "10.0.0.2", timestamps = false, profile = profile })
        net:link(client, server, { delay = 0.01 })
        local listener = server:listen(80)
        local conn = assert(client:connect(server, 80, { local_port = 5000 }))
        listener:accept():shutdown "send"
        net:run(0.1)
        conn:close()
        net:run(0.1)
        number = 800000 -- older than what it had
        client:reboot()
        local start = net:now()
        assert(client:connect(server, 80, { local_port = 5000 }))
        assert.is_true(net:now() - start < 1.1, profile)
      end
    end)

    it("is answered as RFC 793 has it where rfc5961 is off: an old SYN draws an ACK", function()
      p = time_wait { rfc5961 = false }
      assert.equal("sequence", p:arrive(syn(0)))
      assert.same({ ".", 2, 2 }, (function(s) return { s.flags, s.seq, s.ack } end)(p:one()))
      assert.equal("TIME-WAIT", p.conn.state)
    end)

    it("is not given up either with time_wait_reopen off", function()
      p = time_wait { time_wait_reopen = false }
      assert.equal("syn-challenged", p:arrive(syn(2)))
      assert.equal("TIME-WAIT", p.conn.state)
    end)

    it("follows an override of the machine instead, where there is one", function()
      p = time_wait()
      p.host.machine:override("TIME-WAIT", "SEG-SYN", "CLOSED")
      p:arrive(syn(2))
      assert.same({ "CLOSED", 0 }, { p.conn.state, #p.host:connections() })
    end)

    it("is counted as the cell it is #cell:TIME-WAIT/SEG-SYN", function()
      p = time_wait()
      p:arrive(syn(2))
      p:arrive(syn(1))
      local count
      for _, cell in ipairs(p.host.machine:coverage()) do
        if cell.state == "TIME-WAIT" and cell.event == "SEG-SYN" then count = cell.count end
      end
      assert.equal(1, count) -- the second SYN met SYN-RECEIVED
    end)
  end)

  it("is entered, left and forgotten in balance, so that the limit stays what it says", function()
    p = time_wait { time_wait_max = 1 }
    for _ = 1, 3 do
      p:arrive(syn(p.next or 2))
      local sent = p:one()
      p:arrive { seq = (p.next or 2) + 1, ack = sent.seq + 1 }
      local conn = assert(p.listener:accept())
      conn:shutdown "send"
      p:pass()
      p:arrive { flags = "F.", seq = (p.next or 2) + 1, ack = sent.seq + 2 }
      assert.equal("TIME-WAIT", conn.state)
      p.next = (p.next or 2) + 2
      p:take()
    end
    p.host:reboot()
    p.listener = p.host:listen(p.port)
    assert.equal(0, p.host:counters().time_wait_overflows)
  end)

  it("is counted while it lasts, also when a script writes the state", function()
    p = time_wait { time_wait_max = 1 }
    p.conn.tcb.state = "ESTABLISHED"
    p.conn:abort()
    p:take()
    for port = 81, 83 do
      p:arrive { flags = "S", seq = 0, source_port = port }
      p:arrive { source_port = port }
      local conn = assert(p.listener:accept())
      conn.tcb.state = "TIME-WAIT"
      conn:abort()
    end
    p:arrive { flags = "S", seq = 0, source_port = 84 }
    p:arrive { source_port = 84 }
    p:take()
    local conn = assert(p.listener:accept())
    conn:shutdown "send"
    p:pass()
    p:arrive { flags = "F.", ack = 2, source_port = 84 }
    assert.same({ "TIME-WAIT", 0 }, { conn.state, p.host:counters().time_wait_overflows })
  end)
end)

describe("an active OPEN to a pair of sockets in TIME-WAIT", function()
  local net, client, server, listener, stamps
  after_each(function() net:close() end)

  local function closed_once(options, port)
    net, client, server = helper.lab { client = options }
    stamps = {}
    client:on("segment", function(e)
      local stamp = e.point == "sent" and e.sender == client and e.segment.options.timestamps
      if stamp then stamps[#stamps + 1] = stamp.value end
    end)
    listener = server:listen(80)
    local conn = assert(client:connect(server, 80, { local_port = port or 5000 }))
    local peer = assert(listener:accept())
    conn:shutdown "send"
    net:run(0.1)
    peer:close()
    net:run(0.1)
    assert.equal("TIME-WAIT", conn.state)
    return conn
  end

  local function connect() return client:connect(server, 80, { local_port = 5000 }) end

  it("fails by default: it exists", function()
    closed_once()
    net:run(2)
    assert.equal("EISCONN", select(3, connect()))
  end)

  it("takes it over with time_wait_reuse, a second later, with numbers and stamps that go on", function()
    local old = closed_once { time_wait_reuse = true, isn = 0xffffff00 }
    assert.equal("EISCONN", select(3, connect()))
    net:run(0.8)
    assert.equal("EISCONN", select(3, connect()))
    net:run(0.2)
    local nxt, before = old:status().snd.nxt, #stamps
    local conn = assert(connect())
    assert.same({ "ESTABLISHED", "CLOSED", (nxt + 1) & 0xffffffff }, { conn.state, old.state, conn:status().snd.iss })
    assert.is_true(stamps[before + 1] - stamps[before] >= 1000) -- ms
    for i = 2, #stamps do assert.is_true(stamps[i] >= stamps[i - 1]) end
    assert.equal("ESTABLISHED", assert(listener:accept()).state)
  end)

  it("does not without timestamps, on the old connection or on the new one", function()
    closed_once { time_wait_reuse = true, timestamps = false }
    net:run(2)
    assert.equal("EISCONN", select(3, connect()))
    net:close()
    closed_once { time_wait_reuse = true }
    net:run(2)
    assert.equal("EISCONN", select(3, client:connect(server, 80, { local_port = 5000, timestamps = false })))
    assert.is_truthy(connect())
  end)

  it("from a port by name is at once with time_wait_reuse_bound, reuse_address and timestamps", function()
    local bound = { time_wait_reuse_bound = true, reuse_address = true }
    for name, code in pairs { timestamps = "EADDRNOTAVAIL", reuse_address = "EADDRINUSE" } do
      bound[name] = false
      closed_once(bound)
      assert.equal(code, select(3, connect()))
      bound[name] = nil
      bound.reuse_address = true
    end
    local old = closed_once(bound)
    assert(connect())
    assert.equal("CLOSED", old.state)
  end)

  it("leaves the old one be when it comes to nothing", function()
    local old = closed_once { time_wait_reuse = true }
    net:run(2)
    listener:close()
    assert.equal("ECONNREFUSED", select(3, connect()))
    assert.equal("TIME-WAIT", old.state)
    assert.equal(1, #client:connections())
  end)

  it("takes it over after time_wait_reuse_delay", function()
    closed_once { time_wait_reuse = true, time_wait_reuse_delay = 3 }
    net:run(2)
    assert.equal("EISCONN", select(3, connect()))
    net:run(1)
    assert.equal("ESTABLISHED", assert(connect()).state)
  end)

  it("takes it over with time_wait_reuse_loopback where the other end is a loopback address, and nowhere else", function()
    closed_once { time_wait_reuse_loopback = true }
    net:run(2)
    assert.equal("EISCONN", select(3, connect()))
    for _, pair in ipairs { { "127.0.0.1", "127.0.0.2" }, { "::2", "::1" } } do
      net:close()
      net, client, server = helper.lab { client = { address = pair[1], time_wait_reuse_loopback = true }, server = { address = pair[2] } }
      listener = server:listen(80)
      local conn = assert(client:connect(server, 80, { local_port = 5000 }))
      conn:shutdown "send"
      assert(listener:accept()):close()
      net:run(2)
      assert.equal("TIME-WAIT", conn.state)
      assert.equal("ESTABLISHED", assert(connect()).state)
    end
  end)

  it("counts for ephemeral ports too: they are skipped, unless reuse allows them", function()
    local range = { port_low = 5000, port_high = 5000 }
    closed_once(range)
    net:run(2)
    assert.equal("EADDRNOTAVAIL", select(3, client:connect(server, 80)))
    client:setoption("net.ipv4.tcp_tw_reuse", 1)
    assert.equal(5000, assert(client:connect(server, 80)):status().local_port)
  end)
end)

describe("too many connections in TIME-WAIT", function()
  -- Connections that a client opens and closes one after the other, over eight ephemeral ports.
  local function rounds(options)
    options.address, options.port_low, options.port_high = "10.0.0.1", 2000, 2007
    local net <close> = tcplab.lab { seed = 7, trace = false }
    local client, server = net:host("client", options), net:host("server", { address = "10.0.0.2" })
    net:link(client, server, { delay = 0.010 })
    local listener = server:listen(80)
    for count = 0, 39 do
      local conn, _, code = client:connect(server, 80)
      if not conn then return count, code end
      conn:shutdown "send"
      net:run(0.05)
      listener:accept():close()
      net:run(0.2)
    end
    return 40
  end

  it("leave no port to connect from, which reuse, a shorter wait or a bound mend", function()
    assert.same({ 8, "EADDRNOTAVAIL" }, { rounds {} })
    assert.same({ 40 }, { rounds { time_wait_reuse = true } })
    assert.same({ 40 }, { rounds { time_wait_recycle = true, rto_min = 0.2 } })
    assert.same({ 40 }, { rounds { msl = 1, time_wait_msls = 1 } })
    assert.same({ 40 }, { rounds { time_wait_max = 4 } })
  end)
end)
