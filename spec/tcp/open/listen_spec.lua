-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"
local paper = require "spec.tcp.paper"

describe("listening", function()
  local p, listener
  after_each(function() if p then p:close() end end)

  local function listen(host_options, more)
    p = paper.new(host_options)
    listener = assert(p.host:listen(p.port, more))
    listener:settimeout(0)
  end

  local function syn(port, given)
    local fields = { flags = "S", seq = 0, source_port = port, options = { mss = 1460 } }
    for name, value in pairs(given or {}) do fields[name] = value end
    return p:arrive(fields)
  end

  local function ports(each)
    local list = {}
    for conn in each do list[#list + 1] = select(2, conn:getpeername()) end
    return list
  end

  local function connect(port)
    syn(port)
    return p:arrive { source_port = port }
  end

  it("keeps a small record for a half-open connection, in which its answer is repeated from #R4987-1", function()
    listen()
    assert.equal("accepted", syn(81))
    local first = p:one()
    local status = p.host:connections()[1]:status()
    assert.same({ "half-open", "SYN-RECEIVED" }, { status.record, status.state })
    assert.equal(1, listener:status().half_open)
    p:pass(1.0)
    local again = p:one()
    assert.same({ first.flags, first.seq, first.ack, first.window }, { again.flags, again.seq, again.ack, again.window })
    assert.is_true(again.retransmission)
  end)

  it("counts half-open connections, and takes no more than it may #R4987-1", function()
    listen(nil, { half_open = 2, syn_cookies = "never" })
    syn(81)
    syn(82)
    assert.equal(2, listener:status().half_open)
    assert.equal("half-open-full", syn(83))
    p:arrive { source_port = 81 }
    assert.same({ 1, 1 }, { listener:status().half_open, listener:status().waiting })
    assert.equal("accepted", syn(83))
    p:arrive { flags = "R", seq = 1, source_port = 82 }
    assert.equal(1, listener:status().half_open)
  end)

  it("takes no connection while its accept queue is full, and takes the last ACK once there is room", function()
    listen(nil, { backlog = 2 })
    for port = 81, 83 do syn(port) end
    p:arrive { source_port = 81 }
    p:arrive { source_port = 82 }
    assert.equal("backlog-full", syn(84))
    assert.equal("backlog-full", p:arrive { source_port = 83 })
    assert.same({ 1, 2 }, { listener:status().half_open, listener:status().waiting })
    assert(listener:accept())
    assert.equal("accepted", p:arrive { source_port = 83 })
    assert.same({ 0, 2 }, { listener:status().half_open, listener:status().waiting })
  end)

  it("drops the SYN that finds the half-open queue full, and says so in its counters", function()
    listen(nil, { half_open = 2, syn_cookies = "never" })
    for port = 81, 84 do syn(port) end
    assert.same({ 81, 82 }, ports(listener:half_open()))
    assert.equal(2, listener:status().dropped["half-open-full"])
    assert.equal(2, p.host:counters().refused["half-open-full"])
    assert.equal(2, #p:take())
  end)

  it("drops the oldest half-open connection for a new one, without a word to its peer, where it is told to #R4987-1", function()
    listen(nil, { half_open = 2, syn_cookies = "never", half_open_overflow = "drop-oldest" })
    local told = {}
    p.net:on("state", function(e) if e.to == "CLOSED" then told[#told + 1] = e.event .. " " .. select(2, e.conn:getpeername()) end end)
    p.net:on("error", function(e) told[#told + 1] = e.code end)
    for port = 81, 84 do assert.equal("accepted", syn(port)) end
    assert.same({ 83, 84 }, ports(listener:half_open()))
    assert.same({ "ENOBUFS", "OVERFLOW 81", "ENOBUFS", "OVERFLOW 82" }, told)
    for _, sent in ipairs(p:take()) do assert.equal("S.", sent.flags) end
    assert.equal(2, listener:status().dropped["half-open-dropped"])
    assert.equal(2, p.host:counters().half_open_dropped)
    assert.equal("listen-ack", p:arrive { source_port = 81 })
    assert.equal("R", p:one().flags)
    assert.equal("accepted", p:arrive { source_port = 83 })
  end)

  -- Measured of Linux: 300 SYNs at listen(5) leave 6 half-open connections (5.10: 5), the other 294 draw cookies.
  describe("by half_open_backlog bounds half-open connections", function()
    local function kept(options, syns)
      listen(nil, options)
      for port = 1, syns do syn(port) end
      local status = listener:status()
      assert.equal(status.half_open_limit, status.half_open)
      return status.half_open, status.cookies.sent, status.dropped["half-open-full"]
    end

    for rule, count in pairs { equal = 5, spare = 6 } do
      it(('"%s": %d of listen(5), and cookies beyond it'):format(rule, count), function()
        assert.same({ count, 300 - count, 0 }, { kept({ backlog = 5, half_open_backlog = rule }, 300) })
        p:close()
        assert.same({ count, 0, 300 - count }, { kept({ backlog = 5, half_open_backlog = rule, syn_cookies = "never" }, 300) })
      end)
    end

    it("and without cookies three quarters of half_open and one", function()
      assert.same({ 385, 0, 15 }, { kept({ backlog = 4096, half_open_backlog = "spare", half_open = 512, syn_cookies = "never" }, 400) })
    end)

    it('"apart": half_open alone, as ever', function()
      assert.same({ 1024, 2, 0 }, { kept({ backlog = 5 }, 1026) })
    end)
  end)

  it("lets n + 1 wait of listen(n) with backlog_spare, one of listen(0)", function()
    for backlog = 0, 2 do
      listen { profile = "linux" }
      listener:close()
      listener = p.host:listen(p.port, { backlog = backlog })
      for port = 81, 85 do connect(port) end
      assert.equal(backlog + 1, listener:status().waiting)
      p:close()
    end
    listen(nil, { backlog = 0 })
    assert.equal("backlog-full", syn(81))
  end)

  it("ignores a SYN with FIN where syn_fin is off, as Linux does", function()
    for _, given in ipairs { { flags = "SF" }, { flags = "SFPU", payload = "x" } } do
      listen { profile = "linux" }
      assert.equal("listen-nothing", syn(81, given))
      assert.same({ true, 0 }, { p:silent(), listener:status().half_open })
      p:close()
      listen()
      assert.equal("accepted", syn(81, given))
      p:close()
    end
    p = nil
  end)

  it("has half-open connections, with half_open_strict, that answer another SYN by a RST and believe no SYN-ACK", function()
    for profile, flags in pairs { linux = { "R.", "." }, rfc9293 = {} } do
      listen { profile = profile }
      syn(81)
      p:take()
      p:arrive { flags = "S", seq = 100, source_port = 81 }
      local answer = p:take()[1]
      assert.same({ flags[1], 0 }, { answer and answer.flags, listener:status().half_open })
      syn(82)
      p:take()
      p:arrive { flags = "S.", seq = 0, ack = 1, source_port = 82 }
      answer = p:take()[1]
      assert.same({ flags[2], flags[2] and 1 or 0 }, { answer and answer.flags, listener:status().half_open })
      p:close()
    end
    p = nil
  end)

  it("answers a SYN that comes again each half second at most with syn_repeat_limit, and its timeout starts anew", function()
    local function times(profile)
      listen { profile = profile }
      for i = 0, 5 do
        syn(81)
        if i < 5 then p:pass(0.3) end
      end
      p:pass(3.1)
      local at = {}
      for i, s in ipairs(p:take()) do at[i] = math.floor(s.time * 10 + 0.5) / 10 end
      p:close()
      return at
    end
    assert.same({ 0.0, 0.3, 0.9, 1.5, 2.5, 4.5 }, times "linux")
    assert.same({ 0.0, 0.3, 0.6, 0.9, 1.0, 1.2, 1.5, 3.0 }, times "rfc9293")
    p = nil
  end)

  it("gives the text of a half-open connection back when it drops it for a new one", function()
    listen(nil, { half_open = 1, syn_cookies = "never", half_open_overflow = "drop-oldest" })
    syn(81, { payload = "early" })
    syn(82, { payload = "two" })
    assert.equal(3, listener:status().syn_data)
  end)

  it("tells who stands in its queues, oldest first, whoever left them", function()
    listen()
    for port = 81, 90 do syn(port) end
    for _, port in ipairs { 90, 81, 85, 83 } do p:arrive { source_port = port } end
    p:arrive { flags = "R", seq = 1, source_port = 82 }
    p:arrive { flags = "R", seq = 1, source_port = 85 }
    assert.same({ 84, 86, 87, 88, 89 }, ports(listener:half_open()))
    assert.same({ 90, 81, 83 }, ports(listener:waiting()))
    local oldest = listener:half_open()():status()
    assert.same({ "half-open", "SYN-RECEIVED", 84, listener }, { oldest.record, oldest.state, oldest.remote_port, oldest.listener })
  end)

  it("keeps its half-open queue within its limit however many SYNs come, and gives all of it back #R4987-1", function()
    listen { half_open = 256, syn_cookies = "never" }
    syn(1)
    local before = p.host:counters().record_bytes
    for port = 2, 5000 do syn(port) end
    local counters = p.host:counters()
    assert.same({ 256, 0 }, { counters.half_open, counters.connections })
    assert.equal(5000 - 256, listener:status().dropped["half-open-full"])
    local grown = counters.record_bytes - before
    assert.is_true(grown > 0 and grown < 256 * 256, grown)
    p:pass(300)
    assert.equal(0, p.host:counters().half_open)
    syn(1)
    assert.is_true(p.host:counters().record_bytes < before + 256 * 80) -- slots and tables stay
  end)

  it("keeps both queues in order through whatever comes, in any order", function()
    for _, overflow in ipairs { "drop-syn", "drop-oldest" } do
      listen(nil, { half_open = 6, backlog = 5, half_open_overflow = overflow, syn_cookies = "never", syn_ack_retries = 0 })
      local random = helper.random(5)
      local half, waiting, accepted = {}, {}, {}
      local function take_out(list, port)
        for i, each in ipairs(list) do
          if each == port then return table.remove(list, i) end
        end
      end
      local port_number = 100
      local acts = {
        function()
          port_number = port_number + 1
          syn(port_number)
          if #waiting == 5 then return end
          if #half == 6 and overflow == "drop-oldest" then table.remove(half, 1) end
          if #half < 6 then half[#half + 1] = port_number end
        end,
        function(port)
          p:arrive { source_port = port }
          if #waiting < 5 and take_out(half, port) then waiting[#waiting + 1] = port end
        end,
        function(port)
          p:arrive { flags = "R", seq = 1, source_port = port }
          if not take_out(half, port) and not take_out(waiting, port) then take_out(accepted, port) end
        end,
        function()
          local conn = listener:accept()
          assert.equal(waiting[1], conn and conn:status().remote_port)
          accepted[#accepted + 1] = table.remove(waiting, 1)
        end,
        function()
          if random(40) > 1 then return end
          p:pass(1)
          half = {}
        end,
      }
      for _ = 1, 1500 do
        local known = {}
        for _, list in ipairs { half, waiting, accepted } do table.move(list, 1, #list, #known + 1, known) end
        acts[random(#acts)](known[random(math.max(1, #known))] or 7)
        assert.same(half, ports(listener:half_open()))
        assert.same(waiting, ports(listener:waiting()))
        assert.equal(#half + #waiting + #accepted, #p.host:connections())
      end
      assert.is_true(port_number > 300)
      listener:close()
      assert.equal(#accepted, #p.host:connections())
      p:close()
    end
  end)

  -- What a walk over the host's connections finds of the listener's.
  local function walk(accepted)
    local found = { half_open = 0, waiting = 0, fast_open = 0, syn_data = 0 }
    for _, conn in ipairs(p.host:connections()) do
      local s = conn:status()
      if s.listener == listener then
        local early = s.state == "SYN-RECEIVED" and s.fast_open == "accepted"
        if s.state == "SYN-RECEIVED" and not early then
          found.half_open, found.syn_data = found.half_open + 1, found.syn_data + s.out_of_order
        elseif not accepted[conn] then
          found.waiting = found.waiting + 1
        end
        if early then found.fast_open = found.fast_open + 1 end
      end
    end
    return found
  end

  it("counts its connections as a walk over all of them does, whatever begins and ends them", function()
    local random, seen, fails = helper.random(11), {}, false
    local host_options = {
      connections_max = 8, time_wait_max = 3, ecn = 1, admit = function()
        if fails then error "admit" end
        return random(12) == 1 and "cookie" or "accept"
      end,
    }
    local options = {
      half_open = 3, backlog = 3, half_open_overflow = "drop-oldest", syn_cookies = "never", syn_ack_retries = 1, fast_open = "server", syn_data = 12,
      fast_open_pending = 2,
    }
    listen(host_options, options)
    local cookie, answers, accepted = "", {}, {}
    local function note()
      for _, s in ipairs(p:take()) do
        if s.flags == "S." then
          answers[s.segment.destination_port] = s.seq
          cookie = s.options.fast_open or cookie
        end
      end
    end
    local function some(list) return list[random(math.max(1, #list))] end
    local function one() return some(p.host:connections()) end
    local function port() return 80 + random(20) end
    local function answer(flags, at, seq)
      p:arrive { flags = flags, source_port = at, seq = seq, ack = (answers[at] or 0) + 1 + random(2) - 1, payload = random(5) == 1 and "text" or "" }
    end
    local acts = {
      function() syn(port(), { payload = random(2) == 1 and ("x"):rep(random(8)) or "" }) end,
      function() syn(port(), { payload = "early", options = { mss = 1460, fast_open = random(4) > 1 and cookie or "" } }) end,
      function() answer(".", port()) end,
      function() answer(".", port(), 6) end,
      function() answer("F.", port()) end,
      function() p:arrive { flags = "R", source_port = port(), seq = random(2) == 1 and 1 or 6 } end,
      function() p:advise(3, 3, 0) end,
      function()
        local conn = listener:accept()
        if conn then accepted[conn] = true end
      end,
      function()
        local conn = one()
        if conn then conn[({ "close", "abort", "shutdown" })[random(3)]](conn, nil) end
      end,
      function()
        local conn = one()
        local s = conn and conn:status()
        if s and s.state ~= "CLOSED" and s.out_of_order == 0 then conn.tcb.state = some { "ESTABLISHED", "TIME-WAIT", "FIN-WAIT-2", "CLOSE-WAIT" } end
      end,
      function()
        fails = true
        pcall(syn, port())
        fails = false
      end,
      function() p:pass(random(3)) end,
      function()
        if random(12) > 1 then return end
        local reboots = random(2) == 1
        if reboots then p.host:reboot() else listener:close() end
        listener = assert(p.host:listen(p.port, options))
        listener:settimeout(0)
      end,
    }
    for i = 1, 4000 do
      acts[random(#acts)]()
      p:pass()
      note()
      local found, status = walk(accepted), listener:status()
      for name, count in pairs(found) do
        assert.equal(count, status[name], ("%s after %d"):format(name, i))
        if count > 0 then seen[name] = true end
      end
      for _, list in ipairs { status.dropped, status.cookies } do
        for name, count in pairs(list) do seen[name] = seen[name] or count > 0 or nil end
      end
      assert.is_true(status.half_open <= 3 and status.syn_data <= 12)
    end
    for _, name in ipairs {
      "half_open", "waiting", "fast_open", "syn_data", "half-open-dropped", "backlog-full", "no-memory", "sent", "taken", "refused",
    } do
      assert.is_true(seen[name], name)
    end
    listener:close()
    for _, conn in ipairs(p.host:connections()) do conn:abort() end
    p:pass(1000)
    local counters = p.host:counters()
    assert.same({ 0, 0, 0, 0 }, { #p.host:connections(), counters.half_open, counters.time_wait, counters.buffer_bytes })
  end)

  it("hands connections over in the order in which they were established", function()
    listen()
    for port = 81, 83 do syn(port) end
    for _, port in ipairs { 82, 83, 81 } do p:arrive { source_port = port } end
    for _, port in ipairs { 82, 83, 81 } do assert.equal(port, assert(listener:accept()):status().remote_port) end
    assert.same({ nil, "timeout", "EAGAIN" }, { listener:accept() })
  end)

  it("keeps the order however long its accept queue becomes, and whoever leaves it", function()
    listen()
    for port = 81, 88 do connect(port) end
    for port = 81, 85 do assert.equal(port, assert(listener:accept()):status().remote_port) end
    for port = 89, 110 do connect(port) end
    for port = 90, 100 do p:arrive { flags = "R", seq = 1, source_port = port } end
    for port = 111, 125 do connect(port) end
    assert.equal(29, listener:status().waiting)
    for port = 86, 125 do
      if port < 90 or port > 100 then assert.equal(port, assert(listener:accept()):status().remote_port) end
    end
    assert.is_nil((listener:accept()))
  end)

  it("does not hand over a connection that was reset while it waited", function()
    listen()
    connect(81)
    connect(82)
    p:arrive { flags = "R", seq = 1, source_port = 81 }
    assert.equal(1, listener:status().waiting)
    assert.equal(82, assert(listener:accept()):status().remote_port)
    assert.is_nil((listener:accept()))
  end)

  it("hands over a connection that its peer has closed meanwhile", function()
    listen()
    connect(81)
    p:arrive { flags = "F.", source_port = 81 }
    assert.equal("CLOSE-WAIT", assert(listener:accept()).state)
  end)

  it("still counts a waiting connection that has come to TIME-WAIT, and hands it over", function()
    listen(nil, { backlog = 1 })
    connect(81)
    local conn = p.host:connections()[1]
    conn:shutdown "send"
    p:pass()
    p:arrive { flags = "F.", ack = 2, source_port = 81 }
    assert.equal("TIME-WAIT", conn.state)
    assert.equal(1, listener:status().waiting)
    assert.equal(conn, listener:accept())
    assert.equal(0, listener:status().waiting)
    assert.equal("accepted", syn(82))
  end)

  it("holds a SYN's text back until ESTABLISHED, and acknowledges it then #R9293-U7", function()
    listen()
    syn(81, { payload = "early" })
    assert.equal(1, p:one().ack)
    assert.equal(5, listener:status().syn_data)
    assert.equal(5, p.host:connections()[1]:status().out_of_order)
    p:arrive { seq = 6, source_port = 81 }
    assert.equal(0, listener:status().syn_data)
    assert.equal(6, p:one().ack)
    assert.equal("early", assert(listener:accept()):receive(5))
  end)

  it("holds no more text of SYNs than its limit, and leaves the rest unacknowledged #R9293-U7", function()
    listen(nil, { syn_data = 8 })
    syn(81, { payload = "five5" })
    syn(82, { payload = "four" })
    syn(83, { payload = "3.." })
    assert.equal(8, listener:status().syn_data)
    p:take()
    p:arrive { seq = 5, source_port = 82 }
    p:arrive { seq = 1, source_port = 82, payload = "four" }
    p:pass(0.04)
    assert.equal(5, p:one().ack)
    assert.equal("four", assert(listener:accept()):receive(4))
  end)

  it("holds a FIN on a SYN, too", function()
    listen()
    syn(81, { flags = "FS", payload = "all" })
    p:arrive { seq = 5, source_port = 81 }
    local conn = assert(listener:accept())
    assert.equal("CLOSE-WAIT", conn.state)
    assert.equal("all", conn:receive "*a")
  end)

  it("gets its bytes back when a half-open connection with text ends", function()
    listen()
    syn(81, { payload = "early" })
    p:arrive { flags = "R", seq = 1, source_port = 81 }
    assert.same({ 0, 0 }, { listener:status().half_open, listener:status().syn_data })
  end)

  it("gets its bytes back when a script writes the numbers that text hangs on", function()
    listen()
    syn(81, { payload = "early" })
    local conn = listener:half_open()()
    conn.tcb.rcv.nxt = conn.tcb.rcv.nxt
    p:pass()
    assert.same({ 0, 1 }, { listener:status().syn_data, listener:status().half_open })
  end)

  it("says how many SYNs met no room among all of the host's connections", function()
    listen { connections_max = 3 }
    for port = 81, 86 do syn(port) end
    assert.same({ 2, 4 }, { listener:status().half_open, listener:status().dropped["no-memory"] })
  end)

  it("counts a connection as half-open no longer when its user closes it, nor when a script writes its state", function()
    listen(nil, { half_open = 1, syn_cookies = "never", half_open_overflow = "drop-oldest" })
    syn(81)
    local closed = listener:half_open()()
    closed:close()
    assert.same({ "FIN-WAIT-1", 0 }, { closed.state, listener:status().half_open })
    syn(82)
    local written = listener:half_open()()
    written.tcb.state = "FIN-WAIT-2"
    syn(83)
    assert.same({ "FIN-WAIT-1", "FIN-WAIT-2" }, { closed.state, written.state })
    listener:half_open()().tcb.state = "ESTABLISHED"
    assert.same({ 0, 1 }, { listener:status().half_open, listener:status().waiting })
    assert.equal(83, assert(listener:accept()):status().remote_port)
    assert.same({ nil, "timeout", "EAGAIN" }, { listener:accept() })
  end)

  it("does not take text of established connections for text of SYNs", function()
    listen()
    syn(81, { payload = "early" })
    connect(82)
    p:arrive { seq = 11, source_port = 82, payload = "beyond" }
    p:arrive { seq = 1, source_port = 82, payload = "0123456789" }
    assert.equal(5, listener:status().syn_data)
    p:arrive { seq = 27, source_port = 82, payload = "beyond" }
    p:arrive { flags = "R", seq = 17, source_port = 82 }
    assert.equal(5, listener:status().syn_data)
  end)

  it("takes SYNs while its accept queue is full where drop_syn_on_overflow is off", function()
    listen(nil, { backlog = 1, drop_syn_on_overflow = false })
    connect(81)
    assert.equal("accepted", syn(82))
    assert.equal("backlog-full", p:arrive { source_port = 82 })
    assert.same({ 1, 1, 1 }, { listener:status().half_open, listener:status().waiting, listener:status().dropped["backlog-full"] })
  end)

  it("gives the last ACK that met a full accept queue another chance: its SYN-ACK goes out again", function()
    listen(nil, { backlog = 1 })
    syn(81)
    syn(82)
    p:arrive { source_port = 81 }
    assert.equal("backlog-full", p:arrive { source_port = 82 })
    p:take()
    assert(listener:accept())
    p:pass(1)
    assert.same({ "S.", true }, (function(s) return { s.flags, s.retransmission } end)(p:one()))
    assert.equal("accepted", p:arrive { source_port = 82 })
    assert.equal(82, listener:accept():status().remote_port)
  end)

  it("answers the last ACK by a RST when its accept queue is full, where abort_on_overflow says so", function()
    listen(nil, { backlog = 1, ["net.ipv4.tcp_abort_on_overflow"] = 1 })
    syn(81)
    syn(82)
    p:arrive { source_port = 81 }
    p:take()
    local told = {}
    p.net:on("error", function(e) told[#told + 1] = e.code end)
    assert.equal("backlog-reset", p:arrive { source_port = 82 })
    local rst = p:one()
    assert.same({ "R", 1, 82 }, { rst.flags, rst.seq, rst.segment.destination_port })
    assert.same({ "ENOBUFS" }, told)
    local status = listener:status()
    assert.same({ 0, 1, 1, 0 }, { status.half_open, status.waiting, status.dropped["backlog-reset"], status.dropped["backlog-full"] })
  end)

  it("repeats its SYN-ACK after 1, 2, 4 ... seconds, syn_ack_retries times, and answers what comes later by a RST", function()
    for _, case in ipairs { { 2, { 1, 3 }, 7 }, { 0, {}, 1 }, { 5, { 1, 3, 7, 15, 31 }, 63 } } do
      local retries, times, ends = table.unpack(case)
      listen(nil, { syn_ack_retries = retries })
      syn(81)
      p:take()
      p:pass(ends - 0.001)
      local sent = {}
      for i, s in ipairs(p:take()) do sent[i] = s.time end
      assert.same(times, sent)
      assert.equal(1, listener:status().half_open)
      p:pass(0.001)
      assert.equal(0, listener:status().half_open)
      assert.is_true(p:silent())
      assert.equal("listen-ack", p:arrive { source_port = 81, payload = "late" })
      assert.same({ "R", 1 }, (function(s) return { s.flags, s.seq } end)(p:one()))
      p:close()
    end
  end)

  it("gives up by syn_r2 when that is shorter than its retries take", function()
    listen(nil, { syn_ack_retries = 5, syn_r2 = 5 })
    syn(81)
    p:pass(6.999)
    assert.equal(1, listener:status().half_open)
    p:pass(0.001)
    assert.equal(0, listener:status().half_open)
  end)

  it("gives a half-open connection up after three minutes without an answer #MUST-23 #MUST-22", function()
    listen()
    syn(81)
    p:pass(179)
    assert.equal(1, listener:status().half_open)
    p:pass(62)
    assert.equal(0, listener:status().half_open)
    assert.equal(0, #p.host:connections())
  end)

  it("drops half-open connections, resets waiting ones and lets accepted ones live when it closes", function()
    listen()
    connect(81)
    local accepted = assert(listener:accept())
    connect(82)
    syn(83)
    p:take()
    local other = assert(p.host:listen(p.port + 1))
    p:arrive { flags = "S", seq = 0, destination_port = p.port + 1 }
    p:take()
    listener:close()
    p:pass()
    local rst = p:one()
    assert.same({ "R", 82 }, { rst.flags, rst.segment.destination_port })
    assert.equal(2, #p.host:connections())
    assert.equal(1, other:status().half_open)
    assert.is_nil(accepted:status().listener)
    assert.equal("ESTABLISHED", accepted.state)
    assert.equal("no-connection", syn(84))
  end)

  it("ignores a RST, answers an ACK with a RST and drops the rest #R9293-U2 #R9293-U5", function()
    listen()
    assert.equal("listen-rst", p:arrive { flags = "R", seq = 5 })
    assert.is_true(p:silent())
    assert.equal("listen-ack", p:arrive { seq = 5, ack = 77 })
    local rst = p:one()
    assert.same({ "R", 77 }, { rst.flags, rst.seq })
    assert.equal("listen-nothing", p:arrive { flags = "", seq = 5, payload = "x" })
    assert.is_true(p:silent())
  end)

  it("lets admit decide, which a RST or silence answers", function()
    local answer
    listen { admit = function(given, whose)
      assert.equal("SYN", given.kind)
      assert.equal(listener, whose)
      return answer
    end }
    answer = "drop"
    assert.equal("admit-drop", syn(81))
    assert.is_true(p:silent())
    answer = "reset"
    assert.equal("admit-reset", syn(81))
    assert.equal("R.", p:one().flags)
    answer = "accept"
    assert.equal("accepted", syn(81))
    assert.equal("S.", p:one().flags)
  end)

  it("prefers a listener at the very address to one at any", function()
    p = paper.new { address = { "10.0.0.1", "10.0.0.7" } }
    local any, one = assert(p.host:listen(p.port)), assert(p.host:listen(p.port, { address = "10.0.0.7" }))
    p:arrive { flags = "S", seq = 0, destination = "10.0.0.7" }
    assert.same({ 0, 1 }, { any:status().half_open, one:status().half_open })
    p:arrive { flags = "S", seq = 0, source_port = 81 }
    assert.same({ 1, 1 }, { any:status().half_open, one:status().half_open })
    local twice, _, code = p.host:listen(p.port)
    assert.same({ nil, "EADDRINUSE" }, { twice, code })
  end)

  it("resends its SYN-ACK when the SYN comes again, and takes no second record", function()
    listen()
    syn(81)
    p:take()
    assert.equal("syn-repeated", syn(81))
    assert.equal("S.", p:one().flags)
    assert.equal(1, listener:status().half_open)
  end)
  describe("with defer_accept", function()
    local log

    local function handshake(seconds)
      p = paper.new()
      listener = assert(p.host:listen(p.port, { TCP_DEFER_ACCEPT = seconds }))
      listener:settimeout(0)
      p:arrive { flags = "S", seq = 0, options = { mss = 1460 } }
      log = { p:one().time }
      assert.equal("ack-deferred", p:arrive {})
      assert.is_nil(listener:accept())
    end

    it("keeps a connection half-open until text comes, and repeats its SYN-ACK not before its time is over", function()
      handshake(3)
      p:pass(2.9)
      assert.is_true(p:silent())
      assert.equal("accepted", p:arrive { payload = "hello" })
      assert.equal("hello", assert(listener:accept()):receive(5))
    end)

    it("takes a FIN as it takes text", function()
      handshake(3)
      p:arrive { flags = "F." }
      assert.equal("CLOSE-WAIT", assert(listener:accept()).state)
    end)

    for seconds, told in pairs { [1] = 1, [2] = 3, [3] = 3, [5] = 7 } do
      it(("of %d s sends its SYN-ACK again after %d s, and takes any ACK then"):format(seconds, told), function()
        handshake(seconds)
        p:pass(told + 0.1)
        local again = p:one()
        assert.equal("S.", again.flags)
        assert.is_true(math.abs(again.time - log[1] - told) < 1e-6)
        assert.equal("accepted", p:arrive {})
        assert.equal("ESTABLISHED", assert(listener:accept()).state)
      end)
    end
  end)

  it("answers with the SYN's Diffserv value where reflect_dscp says so, and keeps it", function()
    for _, reflect in ipairs { false, true } do
      local lab <close> = require "tcplab".lab { seed = 7 }
      local client = lab:host("client", { address = "10.0.0.1", dscp = 10 })
      local server = lab:host("server", { address = "10.0.0.2", reflect_dscp = reflect })
      lab:link(client, server)
      local seen = {}
      server:filter("out", function(segment) seen[#seen + 1] = segment.dscp end)
      listener = server:listen(80)
      client:connect(server, 80)
      local conn = listener:accept()
      conn:send "hello"
      lab:run(1)
      assert.same(reflect and { 10, 10 } or { 0, 0 }, { seen[1], seen[2] })
      assert.equal(reflect and 40 or 0, conn:getoption "IP_TOS")
      assert.equal(0, server:getoption "dscp")
    end
  end)
end)
