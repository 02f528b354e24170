-- SPDX-License-Identifier: MIT
local paper = require "spec.tcp.paper"
local tcplab = require "tcplab"

local MSS = 1460

describe("the announced window", function()
  local p, conn
  after_each(function() if p then p:close() end end)

  -- With a peer that scales too, and a first ACK of ours that has said the window for the first time.
  local function establish(buffer, max, more)
    if p then p:close() end
    local options = { receive_buffer = buffer, receive_buffer_max = max, window_scaling = true, delayed_ack = 0 }
    for name, value in pairs(more or {}) do options[name] = value end
    p = paper.new(options)
    conn = p:opening()
    p:arrive { flags = "S.", seq = 0, ack = 1, options = { mss = MSS, window_scale = 0 } }
    return p:one()
  end

  local function bytes_of(segment) return segment.window << conn:status().rcv.scale end
  local function edge_of(segment) return segment.ack + bytes_of(segment) end

  -- The text that sizes tell, one segment each, as long as the window lasts; `look` is shown each answer. Returns where it ended.
  local function fill(first, sizes, look)
    local seq, edge = 1, edge_of(first)
    for _, size in ipairs(sizes) do
      if seq + size > edge then break end
      assert.equal("accepted", p:arrive { seq = seq, payload = ("x"):rep(size) })
      seq = seq + size
      local answer = p:one()
      assert.equal(seq, answer.ack)
      look(answer, edge)
      edge = math.max(edge, edge_of(answer))
    end
    return seq, edge
  end

  local function repeated(size, count)
    local sizes = {}
    for i = 1, count do sizes[i] = size end
    return sizes
  end

  describe("says at once", function()
    for _, buffer in ipairs { 1, 100, 1000, 4096, 16000, 65535, 65536, 100000, 1 << 20, 1 << 30 } do
      it("a buffer of " .. buffer .. " whole or nearly, however far it may grow", function()
        for _, max in ipairs { 0, 65536, 1 << 20, 1 << 30 } do
          local window = bytes_of(establish(buffer, max))
          assert.is_true(window < buffer + (1 << conn:status().rcv.scale) and window >= buffer * 15 / 16, max .. ": " .. window)
        end
      end)
    end
  end)

  it("grows in steps that are small beside a segment and beside itself, but where a large buffer needs larger ones #R7323-1", function()
    local scales = {}
    for _, case in ipairs { { 16000, 1 << 30 }, { 1 << 20, 1 << 30 }, { 65536, 4 << 20 }, { 1000, 1 << 30 }, { 65536, 65536 }, { 1 << 30, 0 } } do
      establish(case[1], case[2])
      scales[#scales + 1] = conn:status().rcv.scale
    end
    assert.same({ 7, 7, 7, 5, 1, 14 }, scales)
    establish(0, 1 << 30)
    assert.equal(7, conn:status().rcv.scale)
  end)

  it("stands where the peer saw it, and never goes back, when full segments fill the buffer at any scale #SHLD-14 #R7323-2", function()
    for scale = 0, 14 do
      local buffer = 65535 << scale
      local count = math.min(buffer // MSS + 1, 400)
      local first = establish(buffer, 0)
      assert.equal(scale, conn:status().rcv.scale)
      fill(first, repeated(MSS, count), function(answer, edge)
        assert.is_true(edge_of(answer) >= edge)
        assert.equal(bytes_of(answer), conn:status().rcv.wnd)
      end)
    end
  end)

  it("never goes back either where the scale is chosen for a larger buffer than there is, and the buffer holds what it promised", function()
    for _, buffer in ipairs { 4096, 16000, 65536, 262144 } do
      local first = establish(buffer, 1 << 30)
      local ended, edge = fill(first, repeated(MSS - 1, 300), function(answer, edge)
        assert.is_true(edge_of(answer) >= edge)
        assert.equal(bytes_of(answer), conn:status().rcv.wnd)
      end)
      local unit = 1 << conn:status().rcv.scale
      assert.is_true(ended - 1 >= buffer - MSS and edge - 1 <= buffer * 9 / 8 + unit, ("%d: %d, %d"):format(buffer, ended, edge))
    end
  end)

  it("lets segments smaller than its unit fill the buffer and an eighth more, no further, and takes all that it promised #R7323-2", function()
    local buffer = 2000
    local first = establish(buffer, 1 << 20)
    local unit = 1 << conn:status().rcv.scale
    assert.equal(32, unit)
    local ended, edge = fill(first, repeated(1, 4000), function(answer, edge) assert.is_true(edge_of(answer) > edge - unit) end)
    assert.equal(edge, ended)
    assert.is_true(edge - 1 >= buffer and edge - 1 <= buffer * 9 / 8 + unit, tostring(edge))
    assert.equal(ended - 1, conn:status().receive_queue)
    assert.equal("window-closed", p:arrive { seq = ended, payload = "y" })
    assert.equal(0, p:one().window)
  end)

  for _, case in ipairs { { 16000, 1 << 30 }, { 2000, 1 << 20 }, { 1 << 20, 0, 10 }, { 1 << 22, 0, 1 }, { 100000, 0, 5000 } } do
    it(("opens as soon as what closed it is read: %d bytes, at most %d, later %s"):format(case[1], case[2], case[3] or "the same"), function()
      local seq, answer = 1, establish(case[1], case[2])
      if case[3] then conn:setoption("receive_buffer", case[3]) end
      for round, size in ipairs { MSS, 1, MSS, 7, 1 } do
        while answer.window > 0 do
          size = math.min(size, bytes_of(answer))
          assert.equal("accepted", p:arrive { seq = seq, payload = ("x"):rep(size) })
          seq = seq + size
          answer = p:one()
        end
        assert(conn:receive(conn:status().receive_queue))
        p:pass()
        answer = p:one()
        assert.is_true(bytes_of(answer) >= math.min(MSS, (case[3] or case[1]) // 2), "round " .. round)
      end
    end)
  end

  it("is what the SYN said, also when the buffer has changed before the SYN-ACK comes #SHLD-14 #R7323-1", function()
    p = paper.new { receive_buffer = 5000, window_scaling = true, delayed_ack = 0 }
    conn = p:opening()
    assert.equal(5000, p.syn.window)
    conn:setoption("receive_buffer", 100)
    p:pass(1.1)
    assert.equal(5000, p:one().window)
    p:arrive { flags = "S.", seq = 0, ack = 1, options = { mss = MSS, window_scale = 0 } }
    assert.equal(5001, edge_of(p:one()))
    for i = 0, 4 do assert.equal("accepted", p:arrive { seq = 1 + i * 1000, payload = ("x"):rep(1000) }) end
    assert.equal(5000, #conn:receive(5000))
  end)

  it("lets no transfer send anything twice, however slow the reader and whatever the scale, on a link that loses nothing", function()
    local random = math.random
    for run = 1, 45 do
      math.randomseed(run)
      local net <close> = tcplab.lab { seed = run, trace = false }
      local max, size = math.min(65535 << (run - 1) % 15, 1 << 30), random(20000, 200000)
      local buffer = random(2) == 1 and 1 << random(10, 30) or random(1000, 100000)
      local delay, chunk, pause = 0.001 + random() * 0.1, random(100, 20000), random() * 0.05
      local a = net:host("a", { address = "10.0.0.1", send_buffer = 1 << 20 })
      local b = net:host("b", { address = "10.0.0.2", receive_buffer = buffer, receive_buffer_max = max })
      net:link(a, b, { delay = delay, jitter = delay * 0.3, rate = 20e6 })
      local listener, got, conn_a = b:listen(80), 0, nil
      net:spawn(function()
        conn_a = assert(a:connect(b, 80))
        conn_a:send(("x"):rep(size))
      end)
      net:spawn(function()
        local peer = listener:accept()
        while got < size do
          got = got + #assert(peer:receive(math.min(chunk, size - got)))
          net:sleep(pause)
        end
      end)
      net:run(600)
      assert.same({ size, 0 }, { got, conn_a:status().retransmissions }, "run " .. run)
    end
  end)
  it("is no larger than window_clamp and a unit, however large the buffer is; the edge does not go back for it", function()
    local function unit() return 1 << conn:status().rcv.scale end
    local first = establish(65536, 1 << 20, { window_clamp = 10000 })
    assert.equal(10000, p.syn.window)
    assert.is_true(bytes_of(first) > 9000 and bytes_of(first) < 10000 + unit())
    conn:setoption("window_clamp", 3000)
    fill(first, repeated(1000, 9), function(answer, edge)
      assert.is_true(edge_of(answer) >= edge and edge_of(answer) < math.max(edge, answer.ack + 3000) + unit())
      conn:receive(1000)
    end)
  end)
end)
