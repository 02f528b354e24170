-- SPDX-License-Identifier: MIT
local flight = require "spec.tcp.flight"
local paper = require "spec.tcp.paper"
local tcplab = require "tcplab"

describe("the persist state", function()
  local p, conn
  after_each(function() if p then p:close() end end)

  -- The window is shut, nothing is in flight, and `text` waits.
  local function shut(text, options)
    p = paper.new(options)
    conn = p:established(nil, { window = 1000 })
    conn:send(("x"):rep(1000))
    p:pass()
    p:take()
    p:arrive { ack = 1001, window = 0 }
    if text then conn:send(text) end
    p:pass()
    assert.is_true(p:silent())
  end

  -- Answers each probe with this ACK for so many seconds.
  local function answer(seconds, ack)
    for _ = 1, seconds do
      p:pass(1)
      if #p:take() > 0 then p:arrive { ack = ack, window = 0 } end
    end
  end

  describe("with an empty probe", function()
    local function probes(seconds, window, more)
      local list, start = {}, p.net:now()
      while p.net:now() - start < seconds do
        p:pass(0.1)
        for _, s in ipairs(p:take()) do
          list[#list + 1] = ("%s %d:%d"):format(s.flags, s.seq, s.seq + #s.payload)
          if more then p:arrive { ack = 1001, window = window } end
        end
      end
      return list
    end

    it("asks from outside of the window, and sends its text once it opens", function()
      shut("text", { empty_window_probe = true })
      assert.same({ ". 1000:1000", ". 1000:1000" }, probes(3.5, 0, true))
      p:arrive { ack = 1001, window = 1000 }
      assert.equal("text", p:one().payload)
    end)

    it("asks in the linux profiles 15 times in vain", function()
      shut("text", { profile = "linux" })
      local list = probes(1000)
      assert.equal(15, #list)
      for _, probe in ipairs(list) do assert.equal(". 1000:1000", probe) end
      assert.equal("CLOSED", conn.state)
      assert.equal("ETIMEDOUT", conn:status().code)
    end)
  end)

  describe("that outlives its reason", function()
    it("ends when the last octet left as the probe and was taken", function()
      shut "a"
      p:pass(1)
      assert.equal("a", p:one().payload)
      p:arrive { ack = 1002, window = 0 }
      assert.same({}, conn:status().timers)
      p:pass(1000)
      assert.equal("ESTABLISHED", conn.state)
      assert.is_true(p:silent())
    end)

    it("ends when the FIN left as the probe and was taken: FIN-WAIT-2 lasts", function()
      shut(nil, { user_timeout = 30 })
      conn:shutdown "send"
      p:pass(1)
      assert.is_truthy(p:one().flags:find "F")
      p:arrive { ack = 1002, window = 0 }
      p:pass(1000)
      assert.equal("FIN-WAIT-2", conn.state)
      assert.is_true(p:silent())
    end)
  end)

  it("leaves the user timeout to begin anew when the window opens long after the last answer", function()
    shut("abc", { user_timeout = 5 })
    answer(100, 1001)
    p:pass(20)
    p:take()
    p:arrive { ack = 1001, window = 1000 }
    p:pass(1)
    assert.equal("ESTABLISHED", conn.state)
    p:arrive { ack = 1002, window = 1000 }
    p:arrive { ack = 1004, window = 1000 }
    p:pass(100)
    assert.equal("ESTABLISHED", conn.state)
  end)

  it("tells of its octet, sent again, by what left behind it in the same instant #R8985-1", function()
    p = paper.new()
    conn = p:established(nil, { window = 1000, options = { mss = 1460, sack_permitted = true } })
    conn:send(("x"):rep(1000))
    p:pass(0.05)
    p:arrive { ack = 1001, window = 0 }
    conn:send(("y"):rep(3000))
    p:pass(1)
    p:take()
    p:arrive { ack = 1001, window = 0 }
    p:pass(0.5)
    p:arrive { ack = 1001, window = 5000 }
    local left = p:take()
    assert.same({ 1, 1460 }, { #left[1].payload, #left[2].payload })
    p:pass(0.05)
    local from = p.iss + 1 + 1001
    p:arrive { ack = 1001, window = 5000, options = { sack = { { from & 0xffffffff, (from + 1460) & 0xffffffff } } } }
    p:pass(0.02)
    assert.same({ true, 1 }, { left[1].retransmission, #p:one().payload })
  end)

  for _, limit in ipairs { 5, 20, 60 } do
    it(("keeps a connection whose every probe is answered, with a user timeout of %d s #MUST-37"):format(limit), function()
      shut("abc", { user_timeout = limit })
      answer(1000, 1001)
      assert.equal("ESTABLISHED", conn.state)
    end)

    it(("ends by a user timeout of %d s once probes are not answered any more"):format(limit), function()
      shut("abc", { user_timeout = limit })
      answer(100, 1001)
      p:pass(300)
      assert.equal("CLOSED", conn.state)
      assert.equal("EUSERTIMEOUT", conn:status().code)
    end)
  end

  it("counts what left in a probe and was refused as lost when the window opens, and nothing else", function()
    shut "abcdef"
    p:pass(1)
    p:take()
    p:pass(0.01)
    p:arrive { ack = 1001, window = 0 }
    p:pass(0.5)
    p:arrive { ack = 1001, window = 1000 }
    assert.equal("a", p:one().payload)
    p:arrive { ack = 1002, window = 1000 }
    assert.equal("bcdef", p:one().payload)
  end)

  it("does not begin while text is in flight: a window that shuts and opens over it loses nothing", function()
    p = flight.new { initial_window = 20 }
    p:give(8)
    p:pass(0.05)
    p:ack(2, nil, { window = 0 })
    assert.is_nil(p:due "persist")
    p:pass(0.01)
    assert.equal("", p:ack(4, nil, { window = 400 }))
    assert.equal(0, p:status "lost")
    p:ack(8, nil, { window = 400 })
    assert.equal(0, p:status "retransmissions")
  end)

  it("leaves a probe in flight that crosses the opening of the window: nothing goes twice on a clean link", function()
    for seed, pause in ipairs { 1.005, 1.015, 1.035, 3.02, 3.04 } do
      local net = tcplab.lab { seed = seed }
      local c = net:host("client", { address = "10.0.0.1", send_buffer = 1 << 20 })
      local s = net:host("server", { address = "10.0.0.2", receive_buffer = 20000, receive_buffer_max = 20000 })
      net:link(c, s, { delay = 0.02 })
      local listener = s:listen(80)
      local a = assert(c:connect("10.0.0.2", 80))
      local b = assert(listener:accept())
      net:spawn(function() a:send(("x"):rep(100000)) a:shutdown "send" end)
      net:sleep(0.5 + pause)
      local got = 0
      for _ = 1, 20 do
        local text = b:receive(20000)
        if not text then break end
        got = got + #text
        net:sleep(pause)
      end
      assert.equal(100000, got)
      assert.is_nil(s:counters().refused.duplicate, pause)
      net:close()
    end
  end)

  for _, scale in ipairs { 4, 8, 12, 14 } do
    it(("loses nothing when a window in steps of 2^%d shuts and opens over text in flight"):format(scale), function()
      local net = tcplab.lab { seed = 7 }
      local c = net:host("client", { address = "10.0.0.1", send_buffer = 1 << 20 })
      local s = net:host("server", { address = "10.0.0.2", receive_buffer = 65535, receive_buffer_max = 65535 << scale })
      net:link(c, s, { delay = 0.04, rate = 1e7 })
      local listener = s:listen(80)
      local a = assert(c:connect("10.0.0.2", 80))
      local b = assert(listener:accept())
      net:spawn(function() a:send(("x"):rep(400000)) a:shutdown "send" end)
      local got = 0
      while true do
        local text, _, _, partial = b:receive(1000)
        got = got + #(text or partial or "")
        if not text then break end
        net:sleep(0.02)
      end
      assert.equal(0, c:counters().retransmissions)
      net:close()
    end)
  end
end)

describe("a window that shrank under what is in flight", function()
  local p
  after_each(function() p:close() end)

  local function shrunk(options, window)
    p = flight.new(options)
    p:give(8)
    p:ack(0, nil, { window = window })
    p:take()
  end

  it("cuts the retransmission after a timeout at its edge, then sends nothing beyond #SHLD-16", function()
    shrunk({ sack = false, window_scaling = false }, 500)
    p:pass(1)
    local again = p:take()
    assert.same({ 1, 1, 500 }, { #again, again[1].seq, #again[1].payload })
    p:pass(1.9)
    assert.is_true(p:silent())
  end)

  it("cuts the fast retransmission at its edge #SHLD-16", function()
    p = flight.new { window_scaling = false, initial_window = 20 }
    p:give(8)
    p:pass(0.05)
    p:arrive { ack = 1, window = 500, options = { sack = { { (p.iss + 1001) & 0xffffffff, (p.iss + 6001) & 0xffffffff } } } }
    local again = p:take()
    assert.same({ 1, 1, 500 }, { #again, again[1].seq, #again[1].payload })
  end)

  it("cuts the probe of the tail at its edge #SHLD-16", function()
    shrunk({}, 20) -- of 128 bytes each
    p:pass(p:due "probe")
    local probe = p:take()
    assert.same({ 1, 1561, 1000, true }, { #probe, probe[1].seq, #probe[1].payload, probe[1].probe })
  end)

  it("leaves out the FIN that lies beyond its edge #SHLD-16", function()
    p = flight.new { sack = false, window_scaling = false }
    p:give(1)
    p.conn:shutdown "send"
    p:pass()
    p:take()
    p:arrive { ack = 1, window = 1000 }
    p:pass(1)
    local again = p:take()
    assert.equal(1000, #again[1].payload)
    assert.is_nil(again[1].flags:find "F")
    p:arrive { ack = 1, window = 1001 }
    p:pass(2)
    assert.is_truthy(p:take()[1].flags:find "F")
  end)

  it("to 0 lets only probes leave, and does not end the connection for what lies beyond #SHLD-17 #MUST-35", function()
    p = flight.new { window_scaling = false, r2 = 20 }
    p:give(8)
    p:pass(0.01)
    p:arrive { ack = 1, window = 0 }
    for _ = 1, 400 do
      p:pass(1)
      for _, s in ipairs(p:take()) do
        assert.same({ 1, true }, { #s.payload, s.probe })
        p:arrive { ack = 1, window = 0 }
      end
    end
    assert.equal("ESTABLISHED", p.conn.state)
    p:arrive { ack = 1, window = 60000 }
    local sum = 0
    for _, s in ipairs(p:take()) do sum = sum + #s.payload end
    assert.equal(8000, sum)
  end)
end)
