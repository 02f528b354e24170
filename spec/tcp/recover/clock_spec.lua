-- SPDX-License-Identifier: MIT
local flight = require "spec.tcp.flight"
local tcplab = require "tcplab"

local RTT = 0.05
local CLOCK = { "retransmission", "probe", "reorder", "persist" }

describe("the clock of what is outstanding", function()
  local p
  after_each(function() if p then p:close() end end)

  -- Which of the four are armed, in that order.
  local function armed(of)
    local timers, list = (of or p.conn):status().timers, {}
    for _, name in ipairs(CLOCK) do
      if timers[name] then list[#list + 1] = name end
    end
    return table.concat(list, " ")
  end

  -- Reordering has been seen, and `more` are out.
  local function reordered(more)
    p = flight.new { initial_window = 20 }
    p:give(2)
    p:pass(RTT)
    p:ack(0, { { 1, 2 } })
    p:pass(0.001)
    p:ack(2)
    p:give(more)
    p:pass(RTT)
  end

  it("arms nothing when nothing is outstanding and nothing waits", function()
    p = flight.new()
    assert.equal("", armed())
    p:give(2)
    p:pass(RTT)
    p:ack(2)
    assert.equal("", armed())
  end)

  it("arms the probe alone behind new text, and the timeout alone behind the probe #R8985-6 #R8985-7", function()
    p = flight.new()
    p:give(2)
    assert.equal("probe", armed())
    p:pass(p:due "probe")
    assert.equal("retransmission", armed())
  end)

  it("arms the timeout alone for a peer without SACK, and for a SYN", function()
    p = flight.new { sack = false }
    p:give(2)
    assert.equal("retransmission", armed())
    local net = tcplab.lab { seed = 1 }
    local a, b = net:host("a", { address = "10.0.0.1" }), net:host("b", { address = "10.0.0.2" })
    net:link(a, b):down()
    local conn
    net:spawn(function() conn = a:connect(b, 80) end)
    net:run(0.5)
    assert.is_nil(conn)
    local opening = a:connections()[1]
    assert.equal("SYN-SENT", opening.state)
    assert.equal("retransmission", armed(opening))
    net:close()
  end)

  it("arms RACK's wait alone while something may only be late, and starts the timeout anew when it ends #R8985-5", function()
    reordered(6)
    p:ack(2, { { 3, 4 } })
    assert.equal("reorder", armed())
    p:pass(p:due "reorder")
    assert.equal("2r", p:left())
    assert.equal("retransmission", armed())
    assert.equal(p:status "rto", p:due "retransmission")
  end)

  it("starts the timeout anew when the wait ends because all came", function()
    reordered(4)
    p:ack(2, { { 3, 4 } })
    p:pass(0.002)
    p:ack(4)
    assert.equal("probe", armed())
    p:pass(0.002)
    p:ack(4, { { 5, 6 } })
    p:pass(0.001)
    assert.equal("reorder", armed())
  end)

  it("does not wait for what left together with what came, and behind it", function()
    p = flight.new()
    p:give(2)
    p:pass(0.01)
    p:give(2)
    p:pass(RTT - 0.01)
    p:ack(1)
    assert.equal("probe", armed())
  end)

  it("starts the timeout anew with each retransmission, and not with new text (RFC 6675 6)", function()
    p = flight.new { initial_window = 20 }
    p:give(20)
    p:pass(RTT)
    assert.equal("0r", p:ack(0, { { 1, 12 } }))
    assert.equal(p:status "rto", p:due "retransmission")
    p:pass(RTT - 0.01)
    p:give(1)
    assert.is_true(p:due "retransmission" < p:status "rto")
  end)

  it("does not run out while RACK mends what it finds: 400 segments, every fortieth and its first retransmission lost", function()
    local net = tcplab.lab { seed = 3 }
    local o = { profile = "linux", send_buffer = 1 << 20, receive_buffer = 1 << 20 }
    o.address = "10.0.0.1"
    local a = net:host("a", o)
    o.address = "10.0.0.2"
    local b = net:host("b", o)
    local link = net:link(a, b, { delay = 0.1, rate = 1e7 })
    local listener = b:listen(80)
    local conn = assert(a:connect(b, 80))
    local peer = assert(listener:accept())
    local count, dropped, timeouts = 0, {}, 0
    link:filter(function(s, from)
      if from ~= a or #s.payload == 0 then return end
      if not s.retransmission then count = count + 1 end
      if not s.retransmission and count % 40 == 0 or dropped[s.seq] == 1 then
        dropped[s.seq] = (dropped[s.seq] or 0) + 1
        return "drop"
      end
      if not s.retransmission and count == 100 then return { delay = 0.02 } end -- reordering
    end)
    net:on("timer", function(e)
      if e.host == a and e.action == "fired" and e.timer == "retransmission" then timeouts = timeouts + 1 end
    end)
    net:spawn(function()
      conn:send(("x"):rep(1448 * 390))
      conn:shutdown "send"
    end)
    assert.equal(1448 * 390, #peer:receive "*a")
    assert.equal(0, timeouts)
    net:close()
  end)

  it("sends nothing twice where a recovery lasts as long as a timeout", function()
    local net = tcplab.lab { seed = 1 }
    local o = { initial_window = 60, send_buffer = 1 << 20, receive_buffer = 1 << 20 }
    o.address = "10.0.0.1"
    local a = net:host("a", o)
    o.address = "10.0.0.2"
    local b = net:host("b", o)
    local link = net:link(a, b, { delay = 0.35 })
    local listener = b:listen(80)
    local conn = assert(a:connect(b, 80))
    local peer = assert(listener:accept())
    for _ = 1, 15 do -- the timeout settles at 1 s
      conn:send(("w"):rep(1000))
      peer:receive(1000)
      net:run(1)
    end
    local count = 0
    link:filter(function(s, from)
      if from ~= a or #s.payload == 0 or s.retransmission then return end
      count = count + 1
      if count <= 10 then return "drop" end
    end)
    conn:send(("x"):rep(1448 * 30))
    peer:receive(1448 * 30)
    net:run(3)
    assert.is_nil(b:counters().refused.duplicate)
    assert.equal(10, conn:status().retransmissions)
    net:close()
  end)

  it("shows itself to those who watch timers: each is set, and another cancels it", function()
    p = flight.new { user_timeout = 0 }
    local told = {}
    p.conn:on("timer", function(e) told[#told + 1] = e.timer .. " " .. e.action end)
    p:give(2)
    p:pass(p:due "probe")
    p:pass(RTT)
    p:ack(2)
    assert.same({ "probe set", "probe fired", "retransmission set", "retransmission cancelled" }, told)
  end)
end)
