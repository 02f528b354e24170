-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"
local tcplab = require "tcplab"

--- The times at which the client's segments arrive at the server.
local function arrivals(net, client, server, send)
  local times = {}
  server:on("segment", function(e) if e.point ~= "sent" and e.point ~= "dropped" then times[#times + 1] = e.ns end end)
  for i = 1, send do
    client:inject(tcplab.segment { destination = "10.0.0.2", source_port = i, destination_port = 9, flags = "R", seq = i, payload = ("x"):rep(1460) })
  end
  net:run()
  return times
end

local function lab(options, back)
  local net = tcplab.lab { seed = 3 }
  local client = net:host("client", { address = "10.0.0.1" })
  local server = net:host("server", { address = "10.0.0.2" })
  return net, client, server, net:link(client, server, options, back)
end

local function count_of(options, send)
  local net <close>, client, server = lab(options)
  return #arrivals(net, client, server, send)
end

describe("a link", function()
  it("delays by its delay, and by its rate for each byte", function()
    local net <close>, client, server = lab { delay = 0.010, rate = 12e6 }
    assert.same({ 11000000, 12000000, 13000000 }, arrivals(net, client, server, 3))
  end)

  it("keeps a rate that no nanosecond divides to the bit", function()
    local net <close>, client, server = lab { rate = 7777777 }
    for i, time in ipairs(arrivals(net, client, server, 1000)) do assert.equal(-(-i * 1500 * 8 * 1000000000 // 7777777), time) end
  end)

  it("has no delay and no limit by default", function()
    local net <close>, client, server = lab()
    assert.same({ 0, 0, 0 }, arrivals(net, client, server, 3))
  end)

  it("drops what finds its queue full", function()
    local net <close>, client, server, link = lab { rate = 12e6, queue = 2 }
    local reasons = {}
    net:on("segment", function(e)
      if e.point == "dropped" then
        reasons[#reasons + 1] = e.reason
        assert.equal(link, e.link)
      end
    end)
    assert.equal(3, #arrivals(net, client, server, 5))
    assert.same({ "queue", "queue" }, reasons)
  end)

  it("limits its queue in bytes as well", function() assert.equal(2, count_of({ rate = 12e6, queue_bytes = 1500 }, 5)) end)

  it("drops by chance: never, always and between", function()
    assert.equal(200, count_of({ loss = 0 }, 200))
    assert.equal(0, count_of({ loss = 1 }, 200))
    local some = count_of({ loss = 0.5 }, 200)
    assert.is_true(some > 60 and some < 140)
  end)

  it("drops in bursts by Gilbert and Elliott's model", function()
    assert.equal(0, count_of({ loss = { enter = 1, leave = 0 } }, 50))
    assert.equal(50, count_of({ loss = { enter = 0, leave = 1 } }, 50))
    assert.equal(0, count_of({ loss = { enter = 0, leave = 1, good = 1 } }, 50))
    assert.equal(50, count_of({ loss = { enter = 1, leave = 0, bad = 0 } }, 50))
  end)

  it("duplicates by chance", function() assert.equal(40, count_of({ duplicate = 1 }, 20)) end)

  it("keeps the order in spite of jitter", function()
    local net <close>, client, server = lab { delay = 0.01, jitter = 0.01 }
    local last = 0
    local times = {}
    server:on("segment", function(e)
      times[#times + 1] = e.ns
      assert.is_true(e.segment.seq > last)
      last = e.segment.seq
    end)
    for i = 1, 50 do client:inject(tcplab.segment { destination = "10.0.0.2", source_port = 1, destination_port = 9, flags = "R", seq = i }) end
    net:run()
    assert.equal(50, #times)
    assert.is_true(times[1] >= 10000000 and times[50] <= 20000000)
  end)

  it("holds some back by chance, a quarter of its delay or as long as it is told, and others overtake them", function()
    for by, span in pairs { [0] = 2500000, [0.5] = 500000000 } do
      local net <close>, client, server = lab { delay = 0.01, reorder = 0.3, reorder_by = by }
      local early, late = 0, 0
      for _, time in ipairs(arrivals(net, client, server, 100)) do
        if time == 10000000 then early = early + 1 end
        if time == 10000000 + span then late = late + 1 end
      end
      assert.equal(100, early + late)
      assert.is_true(late > 15 and late < 45)
    end
  end)

  it("corrupts by chance, and the receiver's checksum sees it", function()
    local net <close>, client, server = lab { corrupt = 1 }
    local reasons = {}
    server:on("segment", function(e) reasons[e.reason or e.point] = (reasons[e.reason or e.point] or 0) + 1 assert.is_true(e.corrupted) end)
    assert.equal(20, #arrivals(net, client, server, 20))
    assert.is_true((reasons["tcp-checksum"] or 0) > 15)
  end)

  -- The ECN fields that arrive of packets sent with Not-ECT, ECT(1), ECT(0) and CE, over and over.
  local function marks(options, packets)
    local net <close>, client, server = lab(options)
    local seen = {}
    server:on("segment", function(e) if e.point == "refused" then seen[#seen + 1] = e.segment.ecn end end)
    for i = 0, packets - 1 do
      client:inject(tcplab.segment { destination = "10.0.0.2", source_port = 1, destination_port = 9, flags = "R", ecn = i % 4 })
    end
    net:run()
    return seen
  end

  it("marks by chance what can carry a mark, and the checksum stays right", function()
    assert.same({ 0, 1, 2, 3 }, marks({ mark = 0 }, 4))
    assert.same({ 0, 3, 3, 3 }, marks({ mark = 1 }, 4))
    local some, marked = marks({ mark = 0.5 }, 400), 0
    for i, ecn in ipairs(some) do
      if i % 4 == 1 then assert.equal(0, ecn) end
      if i % 4 >= 2 and ecn == 3 then marked = marked + 1 end
    end
    assert.is_true(marked > 70 and marked < 130)
  end)

  it("marks what finds so many waiting for the wire", function()
    assert.same({ 0, 1, 2, 3, 0, 3, 3, 3 }, marks({ rate = 1e6, mark_queue = 3 }, 8))
  end)

  it("carries a connection over the smallest MTU", function()
    for _, mtu in ipairs { 68, 100 } do
      local net <close>, client, server = lab { mtu = mtu, delay = 0.01 }
      local listener = server:listen(80)
      local conn = assert(client:connect(server, 80))
      conn:send(("x"):rep(1000))
      conn:close()
      local largest = 0
      net:on("segment", function(e) largest = math.max(largest, #e.bytes) end)
      assert.equal(1000, #assert(listener:accept()):receive "*a")
      assert.equal(mtu, largest)
    end
  end)

  it("refuses what is larger than its MTU", function()
    assert.equal(0, count_of({ mtu = 1499 }, 3))
    assert.equal(3, count_of({ mtu = 1500 }, 3))
  end)

  it("lets pass what may be fragmented, whole, in the time of its fragments", function()
    local ends = { source = "10.0.0.1", destination = "10.0.0.2", source_port = 1, destination_port = 9 }
    ends.flags, ends.seq, ends.payload, ends.df = "R", 1, ("x"):rep(1460), false
    local bytes = tcplab.segment(ends):bytes()
    for _, case in ipairs { { 1500, 1500 }, { 1499, 1520 }, { 576, 1540 }, { 68, 2100 } } do
      local net <close>, client, server = lab { mtu = case[1], rate = 8e6 }
      local arrived
      server:on("segment", function(e)
        if e.point ~= "sent" then arrived = e end
      end)
      client:inject(bytes)
      net:run()
      assert.same({ case[2] * 1000, true }, { arrived.ns, arrived.bytes == bytes })
    end
  end)

  it("has options of its own for each way", function()
    local net <close>, client, server = lab({ delay = 0.010 }, { delay = 0.030 })
    server:listen(80)
    assert(client:connect(server, 80))
    assert.equal(0.040, net:now())
  end)

  it("has the same both ways when one table is given", function()
    local net <close>, client, server = lab { delay = 0.010 }
    server:listen(80)
    assert(client:connect(server, 80))
    assert.equal(0.020, net:now())
  end)

  it("changes its options; what is not given stays", function()
    local net <close>, client, server, link = lab { delay = 0.010, rate = 12e6 }
    link:set { delay = 0.020 }
    assert.equal(21000000, arrivals(net, client, server, 1)[1])
    link:set(nil, { delay = 0.5 })
    server:listen(80)
    local start = net:now()
    assert(client:connect(server, 80))
    assert.is_true(net:now() - start > 0.52)
  end)

  it("can be down", function()
    local net <close>, client, server, link = lab { delay = 0.010 }
    server:listen(80)
    link:down()
    net:spawn(function() net:sleep(0.5) link:up() end)
    assert(client:connect(server, 80))
    assert.equal(1.02, net:now())
  end)

  it("that was down and came up again carries nothing of what was on it, nor waits for it", function()
    local net <close>, client, server, link = lab { rate = 12e3 }
    net:spawn(function()
      net:sleep(0.1)
      link:down()
      link:up()
      client:inject(tcplab.segment { destination = "10.0.0.2", source_port = 1, destination_port = 9, flags = "R", payload = ("x"):rep(1460) })
    end)
    assert.same({ 1100000000 }, arrivals(net, client, server, 10))
  end)

  it("joins switches, of which the bottleneck is one link", function()
    local net <close> = tcplab.lab()
    local a, b = net:host("a", { address = "10.0.0.1" }), net:host("b", { address = "10.0.0.2" })
    local left, right = net:switch "left", net:switch "right"
    net:link(a, left, { delay = 0.001 })
    net:link(left, "right", { delay = 0.010, rate = 10e6 })
    net:link(right, b, { delay = 0.001 })
    b:listen(80)
    assert(a:connect(b, 80))
    assert.is_true(net:now() > 0.024 and net:now() < 0.025)
    assert.equal("switch: left", tostring(left))
  end)

  it("has a name, made of its ends' or given", function()
    local net <close>, client, server, link = lab()
    assert.equal("client-server", link.name)
    assert.equal("client-server#2", net:link(client, server).name)
    assert.equal("wire", net:link(client, server, { name = "wire" }).name)
    assert.equal("link: client-server", tostring(link))
  end)

  describe("raises on", function()
    local wrong = {
      { "an unknown option, with the nearest", { dely = 1 }, 'unknown link option "dely"; did you mean "delay"%?' },
      { "a probability above 1", { loss = 1.1 }, "loss: a probability from 0 to 1 expected, got 1.1; 1.1 %% is 0.011" },
      { "a negative probability", { duplicate = -0.1 }, "duplicate: a probability" },
      { "no number", { corrupt = 0 / 0 }, "corrupt: a probability" },
      { "half a model", { loss = { enter = 0.1 } }, "loss: a loss model needs enter and leave" },
      { "a strange model", { loss = { enter = 0.1, leave = 0.1, wrong = 1 } }, 'loss: unknown field "wrong"' },
      { "a negative delay", { delay = -1 }, "delay: %-1 seconds is not a time span" },
      { "a rate of nothing", { rate = 0 }, "rate: bits per second expected, got 0" },
      { "half a packet", { queue = 1.5 }, "queue: an integer expected, got 1.5" },
      { "a tiny MTU", { mtu = 10 }, "mtu: 10 is not between 68 and 65535" },
    }
    for _, case in ipairs(wrong) do
      it(case[1], function()
        assert.error_matches(function() lab(case[2]) end, case[3])
      end)
    end

    it("ends that are none", function()
      local net <close>, client = lab()
      assert.error_matches(function() net:link(client, "sever") end, 'b: there is no "sever"; did you mean "server"%?')
      assert.error_matches(function() net:link(client, client) end, "b: a link needs two ends")
      assert.error_matches(function() net:link(nil, client) end, "a: a host or switch of this network expected, got nil")
    end)
  end)
end)

describe("a filter on a link", function()
  it("that answers or leaves what makes no sense is blamed at its own line", function()
    local _ <close>, client, server, link = helper.lab()
    server:listen(80)
    local here = debug.getinfo(1, "l").currentline
    local senseless = {
      function() return 5 end,
      function() return { delay = "long" } end,
      function() return { late = 1 } end,
      function(segment) segment.window = "x" end,
    }
    for i, f in ipairs(senseless) do
      local _ <close> = link:filter(f)
      local ok, problem = pcall(client.connect, client, server, 80)
      assert.is_false(ok)
      assert.is_truthy(problem:find(("link_spec.lua:%d: filter: "):format(here + 1 + i), 1, true), problem)
    end
  end)

  local net, client, server, link
  before_each(function() net, client, server, link = helper.lab() end)
  after_each(function() net:close() end)

  it("sees each segment and where it enters", function()
    local seen = {}
    link:filter(function(segment, from) seen[#seen + 1] = from.name .. " " .. segment.kind .. " " .. segment.relative.seq end)
    server:listen(80)
    assert(client:connect(server, 80))
    net:run(0.1)
    assert.same({ "client SYN 0", "server SYN-ACK 0", "client ACK 1" }, seen)
  end)

  it("drops, and the trace says so", function()
    local dropped = 0
    net:on("segment", function(e) if e.point == "dropped" then dropped = dropped + 1 assert.equal("filter", e.reason) end end)
    local filter = link:filter(function(segment) return segment.kind == "SYN-ACK" and "drop" or nil end)
    server:listen(80)
    client:open { address = server, port = 80 }
    net:run(0.5)
    assert.equal(1, dropped)
    filter:close()
    assert.equal("hook: filter (closed)", tostring(filter))
    net:run(2)
    assert.equal("ESTABLISHED", client:connections()[1].state)
  end)

  it("changes segments, with a checksum that is right", function()
    link:filter(function(segment) if segment.kind == "DATA" then segment.payload = segment.payload:upper() end end)
    local listener = server:listen(80)
    local conn = assert(client:connect(server, 80))
    conn:send "hello"
    assert.equal("HELLO", listener:accept():receive(5))
  end)

  it("delays and duplicates", function()
    local count = 0
    link:filter(function(segment) return segment.kind == "SYN" and { delay = 0.1, duplicate = 2 } or nil end)
    server:on("segment", function(e) if e.segment.kind == "SYN" and e.point ~= "sent" then count = count + 1 end end)
    server:listen(80)
    assert(client:connect(server, 80))
    assert.is_true(net:now() > 0.12 and net:now() < 0.13)
    net:run(0.5)
    assert.equal(3, count)
  end)

  it("raises on nonsense, and the segment goes on", function()
    server:listen(80)
    for _, answer in ipairs { "drip", 5, { delays = 1 }, { delay = "x" }, { duplicate = -1 } } do
      local filter = link:filter(function() return answer end)
      local ok, problem = pcall(function()
        client:open { address = server, port = 80 }
        net:run(1)
      end)
      assert.is_false(ok)
      assert.is_truthy(problem:match "filter: ")
      filter:close()
      net:run(2)
    end
    for _, conn in ipairs(client:connections()) do assert.equal("ESTABLISHED", conn.state) end
  end)

  it("raises on a segment that cannot be sent", function()
    link:filter(function(segment) segment.window = -1 end)
    assert.error_matches(function()
      client:open { address = server, port = 80 }
      net:run(1)
    end, "window")
  end)

  it("may close itself, as soon as it has done what it was for", function()
    local seen, filter = 0, nil
    filter = link:filter(function()
      seen = seen + 1
      filter:close()
      return "drop"
    end)
    server:listen(80)
    assert(client:connect(server, 80))
    assert.equal(1, seen)
    local asked, fault = 0, nil
    fault = link:drop(function()
      asked = asked + 1
      fault:close()
    end)
    assert(client:connect(server, 80))
    assert.equal(1, asked)
  end)

  it("may take the link down and up, and abort, and close the network", function()
    server:listen(80)
    local conn = assert(client:connect(server, 80))
    local filter
    filter = link:filter(function()
      filter:close()
      link:down()
    end)
    conn:send "lost"
    net:run(0.5)
    local dropped = net:counters().dropped
    link:up()
    filter = link:filter(function()
      filter:close()
      conn:abort()
      assert.equal("ESTABLISHED", conn.state)
    end)
    net:run(1)
    assert.equal("CLOSED", conn.state)
    assert.equal(3, dropped.down) -- the last ACK of the handshake was on it, and a tail loss probe followed
    link:filter(function() net:close() end)
    assert.equal("CLOSED", client:open({ address = server, port = 80 }).state)
    assert.is_true(net.closed)
  end)

  it("is not blamed for an error elsewhere, nor is the segment that it changed", function()
    link:filter(function(segment) segment.window = 100 end)
    server:listen(80)
    client:open { address = server, port = 80 }
    net:run(0.015)
    link:drop(function() error("mine", 0) end)
    local _, message = pcall(net.run, net, 1)
    assert.equal("mine", message:match "^[^\n]*")
  end)

  it("must not wait or change the network", function()
    for _, wrong in ipairs { function() net:sleep(1) end, function() server:listen(99) end, function() link:drop "SYN" end } do
      local filter = link:filter(wrong)
      assert.error_matches(function()
        client:open { address = server, port = 80 }
        net:run(0.1)
      end, "must not")
      filter:close()
    end
  end)
end)
