-- SPDX-License-Identifier: MIT
local paper = require "spec.tcp.paper"
local tcplab = require "tcplab"

describe("an ICMP message", function()
  local p, conn, told
  after_each(function() p:close() end)

  local function listen_to_errors()
    told = {}
    p.net:on("error", function(e) told[#told + 1] = { e.code, e.soft } end)
  end

  local function opening()
    p = paper.new()
    conn = p:opening()
    listen_to_errors()
  end

  local function established_with_flight(bytes, host_options)
    p = paper.new(host_options)
    conn = p:established()
    listen_to_errors()
    assert(conn:send(("x"):rep(bytes or 100)))
    p:pass()
    p:take()
  end

  it("of a soft error is told and changes nothing #MUST-56 #SHLD-25 #MUST-47 #R9293-U11", function()
    opening()
    local kinds = { { 3, 1 }, { 3, 5 }, { 11, 0 }, { 11, 1 }, { 12, 0 }, { 3, 0 } }
    for i, kind in ipairs(kinds) do
      assert.equal("accepted", p:advise(kind[1], kind[2], 0))
      assert.same({ i < #kinds and "EHOSTUNREACH" or "ENETUNREACH", true }, told[i])
    end
    assert.same({ #kinds, "SYN-SENT" }, { #told, conn.state })
  end)

  it("is told no longer once the user wants to hear no more #SHLD-20", function()
    opening()
    local heard = 0
    local hook = conn:on("error", function() heard = heard + 1 end)
    p:advise(3, 0, 0)
    hook:close()
    p:advise(3, 0, 0)
    assert.equal(1, heard)
    assert.equal("SYN-SENT", conn.state)
  end)

  it("of a hard error ends an attempt to connect #SHLD-26 #MUST-54 #R5927-2", function()
    for code, expected in pairs { [2] = "ENOPROTOOPT", [3] = "ECONNREFUSED" } do
      opening()
      p:advise(3, code, 0)
      assert.same({ "CLOSED", expected }, { conn.state, conn:status().code })
      assert.same({ { expected, false } }, told)
      p:close()
    end
    opening()
  end)

  -- Measured of Linux 5.10 to 7.3; codes 7 and 8, and what ends half-open connections, of 6.18.
  local FIRST = {
    { 3, 0, "ENETUNREACH" }, { 3, 1, "EHOSTUNREACH" }, { 3, 2, "ENOPROTOOPT" }, { 3, 3, "ECONNREFUSED" }, { 3, 5, "EOPNOTSUPP" },
    { 3, 7, "EHOSTDOWN" }, { 3, 8, "ENONET" }, { 3, 9, "ENETUNREACH" }, { 3, 10, "EHOSTUNREACH" }, { 3, 13, "EHOSTUNREACH" },
    { 11, 0, "EHOSTUNREACH" }, { 12, 0, "EPROTO" },
  }

  it("of any kind ends an attempt to connect with icmp_ends \"first\", the code telling the cause", function()
    for _, kind in ipairs(FIRST) do
      p = paper.new { profile = "linux" }
      conn = p:opening()
      listen_to_errors()
      assert.equal("accepted", p:advise(kind[1], kind[2], 0))
      assert.same({ { kind[3], false } }, told)
      assert.same({ "CLOSED", kind[3] }, { conn.state, conn:status().code })
      p:close()
    end
    p = paper.new { profile = "linux" }
    conn = p:opening()
    p:advise(4, 0, 0)
    assert.equal("icmp-ignored", p:advise(11, 1, 0)) -- fragments that never became whole
    assert.equal("SYN-SENT", conn.state)
  end)

  it("of a way that is not there drops a half-open connection with icmp_ends \"first\", no other does", function()
    for _, kind in ipairs(FIRST) do
      p = paper.new { profile = "linux" }
      local listener = assert(p.host:listen(p.port))
      p:arrive { flags = "S", seq = 0 }
      assert.equal("icmp-unmatched", p:advise(kind[1], kind[2], 2))
      p:advise(kind[1], kind[2], 0)
      assert.equal(kind[2] <= 1 and 0 or 1, listener:status().half_open, table.concat(kind, " "))
      p:take()
      p:pass(1.5)
      assert.equal(listener:status().half_open, #p:take())
      p:close()
    end
    opening()
  end)

  it("counts with icmp_quotes_next when it quotes SND.NXT", function()
    for next, reason in pairs { [true] = "accepted", [false] = "icmp-unmatched" } do
      established_with_flight(100, { icmp_quotes_next = next })
      assert.equal(reason, p:advise(3, 1, 101))
      assert.equal("icmp-unmatched", p:advise(3, 1, 102))
      p:close()
    end
    opening()
  end)

  it("of a hard error ends it also when both ends open at once #SHLD-26 #R5927-2", function()
    opening()
    p:arrive { flags = "S", seq = 0, options = { mss = 1460 } }
    assert.equal("SYN-RECEIVED", conn.state)
    assert.equal("icmp-unmatched", p:advise(3, 3, 1))
    p:advise(3, 3, 0)
    assert.same({ "CLOSED", "ECONNREFUSED" }, { conn.state, conn:status().code })
  end)

  it("does nothing to a half-open connection of a listener, nor to one in TIME-WAIT #R5927-2", function()
    p = paper.new()
    local listener = assert(p.host:listen(p.port))
    local function advise_all(seq)
      for _, kind in ipairs { { 3, 0 }, { 3, 2 }, { 3, 3 }, { 3, 4 }, { 11, 0 }, { 4, 0 } } do p:advise(kind[1], kind[2], seq, 100) end
    end
    p:arrive { flags = "S", seq = 0, options = { mss = 1460 } }
    advise_all(0)
    assert.equal(1, listener:status().half_open)
    p:arrive {}
    conn = assert(listener:accept())
    assert.equal(1460, conn:status().snd.mss)
    conn:shutdown "send"
    p:pass()
    p:arrive { flags = "F.", ack = 2 }
    advise_all(1)
    assert.equal("TIME-WAIT", conn.state)
    p:take()
    p:arrive { flags = "F.", ack = 2 }
    assert.equal(".", p:one().flags)
  end)

  it("from one who knows all but the sequence numbers does nothing, however many he sends #R5927-1", function()
    established_with_flight(4380)
    local before, seed = conn:status(), tcplab.lab { seed = 59 }
    local kinds = { { 3, 0 }, { 3, 1 }, { 3, 2 }, { 3, 3 }, { 3, 4 }, { 4, 0 }, { 11, 0 }, { 12, 0 } }
    for _ = 1, 20000 do
      local kind = kinds[seed:random(#kinds)]
      local seq = seed:random(0, 0xffffffff)
      if seq < 1 or seq > 4380 then p:advise(kind[1], kind[2], seq, seed:random(68, 1500)) end
    end
    seed:close()
    assert.same({}, told)
    assert.is_true(p:silent())
    local after = conn:status()
    assert.same({ before.state, before.snd.mss, before.cwnd }, { after.state, after.snd.mss, after.cwnd })
    p:advise(3, 1, 4380)
    assert.equal(1, #told)
  end)

  it("of a hard error is only told to a synchronized connection #R5927-2", function()
    established_with_flight()
    p:advise(3, 3, 1)
    assert.same({ { "ECONNREFUSED", true } }, told)
    assert.equal("ESTABLISHED", conn.state)
  end)

  it("counts only when it quotes what is in flight, both edges #R5927-1", function()
    established_with_flight(100)
    assert.equal("icmp-unmatched", p:advise(3, 1, 0))
    assert.equal("accepted", p:advise(3, 1, 1))
    assert.equal("accepted", p:advise(3, 1, 100))
    assert.equal("icmp-unmatched", p:advise(3, 1, 101))
    assert.equal(2, #told)
  end)

  it("is matched by both ends that it quotes #MUST-54", function()
    established_with_flight()
    p.port = p.port + 1
    assert.equal("icmp-unmatched", p:advise(3, 1, 1))
    p.port, p.peer_port = p.port - 1, p.peer_port + 1
    assert.equal("icmp-unmatched", p:advise(3, 1, 1))
    assert.equal(0, #told)
  end)

  it("of source quench is ignored #MUST-55 #R5927-4", function()
    established_with_flight()
    local before = conn:status().cwnd
    assert.equal("icmp-ignored", p:advise(4, 0, 1))
    assert.equal(before, conn:status().cwnd)
    assert.equal(0, #told)
  end)

  it("that a packet was too big makes segments smaller, and what was lost goes out again #R1191-1 #R1191-3", function()
    established_with_flight(3000, { nodelay = true })
    p:advise(3, 4, 1, 1000)
    assert.same({ 960, 960, 960, 120 }, paper.sizes(p:take()))
    assert.equal(960, conn:status().snd.mss)
    p:advise(3, 4, 1, 1400)
    assert.equal(960, conn:status().snd.mss)
    assert.is_true(p:silent())
  end)

  it("that a packet was too big never leads below what every path takes #R1191-2", function()
    for _, mtu in ipairs { 1, 40, 68 } do
      established_with_flight(3000)
      p:advise(3, 4, 1, mtu)
      assert.equal(68 - 40, conn:status().snd.mss)
      p:close()
    end
    established_with_flight()
  end)

  it("that no IPv6 path could have caused is ignored #R8201-1", function()
    p = paper.new { address = "fd00::1" }
    conn = p:opening { address = "fd00::2" }
    p:arrive { flags = "S.", seq = 0, source = "fd00::2", options = { mss = 1440 } }
    assert(conn:send(("x"):rep(2000)))
    p:pass()
    local function too_big(mtu)
      local quoted = { source = "fd00::1", source_port = p.port, destination = "fd00::2", destination_port = p.peer_port, seq = conn.tcb.snd.una }
      return p.host:deliver { kind = "ICMP", source = "fd00::2", type = 2, code = 0, mtu = mtu, quoted = quoted }
    end
    assert.equal("icmp-ignored", too_big(1279))
    assert.equal(1440, conn:status().snd.mss)
    assert.equal("accepted", too_big(1280))
    assert.equal(1220, conn:status().snd.mss)
  end)

  -- IPv4's codes (RFC 792, RFC 1122 3.2.2.1), IPv6's (RFC 4443).
  local CAUSES = {
    ["10.0.0.2"] = {
      ENETUNREACH = { { 3, 0 }, { 3, 6 }, { 3, 9 }, { 3, 11 } },
      EHOSTUNREACH = { { 3, 1 }, { 3, 5 }, { 3, 7 }, { 3, 8 }, { 3, 10 }, { 3, 12 }, { 3, 13 }, { 3, 15 }, { 11, 0 }, { 11, 1 }, { 12, 0 } },
    },
    ["fd00::2"] = {
      ENETUNREACH = { { 1, 0 } }, EHOSTUNREACH = { { 1, 1 }, { 1, 2 }, { 1, 3 }, { 1, 5 }, { 1, 6 }, { 3, 0 }, { 3, 1 }, { 4, 0 }, { 4, 2 } },
      ENOPROTOOPT = { { 4, 1 } },
    },
  }

  local function open_to(remote, options)
    local settings = { address = { "10.0.0.1", "fd00::1" } }
    for name, value in pairs(options or {}) do settings[name] = value end
    p = paper.new(settings)
    conn = p:opening { address = remote }
    listen_to_errors()
  end

  local function about(remote, kind)
    local quoted = { source = conn:status().local_address, source_port = p.port, destination = remote, destination_port = p.peer_port }
    quoted.seq = conn.tcb.snd.una
    local reason = p.host:deliver { kind = "ICMP", source = remote, type = kind[1], code = kind[2], quoted = quoted }
    p:pass()
    return reason
  end

  it("of a soft error is told by its cause, and once more by the time-out that follows #SHLD-25", function()
    for remote, causes in pairs(CAUSES) do
      for code, kinds in pairs(causes) do
        for _, kind in ipairs(kinds) do
          open_to(remote)
          assert.equal("accepted", about(remote, kind))
          p:pass(400)
          assert.same({ { code, true }, { "ETIMEDOUT", true }, { code, false } }, told)
          assert.same({ "CLOSED", code }, { conn.state, conn:status().code })
          assert.matches("^connection timed out: %a+ unreachable$", conn:status().message)
          assert.same({ nil, "closed", "", code }, { conn:receive(1) })
          p:close()
        end
      end
    end
    open_to "10.0.0.2"
  end)

  it("of a hard error ends an attempt to connect by its cause, over IPv6 too", function()
    open_to "fd00::2"
    about("fd00::2", { 1, 4 })
    assert.same({ "CLOSED", "ECONNREFUSED", "connection refused" }, { conn.state, conn:status().code, conn:status().message })
    assert.same({ { "ECONNREFUSED", false } }, told)
  end)

  it("is what connect answers with", function()
    local net <close> = tcplab.lab { seed = 1, trace = false }
    local a = net:host("a", { address = "10.0.0.1" })
    local hand = net:hand("hand", { address = "10.0.0.2" })
    net:link(a, hand)
    local expected = {
      [0] = { "connection timed out: network unreachable", "ENETUNREACH" }, { "connection timed out: destination unreachable", "EHOSTUNREACH" },
      { "protocol unreachable", "ENOPROTOOPT" }, { "connection refused", "ECONNREFUSED" },
    }
    for code = 0, 3 do
      net:spawn(function()
        while hand:receive "SYN" do hand:send { kind = "ICMP", type = 3, code = code } end
      end)
      assert.same({ nil, expected[code][1], expected[code][2] }, { a:connect(hand, 80) })
      hand:conversations()[1]:close()
    end
    p = paper.new()
  end)

  it("of an error is forgotten when something is heard, and the last one counts", function()
    established_with_flight(100, { r2 = 50 })
    p:advise(3, 0, 1)
    p:arrive { ack = 51 }
    p:pass(100)
    assert.same({ "CLOSED", "ETIMEDOUT" }, { conn.state, conn:status().code })
    p:close()
    established_with_flight(100, { r2 = 50 })
    p:advise(3, 3, 1)
    p:advise(3, 0, 1)
    assert.equal("ack-future", p:arrive { ack = 1000000 }) -- a stranger's word
    p:pass(100)
    assert.same({ "ENETUNREACH", "connection timed out: network unreachable" }, { conn:status().code, conn:status().message })
  end)

  it("of an error is told by the user timeout as well", function()
    established_with_flight(100, { user_timeout = 5 })
    p:advise(3, 1, 1)
    p:pass(20)
    assert.same({ "EHOSTUNREACH", "connection aborted due to user timeout: destination unreachable" }, { conn:status().code, conn:status().message })
    assert.same({ "EHOSTUNREACH", false }, told[#told])
  end)

  it("of an echo request is answered with the same data", function()
    p = paper.new()
    local echo
    p.net:on("segment", function(e)
      if e.segment.kind == "ICMP" and e.point == "sent" then echo = e.segment end
    end)
    assert.equal("accepted", p.host:deliver { kind = "ICMP", source = "10.0.0.2", type = 8, code = 0, id = 7, sequence = 3, body = "hello" })
    p:pass()
    assert.same({ 0, 7, 3, "hello", "10.0.0.2" }, { echo.type, echo.id, echo.sequence, echo.body, echo.destination })
  end)

  it("of an echo request to nobody here, or from a group, is not answered", function()
    p = paper.new()
    local request = { kind = "ICMP", source = "10.0.0.2", destination = "10.0.0.77", type = 8, code = 0, id = 7, sequence = 3, body = "" }
    assert.equal("address-destination", p.host:deliver(request))
    request.source, request.destination = "224.0.0.1", "10.0.0.1"
    assert.is_true(p.host:deliver(request) ~= "accepted")
    p:pass()
    assert.equal(0, #p.sent)
  end)

  it("reaches a connection over a whole network: the path's MTU is found", function()
    local net <close> = tcplab.lab { seed = 1 }
    local a = net:host("a", { address = "10.0.0.1" })
    local b = net:host("b", { address = "10.0.0.2" })
    net:link(a, b, { delay = 0.001 })
    p = paper.new()
    local listener = b:listen(80)
    local here = assert(a:connect(b, 80))
    local there = assert(listener:accept())
    assert(here:send(("x"):rep(20000)))
    local quoted = { source = "10.0.0.1", source_port = here:status().local_port, destination = "10.0.0.2", destination_port = 80 }
    quoted.seq = here:status().snd.una
    b:inject { kind = "ICMP", destination = "10.0.0.1", type = 3, code = 4, mtu = 800, quoted = quoted }
    here:shutdown "send"
    assert.equal(20000, #there:receive "*a")
    assert.equal(748, here:status().snd.mss)
  end)
end)
