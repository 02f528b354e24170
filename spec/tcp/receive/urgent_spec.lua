-- SPDX-License-Identifier: MIT
local paper = require "spec.tcp.paper"

describe("urgent data", function()
  local p, conn, told
  after_each(function() p:close() end)

  local function establish(host_options, answer)
    p = paper.new(host_options)
    conn = p:established(nil, answer)
    told = {}
    conn:on("urgent", function(e) told[#told + 1] = e.bytes end)
  end

  it("is pointed to just behind its last byte #MUST-30 #MUST-62 #R6093-1", function()
    establish()
    assert(conn:send_urgent "abc")
    p:pass()
    local s = p:one()
    assert.same({ 3, "abc" }, { s.urgent, s.payload })
    assert.truthy(s.flags:find("U", 1, true))
  end)

  it("may be of any length, and each segment before its end points to it #MUST-31", function()
    establish()
    assert(conn:send_urgent(("u"):rep(4000)))
    p:pass()
    local pointers = {}
    for i, s in ipairs(p:take()) do pointers[i] = s.urgent end
    assert.same({ 4000, 2540 }, pointers)
    p:arrive { ack = 2921 }
    assert.equal(1080, p:one().urgent)
  end)

  it("is pointed to no longer once it is acknowledged", function()
    establish { nodelay = true }
    assert(conn:send_urgent "a")
    p:pass()
    p:take()
    p:arrive { ack = 2 }
    assert(conn:send "b")
    p:pass()
    assert.is_nil(p:one().flags:find("U", 1, true))
  end)

  it("is told of when it becomes pending and when the pointer moves on, and only then #MUST-32 #R9293-U11", function()
    establish()
    p:arrive { flags = "U.", payload = "ab", urgent = 10 }
    assert.same({ 10 }, told)
    p:arrive { flags = "U.", seq = 3, payload = "c", urgent = 8 }
    p:arrive { flags = "U.", seq = 4, urgent = 3 }
    assert.same({ 10 }, told)
    p:arrive { flags = "U.", seq = 4, urgent = 9 }
    assert.same({ 10, 12 }, told)
  end)

  it("can be asked for: how much is left #MUST-33 #R9293-U16", function()
    establish()
    assert.equal(0, conn.urgent)
    p:arrive { flags = "U.", payload = "abcdef", urgent = 4 }
    assert.equal(4, conn.urgent)
    assert.equal("abc", conn:receive(3))
    assert.equal(1, conn.urgent)
    assert.equal("d", conn:receive(1))
    assert.equal(0, conn.urgent)
    assert.is_false(conn:status().urgent)
  end)

  it("is read in line with the rest #R6093-3", function()
    establish()
    p:arrive { flags = "U.", payload = "abc", urgent = 2 }
    assert.equal("abc", conn:receive(3))
  end)

  it("stays in the text when its pointer was taken away on the path #R6093-4", function()
    establish()
    p:arrive { flags = "U.", payload = "abc", urgent = 2 }
    p:arrive { seq = 4, payload = "def" } -- an urgent segment once
    p:arrive { flags = ".", seq = 7, payload = "g", urgent = 9 } -- without URG the pointer means nothing
    assert.equal("abcdefg", conn:receive(7))
    assert.same({ 2 }, told)
  end)

  it("is believed at a zero window, too #MUST-66", function()
    establish { receive_buffer = 2 }
    p:arrive { payload = "ab" }
    p:arrive { flags = "U.", seq = 3, payload = "c", urgent = 20 }
    assert.same({ 22 }, told)
    assert.equal(22, conn.urgent)
  end)

  it("counts for nothing when its pointer is behind what was read", function()
    establish()
    p:arrive { payload = "abcdef" }
    conn:receive(6)
    p:arrive { flags = "U.", seq = 5, payload = "efg", urgent = 1 }
    assert.same({}, told)
    assert.equal(0, conn.urgent)
  end)

  it("is held back by no window: the pointer goes out with a probe", function()
    establish(nil, { window = 0 })
    assert(conn:send_urgent "abc")
    p:pass(1)
    local probe = p:one()
    assert.same({ "a", 3 }, { probe.payload, probe.urgent })
  end)
end)
