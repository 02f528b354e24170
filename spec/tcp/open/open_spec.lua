-- SPDX-License-Identifier: MIT
local paper = require "spec.tcp.paper"
local tcplab = require "tcplab"

local function options_of(segment)
  local names = {}
  for _, option in ipairs(segment.options) do names[#names + 1] = option.name end
  return names
end

describe("opening", function()
  local p
  after_each(function() if p then p:close() end end)

  it("announces the MSS that the path's MTU leaves #MUST-14 #MUST-67 #SHLD-5 #R6691-1", function()
    p = paper.new()
    p:opening()
    assert.equal(1460, p.syn.options.mss)
    p:close()
    p = paper.new { mss = 700 }
    p:opening()
    assert.equal(700, p.syn.options.mss)
  end)

  it("puts MSS, window scale, SACK permission and timestamps on a SYN; a SYN-ACK repeats the offer #MAY-3 #MUST-14 #R7323-1 #R7323-3", function()
    p = paper.new { timestamps = true, window_scaling = true, receive_buffer = 1 << 20 }
    p:opening()
    local all = { "mss", "nop", "window_scale", "nop", "nop", "sack_permitted", "nop", "nop", "timestamps" }
    assert.same(all, options_of(p.syn))
    p:close()
    p = paper.new { timestamps = true, window_scaling = true }
    p.host:listen(p.port)
    p:arrive { flags = "S", seq = 0, options = { mss = 1000 } }
    assert.same({ "mss" }, options_of(p:one()))
    p:arrive { flags = "S", seq = 0, source_port = 81, options = { mss = 1000, window_scale = 2 } }
    assert.same({ "mss", "nop", "window_scale" }, options_of(p:one()))
  end)

  it("takes a peer's MSS down to mss_min, and one of 0 for none with mss_zero_unsaid", function()
    local expected = { linux = { [100] = 100, [48] = 48, [47] = 48, [1] = 48, [0] = 536 }, rfc9293 = { [100] = 100, [48] = 64, [1] = 64, [0] = 64 } }
    for profile, sizes in pairs(expected) do
      for said, size in pairs(sizes) do
        p = paper.new { profile = profile }
        local conn = p:established(nil, { options = { mss = said } })
        assert.equal(size, conn:status().snd.mss, profile .. said)
        p:close()
      end
    end
    p = paper.new { profile = "linux", timestamps = true }
    local conn = p:established(nil, { options = { mss = 1, timestamps = { value = 1, echo = 0 } } })
    conn:send(("x"):rep(36))
    p:pass()
    assert.same({ 36 }, p.sizes(p:take()))
  end)

  it("sends no MSS option but on a SYN #MUST-65", function()
    p = paper.new()
    local conn = p:established()
    conn:send "x"
    p:pass()
    assert.is_nil(p:one().options.mss)
  end)

  it("never scales the window of a SYN, and scales all others by what it offered #R7323-1", function()
    p = paper.new { window_scaling = true, receive_buffer = 1 << 20 }
    p:opening()
    assert.equal(65535, p.syn.window)
    local shift = p.syn.options.window_scale
    assert.equal(5, shift)
    p:arrive { flags = "S.", seq = 0, options = { mss = 1460, window_scale = 3 }, window = 1000 }
    assert.equal((1 << 20) >> shift, p:one().window)
    local snd = p.conn:status().snd
    assert.equal(1000, snd.wnd) -- of the SYN-ACK, unscaled
    p:arrive { window = 1000 }
    assert.equal(8000, p.conn:status().snd.wnd)
  end)

  it("takes a shift above 14 as 14 #R7323-1", function()
    p = paper.new { window_scaling = true }
    p:established(nil, { options = { mss = 1460, window_scale = 15 } })
    p:arrive { window = 1 }
    assert.equal(1 << 14, p.conn:status().snd.wnd)
  end)

  it("takes SND.WND, WL1 and WL2 from the SYN-ACK #R9293-U18", function()
    p = paper.new()
    p:established(nil, { window = 4321 })
    local snd = p.conn:status().snd
    assert.equal(4321, snd.wnd)
    assert.equal(p.irs, snd.wl1)
    assert.equal((p.iss + 1) & 0xffffffff, snd.wl2)
  end)

  it("comes to be from crossing SYNs, with one sequence number each #MUST-10", function()
    local net <close> = tcplab.lab { seed = 3 }
    local a = net:host("a", { address = "10.0.0.1" })
    local b = net:host("b", { address = "10.0.0.2" })
    net:link(a, b, { delay = 0.01 })
    local here = a:open { address = b, port = 2000, local_port = 1000 }
    local there = b:open { address = a, port = 1000, local_port = 2000 }
    net:run(1)
    assert.same({ "ESTABLISHED", "ESTABLISHED" }, { here.state, there.state })
    assert.equal(here:status().snd.nxt, there:status().rcv.nxt)
    assert.equal(there:status().snd.nxt, here:status().rcv.nxt)
    assert.is_true(net:now() > 0)
  end)

  it("takes no crossing SYN-ACK's window as scaled, nor its own where it meets itself #R7323-1", function()
    for _, other in ipairs { "b", "a" } do
      local net <close> = tcplab.lab { seed = 3, trace = false }
      local a = net:host("a", { address = "10.0.0.1", receive_buffer = 20000, receive_buffer_max = 8 << 20 })
      local b = net:host("b", { address = "10.0.0.2", receive_buffer = 20000, receive_buffer_max = 8 << 20 })
      net:link(a, b, { delay = 0.01 })
      local here, there
      if other == "b" then
        here = a:open { address = b, port = 2000, local_port = 1000 }
        there = b:open { address = a, port = 1000, local_port = 2000 }
      else
        here = a:open { address = a, port = 1000, local_port = 1000 }
        there = here
      end
      net:run(1)
      for _, conn in ipairs { here, there } do
        local snd = conn:status().snd
        assert.same({ "ESTABLISHED", 20000, 20000 }, { conn.state, snd.wnd, snd.max_wnd })
        assert.is_true(snd.scale > 0)
      end
      here:settimeout(0)
      here:send(("x"):rep(60000))
      net:run(1)
      assert.equal(0, here:status().retransmissions)
      assert.is_nil(b:counters().refused.sequence)
    end
  end)

  it("ends a refused active open in SYN-RECEIVED, and leads a passive one back to LISTEN #MUST-11", function()
    p = paper.new()
    p:opening()
    p:arrive { flags = "S", seq = 0 }
    assert.equal("SYN-RECEIVED", p.conn.state)
    p:arrive { flags = "R", seq = 1 }
    assert.equal("CLOSED", p.conn.state)
    assert.equal("ECONNREFUSED", p.conn:status().code)
    local passive = p.host:open { passive = true, local_port = 6000 }
    p:arrive { flags = "S", seq = 0, destination_port = 6000 }
    assert.equal("SYN-RECEIVED", passive.state)
    p:arrive { flags = "R", seq = 1, destination_port = 6000 }
    assert.equal("LISTEN", passive.state)
  end)

  it("leaves a passive open in LISTEN after a reset as open to anybody as before", function()
    p = paper.new()
    local passive = p.host:open { passive = true, local_port = 6000 }
    p:arrive { flags = "S", seq = 0, destination_port = 6000 }
    p:arrive { flags = "R", seq = 1, destination_port = 6000 }
    p:take()
    p:arrive { flags = "S", seq = 0, destination_port = 6000, source = "10.0.0.3", source_port = 99 }
    assert.equal("S.", p:one().flags)
    p:arrive { destination_port = 6000, source = "10.0.0.3", source_port = 99 }
    assert.equal("ESTABLISHED", passive.state)
    assert.equal("10.0.0.3", passive:status().remote_address)
  end)

  it("answers an unacceptable ACK in SYN-SENT with a RST of its number and goes on #R9293-U3", function()
    p = paper.new()
    p:opening()
    for _, ack in ipairs { 0, 2 } do
      assert.equal("syn-sent-ack", p:arrive { flags = ".", ack = ack })
      local rst = p:one()
      assert.same({ "R", ack }, { rst.flags, rst.seq })
      assert.equal("SYN-SENT", p.conn.state)
    end
    p:arrive { flags = "S.", seq = 0, ack = 1 }
    assert.equal("ESTABLISHED", p.conn.state)
  end)

  it("is refused by a RST that acknowledges the SYN, and by no other #R9293-U5", function()
    p = paper.new()
    p:opening()
    p:arrive { flags = "R", seq = 0 }
    p:arrive { flags = "R.", seq = 0, ack = 0 }
    p:arrive { flags = "R.", seq = 0, ack = 2 }
    assert.equal("SYN-SENT", p.conn.state)
    assert.is_true(p:silent())
    p:arrive { flags = "R.", seq = 0, ack = 1 }
    assert.equal("CLOSED", p.conn.state)
  end)

  it("delivers text that stands on the SYN-ACK, and the FIN with it #SHLD-31", function()
    p = paper.new()
    p:opening()
    p:arrive { flags = "FP.S", seq = 0, payload = "hi" }
    assert.equal("CLOSE-WAIT", p.conn.state)
    assert.equal("hi", p.conn:receive "*a")
    assert.equal(4, p:one().ack)
  end)

  -- Measured of Linux 5.10 to 7.3.
  describe("of Linux's profile", function()
    local function opening(options)
      local given = { profile = "linux" }
      for name, value in pairs(options or {}) do given[name] = value end
      p = paper.new(given)
      return p:opening()
    end

    local function times()
      local at = {}
      for _, s in ipairs(p:take()) do
        if s.flags == "S" then at[#at + 1] = math.floor(s.time * 1000 + 0.5) end
      end
      return at
    end

    it("sends its first SYN again soon after an ACK of something else, once", function()
      for _, wrong in ipairs { { flags = "S.", seq = 0, ack = 2 }, { ack = 2 }, { flags = "R.", seq = 0, ack = 2 } } do
        opening()
        p:arrive(wrong)
        p:pass(0.02)
        local at = times()
        assert.equal(1, #at)
        assert.is_true(at[1] >= 8 and at[1] <= 12, at[1])
        p:arrive(wrong)
        p:pass(0.5)
        assert.same({}, times())
        p:close()
      end
      p = paper.new()
      p:opening()
      p:arrive { ack = 2 }
      p:pass(1.5)
      assert.same({ 1000 }, times())
    end)

    it("takes neither text nor FIN that stands on the SYN-ACK", function()
      local conn = opening()
      p:arrive { flags = "FP.S", seq = 0, payload = "hi" }
      assert.same({ "ESTABLISHED", 1 }, { conn.state, p:one().ack })
      p:arrive { flags = "FP.", payload = "hi" }
      assert.equal("hi", conn:receive "*a")
    end)

    it("answers a SYN-ACK whose echo was never sent by a RST, and goes on", function()
      for profile, state in pairs { linux = "SYN-SENT", rfc9293 = "ESTABLISHED" } do
        local conn = opening { timestamps = true, profile = profile }
        local stamp = p.syn.options.timestamps.value
        p:pass(0.1)
        p:arrive { flags = "S.", seq = 0, ack = 1, options = { timestamps = { value = 7, echo = (stamp + 101) & 0xffffffff } } }
        assert.equal(state, conn.state)
        assert.equal(state == "SYN-SENT" and "R" or ".", p:one().flags)
        if state == "SYN-SENT" then
          p:arrive { flags = "S.", seq = 0, ack = 1, options = { timestamps = { value = 7, echo = stamp } } }
          assert.equal("ESTABLISHED", conn.state)
        end
        p:close()
      end
      p = nil
    end)

    it("answers the SYN-ACK of a simultaneous open, with a D-SACK of the SYN", function()
      local conn = opening { sack = true }
      p:arrive { flags = "S", seq = 0, options = { mss = 1460, sack_permitted = true } }
      p:take()
      p:arrive { flags = "S.", seq = 0, ack = 1, options = { mss = 1460, sack_permitted = true } }
      local s = p:one()
      local from, to = table.unpack(s.options.sack[1])
      assert.same({ "ESTABLISHED", ".", 1 }, { conn.state, s.flags, s.ack })
      assert.same({ 0, 1 }, { (from - paper.irs) & 0xffffffff, (to - paper.irs) & 0xffffffff })
    end)

    it("is given up when receiving is shut down", function()
      local conn = opening()
      assert.equal(1, conn:shutdown "receive")
      assert.equal("CLOSED", conn.state)
      p:close()
      p = paper.new()
      conn = p:opening()
      conn:shutdown "receive"
      assert.equal("SYN-SENT", conn.state)
    end)
  end)

  it("keeps the address that was chosen for the first SYN #MUST-44 #MUST-45", function()
    p = paper.new { address = { "10.0.0.1", "10.0.0.7" } }
    local conn = p:established { local_address = "10.0.0.7" }
    conn:send "x"
    p:pass()
    assert.equal("10.0.0.7", p.syn.segment.source)
    assert.equal("10.0.0.7", p:one().segment.source)
    assert.equal("10.0.0.7", conn:status().local_address)
  end)

  it("refuses group and broadcast addresses as remote #MUST-46", function()
    p = paper.new { address = { "10.0.0.1", "fd00::1" } }
    for _, address in ipairs { "224.0.0.1", "255.255.255.255", "ff02::1" } do
      local conn, _, code = p.host:open { address = address, port = 80 }
      assert.is_nil(conn)
      assert.equal("EINVAL", code)
    end
    assert.is_true(p:silent())
  end)

  it("needs a local address of this host #MUST-43", function()
    p = paper.new()
    local conn, message, code = p.host:open { address = "10.0.0.2", port = 80, local_address = "10.0.0.99" }
    assert.same({ nil, "not an address of this host", "EADDRNOTAVAIL" }, { conn, message, code })
  end)

  it("never takes a pair of sockets twice, nor disturbs the connection that has it #MUST-41", function()
    p = paper.new()
    p:opening()
    local conn, _, code = p.host:open { address = "10.0.0.2", port = p.peer_port, local_port = p.port }
    assert.is_nil(conn)
    assert.equal("EISCONN", code)
    assert.equal("SYN-SENT", p.conn.state)
  end)

  it("may listen on a port whose connections are still opening #MUST-42", function()
    p = paper.new()
    p:opening()
    local listener = assert(p.host:listen(p.port))
    assert.equal(p.port, listener:status().port)
    assert.equal("SYN-SENT", p.conn.state)
  end)
end)
