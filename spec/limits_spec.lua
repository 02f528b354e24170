-- SPDX-License-Identifier: MIT
-- Every queue, table and log has a limit. Each is reached here: it grows no further, and what found no place is dropped by a name and counted.
-- Those of TIME-WAIT, of time_wait_recycle's table, of Fast Open and of RSTs stand with their mechanisms, in spec/tcp.
local helper = require "spec.helper"
local paper = require "spec.tcp.paper"
local tcplab = require "tcplab"

local MSS = 1000

describe("the limit of", function()
  local p
  after_each(function()
    if p then p:close() end
    p = nil
  end)

  local function refused(reason) return p.host:counters().refused[reason] or 0 end

  -- SYNs from so many ports; `ack`: and the last ACK of each.
  local function come(first, last, ack)
    for port = first, last do
      p:arrive { flags = "S", seq = 0, source_port = port, options = { mss = MSS } }
      if ack then p:arrive { source_port = port } end
    end
  end

  local function listen(options, more)
    local settings = { syn_cookies = "never" }
    for name, value in pairs(options or {}) do settings[name] = value end
    p = paper.new(settings)
    local listener = assert(p.host:listen(p.port, more))
    listener:settimeout(0)
    return listener
  end

  describe("a listener:", function()
    it("half-open connections", function()
      local listener = listen { half_open = 100 }
      come(1001, 2000)
      assert.equal(100, listener:status().half_open)
      assert.equal(900, refused "half-open-full")
      local full = p.host:counters().record_bytes
      come(2001, 4000)
      assert.equal(full, p.host:counters().record_bytes)
    end)

    it("connections that wait for accept", function()
      local listener = listen(nil, { backlog = 5 })
      come(1001, 1100, true)
      assert.equal(5, listener:status().waiting)
      assert.equal(95, refused "backlog-full")
      for _ = 1, 5 do assert(listener:accept()) end
      assert.is_nil(listener:accept())
    end)

    it("bytes of text on SYNs", function()
      local listener = listen(nil, { syn_data = 50 })
      for port = 1001, 1020 do p:arrive { flags = "S", seq = 0, source_port = port, payload = ("x"):rep(8), options = { mss = MSS } } end
      assert.equal(48, listener:status().syn_data)
      local unanswered = 0
      for _, s in ipairs(p:take()) do
        if s.ack == 1 then unanswered = unanswered + 1 end -- the text stays unacknowledged, and will come again
      end
      assert.is_true(unanswered >= 14)
    end)
  end)

  describe("a host:", function()
    it("connections and listeners in all", function()
      listen({ connections_max = 50 }, { backlog = 1000 })
      come(1001, 1100, true)
      assert.equal(49, p.host:counters().connections)
      assert.equal(51, refused "no-memory")
      assert.same({ nil, "insufficient resources", "ENOBUFS" }, { p.host:open { address = "10.0.0.2", port = 80 } })
      assert.same({ nil, "insufficient resources", "ENOBUFS" }, { p.host:listen(99) })
    end)

    it("bytes of buffers: a SEND takes less, and text beyond it comes again", function()
      p = paper.new { buffers_max = 1 << 18, send_buffer = 1 << 20, receive_buffer = 1 << 20, window_scaling = true }
      local conn = p:established(nil, { options = { mss = MSS, window_scale = 7 } })
      local _, _, taken = conn:send(("x"):rep(1 << 20))
      assert.equal(1 << 18, taken)
      for i = 0, 199 do p:arrive { seq = 1 + i * MSS, payload = ("y"):rep(MSS) } end
      assert.equal(200, refused "no-memory")
      assert.is_true(p.host:counters().buffer_bytes <= 1 << 18)
      assert.equal("ESTABLISHED", conn.state)
    end)

    it("bytes of buffers: what fills them is sent again when the peer tells that it is lost, and without it in time", function()
      p = paper.new { buffers_max = 1 << 16, send_buffer = 1 << 20 }
      local conn = p:established(nil, { options = { mss = MSS, sack_permitted = true } })
      conn:send(("x"):rep(1 << 20))
      p:pass(0.05)
      assert.is_true(#p:take() > 4)
      local first = p.iss + 1
      p:arrive { ack = 1, options = { sack = { { (first + MSS) & 0xffffffff, (first + 4 * MSS) & 0xffffffff } } } }
      assert.equal(first, p:take()[1].iss or p.iss + 1)
      p:take()
      p:pass(1.5)
      assert.is_true(#p:take() > 0)
    end)

    it("bytes of buffers, changed: it holds from the next opening on", function()
      p = paper.new { send_buffer = 1 << 20 }
      p.host:setoption("buffers_max", 1 << 16)
      local _, _, taken = p:established():send(("x"):rep(1 << 20))
      assert.equal(1 << 16, taken)
    end)

    it("ephemeral ports", function()
      p = paper.new { port_low = 50000, port_high = 50009 }
      for _ = 1, 10 do assert(p.host:open { address = "10.0.0.2", port = 80 }) end
      local conn, message = p.host:open { address = "10.0.0.2", port = 80 }
      assert.is_nil(conn)
      assert.equal("every ephemeral port is in use", message)
    end)

    it("replies: RSTs for a listener that closes beyond them are left out", function()
      local listener = listen(nil, { backlog = 2000, half_open = 2000 })
      come(1001, 2500, true)
      p:take()
      listener:close()
      p:pass()
      assert.equal(1024, #p:take())
      assert.equal(1500 - 1024, refused "replies-full")
      assert.equal(0, p.host:counters().connections)
      p:arrive { source_port = 2500, payload = "x" }
      assert.equal("R", p:one().flags)
    end)

    it("events between two looks", function()
      local net, _, server, link = helper.lab { link = { rate = math.huge, queue = math.huge } }
      local listener = assert(server:listen(80, { half_open = 1 << 20 }))
      local flood = link:flood { to = server, port = 80, rate = 1e6, count = 600000, shown = 0 }
      net:run(1)
      assert.is_true(server:counters().half_open > 590000)
      listener:close()
      net:run(0)
      assert.is_true(server:counters().events_lost > 0)
      assert.equal(0, server:counters().half_open)
      flood:close()
      net:close()
    end)
  end)

  describe("a connection:", function()
    it("gaps in what it holds", function()
      p = paper.new { receive_buffer = 1 << 20 }
      p:established()
      for i = 0, 4999 do p:arrive { seq = 3 + 2 * i, payload = "x" } end
      assert.equal(5000 - 4096, refused "reassembly-full")
    end)

    it("ranges that the peer reports by SACK", function()
      p = paper.new { mss = 100, send_buffer = 1 << 20, window_scaling = true }
      local conn = p:established(nil, { options = { mss = 100, window_scale = 7, sack_permitted = true } })
      p:arrive {}
      conn.tcb.cwnd = 1 << 24
      conn:send(("x"):rep(1000000))
      p:pass()
      assert.is_true(#p:take() >= 10000)
      local function block(i) return { (p.iss + 1 + i * 200 + 100) & 0xffffffff, (p.iss + 1 + i * 200 + 200) & 0xffffffff } end
      for i = 0, 4999, 4 do
        p:arrive { options = { sack = { block(i + 3), block(i + 2), block(i + 1), block(i) } } }
        p:take()
      end
      assert.equal(409600, conn:status().sacked)
      assert.equal(5000 - 4096, p.host:counters().sacks_refused)
    end)

    it("challenges, and those of its host", function()
      p = paper.new { challenge_limit = 10, challenge_interval = 5 }
      p:established()
      for _ = 1, 100 do p:arrive { flags = "S", seq = 7 } end
      assert.equal(10, #p:take())
      assert.equal(90, refused "challenge-limited")
    end)

    it("challenges, up to as many as are counted", function()
      p = paper.new { challenge_limit = 65535 }
      assert.error_matches(function() paper.new { challenge_limit = 65536 } end, "challenge_limit: 65536 is not between 0 and 65535")
    end)
  end)

  describe("a network:", function()
    it("packets and bytes that wait for a link", function()
      local net, _, server, link = helper.lab { link = { rate = 1e6, queue = 10 } }
      local flood = link:flood { to = server, port = 7, rate = 1e6, count = 1000 }
      net:run(0.002)
      assert.equal(1000, flood.count)
      assert.equal(1000 - 13, net:counters().dropped.queue) -- ten wait, and three have left
      link:set { queue = math.huge, queue_bytes = 600 }
      net:run(1)
      link:flood { to = server, port = 7, rate = 1e6, count = 1000 }
      net:run(1)
      assert.equal(2 * 1000 - 13 - 13, net:counters().dropped.queue)
      net:close()
    end)

    it("packets under way, where a link has no limit of its own", function()
      for _, options in ipairs { { delay = 1000 }, { delay = 0.1, rate = 1e6 } } do
        local net = tcplab.lab { trace = false, packet_bytes = 1 << 20 }
        local a, b = net:host("a", { address = "10.0.0.1" }), net:host("b", { address = "10.0.0.2" })
        local link = net:link(a, b, options)
        link:flood { to = b, port = 7, rate = 1e6, count = 10000, shown = 0 }
        net:run(0.01)
        local dropped = net:counters().dropped
        assert.is_true(dropped.crowded > 5000, dropped.crowded)
        assert.equal(0, dropped.queue)
        assert.is_true(net:counters().memory < 4 << 20)
        local syn = { flags = "S", seq = 0, source_port = 1, destination = "10.0.0.2", destination_port = 7 }
        assert.same({ nil, "insufficient resources", "ENOBUFS" }, { a:inject(syn) })
        net:run(2000)
        link:set { delay = 0.01 }
        dropped = net:counters().dropped.crowded
        assert.equal("connection refused", select(2, a:connect("10.0.0.2", 7)))
        assert.equal(dropped, net:counters().dropped.crowded)
        net:close()
      end
    end)

    it("copies of a packet", function()
      local net = tcplab.lab { trace = false, packet_bytes = 1 << 20 }
      local a, b = net:host("a", { address = "10.0.0.1" }), net:host("b", { address = "10.0.0.2" })
      net:link(a, b, { delay = 1 }):filter(function(s) return s.kind == "SYN" and { duplicate = 1000 } or nil end)
      for port = 1, 5 do a:inject { flags = "S", seq = 0, source_port = port, destination = "10.0.0.2", destination_port = 7 } end
      local copies = 1001 * 5 - net:counters().dropped.crowded
      assert.is_true(copies > 3003 and copies < 5005, copies)
      net:run(1)
      assert.equal(copies, b:counters().packets_in)
      net:close()
    end)

    it("moments that wait for hooks, which no script can leave there", function()
      local core = require "tcplab.core"
      local handle = core.new { queue_limit = 100 }
      local id = core.host(handle, "host", nil, nil)
      core.address(handle, id, "10.0.0.1")
      core.watch(handle, 0, 0xffffffff)
      local syn = tcplab.segment { source = "10.0.0.2", source_port = 9, destination = "10.0.0.1", destination_port = 7, flags = "S" }:bytes()
      for _ = 1, 200 do assert.equal("no-connection", (core.deliver(handle, id, syn))) end
      assert.equal(2 * 200 - 100, core.counters(handle).notices_lost) -- the SYN, and the RST without a way
      core.close(handle)
    end)

    it("events and bytes of the trace", function()
      for _, limits in ipairs { { limit = 100 }, { bytes = 5000 } } do
        local net = tcplab.lab { trace = limits }
        local a, b = net:host("a", { address = "10.0.0.1" }), net:host("b", { address = "10.0.0.2" })
        net:link(a, b):flood { to = b, port = 7, rate = 1e6, count = 1000, shown = 1 }
        net:run(1)
        local kept = 0
        for _ in net.trace:events() do kept = kept + 1 end
        assert.is_true(kept <= 100)
        assert.equal(3000 - kept, net.trace.lost) -- sent, refused, and the RST that no way leads back
        local memory = net:counters().memory
        assert.is_true(memory < 1 << 20)
        net:close()
      end
    end)
  end)
end)
