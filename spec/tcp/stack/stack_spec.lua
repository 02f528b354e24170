-- SPDX-License-Identifier: MIT
local paper = require "spec.tcp.paper"
local tcplab = require "tcplab"

describe("a stack", function()
  local p
  before_each(function() p = paper.new() end)
  after_each(function() p:close() end)

  describe("answers a segment to nobody", function()
    it("with the number it acknowledges, where it has one #R9293-U2", function()
      assert.equal("no-connection", p:arrive { seq = 9, ack = 77, payload = "x" })
      local rst = p:one()
      assert.same({ "R", 77 }, { rst.flags, rst.seq })
    end)

    it("else with 0, acknowledging all of it #R9293-U2", function()
      for _, case in ipairs { { "S", "", 1 }, { "FS", "abc", 5 }, { "", "abc", 3 }, { "F", "", 1 }, { "", "", 0 } } do
        p:arrive { flags = case[1], seq = 9, payload = case[2] }
        local rst = p:one()
        assert.same({ "R.", 0, 9 + case[3] }, { rst.flags, rst.segment.seq, rst.ack })
      end
    end)

    it("but never a RST #R9293-U5", function()
      assert.equal("no-connection", p:arrive { flags = "R", seq = 9 })
      assert.equal("no-connection", p:arrive { flags = "R.", seq = 9 })
      assert.is_true(p:silent())
    end)
  end)

  describe("drops in silence, naming why", function()
    local function arrive(more)
      local segment = { source = "10.0.0.2", source_port = 80, destination = "10.0.0.1", destination_port = 5000, flags = "S", seq = 1 }
      for name, value in pairs(more) do segment[name] = value end
      local reason = p.host:deliver(segment)
      p:pass()
      assert.is_true(p:silent())
      return reason
    end

    before_each(function() p.host:listen(5000) end)

    it("what is for a group or broadcast address #MUST-57", function()
      for _, address in ipairs { "224.0.0.1", "255.255.255.255" } do
        assert.equal("address-destination", arrive { destination = address })
        assert.equal("address-destination", arrive { destination = address, flags = ".", ack = 1 })
      end
    end)

    it("what is for somebody else", function() assert.equal("address-destination", arrive { destination = "10.0.0.99" }) end)

    it("what cannot have come from its source #MUST-63", function()
      for _, address in ipairs { "224.0.0.1", "255.255.255.255", "0.0.0.0" } do assert.equal("address-source", arrive { source = address }) end
    end)

    it("what has a port 0", function()
      assert.equal("port-zero", arrive { source_port = 0 })
      assert.equal("port-zero", arrive { destination_port = 0 })
    end)

    it("and counts it", function()
      arrive { destination = "10.0.0.99" }
      arrive { destination = "10.0.0.99" }
      assert.equal(2, p.host:counters().refused["address-destination"])
    end)
  end)

  it("verifies the checksum of every segment #MUST-3", function()
    local conn = p:established()
    local bytes = tcplab.segment {
      source = "10.0.0.2", source_port = p.peer_port, destination = "10.0.0.1", destination_port = p.port, flags = "F.", seq = p.irs + 1,
      ack = (p.iss + 1) & 0xffffffff, payload = "abc",
    }:bytes()
    for at = 21, #bytes do
      local bad = bytes:sub(1, at - 1) .. string.char(bytes:byte(at) ~ 1) .. bytes:sub(at + 1)
      assert.is_true(p.host:deliver(bad) ~= "accepted", "byte " .. at)
    end
    p:pass()
    assert.is_true(p:silent())
    assert.same({ "ESTABLISHED", 0 }, { conn.state, conn:status().receive_queue })
    assert.equal("accepted", p.host:deliver(bytes))
    assert.equal("CLOSE-WAIT", conn.state)
  end)

  it("counts its records of each kind", function()
    local _, listener = p:accepted()
    p:arrive { flags = "S", seq = 0, source_port = 81 }
    p:arrive { flags = "S", seq = 0, source_port = 82 }
    local counters = p.host:counters()
    assert.same({ 1, 2, 1, 0 }, { counters.connections, counters.half_open, counters.listeners, counters.time_wait })
    listener:close()
    counters = p.host:counters()
    assert.same({ 1, 0, 0 }, { counters.connections, counters.half_open, counters.listeners })
  end)

  it("gives the memory of buffers back", function()
    local conn = p:established { nodelay = true }
    local before = p.host:counters().buffer_bytes
    conn:send(("x"):rep(5000))
    p:arrive { payload = ("y"):rep(5000) }
    assert.is_true(p.host:counters().buffer_bytes >= before + 10000)
    conn:receive(5000)
    p:pass()
    p:arrive { seq = 5001, ack = 5001 }
    p:pass(1)
    assert.equal(before, p.host:counters().buffer_bytes)
  end)

  it("finds a free port for each connection, and a listener's port is none", function()
    local ports = {}
    for _ = 1, 200 do
      local conn = assert(p.host:open { address = "10.0.0.2", port = 80 })
      local port = conn:status().local_port
      assert.is_true(port >= 49152 and not ports[port])
      ports[port] = true
    end
  end)

  it("lets every timer of its connections ring, in the order of their deadlines", function()
    local fired = {}
    p.net:on("timer", function(e)
      if e.action == "fired" then fired[#fired + 1] = e.conn:status().local_port end
    end)
    for i = 1, 50 do
      p.host:open { address = "10.0.0.2", port = 80, local_port = 6000 + i, rto_initial = 0.1 * (51 - i) }
    end
    p:pass(0.1 * 50 + 0.001)
    local first = {}
    for _, port in ipairs(fired) do
      if not first[port] then first[#first + 1], first[port] = port, true end
    end
    for i = 1, 50 do assert.equal(6051 - i, first[i]) end
  end)

  it("ends an exchange of two ends that find each other's numbers wrong", function()
    local net <close> = tcplab.lab { seed = 1 }
    local a = net:host("a", { address = "10.0.0.1" })
    local b = net:host("b", { address = "10.0.0.2" })
    net:link(a, b)
    local listener = b:listen(80)
    local here = assert(a:connect(b, 80))
    local there = assert(listener:accept())
    here.tcb.rcv.nxt = (here.tcb.rcv.nxt + 0x20000000) & 0xffffffff
    there.tcb.rcv.nxt = (there.tcb.rcv.nxt + 0x20000000) & 0xffffffff
    local sent = 0
    net:on("segment", function(e) sent = sent + (e.point == "sent" and 1 or 0) end)
    here:settimeout(0)
    there:settimeout(0)
    here:send "x"
    there:send "y"
    net:run(1)
    assert.is_true(sent > 0 and sent < 100, sent .. " segments")
  end)
end)
