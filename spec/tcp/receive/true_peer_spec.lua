-- SPDX-License-Identifier: MIT
-- A segment whose numbers are all what the true peer could have sent at that moment does what it says, whoever sent it: each row of the table
-- `could_be` in spec/soak/forged.c, where every other forged segment must change nothing.

local paper = require "spec.tcp.paper"

describe("a segment with the true peer's numbers", function()
  local p
  after_each(function() p:close() end)

  local function established(options)
    p = paper.new(options)
    return p:established(), p
  end

  it("COULD_BE_RST: a RST at RCV.NXT ends the connection, one beside it draws a challenge ACK", function()
    local conn = established()
    assert.equal("rst-challenged", p:arrive { flags = "R", seq = 2 })
    assert.equal(1, p:one().ack)
    assert.equal("ESTABLISHED", conn.state)
    p:arrive { flags = "R", seq = 1 }
    assert.equal("CLOSED", conn.state)
    assert.equal("ECONNRESET", select(4, conn:receive(1)))
  end)

  it("COULD_BE_RST: without RFC 5961 a RST anywhere in the window ends it, outside of it none", function()
    local conn = established { profile = "rfc793" }
    p:arrive { flags = "R", seq = 1 + 65535 }
    assert.equal("ESTABLISHED", conn.state)
    p:arrive { flags = "R", seq = 1000 }
    assert.equal("CLOSED", conn.state)
  end)

  it("COULD_BE_SYN: a SYN in the window takes SYN-RECEIVED back to LISTEN after a passive OPEN; later it draws a challenge ACK", function()
    p = paper.new()
    local conn = assert(p.host:open { local_port = p.port, passive = true })
    p:arrive { flags = "S", seq = 0, options = { mss = 1460 } }
    assert.equal("SYN-RECEIVED", conn.state)
    p:arrive { flags = "S", seq = 1 }
    assert.equal("LISTEN", conn.state)
    p:arrive { flags = "S", seq = 0, options = { mss = 1460 } }
    p:arrive {}
    p:take()
    assert.equal("syn-challenged", p:arrive { flags = "S", seq = 1 })
    assert.equal("ESTABLISHED", conn.state)
  end)

  it("COULD_BE_SYN: without RFC 5961 a SYN in the window ends the connection", function()
    local conn = established { profile = "rfc793" }
    p:arrive { flags = "S", seq = 1 }
    assert.equal("CLOSED", conn.state)
  end)

  it("COULD_BE_SEGMENT: text in the window is read, in its place", function()
    local conn = established()
    p:arrive { seq = 4, payload = "def" }
    p:arrive { seq = 1, payload = "abc" }
    assert.equal("abcdef", conn:receive(6))
  end)

  it("COULD_BE_SEGMENT: a FIN in the window ends the stream", function()
    local conn = established()
    p:arrive { flags = "F.", seq = 1 }
    assert.equal("CLOSE-WAIT", conn.state)
    assert.equal("closed", select(2, conn:receive(1)))
  end)

  it("COULD_BE_SEGMENT: a window counts, with an ACK from SND.UNA - MAX.SND.WND on; one older draws a challenge ACK and does not", function()
    local conn = established()
    conn:send(("x"):rep(1000))
    p:pass(0.01)
    p:arrive { ack = 1001, window = 5000 }
    assert.equal(5000, conn:status().snd.wnd)
    assert.equal("ack-too-old", p:arrive { ack = 1001 - 65536, window = 3000, payload = "x" })
    assert.equal(nil, (conn:receive(1)))
    assert.equal("accepted", p:arrive { ack = 1001 - 65535, window = 4000, payload = "y" })
    assert.equal("y", conn:receive(1))
    assert.equal(5000, conn:status().snd.wnd) -- an old ACK brings no window (RFC 9293 3.10.7.4)
  end)

  it("COULD_BE_SEGMENT: what it acknowledges is forgotten; what was not sent cannot be acknowledged", function()
    local conn = established()
    conn:send(("x"):rep(1000))
    p:pass(0.01)
    assert.equal("ack-future", p:arrive { ack = 1002 })
    assert.equal(1000, conn:status().send_queue)
    p:arrive { ack = 501 }
    assert.equal(500, conn:status().send_queue)
  end)

  it("COULD_BE_ANSWER: in SYN-SENT a SYN-ACK with the right ACK opens, a RST with it refuses", function()
    p = paper.new()
    local conn = p:opening()
    p:arrive { flags = "R.", ack = 2 }
    p:arrive { flags = "R" }
    p:arrive { flags = "S.", seq = 0, ack = 2 }
    assert.equal("SYN-SENT", conn.state)
    p:arrive { flags = "S.", seq = 0, ack = 1 }
    assert.equal("ESTABLISHED", conn.state)
    p:close()
    p = paper.new()
    conn = p:opening()
    p:arrive { flags = "R.", ack = 1 }
    assert.equal("CLOSED", conn.state)
    assert.equal("ECONNREFUSED", select(4, conn:receive(1)))
  end)

  it("COULD_BE_OPEN: in SYN-SENT a SYN without ACK is a simultaneous open", function()
    p = paper.new()
    local conn = p:opening()
    p:arrive { flags = "S", seq = 500 }
    assert.equal("SYN-RECEIVED", conn.state)
    assert.equal(501, p:one().ack)
  end)

  it("COULD_BE_AGAIN: in TIME-WAIT a SYN above RCV.NXT makes room for a new connection, one below does not", function()
    p = paper.new()
    local conn = p:accepted()
    conn:shutdown "send"
    p:pass()
    p:arrive { flags = "F.", seq = 1, ack = 2 }
    assert.equal("TIME-WAIT", conn.state)
    p:take()
    p:arrive { flags = "S", seq = -1000, options = { mss = 1460 } }
    assert.equal("TIME-WAIT", conn.state)
    p:take()
    p:arrive { flags = "S", seq = 100000, options = { mss = 1460 } }
    assert.equal("S.", p:one().flags)
  end)

  it("COULD_BE_ECHOED: without RFC 5961, before ESTABLISHED, an ACK of nothing draws a RST with its number", function()
    p = paper.new { profile = "rfc793" }
    local conn = p:opening()
    p:arrive { ack = 700 }
    local rst = p:one()
    assert.equal("R", rst.flags)
    assert.equal(700, rst.seq)
    assert.equal("SYN-SENT", conn.state)
  end)

  it("COULD_BE_MESSAGE: ICMP that quotes what is in flight tells a soft error, makes packets smaller, and ends SYN-SENT alone", function()
    local conn = established()
    conn:send(("x"):rep(1000))
    p:pass(0.01)
    p:take()
    assert.equal("icmp-unmatched", p:advise(3, 4, 1001, 576))
    assert.equal("accepted", p:advise(3, 3, 1))
    assert.equal("ESTABLISHED", conn.state)
    assert.equal("accepted", p:advise(3, 4, 1, 576))
    assert.same({ 536, 464 }, paper.sizes(p:take()))
    p:close()
    p = paper.new()
    conn = p:opening()
    p:advise(3, 3, 0)
    assert.equal("CLOSED", conn.state)
  end)
end)
