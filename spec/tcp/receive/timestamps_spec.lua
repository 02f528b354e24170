-- SPDX-License-Identifier: MIT
local paper = require "spec.tcp.paper"
local tcplab = require "tcplab"

local DAY = 86400
local START = 0xfffffff0 -- the peer's clock, just before its wrap

describe("timestamps", function()
  local p
  after_each(function() if p then p:close() end end)

  local function stamp(value, echo) return { timestamps = { value = value & 0xffffffff, echo = echo or 0 } } end

  -- Established with timestamps; the peer's stood at START.
  local function agreed(more)
    local options = { timestamps = true }
    for name, value in pairs(more or {}) do options[name] = value end
    p = paper.new(options)
    local conn = p:established(nil, { options = { mss = 1460, timestamps = { value = START, echo = 0 } } })
    return conn
  end

  local function text(seq, payload, value, more)
    local given = { seq = seq, payload = payload, options = value and stamp(value) }
    for name, each in pairs(more or {}) do given[name] = each end
    return p:arrive(given)
  end

  local function echo(sent) return sent.options.timestamps.echo end

  it("stand on every segment once they are agreed on, and are ignored when they are not #R7323-3", function()
    local conn = agreed()
    conn:send "x"
    p:pass(1.5)
    p:arrive { seq = 1, payload = "ab", options = stamp(START) }
    p:arrive { ack = 2, options = stamp(START) }
    conn:shutdown "send"
    p:pass(0.1)
    local sent = p:take()
    assert.is_true(#sent >= 3)
    for _, s in ipairs(sent) do assert.is_not_nil(s.options.timestamps) end
    p:close()
    p = paper.new { timestamps = false }
    p:established()
    assert.equal("accepted", text(1, "ab", START))
    p:pass(0.1)
    assert.is_nil(p:one().options.timestamps)
  end)

  it("that are missing have a segment dropped in silence, and the connection lives #R7323-4", function()
    local conn = agreed()
    assert.equal("timestamp-missing", text(1, "ab", nil))
    p:pass(0.1)
    assert.is_true(p:silent())
    assert.equal("accepted", p:arrive { seq = 1, payload = "ab", options = stamp(START) })
    assert.equal("ESTABLISHED", conn.state)
  end)

  it("echo the oldest segment that a delayed ACK covers #R7323-5", function()
    agreed()
    text(1, "ab", START + 1)
    text(3, "cd", START + 2)
    assert.equal((START + 1) & 0xffffffff, echo(p:one()))
  end)

  it("echo the last segment in order while there is a gap, and the one that fills it #R7323-5", function()
    agreed { delayed_ack = 0 }
    text(1, "ab", START + 1)
    assert.equal((START + 1) & 0xffffffff, echo(p:one()))
    text(5, "ef", START + 30)
    assert.equal((START + 1) & 0xffffffff, echo(p:one()))
    text(3, "cd", START + 31)
    local ack = p:one()
    assert.same({ 7, (START + 31) & 0xffffffff }, { ack.ack, echo(ack) })
  end)

  it("that are older drop a segment, acknowledged, before its sequence number is looked at; a RST is exempt #R7323-6", function()
    local conn = agreed { delayed_ack = 0 }
    text(1, "ab", START + 20) -- past the wrap
    p:take()
    assert.equal("paws", text(3, "cd", START + 19))
    assert.equal(3, p:one().ack)
    assert.equal("paws", text(100000, "cd", START + 19))
    assert.equal(3, p:one().ack)
    assert.equal("accepted", text(3, "cd", START + 20))
    p:arrive { flags = "R", seq = 5, options = stamp(START - 100) }
    assert.equal("CLOSED", conn.state)
  end)

  it("may be paws_slack ticks behind and pass, without being remembered", function()
    agreed { paws_slack = 1 }
    text(1, "a", START + 10)
    assert.equal("accepted", text(2, "b", START + 9))
    assert.equal("accepted", text(3, "c", START + 9))
    assert.equal("paws", text(4, "d", START + 8))
    local sent = p:take()
    assert.equal((START + 10) & 0xffffffff, echo(sent[#sent]))
    local linux = p.net:host("l", { address = "10.9.9.2", profile = "linux" })
    assert.same({ 1, 0 }, { linux:getoption "paws_slack", p.net:host("r", { address = "10.9.9.1" }):getoption "paws_slack" })
  end)

  it("of a segment outside of the window are not remembered #R7323-5", function()
    agreed { delayed_ack = 0 }
    text(1000000, "zz", START + 0x10000000)
    p:take()
    assert.equal("accepted", text(1, "ab", START + 1))
  end)

  for _, days in ipairs { 25, 60 } do
    it("say nothing after " .. days .. " idle days #R7323-7", function()
      agreed { delayed_ack = 0 }
      p:pass(days * DAY)
      assert.equal("accepted", text(1, "ab", START - 1000))
      assert.equal((START - 1000) & 0xffffffff, echo(p:one()))
    end)
  end

  it("still count after 23 idle days #R7323-7", function()
    agreed { delayed_ack = 0 }
    p:pass(23 * DAY)
    assert.equal("paws", text(1, "ab", START - 1))
  end)

  it("of 0 on a SYN are no reading of a clock: echoed, but no later one is held against them", function()
    for _, later in ipairs { 1, 0x7fffffff, 0x80000001, 0xcd22a800 } do
      p = paper.new { timestamps = true, delayed_ack = 0 }
      p:established(nil, { options = { mss = 1460, timestamps = { value = 0, echo = 0 } } })
      assert.equal("accepted", text(1, "ab", later))
      assert.equal(later, echo(p:one()))
      assert.equal("paws", text(3, "cd", later - 1)) -- from then on they count
      p:close()
      p = paper.new { timestamps = true }
      local listener = p.host:listen(p.port)
      p:arrive { flags = "S", seq = 0, options = { mss = 1460, timestamps = { value = 0, echo = 0 } } }
      assert.equal(0, echo(p:one()))
      assert.equal("accepted", p:arrive { options = stamp(later) })
      assert.equal("ESTABLISHED", assert(listener:accept()).state)
      p:close()
    end
    p = nil
  end)

  it("that drop a late original have it reported, and the sender takes back what it did for it", function()
    local net <close> = tcplab.lab { seed = 5, trace = false }
    local a = net:host("a", { address = "10.0.0.1", send_buffer = 1000000 })
    local b = net:host("b", { address = "10.0.0.2", receive_buffer = 1000000 })
    local link = net:link(a, b, { delay = 0.020, rate = 50e6, queue = 1000 })
    local listener = b:listen(80)
    local conn = assert(a:connect(b, 80))
    local peer = listener:accept()
    link:delay({ from = a, kind = "DATA" }, 300, 0.150)
    local count = { loss = 0, undo = 0 }
    conn:on("congestion", function(e) count[e.reason] = (count[e.reason] or 0) + 1 end)
    net:spawn(function() conn:send(("x"):rep(3000000)) end)
    assert.equal(3000000, #peer:receive(3000000))
    assert.same({ 1, 1, 1 }, { count.loss, count.undo, b:counters().refused.paws })
  end)

  it("tick once a millisecond #R7323-7", function()
    local conn = agreed()
    conn:send "x"
    p:pass()
    local first = p:one().options.timestamps.value
    p:arrive { ack = 2, options = stamp(START, first) }
    p:pass(2.345)
    conn:send "y"
    p:pass()
    assert.equal((first + 2345) & 0xffffffff, p:one().options.timestamps.value)
  end)

  it("start elsewhere for every pair of hosts #R7323-8", function()
    local net <close> = tcplab.lab { seed = 7, trace = false }
    local a = net:host("a", { address = "10.0.0.1" })
    local starts, count = {}, 0
    net:on("segment", function(e)
      if e.point ~= "sent" or e.sender ~= a then return end
      local value = e.segment.options.timestamps.value
      if not starts[value] then
        starts[value] = true
        count = count + 1
      end
    end)
    for i = 2, 6 do
      local b = net:host("b" .. i, { address = "10.0.0." .. i })
      net:link(a, b)
      a:open { address = b, port = 80 }
    end
    net:run(0)
    assert.equal(5, count)
  end)

  it("of two connections to a host go by one clock, and with stamp_ports by two", function()
    for _, ports in ipairs { true, false } do
      p = paper.new { timestamps = true, stamp_ports = ports }
      local stamps = {}
      for i = 1, 2 do
        assert(p.host:open { address = "10.0.0.2", port = 80, local_port = 6000 + i })
        p:pass()
        stamps[i] = p:one().options.timestamps.value
      end
      assert.equal(not ports, stamps[1] == stamps[2])
      p:close()
    end
    p = nil
  end)
end)
