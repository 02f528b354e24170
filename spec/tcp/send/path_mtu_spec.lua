-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"
local paper = require "spec.tcp.paper"
local tcplab = require "tcplab"

local MSS = 1460
local UNREACHABLE, TOO_BIG = 3, 4 -- ICMP's type and code

describe("path MTU discovery", function()
  local p
  after_each(function() if p then p:close() end end)

  -- Established, with so many full segments sent and not acknowledged.
  local function sending(count, options)
    p = paper.new(options)
    local conn = p:established()
    conn:send(("x"):rep(count * MSS))
    p:pass()
    assert.equal(count, #p:take())
    return conn
  end

  local function told(mtu, seq) return p:advise(UNREACHABLE, TOO_BIG, seq or 1, mtu) end

  it("cuts what was too big and sends it again, all of it once #R1191-1", function()
    sending(4)
    assert.equal("accepted", told(1000))
    local sent, bytes = p:take(), 0
    for _, s in ipairs(sent) do
      assert.is_true(#s.payload <= 960)
      assert.is_true(s.retransmission)
      bytes = bytes + #s.payload
    end
    assert.equal(4 * MSS, bytes)
  end)

  it("does not take it for congestion, and a burst of messages is one pass #R1191-4", function()
    local conn = sending(4)
    local cwnd, ssthresh = conn:status().cwnd, conn:status().ssthresh
    for i = 0, 4 do p:advise(UNREACHABLE, TOO_BIG, 1 + (i % 4) * MSS, 1000) end
    local bytes = 0
    for _, s in ipairs(p:take()) do bytes = bytes + #s.payload end
    assert.equal(4 * MSS, bytes)
    assert.same({ cwnd, ssthresh }, { conn:status().cwnd, conn:status().ssthresh })
  end)

  it("takes the next plateau from a router that does not say, and never goes below 68 bytes #R1191-2", function()
    local conn = sending(2)
    for _, mtu in ipairs { 1492, 1006, 508, 296, 68 } do
      assert.equal("accepted", told(0))
      assert.equal(mtu - 40, conn:status().snd.mss)
    end
    assert.equal("icmp-ignored", told(0))
    p:close()
    conn = sending(2)
    told(40)
    assert.equal(68 - 40, conn:status().snd.mss)
  end)

  describe("of Linux's profile", function()
    it("counts no MTU below 552, nor one of 0, and leaves without DF then", function()
      for _, mtu in ipairs { 551, 296, 68, 0 } do
        local conn = sending(2, { profile = "linux" })
        assert.equal("accepted", told(mtu))
        assert.equal(512, conn:status().snd.mss)
        local sent = p:take()
        assert.is_true(#sent >= 2)
        for _, s in ipairs(sent) do assert.is_false(s.segment.df) end
        assert.equal("icmp-ignored", told(mtu))
        p:close()
      end
      local conn = sending(2, { profile = "linux" })
      told(552)
      assert.same({ 512, false }, { conn:status().snd.mss, not p:take()[1].segment.df })
      assert.equal("accepted", told(300)) -- no smaller segments, but without DF from now on
      assert.same({ 512, true }, { conn:status().snd.mss, not p:take()[1].segment.df })
    end)

    local function later(options, wait)
      local mtu = options.mtu
      options.mtu = nil
      sending(2, options)
      p:advise(UNREACHABLE, TOO_BIG, 1, mtu or 1000)
      p:take()
      p:pass(wait)
      p:take()
      p.port = 5001
      local conn = p:established()
      return conn:status().snd.mss, p.syn.options.mss, not p.syn.segment.df
    end

    local function linux(more)
      local options = { profile = "linux" }
      for name, value in pairs(more or {}) do options[name] = value end
      return options
    end

    it("remembers it for later connections, for path_mtu_life: 600 s", function()
      for wait, size in pairs { [1] = 960, [599] = 960, [601] = 1460 } do
        assert.same({ size, 1460, false }, { later(linux { mtu = 1000 }, wait) })
        p:close()
      end
      assert.same({ 1460, 1460, false }, { later({ mtu = 1000 }, 1) })
    end)

    it("announces no more than it remembers with path_mtu_announced, as up to 6.18", function()
      assert.same({ 960, 960, false }, { later(linux { path_mtu_announced = true }, 1) })
    end)

    it("remembers that DF is off, and forgets all with a reboot", function()
      assert.same({ 512, 1460, true }, { later(linux { mtu = 100 }, 1) })
      p.host:reboot()
      p.port = 5002
      local conn = p:established()
      assert.same({ 1460, false }, { conn:status().snd.mss, not p.syn.segment.df })
    end)

    it("believes it at once, also when larger ones have arrived and nothing is in flight", function()
      local conn = sending(2, { profile = "linux" })
      p:arrive { ack = 1 + 2 * MSS }
      assert.equal("accepted", told(1000, 1 + 2 * MSS))
      assert.equal(960, conn:status().snd.mss)
    end)
  end)

  it("never raises the estimate, nor believes in a size it did not exceed #R1191-3 #R8201-3", function()
    local conn = sending(2)
    told(1000)
    p:take()
    for _, mtu in ipairs { 1000, 1001, 1400, 9000 } do assert.equal("icmp-ignored", told(mtu)) end
    assert.equal(960, conn:status().snd.mss)
    assert.is_true(p:silent())
  end)

  it("ignores messages that quote nothing in flight #R5927-1 #R8201-2", function()
    local conn = sending(2)
    for _, seq in ipairs { 0, 1 + 2 * MSS, 100000 } do assert.equal("icmp-unmatched", told(600, seq)) end
    assert.equal(MSS, conn:status().snd.mss)
    assert.equal("accepted", told(600, 2 * MSS))
  end)

  it("doubts a message once larger segments have arrived, and forgets it when the quoted one is acknowledged #R5927-3", function()
    local conn = sending(4)
    p:arrive { ack = 1 + 2 * MSS }
    assert.equal("icmp-doubted", told(600, 1 + 2 * MSS))
    assert.equal(MSS, conn:status().snd.mss)
    p:arrive { ack = 1 + 4 * MSS }
    conn:send(("y"):rep(MSS))
    p:pass(20)
    assert.equal(MSS, conn:status().snd.mss)
  end)

  it("believes it when the timer runs out #R5927-3", function()
    local conn = sending(4)
    p:arrive { ack = 1 + 2 * MSS }
    told(600, 1 + 2 * MSS)
    p:pass(4)
    assert.equal(560, conn:status().snd.mss)
    local sent = p:take()
    assert.equal(560, #sent[#sent].payload)
  end)

  it("does nothing when it is switched off", function()
    local conn = sending(2, { pmtud = false })
    assert.equal("icmp-ignored", told(600))
    assert.equal(MSS, conn:status().snd.mss)
  end)

  it("ignores a Packet Too Big below 1280 from IPv6 #R8201-1", function()
    local net <close> = tcplab.lab { seed = 7, trace = false }
    local host, peer = net:host("host", { address = "fd00::1", timestamps = false }), net:host("peer", { address = "fd00::2" })
    local link = net:link(host, peer)
    peer:listen(80)
    local conn = assert(host:connect(peer, 80))
    link:down()
    conn:settimeout(0)
    conn:send(("x"):rep(3000))
    net:run(0)
    local status = conn:status()
    local function told_v6(mtu)
      local port = select(2, conn:getsockname())
      local quoted = { source = "fd00::1", source_port = port, destination = "fd00::2", destination_port = 80, seq = status.snd.una }
      return host:deliver { kind = "ICMP", source = "fd00::3", destination = "fd00::1", type = 2, code = 0, mtu = mtu, quoted = quoted }
    end
    assert.equal("icmp-ignored", told_v6(1000))
    assert.equal(1440, conn:status().snd.mss)
    assert.equal("accepted", told_v6(1280))
    assert.equal(1220, conn:status().snd.mss)
  end)

  it("finds its way through a narrow link, byte for byte", function()
    local net <close> = tcplab.lab { seed = 7, trace = false }
    local a, b = net:host("a", { address = "10.0.0.1" }), net:host("b", { address = "10.0.0.2" })
    local left, right = net:switch "left", net:switch "right"
    net:link(a, left, { delay = 0.005 })
    net:link(left, right, { delay = 0.005, mtu = 700 })
    net:link(right, b, { delay = 0.005 })
    local listener = b:listen(80)
    local data, got = helper.bytes(100000, 3), nil
    net:spawn(function() got = assert(listener:accept()):receive "*a" end)
    net:spawn(function()
      local conn = assert(a:connect(b, 80))
      conn:send(data)
      conn:close()
    end)
    net:run()
    assert.is_true(got == data)
  end)
end)

describe("without path MTU discovery", function()
  -- A host with these options talks to another over so many switches, the second link being of how.mtu; to how.to, changing its mind (how.later).
  local function talk(options, switches, how)
    how = how or {}
    local net <close> = tcplab.lab { seed = 7 }
    local settings = { address = { "10.0.0.1", "fd00::1" }, timestamps = false }
    for name, value in pairs(options) do settings[name] = value end
    local a, b = net:host("a", settings), net:host("b", { address = { "10.0.0.2", "fd00::2" } })
    local last = a
    for i = 1, switches do
      local switch = net:switch("s" .. i)
      net:link(last, switch, { delay = 0.001, mtu = i == 2 and how.mtu or 1500 })
      last = switch
    end
    net:link(last, b, { delay = 0.001 })
    local listener = b:listen(80)
    local conn = assert(a:connect(how.to or "10.0.0.2", 80))
    local peer = assert(listener:accept())
    peer:settimeout(60)
    local function move()
      conn:send(("x"):rep(6000))
      assert.equal(6000, #assert(peer:receive(6000)))
    end
    move()
    if how.later ~= nil then conn:setoption("pmtud", how.later) end
    local changed = net:now()
    move()
    local seen = { largest = 0, later = 0, whole = 0 }
    for e in net.trace:events { moment = "segment", host = "a" } do
      if e.point == "sent" then
        seen.largest, seen.mss = math.max(seen.largest, #e.bytes), seen.mss or e.segment.options.mss
        if e.time >= changed then seen.later = math.max(seen.later, #e.bytes) end
        if e.segment.df then seen.whole = seen.whole + 1 end
      end
    end
    return seen
  end

  it("sends no more than every host takes to those off the link, and announces what it takes itself #MUST-67 #R6691-1", function()
    local limited = { profile = "linux", pmtud = false, off_link_limit = true }
    for _, options in ipairs { { pmtud = false }, { profile = "rfc793" }, { profile = "freebsd", pmtud = false }, limited } do
      local seen = talk(options, 2)
      assert.same({ 576, 1460, 0 }, { seen.largest, seen.mss, seen.whole })
    end
    local seen = talk({ pmtud = false }, 2, { to = "fd00::2" })
    assert.same({ 1280, 1440 }, { seen.largest, seen.mss })
    seen = talk({ pmtud = false, profile = "linux" }, 1, { to = "fd00::2" }) -- no router would fragment it
    assert.equal(1280, seen.largest)
  end)

  it("sends full packets on the link, and off it where a system does, which routers may fragment", function()
    local full = { pmtud = false, off_link_limit = false }
    for _, case in ipairs { { { pmtud = false }, 0 }, { { profile = "rfc793" }, 0 }, { { profile = "linux", pmtud = false }, 2 }, { full, 2 } } do
      local seen = talk(case[1], case[2])
      assert.same({ 1500, 0 }, { seen.largest, seen.whole })
    end
    assert.equal(1500, talk({ pmtud = false }, 0, { to = "fd00::2" }).largest)
  end)

  it("comes through links that are narrower than its packets #R1191-1", function()
    assert.equal(1500, talk({ pmtud = false, off_link_limit = false }, 3, { mtu = 500 }).largest)
    local seen = talk({}, 3, { mtu = 500 })
    assert.is_true(seen.whole > 0 and seen.later <= 500)
  end)

  it("begins at once when it is switched off, and ends when it is switched on", function()
    local seen = talk({}, 2, { later = false })
    assert.same({ 1500, 576 }, { seen.largest, seen.later })
    assert.is_true(seen.whole > 0)
    seen = talk({ pmtud = false }, 2, { later = true })
    assert.same({ 576, true }, { seen.largest, seen.whole > 0 })
  end)
end)
