-- SPDX-License-Identifier: MIT
-- Windows as Linux announces them (measured with a peer that speaks by hand; 6.18 where nothing else is said).
local paper = require "spec.tcp.paper"

describe("a window that begins small", function()
  local FULL = 1448
  local p, conn, seq
  after_each(function() if p then p:close() end end)

  local function begin(options)
    local settings = { profile = "linux", timestamps = true, window_scaling = true, timer_granularity = 0, timer_wheel = false }
    for name, value in pairs(options or {}) do settings[name] = value end
    p, seq = paper.new(settings), 1
    local listener = assert(p.host:listen(p.port))
    p:arrive { flags = "S", seq = 0, options = { mss = 1460, sack_permitted = true, window_scale = 7,
      timestamps = settings.timestamps and { value = 1, echo = 0 } or nil } }
    local syn_ack = p:one()
    p:arrive { options = { timestamps = { value = 1, echo = 0 } } }
    conn = assert(listener:accept())
    conn:settimeout(0)
    return syn_ack
  end

  -- A segment of so much text. Returns the window that its ACK shows.
  local function arrive(size)
    p:arrive { seq = seq, payload = ("x"):rep(size), options = { timestamps = { value = 1, echo = 0 } } }
    seq = seq + size
    p:pass(0.041)
    return p:one().window << conn:status().rcv.scale
  end

  local function windows(count, read)
    local list = {}
    for i = 1, count do
      list[i] = arrive(FULL)
      if read then conn:receive(FULL) end
      p:take()
    end
    return list
  end

  it("is a whole number of segments on SYN and SYN-ACK, its scale that of the largest buffer: 10, and 7 for 6 MB", function()
    p = paper.new { profile = "linux", window_scaling = true, timestamps = true }
    p:opening()
    assert.same({ 64240, 10 }, { p.syn.window, p.syn.options.window_scale })
    p:close()
    local syn_ack = begin()
    assert.same({ 65160, 10 }, { syn_ack.window, syn_ack.options.window_scale })
    p:close()
    syn_ack = begin { timestamps = false, receive_buffer_max = 6 << 20 }
    assert.same({ 64240, 7 }, { syn_ack.window, syn_ack.options.window_scale })
  end)

  it("grows by two segments with each full one, up to the buffer, and then stays while text is read", function()
    begin()
    assert.same({ 68608, 71680, 74752, 76800, 79872, 80896, 80896, 80896 }, windows(8, true))
    p:close()
    begin { receive_buffer_max = 6 << 20 } -- as in 6.12
    local list = windows(8, true)
    assert.same({ 68096, 80512 }, { list[1], list[8] })
  end)

  it("stays open to who waits for more than the buffer holds", function()
    local tcplab = require "tcplab"
    local net <close> = tcplab.lab { seed = 7 }
    local a = net:host("a", { address = "10.0.0.1", profile = "linux" })
    local b = net:host("b", { address = "10.0.0.2", profile = "linux" })
    net:link(a, b, { delay = 0.01 })
    local listener = b:listen(80)
    local sender = assert(a:connect(b, 80))
    local reader = assert(listener:accept())
    net:spawn(function() sender:send(("x"):rep(500000)) end)
    assert.equal(500000, #assert(reader:receive(500000)))
  end)

  it("does not grow with small segments", function()
    begin()
    for _ = 1, 30 do
      assert.equal(65536, arrive(10))
      conn:receive(10)
    end
  end)

  it("moves its edge on by what rounding leaves while nobody reads, until 111 to 114 kB are unread", function()
    begin()
    assert.same({ 68608, 71680, 74752, 76800, 75776, 74752, 73728, 72704 }, windows(8, false))
    local window = 72704
    while window > 0 do window = arrive(math.min(window, FULL)) end
    assert.is_true(seq > 111000 and seq < 114500, tostring(seq))
  end)

  it("takes 82 kB unread where a part of it alone counts, as in 5.10 and 6.1", function()
    begin { receive_buffer = 65536, receive_buffer_max = 6 << 20, unread_weight = 52139, text_beyond_window = "whole" }
    local window = 65536
    while window > 0 do window = arrive(FULL) end
    assert.equal(82536, seq - 1)
  end)

  it("is told again, while a shut one is read, each time it has doubled: 4 updates of 80 kB, not 28", function()
    begin()
    local window, told = 65536, {}
    while window > 0 do window = arrive(math.min(window, FULL)) end
    for _ = 1, 56 do
      conn:receive(FULL)
      p:pass()
      for _, s in ipairs(p:take()) do told[#told + 1] = s.window << 10 end
    end
    assert.same({ 7168, 14336, 28672, 57344 }, told)
  end)

  for _, case in ipairs { { 11, 13000 }, { 128, 25000 }, { 3000, 59000 } } do
    it(("opens again however small its buffer is beside a segment: %d bytes, an MSS of %d"):format(case[1], case[2]), function()
      begin { receive_buffer = case[1], mss = case[2] }
      for _ = 1, 5 do
        local window = arrive(1)
        while window > 0 do window = arrive(math.min(window, FULL)) end
        conn:receive(seq)
        conn:receive(seq)
        p:pass()
        local sent = p:take()
        assert.is_true(#sent > 0 and sent[#sent].window > 0)
      end
    end)
  end
end)
