-- SPDX-License-Identifier: MIT
local paper = require "spec.tcp.paper"

describe("the user's calls", function()
  local p, conn
  after_each(function() p:close() end)

  local function establish(host_options, answer)
    p = paper.new(host_options)
    conn = p:established(nil, answer)
  end

  it("send what fits, and say how far they came", function()
    establish { send_buffer = 10 }
    assert.same({ nil, "timeout", 10, "EAGAIN" }, { conn:send "0123456789abc" })
    assert.equal(10, conn:status().send_queue)
    p:pass()
    p:arrive { ack = 5 }
    assert.same({ nil, "timeout", 4, "EAGAIN" }, { conn:send "abcdefg" })
    assert.equal(10, conn:status().send_queue)
  end)

  it("send no bytes and part of a string", function()
    establish()
    assert.equal(0, conn:send "")
    assert.equal(3, conn:send("abcdef", 2, 3))
    p:pass()
    assert.equal("bc", p:one().payload)
  end)

  it("send before the handshake is over, and it leaves after it", function()
    p = paper.new()
    conn = p:opening()
    assert.equal(5, conn:send "early")
    p:pass()
    assert.is_true(p:silent())
    p:arrive { flags = "S.", seq = 0, options = { mss = 1460 } }
    assert.equal("early", p:take()[1].payload)
  end)

  it("close after what was sent before the handshake was over", function()
    p = paper.new()
    conn = p.host:open { passive = true, local_port = p.port }
    conn:settimeout(0)
    p:arrive { flags = "S", seq = 0, options = { mss = 1460 } }
    conn:send "early"
    conn:shutdown "send"
    assert.equal("SYN-RECEIVED", conn.state)
    p:take()
    p:arrive {}
    local s = p:one()
    assert.same({ "early", "FP." }, { s.payload, s.flags })
    assert.equal("FIN-WAIT-1", conn.state)
  end)

  it("receive lines, numbers and all, over the places where segments meet", function()
    establish()
    p:arrive { payload = "one\r\ntw" }
    assert.equal("one", conn:receive "*l")
    assert.same({ nil, "timeout", "tw", "EAGAIN" }, { conn:receive "*l" })
    p:arrive { seq = 8, payload = "o\nrest" }
    assert.equal("two", conn:receive("*l", "tw"))
    assert.equal("re", conn:receive(2))
    p:arrive { flags = "F.", seq = 14 }
    assert.equal("st", conn:receive "*a")
    assert.equal("", conn:receive "*a")
    assert.same({ nil, "closed", "", "EPIPE" }, { conn:receive(1) })
  end)

  it("receive what came before a FIN after the connection is gone, and nothing after a reset", function()
    establish()
    p:arrive { flags = "F.", payload = "kept" }
    conn:shutdown "send"
    p:pass()
    p:arrive { seq = 6, ack = 2 }
    assert.equal("CLOSED", conn.state)
    assert.equal("kept", conn:receive "*a")
    p:close()
    establish()
    p:arrive { payload = "lost" }
    p:arrive { flags = "R", seq = 5 }
    assert.same({ nil, "closed", "", "ECONNRESET" }, { conn:receive "*a" })
    assert.same({ nil, "closed", 0, "ECONNRESET" }, { conn:send "x" })
  end)

  it("abort with a RST that stands where the peer expects it", function()
    establish()
    conn:send "abc"
    p:pass()
    p:take()
    conn:abort()
    p:pass()
    local rst = p:one()
    assert.same({ "R", 4 }, { rst.flags, rst.seq })
    assert.equal("CLOSED", conn.state)
    assert.equal("ECONNABORTED", conn:status().code)
  end)

  it("close both ways in SYN-RECEIVED with text of the SYN held: it comes again and draws a RST #SHLD-3", function()
    p = paper.new()
    conn = p.host:open { passive = true, local_port = p.port }
    p:arrive { flags = "S", seq = 0, payload = "early", options = { mss = 1460 } }
    conn:close()
    p:pass()
    p:take()
    p:arrive { seq = 6, ack = 1 }
    p:arrive { seq = 1, ack = 2, payload = "early" }
    local sent = p:take()
    assert.equal("R", sent[#sent].flags)
    assert.equal("CLOSED", conn.state)
  end)

  it("change a tunable of one connection alone", function()
    establish()
    conn:setoption("send_buffer", 5)
    assert.equal(5, conn:getoption "send_buffer")
    assert.equal(262144, p.host:getoption "send_buffer")
    assert.error_matches(function() conn:setoption("send_buffer", 0) end, "send_buffer")
  end)

  it("give STATUS its fields #MUST-33", function()
    establish()
    conn:send "abc"
    p:pass()
    p:arrive { payload = "xy" }
    local s = conn:status()
    assert.same({ 3, 2, 3, 0 }, { s.send_queue, s.receive_queue, s.flight, s.out_of_order })
    assert.same({ (p.iss + 1) & 0xffffffff, (p.iss + 4) & 0xffffffff, p.iss }, { s.snd.una, s.snd.nxt, s.snd.iss })
    assert.same({ (p.irs + 3) & 0xffffffff, p.irs }, { s.rcv.nxt, s.rcv.irs })
    assert.is_number(s.timers.retransmission)
    assert.is_number(s.timers["delayed-ack"])
  end)
end)
