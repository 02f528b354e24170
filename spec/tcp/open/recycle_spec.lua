-- SPDX-License-Identifier: MIT
local paper = require "spec.tcp.paper"
local tcplab = require "tcplab"

describe("time_wait_recycle", function()
  local p
  after_each(function() if p then p:close() end end)

  local function stamps(value) return { timestamps = { value = value, echo = 0 } } end

  -- A listener's connection from a host, closed by us first; the last stamp seen from there is given.
  local function time_wait(stamp, from, source_port)
    local listener = p.host:listeners()[1] or p.host:listen(p.port)
    local function arrive(given)
      given.source, given.source_port, given.options = from, source_port or 80, stamps(stamp)
      return p:arrive(given)
    end
    arrive { flags = "S", seq = 0 }
    arrive {}
    local conn = assert(listener:accept())
    conn:shutdown "send"
    p:pass()
    arrive { flags = "F.", ack = 2 }
    p:take()
    return conn
  end

  local function syn(stamp, from, port)
    return p:arrive { flags = "S", seq = 70000, source = from, source_port = port or 81, options = stamp and stamps(stamp) }
  end

  it("keeps TIME-WAIT for 3.5 retransmission timeouts, where there are timestamps", function()
    p = paper.new { timestamps = true, time_wait_recycle = true, rto_min = 0.2 }
    local conn = time_wait(100)
    local status = conn:status()
    assert.equal(0.7, status.timers["time-wait"] - p.net:now())
    p:pass(0.7)
    assert.equal("CLOSED", conn.state)
    p:close()
    p = paper.new { timestamps = false, ["net.ipv4.tcp_tw_recycle"] = 1 }
    conn = time_wait(100)
    assert.equal(240.0, conn:status().timers["time-wait"])
  end)

  it("holds SYNs against the last timestamp from their address, and names it", function()
    p = paper.new { timestamps = true, time_wait_recycle = true }
    time_wait(1000)
    assert.equal("peer-stamp", syn(998))
    assert.is_true(p:silent())
    assert.equal(1, p.host:counters().refused["peer-stamp"])
    assert.equal("accepted", syn(999, nil, 82)) -- a tick may be lost
    assert.equal("accepted", syn(1000, nil, 83))
    assert.equal("accepted", syn(nil, nil, 84))
    assert.equal("accepted", syn(5, "10.0.0.3"))
  end)

  it("forgets them when the host reboots", function()
    p = paper.new { timestamps = true, time_wait_recycle = true }
    time_wait(1000)
    p.host:reboot()
    p.host:listen(p.port)
    assert.equal("accepted", syn(998))
  end)

  it("does so for a minute, and for a passive OPEN too", function()
    p = paper.new { timestamps = true, time_wait_recycle = true }
    time_wait(1000)
    p.host:open { passive = true, local_port = 6000 }
    p:pass(59.9)
    assert.equal("peer-stamp", p:arrive { flags = "S", seq = 0, destination_port = 6000, options = stamps(5) })
    assert.equal("peer-stamp", syn(5))
    p:pass(0.1)
    assert.equal("accepted", syn(5))
  end)

  it("is off by default", function()
    p = paper.new { timestamps = true }
    time_wait(1000)
    assert.equal("accepted", syn(5))
  end)

  it("forgets with a reboot", function()
    p = paper.new { timestamps = true, time_wait_recycle = true }
    time_wait(1000)
    p.host:reboot()
    p.host:listen(p.port)
    assert.equal("accepted", syn(5))
  end)

  it("remembers a bounded number of hosts", function()
    local function bytes_after(count, recycle)
      p = paper.new { timestamps = true, time_wait_recycle = recycle }
      for i = 1, count do time_wait(1000, ("10.1.%d.%d"):format(i // 256, i % 256)) end
      return p.host:counters().record_bytes
    end
    local plain = bytes_after(1200, false)
    p:close()
    assert.equal(256 * 32, bytes_after(1200, true) - plain)
    local known = 0
    for i = 1, 1200 do
      if syn(5, ("10.1.%d.%d"):format(i // 256, i % 256)) == "peer-stamp" then known = known + 1 end
    end
    assert.is_true(known > 200 and known <= 256, known)
  end)

  -- Two clients behind one address: what they send comes to the server from there, and what it answers goes to who has the port.
  local function behind_translator(recycle)
    local net = tcplab.lab { seed = 7, trace = false }
    local server = net:host("server", { address = "10.0.0.2", time_wait_recycle = recycle })
    local router = net:switch "router"
    local holder = net:host("translator", { address = "192.0.2.1" })
    net:link(holder, router)
    local wire = net:link(router, server, { delay = 0.010 })
    local inside = {}
    wire:filter(function(seg)
      if seg.source == "10.0.0.2" then
        seg.destination = inside[seg.destination_port]
      else
        inside[seg.source_port], seg.source = seg.source, "192.0.2.1"
      end
    end)
    local clients = {}
    for i = 1, 2 do
      clients[i] = net:host("client " .. i, { address = "10.0.1." .. i, port_low = 2000 * i, port_high = 2000 * i + 999 })
      net:link(clients[i], router)
    end
    return net, server, clients
  end

  -- How many of ten connections of each client are made, when they take turns and the server closes first.
  local function made(recycle)
    local net <close>, server, clients = behind_translator(recycle)
    local listener = server:listen(80)
    local counts = { 0, 0 }
    for i = 0, 19 do
      local which = i % 2 + 1
      local conn = clients[which]:connect(server, 80, { timeout = 2 })
      if conn then
        counts[which] = counts[which] + 1
        listener:accept():close()
        net:run(0.1)
        conn:close()
      end
      net:run(0.1)
    end
    return counts, server:counters().refused["peer-stamp"]
  end

  it("breaks clients behind one address, whose clocks are not the same", function()
    assert.same({ { 10, 10 } }, { made(false) })
    local counts, refused = made(true)
    table.sort(counts)
    assert.same({ 0, 10 }, counts)
    assert.equal(20, refused) -- each SYN was sent twice before its client gave up
  end)
end)
