-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"
local tcplab = require "tcplab"

describe("a flood", function()
  local net, client, server, link
  before_each(function() net, client, server, link = helper.lab { link = { rate = math.huge, queue = math.huge } } end)
  after_each(function() net:close() end)

  local function flood(options)
    local all = { to = server, port = 80, rate = 1000, count = not (options and options.seconds) and 100 or nil }
    for name, value in pairs(options or {}) do all[name] = value end
    return link:flood(all)
  end

  -- The segments that enter the link from the client's end, with the time of each.
  local function watch()
    local seen = {}
    net:on("segment", function(e)
      if e.point == "sent" and e.from == client then seen[#seen + 1] = { time = e.time, segment = e.segment } end
    end)
    return seen
  end

  it("sends so many a second, evenly, for so long", function()
    local it = flood { rate = 800, seconds = 2, shown = 1 }
    local seen = watch()
    net:run(0.5)
    assert.equal(401, it.count) -- the first at once
    net:run(10)
    assert.equal(1600, it.count)
    assert.equal(1600, #seen)
    assert.equal(0.00125, seen[2].time)
    assert.equal(1.99875, seen[1600].time)
  end)

  it("is of clients' SYNs from random addresses and ports, as an ordinary client's are", function()
    flood { shown = 1 }
    local seen, addresses, ports = watch(), {}, {}
    net:run(1)
    for _, each in ipairs(seen) do
      local s = each.segment
      assert.equal("SYN", s.kind)
      assert.equal(80, s.destination_port)
      assert.is_truthy(s.source:match "^198%.1[89]%.")
      assert.equal(1460, s.options.mss)
      assert.equal(7, s.options.window_scale)
      assert.is_true(s.options.sack_permitted)
      addresses[s.source], ports[s.source_port] = true, true
    end
    local distinct = function(set)
      local n = 0
      for _ in pairs(set) do n = n + 1 end
      return n
    end
    assert.is_true(distinct(addresses) > 95 and distinct(ports) > 95)
  end)

  it("draws sources out of a prefix, of IPv6 too", function()
    for _, case in ipairs { { "10.7.0.0/22", "^10%.7%.[0-3]%.%d+$" }, { "2001:db8:5::/112", "^2001:db8:5::[%x:]*$", "fd00::2" } } do
      local own = tcplab.lab { seed = 3 }
      local a, b = own:host("a", { address = { "10.0.0.1", "fd00::1" } }), own:host("b", { address = { "10.0.0.2", "fd00::2" } })
      local between = own:link(a, b)
      local count = 0
      own:on("segment", function(e)
        if e.point ~= "sent" or e.from ~= a then return end
        count = count + 1
        assert.is_truthy(e.segment.source:match(case[2]), e.segment.source)
      end)
      between:flood { to = case[3] or b, port = 80, rate = 100, count = 50, from = case[1], shown = 1 }
      own:run(1)
      assert.equal(50, count)
      own:close()
    end
  end)

  it("can be in another's name: its address, its port, numbers round the whole space", function()
    for _, case in ipairs { { "RST", "R", 0 }, { "ACK", ".", 0 }, { "DATA", "P.", 64 }, { "SYN", "S", 0 } } do
      local seen = watch()
      flood { kind = case[1], from = client, from_port = 4711, sequence = "spread", count = 16, shown = 1 }
      net:run(1)
      assert.equal(16, #seen)
      for i, each in ipairs(seen) do
        local s = each.segment
        assert.same({ "10.0.0.1", 4711, case[2], case[3] }, { s.source, s.source_port, s.flags, #s.payload })
        assert.equal((seen[1].segment.seq + (i - 1) * 0x10000000) & 0xffffffff, s.seq)
      end
    end
  end)

  it("shows hooks and the trace every so-manieth of its segments, counts the rest, and what nobody asked for not at all", function()
    local seen = watch()
    flood { rate = 10000, count = 5000 }
    net:run(2)
    assert.equal(5, #seen)
    assert.equal(2 * 4995 + 4995, net:counters().unseen) -- sent, refused, and the RST that each draws, which no route takes away
    local traced = 0
    for e in net.trace:events { moment = "segment" } do
      if e.point == "sent" then traced = traced + 1 end
    end
    assert.equal(5, traced)
    local quiet = tcplab.lab { trace = false }
    local a, b = quiet:host("a", { address = "10.0.0.1" }), quiet:host("b", { address = "10.0.0.2" })
    local it = quiet:link(a, b):flood { to = b, port = 80, rate = 10000, count = 5000, shown = 1 }
    quiet:run(2)
    assert.equal(5000, it.count)
    assert.equal(0, quiet:counters().unseen)
    assert.equal(5000, b:counters().packets_in)
    quiet:close()
  end)

  it("draws the same from the same seed, and nobody draws otherwise for it", function()
    local function run(seed, flooded)
      local own = tcplab.lab { seed = seed }
      local a, b = own:host("a", { address = "10.0.0.1" }), own:host("b", { address = "10.0.0.2" })
      local c = own:host("c", { address = "10.0.0.3" })
      own:link(a, b, { loss = 0.2, delay = 0.01 })
      local other = own:link(c, b)
      if flooded then other:flood { to = b, port = 7, rate = 100, count = 100, shown = flooded } end
      assert(b:listen(80))
      local port = select(2, assert(a:connect(b, 80)):getsockname())
      own:run(5)
      local hash = own.trace:hash()
      own:close()
      return hash, port
    end
    local hash, port = run(5, 1)
    assert.same({ hash, port }, { run(5, 1) })
    assert.are_not.equal(hash, (run(6, 1)))
    assert.equal(port, select(2, run(5)))
  end)

  it("draws otherwise for a second one on the link", function()
    local seen = watch()
    flood { count = 1, shown = 1 }
    flood { count = 1, shown = 1 }
    net:run(1)
    assert.equal(2, #seen)
    assert.are_not.equal(seen[1].segment.seq, seen[2].segment.seq)
  end)

  it("meets the link's faults, filters, rate and queue", function()
    local fault = link:drop({ kind = "SYN", from = client }, { 1, 2, 3 })
    local filter = link:filter(function(segment) if segment.kind == "SYN" and segment.seq % 2 == 0 then return "drop" end end)
    flood()
    net:run(1)
    filter:close()
    assert.equal(3, fault.count)
    local dropped = net:counters().dropped
    assert.equal(3, dropped.fault)
    assert.is_true(dropped.filter > 20 and dropped.filter < 80)
    link:set { rate = 60 * 8 * 100, queue = 10 } -- a hundred a second
    flood()
    net:run(2)
    assert.equal(80, net:counters().dropped.queue) -- in a tenth of a second ten leave, and ten wait
    link:down()
    flood()
    net:run(1)
    assert.equal(100, net:counters().dropped.down)
  end)

  it("fills the queue of a listener, which says what it refused", function()
    assert(server:listen(80, { half_open = 10, syn_cookies = "never" }))
    flood { rate = 1e6, count = 1000 }
    net:run(0.1)
    local counters = server:counters()
    assert.equal(10, counters.half_open)
    assert.equal(990, counters.refused["half-open-full"])
  end)

  it("stops when it is closed, and keeps its count", function()
    local it = flood { rate = 100, count = 1000 }
    net:run(0.5)
    assert.equal("flood: SYN on client-server, 51 so far", tostring(it))
    it:close()
    it:close()
    net:run(5)
    assert.equal(51, it.count)
    assert.equal("flood: SYN on client-server, 51 so far (closed)", tostring(it))
    assert.equal(51, server:counters().packets_in)
  end)

  it("raises, naming the option, where there is none such", function()
    local function fails(pattern, options)
      local ok, message = pcall(flood, options)
      assert.is_false(ok)
      assert.is_truthy(message:find(pattern, 1, true), message)
    end
    fails('unknown flood option "prot"; did you mean "port"?', { prot = 1 })
    fails('kind: there is no "SIN"; did you mean "SYN"?', { kind = "SIN" })
    fails("rate: 1 to 1000000000 segments a second expected, got 0", { rate = 0 })
    fails("count: how many, or how many seconds, one of the two", { seconds = 1, count = 5 })
    fails("seconds: that is more than 4294967296 segments", { rate = 1e9, seconds = 5 })
    fails("count: 0 is not between 1", { count = 0 })
    fails("port: 0 is not between", { port = 0 })
    fails('sequence: there is no "evenly"', { sequence = "evenly" })
    fails("to: the way to 10.9.9.9 does not lead over client-server", { to = "10.9.9.9" })
    fails("from: fd00::/64 and 10.0.0.2 are not of one family", { from = "fd00::/64" })
    fails("shown: -1 is not between", { shown = -1 })
    assert.equal(0, net:counters().packets)
  end)
end)
