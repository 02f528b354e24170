-- SPDX-License-Identifier: MIT
-- What an IP packet holds beyond its segment's value comes back, and where TCP begins is the same for all who ask.

local tcplab = require "tcplab"

local ENDS4 = { kind = "SYN", seq = 7, source = "10.0.0.1", source_port = 4000, destination = "10.0.0.2", destination_port = 80 }
local ENDS6 = { kind = "SYN", seq = 7, source = "fd00::1", source_port = 4000, destination = "fd00::2", destination_port = 80 }

local function segment(ends, more)
  local fields = {}
  for name, value in pairs(ends) do fields[name] = value end
  for name, value in pairs(more) do fields[name] = value end
  return tcplab.segment(fields)
end

local FRAGMENT = { kind = 44, data = "\0\0\0\0\0\0\7" } -- an atomic one: offset 0, no more
local HOP_BY_HOP = { kind = 0, data = "\0\1\4\0\0\0\0" }
local DESTINATION = { kind = 60, data = "\1\1\12" .. ("\0"):rep(12) }
local ROUTING = { kind = 43, data = "\0\4\0\0\0\0\0" } -- nothing left to visit

-- Each field that a packet may have beyond what TCP says, with the options of parse that it needs.
local CASES = {
  { ENDS4, { df = false, ip_id = 0xbeef } }, { ENDS4, { ip_reserved = true } }, { ENDS4, { ip_options = "\x94\4\0\0" } },
  { ENDS4, { ip_options = ("\1"):rep(40), payload = "text" } }, { ENDS4, { trailer = ("\0"):rep(6) } }, { ENDS4, { ack = 99 } },
  { ENDS4, { urgent = 5, reserved = 7, flags = "Se" } }, { ENDS4, { checksum = 0x1234 }, { checksums = false } },
  { ENDS4, { ip_checksum = 0 }, { checksums = false } }, { ENDS4, { missing = 1400, payload = "begins" }, { truncated = true } },
  { ENDS4, { missing = 9, df = false, ip_options = "\1\1\1\1" }, { truncated = true } },
  { ENDS6, { extensions = { FRAGMENT } } }, { ENDS6, { extensions = { HOP_BY_HOP, DESTINATION, ROUTING, FRAGMENT, DESTINATION }, payload = "text" } },
  { ENDS6, { flow_label = 0xabcde, dscp = 46, ecn = 1, ttl = 1 } }, { ENDS6, { trailer = "x" } }, { ENDS6, { checksum = 0 }, { checksums = false } },
  { ENDS6, { missing = 1, extensions = { DESTINATION } }, { truncated = true } },
}

describe("a packet", function()
  it("comes back from its segment byte for byte, whatever its headers hold", function()
    for i, case in ipairs(CASES) do
      local s = segment(case[1], case[2])
      local bytes = s:bytes()
      local parsed = assert(tcplab.parse(bytes, case[3]), i)
      for name, value in pairs(case[2]) do assert.same(value, parsed[name], name) end
      assert.is_true(parsed:bytes() == bytes, i)
      if not case[2].missing then assert.is_true(parsed == s, i) end
      assert.is_false(segment(case[1], {}) == s, i)
    end
  end)

  it("is read with sums that were left undone where that is asked for, and they stay", function()
    local bytes = segment(ENDS4, { payload = "hello" }):bytes()
    local undone = bytes:sub(1, 10) .. "\0\0" .. bytes:sub(13, 36) .. "\x12\x34" .. bytes:sub(39)
    assert.equal("ip-checksum", select(3, tcplab.parse(undone)))
    local s = assert(tcplab.parse(undone, { checksums = false }))
    assert.same({ 0, 0x1234 }, { s.ip_checksum, s.checksum })
    assert.equal(undone, s:bytes())
    s.checksum, s.ip_checksum = nil, nil
    assert.equal(bytes, s:bytes())
    local whole = assert(tcplab.parse(bytes, { checksums = false, truncated = true }))
    assert.same({}, { whole.ip_checksum, whole.checksum, whole.missing })
    local message = tcplab.segment { kind = "ICMP", type = 3, code = 3, source = "10.0.0.1", destination = "10.0.0.2", quoted = {
      source = "10.0.0.2", source_port = 1, destination = "10.0.0.1", destination_port = 2, seq = 3 } }:bytes()
    message = message:sub(1, 22) .. "\0\0" .. message:sub(25)
    assert.equal("icmp-checksum", select(3, tcplab.parse(message)))
    assert.equal("hard", tcplab.parse(message, { checksums = false }).meaning)
  end)

  it("is read with its end cut off where that is asked for, and tells how much is missing", function()
    local bytes = segment(ENDS4, { kind = "DATA", payload = ("x"):rep(1000) }):bytes()
    assert.equal("ip-truncated", select(3, tcplab.parse(bytes:sub(1, 60))))
    assert.equal("ip-truncated", select(3, tcplab.parse(bytes:sub(1, 60), { checksums = false })))
    local s = assert(tcplab.parse(bytes:sub(1, 60), { truncated = true }))
    assert.same({ ("x"):rep(20), 980 }, { s.payload, s.missing })
    assert.equal(bytes:sub(1, 60), s:bytes())
    assert.is_truthy(tostring(s):find "DATA seq=7 ack=0 win=65535 len=1000")
    assert.equal("DATA", tcplab.parse(bytes:sub(1, 40), { truncated = true }).kind)
    assert.is_nil(tcplab.parse(bytes:sub(1, 39), { truncated = true }))
  end)

  it("is refused where its fields do not fit together", function()
    for _, case in ipairs {
      { ENDS6, { df = false }, "df: an IPv6 packet has no place for it" }, { ENDS6, { ip_options = "\1" }, "ip_options: an IPv6 packet" },
      { ENDS6, { ip_id = 5 }, "ip_id: an IPv6 packet" }, { ENDS4, { flow_label = 5 }, "flow_label: an IPv4 packet" },
      { ENDS4, { extensions = { FRAGMENT } }, "extensions: an IPv4 packet" }, { ENDS4, { df = 1 }, "df: expected true or false, got number" },
      { ENDS4, { ip_options = ("x"):rep(41) }, "ip_options: they take more than 40 bytes" }, { ENDS4, { checksum = 65536 }, "checksum: expected" },
      { ENDS4, { missing = 5, trailer = "x" }, "trailer: nothing follows" }, { ENDS4, { missing = 65535 }, "payload: 0 bytes do not fit" },
      { ENDS6, { extensions = { { kind = 44, data = "\0" } } }, "extensions[1].data: expected 7 bytes" },
      { ENDS6, { extensions = { { kind = 60, data = ("\0"):rep(15) } } }, "extensions[1].data: its 15 bytes are not what its length says" },
      { ENDS6, { extensions = { FRAGMENT, {} } }, "extensions[2].kind: expected an integer" },
      { ENDS6, { extensions = 5 }, "extensions: expected a list" },
    } do
      local ok, message = pcall(segment, case[1], case[2])
      assert.is_false(ok, case[3])
      assert.is_truthy(message:find(case[3], 1, true), message)
    end
    assert.has_error(function() tcplab.parse("x", { checksum = false }) end,
      'options: unknown option "checksum"; there are checksums and truncated')
    assert.has_error(function() tcplab.parse("x", { truncated = 1 }) end, "options.truncated: boolean expected, got number 1")
  end)
end)

describe("a filter", function()
  it("that changes one field leaves all others as they were, and one that changes nothing leaves the bytes", function()
    for i, case in ipairs(CASES) do
      if not case[2].missing and not case[2].ip_checksum then
        local net = tcplab.lab { seed = i }
        local a, b = net:host("a", { address = case[1].source }), net:host("b", { address = case[1].destination })
        local link, changes, arrived = net:link(a, b), false, {}
        link:filter(function(s)
          if changes then s.window = 5 end
        end)
        net:on("segment", function(e)
          if e.host == b and e.point ~= "sent" then arrived[#arrived + 1] = e.bytes end
        end)
        local s = segment(case[1], case[2])
        a:inject(s)
        net:run(0.1)
        changes = true
        a:inject(s)
        net:run(0.1)
        local changed = assert(tcplab.parse(arrived[1], case[3]))
        changed.window = 5
        assert.is_true(arrived[1] == s:bytes(), i)
        assert.is_true(arrived[2] == changed:bytes(), i)
        net:close()
      end
    end
  end)
end)

describe("a fault on a SYN behind extension headers", function()
  it("finds TCP where the receiver does: what it corrupts is refused, and what has no segment is not counted", function()
    for _, extensions in ipairs { { FRAGMENT }, { HOP_BY_HOP, DESTINATION }, { ROUTING, FRAGMENT }, {} } do
      local net = tcplab.lab { seed = 1 }
      local a, b = net:host("a", { address = "fd00::1" }), net:host("b", { address = "fd00::2" })
      local link, reasons = net:link(a, b), {}
      b:listen(80)
      net:on("segment", function(e) if e.host == b and e.point ~= "sent" then reasons[#reasons + 1] = e.reason or "none" end end)
      local fault = link:corrupt("SYN", 1)
      a:inject(segment(ENDS6, { extensions = extensions }))
      a:inject(segment(ENDS6, { extensions = extensions }))
      net:run(0.1)
      assert.same({ "tcp-checksum", "none" }, { reasons[1], reasons[2] })
      assert.equal(1, fault.count)
      net:close()
    end
    local net = tcplab.lab { seed = 1 }
    local a, b = net:host("a", { address = "10.0.0.1" }), net:host("b", { address = "10.0.0.2" })
    local fault = net:link(a, b):corrupt { from = a }
    a:inject(tcplab.segment { kind = "ICMP", type = 8, source = "10.0.0.1", destination = "10.0.0.2" })
    net:run(0.1)
    assert.same({ 1, 0 }, { fault.matched, fault.count })
  end)
end)

describe("a trace that was saved", function()
  it("keeps what its packets hold beyond", function()
    local net = tcplab.lab { seed = 1 }
    local a, b = net:host("a", { address = "10.0.0.1" }), net:host("b", { address = "10.0.0.2" })
    net:link(a, b)
    for _, case in ipairs(CASES) do
      if case[1] == ENDS4 then a:inject(segment(case[1], case[2])) end
    end
    net:run(0.1)
    local folder = require "spec.helper".folder()
    assert(net.trace:save(folder .. "/beyond.jsonl"))
    local saved, read = assert(tcplab.load(folder .. "/beyond.jsonl")), {}
    for event in saved:events { moment = "segment" } do read[#read + 1] = event end
    local i = 0
    for event in net.trace:events { moment = "segment" } do
      i = i + 1
      assert.is_true(event.bytes == read[i].bytes)
      assert.is_true(event.segment == read[i].segment, tostring(event.segment))
    end
    assert.is_true(i > 10)
  end)
end)
