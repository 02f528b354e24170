-- SPDX-License-Identifier: MIT
local paper = require "spec.tcp.paper"

describe("the TCB", function()
  local p, conn
  before_each(function()
    p = paper.new()
    conn = p:established()
  end)
  after_each(function() p:close() end)

  it("has the RFC's variables by the RFC's names", function()
    local tcb = conn.tcb
    assert.equal("ESTABLISHED", tcb.state)
    assert.same({ p.iss, (p.iss + 1) & 0xffffffff, (p.iss + 1) & 0xffffffff }, { tcb.snd.iss, tcb.snd.una, tcb.snd.nxt })
    assert.same({ p.irs, (p.irs + 1) & 0xffffffff, 65535 }, { tcb.rcv.irs, tcb.rcv.nxt, tcb.rcv.wnd })
    assert.same({ 65535, 65535, 1460 }, { tcb.snd.wnd, tcb.snd.max_wnd, tcb.snd.mss })
  end)

  it("takes what is written, at both ends of its range", function()
    local tcb = conn.tcb
    for _, case in ipairs {
      { "snd", "nxt", 0, 0xffffffff }, { "snd", "wnd", 0, 1 << 30 }, { "snd", "mss", 64, 65495 }, { "snd", "scale", 0, 14 },
      { "rcv", "nxt", 0, 0xffffffff }, { "rcv", "wnd", 0, 1 << 30 },
    } do
      for i = 3, 4 do
        tcb[case[1]][case[2]] = case[i]
        assert.equal(case[i], tcb[case[1]][case[2]])
      end
    end
    tcb.cwnd = 1
    assert.equal(1, conn:status().cwnd)
  end)

  it("refuses an impossible value, and is as before", function()
    local tcb = conn.tcb
    local function refused(group, name, value)
      local before = group[name]
      assert.error(function() group[name] = value end)
      assert.equal(before, group[name])
    end
    for _, value in ipairs { -1, 0x100000000, 1.5, "x", true } do refused(tcb.snd, "nxt", value) end
    for _, value in ipairs { -1, (1 << 30) + 1 } do refused(tcb.snd, "wnd", value) end
    for _, value in ipairs { 63, 65496 } do refused(tcb.snd, "mss", value) end
    refused(tcb.snd, "scale", 15)
    refused(tcb, "cwnd", 0)
    refused(tcb, "state", "NOWHERE")
    refused(tcb, "state", "CLOSED")
    refused(tcb, "rto", 0)
    assert.error(function() tcb.snd.nonsense = 1 end)
    assert.error(function() return tcb.nonsense end)
  end)

  it("keeps the receive window where it was, in bytes, when RCV.NXT is written", function()
    conn.tcb.rcv.nxt = 5
    assert.equal(65535, conn.tcb.rcv.wnd)
    assert.equal(5, conn:status().rcv.nxt)
  end)

  it("forgets what it held beyond a gap when RCV.NXT is written", function()
    p:arrive { seq = 5, payload = "later" }
    assert.equal(5, conn:status().out_of_order)
    conn.tcb.rcv.nxt = (p.irs + 3) & 0xffffffff
    assert.equal(0, conn:status().out_of_order)
    p:arrive { seq = 3, payload = "now" }
    assert.equal("now", conn:receive(3))
  end)

  it("bears held text past a right edge that was pulled back under it", function()
    p:arrive { seq = 5, payload = "later" }
    conn.tcb.rcv.wnd = 4
    p:arrive { seq = 1, payload = "now." }
    assert.equal("now.later", conn:receive(9))
    assert.is_true(conn:status().rcv.wnd < 1 << 30)
  end)

  it("may be led astray by a script: the protocol breaks, and nothing else", function()
    conn:send "abc"
    p:pass()
    p:take()
    conn.tcb.snd.una = 0x12345678
    conn.tcb.snd.nxt = 0x12345000
    p:pass(300)
    for _, s in ipairs(p:take()) do assert.is_true(#s.payload <= 3) end
    p:arrive { ack = 3 }
    conn:abort()
    assert.equal("CLOSED", conn.state)
  end)

  it("brought from LISTEN to ESTABLISHED by a script has nobody to speak to, and says nothing", function()
    local listening = p.host:open { passive = true, local_port = 7000 }
    listening:settimeout(0)
    listening.tcb.state = "ESTABLISHED"
    listening:send "hello"
    p:pass(3)
    listening:abort()
    p:pass()
    assert.is_true(p:silent())
    assert.equal("CLOSED", listening.state)
  end)

  it("of a half-open connection is read and written, too", function()
    p.host:listen(7000)
    p:arrive { flags = "S", seq = 0, destination_port = 7000, source_port = 81 }
    local half
    for _, other in ipairs(p.host:connections()) do
      if other.state == "SYN-RECEIVED" then half = other end
    end
    assert.equal(p.irs, half.tcb.rcv.irs)
    half.tcb.snd.wnd = 1234
    assert.equal(1234, half:status().snd.wnd)
  end)

  it("of an OPEN that an override forbade is CLOSED and leaves its pair of sockets free", function()
    local machine = p.host.machine
    for _, way in ipairs { "OPEN-active", "OPEN-passive" } do
      local ends = { address = "10.0.0.2", port = 81, local_port = 7001, passive = way == "OPEN-passive" }
      machine:override("CLOSED", way, "CLOSED")
      assert.equal("CLOSED", p.host:open(ends).state)
      machine:clear()
      local again = assert(p.host:open(ends))
      assert.is_true(again.state ~= "CLOSED")
      again:abort()
      p:pass()
      p:take()
    end
  end)

  it("changes state only as the machine, an override or a script says", function()
    local seen = {}
    conn:on("state", function(e) seen[#seen + 1] = { e.from, e.to, e.event } end)
    p.host.machine:override("ESTABLISHED", "SEG-FIN", "TIME-WAIT")
    p:arrive { flags = "F." }
    assert.same({ { "ESTABLISHED", "TIME-WAIT", "SEG-FIN" } }, seen)
  end)
end)
