-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"
local tcplab = require "tcplab"

describe("a fault", function()
  local net, client, server, link
  before_each(function() net, client, server, link = helper.lab() end)
  after_each(function() net:close() end)

  local function connect()
    local listener = server:listen(80)
    local conn = assert(client:connect(server, 80))
    return conn, assert(listener:accept())
  end

  --- What happened to each packet on the link: "SYN sent", "SYN-ACK dropped" ...
  local function watch()
    local log = {}
    net:on("segment", function(e) log[#log + 1] = e.segment.kind .. " " .. e.point end)
    return log
  end

  it("drops the first segment of a kind, and counts it", function()
    local fault = link:drop("SYN-ACK", 1)
    connect()
    assert.equal(1, fault.count)
    assert.is_true(fault.matched >= 2)
    assert.is_true(net:now() > 1)
  end)

  it("is named by the event", function()
    local fault, seen = link:drop("SYN", 1), nil
    net:on("segment", function(e) if e.point == "dropped" then seen = e end end)
    connect()
    assert.equal(fault, seen.fault)
    assert.equal("fault", seen.reason)
    assert.equal(link, seen.link)
  end)

  it("counts retransmissions, unless the match says otherwise", function()
    local all = link:drop("SYN", { 1, 2 })
    local fresh = link:drop({ kind = "SYN", retransmission = false })
    connect()
    assert.equal(2, all.count)
    assert.equal(3, all.matched)
    assert.equal(0, fresh.count)
  end)

  it("meets all that fit by default", function()
    local fault = link:drop "SYN"
    assert.equal("EAGAIN", select(3, client:connect(server, 80, { timeout = 8 })))
    assert.equal(4, fault.count)
    local same = link:drop("SYN", "all")
    assert.equal(0, same.count)
  end)

  it("acts from when it was set, and until it is closed", function()
    connect()
    local fault = link:drop("SYN", 1)
    fault:close()
    fault:close()
    local start = net:now()
    assert(client:connect(server, 80))
    assert.is_true(net:now() - start < 0.1)
    assert.equal(0, fault.count)
    assert.is_truthy(tostring(fault):match "^fault: drop on client%-server, 0 so far %(closed%)$")
  end)

  it("lives on when its handle is collected", function()
    link:drop("SYN", 1)
    collectgarbage()
    connect()
    assert.is_true(net:now() > 1)
  end)

  it("matches kinds by flags and payload", function()
    local data, fin, ack = link:mark "DATA", link:mark "FIN", link:mark "ACK"
    local conn, peer = connect()
    net:run(0.1)
    assert.same({ 0, 0, 1 }, { data.matched, fin.matched, ack.matched })
    conn:send "x"
    conn:shutdown "send"
    peer:receive "*a"
    net:run(1)
    assert.equal(1, data.matched)
    assert.equal(1, fin.matched)
  end)

  it("matches fields, one direction and relative numbers", function()
    local conn, peer = connect()
    local from_client = link:drop({ kind = "DATA", from = client }, 1)
    local from_server = link:drop({ kind = "DATA", from = "server" })
    local by_port = link:mark { destination_port = 80, size = 5 }
    local by_number = link:mark { relative = { seq = 1 }, payload = "hello" }
    local by_flags = link:mark { flags = ".P" }
    conn:send "hello"
    assert.equal("hello", peer:receive(5))
    assert.equal(1, from_client.count)
    assert.equal(0, from_server.count)
    assert.is_true(by_port.matched >= 1)
    assert.is_true(by_number.matched >= 1)
    assert.is_true(by_flags.matched >= 1)
  end)

  it("asks an ICMP error too, which has no flags, ports or payload", function()
    local asked = {}
    local far = net:switch "far"
    net:link(far, client)
    local other = net:host("other", { address = "10.5.0.1" })
    local wide = net:link(far, other)
    wide:drop { flags = "SU" }
    wide:drop { relative = { seq = 77 }, window = 3, payload = "x", probe = true }
    wide:drop(function(segment) asked[#asked + 1] = segment.kind end)
    other:inject(tcplab.segment {
      kind = "ICMP", source = "10.5.0.1", destination = "10.0.0.1", type = 3, code = 1,
      quoted = { source = "10.0.0.1", source_port = 1, destination = "10.5.0.1", destination_port = 2, seq = 3 },
    })
    net:run()
    assert.same({ "ICMP" }, asked)
  end)

  it("matches what stands in the IP header", function()
    local clear, marked = link:mark { df = false, ip_id = 7 }, link:mark { df = true, reserved = 5 }
    for _, fields in ipairs { { df = false, ip_id = 7 }, { df = false, ip_id = 8 }, { reserved = 5 } } do
      fields.destination, fields.source_port, fields.destination_port, fields.flags = "10.0.0.2", 1, 2, "R"
      client:inject(tcplab.segment(fields))
    end
    assert.same({ 1, 1 }, { clear.matched, marked.matched })
  end)

  it("knows an address however it is written", function()
    local one, two = net:host("one", { address = "fd00::1" }), net:host("two", { address = "fd00::2" })
    local fault = net:link(one, two):drop { source = "FD00:0::1", probe = false }
    one:inject(tcplab.segment { destination = "fd00::2", source_port = 1, destination_port = 2, flags = "R" })
    two:inject(tcplab.segment { destination = "fd00::1", source_port = 1, destination_port = 2, flags = "R" })
    net:run()
    assert.equal(1, fault.count)
  end)

  it("matches by a function", function()
    local asked = {}
    local fault = link:drop(function(segment, from)
      asked[#asked + 1] = from.name
      return segment.kind == "SYN-ACK"
    end, 1)
    connect()
    assert.equal(1, fault.count)
    assert.equal("client", asked[1])
    assert.equal("server", asked[2])
  end)

  it("raises a match function's error from the call that was advancing the network", function()
    link:drop(function() error "boom" end)
    assert.error_matches(function() connect() end, "boom")
  end)

  it("delays", function()
    link:delay("SYN", 1, 0.2)
    connect()
    assert.is_true(net:now() > 0.23 and net:now() < 0.24) -- and the ACK's way to accept
  end)

  it("duplicates, as often as it is told", function()
    local log = watch()
    link:duplicate("SYN", 1, 2)
    connect()
    local count = 0
    for _, line in ipairs(log) do
      if line == "SYN delivered" or line == "SYN refused" then count = count + 1 end
    end
    assert.equal(3, count)
  end)

  it("corrupts a bit, which the checksum sees", function()
    local reasons = {}
    server:on("segment", function(e) reasons[#reasons + 1] = e.reason end)
    link:corrupt("SYN", 1, 4)
    connect()
    assert.equal("tcp-checksum", reasons[1])
    assert.is_true(net:now() > 1)
  end)

  it("reorders: the next overtakes", function()
    local conn, peer = connect()
    net:run(0.1)
    local order = {}
    server:on("segment", function(e) if e.segment.kind == "DATA" and e.point ~= "sent" then order[#order + 1] = e.segment.relative.seq end end)
    link:reorder("DATA", 1)
    conn:send(("x"):rep(1460))
    conn:send(("y"):rep(1460))
    assert.equal(2920, #peer:receive(2920))
    assert.is_true(order[1] > order[2])
    assert.is_true(net:now() < 0.2) -- it is let go as soon as one has passed
  end)

  it("marks what can carry a mark", function()
    local marks = {}
    server:on("segment", function(e) if e.point == "refused" then marks[#marks + 1] = e.segment.ecn end end)
    local fault = link:mark { from = client }
    for ecn = 0, 3 do
      client:inject(tcplab.segment { destination = "10.0.0.2", source_port = 1, destination_port = 2, flags = "R", ecn = ecn })
    end
    net:run()
    assert.same({ 0, 3, 3, 3 }, marks)
    assert.equal(4, fault.matched)
  end)

  describe("raises on", function()
    local wrong = {
      { "an unknown kind", function() link:drop "SYNACK" end, 'match: there is no kind "SYNACK"; did you mean "SYN%-ACK"%?' },
      { "an unknown field", function() link:drop { sq = 1 } end, 'match: unknown field "sq"; did you mean "seq"%?' },
      { "a number for a match", function() link:drop(1) end, "match: a kind, a table of fields or a function expected, got 1" },
      { "a host that is none", function() link:drop { from = "nobody" } end, 'match.from: there is no "nobody"' },
      { "a number out of range", function() link:drop { seq = -1 } end, "match.seq: %-1 is not between 0 and 4294967295" },
      { "an address that is none", function() link:drop { source = "10.0.0.300" } end, 'match.source: "10.0.0.300" is no IP address' },
      { "a window that is none", function() link:drop { window = "all" } end, 'match.window: an integer expected, got "all"' },
      { "a flag that is none", function() link:drop { flags = "SX" } end, 'match.flags: the letters are .*, got "SX"' },
      { "a df that is none", function() link:drop { df = 1 } end, "match.df: boolean expected, got number" },
      { "a payload that is none", function() link:drop { payload = 5 } end, "match.payload: string expected, got number" },
      { "a relative field that is none", function() link:drop { relative = { sq = 1 } } end, 'match.relative: unknown field "sq"' },
      { "packet 0", function() link:drop("SYN", 0) end, "which: 0 is not between 1" },
      { "an empty list", function() link:drop("SYN", {}) end, "which: an empty list" },
      { "a strange which", function() link:drop("SYN", "first") end, 'which: a number, a list or "all" expected, got "first"' },
      { "a delay of nothing", function() link:delay("SYN", 1) end, "seconds: seconds expected, got nil" },
      { "no copies", function() link:duplicate("SYN", 1, 0) end, "copies: 0 is not between 1" },
    }
    for _, case in ipairs(wrong) do
      it(case[1], function() assert.error_matches(case[2], case[3]) end)
    end
  end)
end)
