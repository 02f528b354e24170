-- SPDX-License-Identifier: MIT
local paper = require "spec.tcp.paper"

describe("transmission", function()
  local p, conn
  after_each(function() if p then p:close() end end)

  local function establish(host_options, answer)
    p = paper.new(host_options)
    conn = p:established(nil, answer)
  end

  local function send(text)
    local sent = assert(conn:send(text))
    p:pass()
    return sent
  end

  describe("of more bytes than there are sequence numbers", function()
    -- As if so many bytes had gone and been acknowledged, and then one more really is.
    local function go_on(bytes)
      local at = (conn.tcb.snd.nxt + bytes) & 0xffffffff
      conn.tcb.snd.nxt, conn.tcb.snd.una, conn.tcb.snd.wl2 = at, at, at
      send "x"
      local first = p:one()
      assert.is_false(first.retransmission)
      p:arrive { ack = (first.seq + 1) & 0xffffffff }
      return first.seq
    end

    it("takes nothing new for lost after half of them", function()
      establish()
      go_on(0x50000000)
      go_on(0x50000000)
      local at = go_on(0x50000000)
      assert.equal((at + 1 + p.iss) & 0xffffffff, conn.tcb.snd.nxt)
    end)

    it("resends quickly after half of them, too", function()
      establish { nodelay = true }
      go_on(0x50000000)
      local at = go_on(0x50000000)
      send(("x"):rep(4 * 1460))
      p:take()
      for _ = 1, 3 do p:arrive { ack = at + 1 } end
      assert.is_true(p:one().retransmission)
    end)

    it("does not take the first number, come round again, for that of its SYN", function()
      establish()
      go_on(0x50000000)
      go_on(0x50000000)
      go_on(0x5ffffffe - 5)
      send "abc"
      local first = p:one()
      p:arrive { ack = (first.seq + 3) & 0xffffffff }
      assert.equal(p.iss, conn.tcb.snd.una)
      send "defg"
      local second = p:one()
      assert.same({ 0, "defg" }, { second.seq, second.payload })
      p:pass(1)
      local again = p:one()
      assert.same({ 0, "defg", "P." }, { again.seq, again.payload, again.flags })
    end)
  end)

  describe("of segments", function()
    it("assumes 536 bytes over IPv4 and 1220 over IPv6 when the peer announces no MSS #MUST-15", function()
      establish({ nodelay = true }, { options = {} })
      send(("x"):rep(2000))
      assert.same({ 536, 536, 536, 392 }, paper.sizes(p:take()))
      p:close()
      p = paper.new { address = "fd00::1", nodelay = true }
      conn = p:opening { address = "fd00::2" }
      p:arrive { flags = "S.", seq = 0, source = "fd00::2" }
      p:take()
      send(("x"):rep(2000))
      assert.same({ 1220, 780 }, paper.sizes(p:take()))
    end)

    it("sends no more than the peer takes, nor than the path, nor than the option mss #MUST-16", function()
      for _, case in ipairs { { nil, 1000, 1000 }, { nil, 9000, 1460 }, { { mss = 600 }, 1000, 600 } } do
        establish(case[1], { options = { mss = case[2] } })
        send(("x"):rep(3000))
        assert.equal(case[3], #p:take()[1].payload)
        p:close()
      end
    end)

    it("leaves room for text beside the options, however small the option mss is", function()
      for _, mss in ipairs { 1, 5, 12, 63 } do
        establish({ mss = mss, timestamps = true, nodelay = true }, { options = { mss = 1460, timestamps = { value = 1, echo = 0 } } })
        assert.equal(64, p.syn.options.mss)
        send(("x"):rep(60))
        assert.same({ 52, 8 }, paper.sizes(p:take()))
        p:close()
      end
    end)

    it("makes room for its options in each segment #MUST-16 #R6691-2", function()
      establish({ timestamps = true }, { options = { mss = 1460, timestamps = { value = 1, echo = 0 } } })
      send(("x"):rep(3000))
      assert.equal(1448, #p:take()[1].payload)
    end)

    it("sets PSH on the segment that empties the queue, and on no other #MUST-61 #MUST-60", function()
      establish { nodelay = true }
      send(("x"):rep(3000))
      local sent = p:take()
      assert.same({ ".", ".", "P." }, { sent[1].flags, sent[2].flags, sent[3].flags })
    end)

    it("merges what several SENDs left waiting into full segments #SHLD-27 #SHLD-28 #MAY-16", function()
      establish()
      send "a"
      for _ = 1, 4 do send(("b"):rep(600)) end
      assert.same({ 1, 1460 }, paper.sizes(p:take()))
      p:arrive { ack = 1462 }
      assert.same({ 940 }, paper.sizes(p:take()))
    end)

    it("takes the window as unsigned #MUST-1 #REC-1", function()
      establish({ initial_window = 1000 }, { window = 0x8000 })
      send(("x"):rep(70000))
      local sum = 0
      for _, size in ipairs(paper.sizes(p:take())) do sum = sum + size end
      assert.equal(22 * 1460, sum)
      p:arrive { ack = 1 + sum, window = 0xffff }
      p:take()
      assert.equal(0xffff, conn:status().snd.wnd)
    end)

    it("puts the FIN on the last text, and nothing after it #R9293-U8", function()
      establish()
      send "a"
      conn:send "last"
      conn:shutdown "send"
      p:pass()
      local sent = p:take()
      assert.same({ "FP.", "last" }, { sent[2].flags, sent[2].payload })
      assert.same({ nil, "closed", 0, "EPIPE" }, { conn:send "more" })
    end)
  end)

  describe("with Nagle's algorithm", function()
    it("keeps a small segment back while something is unacknowledged #SHLD-7", function()
      establish()
      send "a"
      p:take()
      send "b"
      assert.is_true(p:silent())
      send "c"
      p:arrive { ack = 2 }
      assert.equal("bc", p:one().payload)
    end)

    it("sends a full segment all the same #SHLD-7", function()
      establish()
      send "a"
      p:take()
      send(("b"):rep(1459))
      assert.is_true(p:silent())
      send "c"
      assert.equal(1460, #p:one().payload)
    end)

    it("is switched off by nodelay, for one connection and at any time #MUST-17", function()
      establish()
      send "a"
      p:take()
      send "b"
      assert.is_true(p:silent())
      conn:setoption("nodelay", true)
      p:pass()
      assert.equal("b", p:one().payload)
      send "c"
      assert.equal("c", p:one().payload)
    end)
  end)

  describe("into a small window", function()
    it("sends a FIN only where there is room for it behind the text", function()
      for window, flags in pairs { [5] = "P.", [6] = "FP." } do
        establish(nil, { window = 0 })
        assert(conn:send "12345")
        conn:shutdown "send"
        p:arrive { window = window }
        assert.equal(flags, p:one().flags)
        p:close()
      end
      establish()
    end)

    it("waits for half of the largest window there ever was #MUST-38", function()
      establish(nil, { window = 1000 })
      send(("x"):rep(1000))
      p:take()
      p:arrive { ack = 1001, window = 499 }
      send(("y"):rep(2000))
      assert.is_true(p:silent())
      p:arrive { ack = 1001, window = 500 }
      assert.equal(500, #p:one().payload)
    end)

    it("sends what fits after 0.2 s of such waiting #MUST-38", function()
      establish(nil, { window = 1000 })
      send(("x"):rep(1000))
      p:take()
      p:arrive { ack = 1001, window = 10 }
      send(("y"):rep(2000))
      p:pass(0.199)
      assert.is_true(p:silent())
      p:pass(0.001)
      assert.equal(10, #p:one().payload)
    end)

    it("fills the window to its edge and not a byte further", function()
      establish(nil, { window = 1460 + 7 })
      send(("x"):rep(3000))
      assert.same({ 1460 }, paper.sizes(p:take()))
      p:arrive { ack = 1461, window = 1460 }
      assert.same({ 1460 }, paper.sizes(p:take()))
    end)

    it("takes a window only from a segment that is newer than the last #R9293-U17", function()
      establish(nil, { window = 5000 })
      p:arrive { seq = 1, payload = "ab", window = 6000 }
      assert.equal(6000, conn:status().snd.wnd)
      p:arrive { seq = 3, payload = "c", window = 6500 }
      p:arrive { seq = 1, payload = "abcd", window = 7000 } -- begins before the last one
      assert.equal(6500, conn:status().snd.wnd)
      p:arrive { seq = 5, window = 8000 }
      assert.equal(8000, conn:status().snd.wnd)
    end)

    it("bears a window that shrinks: no new text, but what was sent goes out again #MUST-34 #SHLD-15 #SHLD-16", function()
      establish(nil, { window = 10000 })
      send(("x"):rep(7300))
      assert.equal(5, #p:take())
      p:arrive { ack = 1, window = 1460 }
      send(("y"):rep(3000))
      assert.is_true(p:silent())
      p:pass(1.0)
      local again = p:one()
      assert.same({ 1, 1460, true }, { again.seq, #again.payload, again.retransmission })
      assert.equal("ESTABLISHED", conn.state)
    end)
  end)

  describe("into a window that shrank under what was sent", function()
    it("does not give up for what stays unacknowledged beyond the edge #SHLD-17", function()
      establish({ user_timeout = 0 }, { window = 10000 })
      send(("x"):rep(7300))
      p:take()
      p:arrive { ack = 1461, window = 0 }
      for _ = 1, 30 do
        p:pass(60)
        p:take()
        p:arrive { ack = 1461, window = 0 }
      end
      assert.equal("ESTABLISHED", conn.state)
      p:arrive { ack = 1461, window = 10000 }
      p:pass(1)
      assert.equal(1461, p:take()[1].seq)
    end)
  end)

  describe("into a window of zero", function()
    local function closed_window(text)
      establish(nil, { window = 1000 })
      send(("x"):rep(1000))
      p:take()
      p:arrive { ack = 1001, window = 0 }
      if text then send(text) end
      assert.is_true(p:silent())
    end

    it("probes with one octet, first after one timeout, then at doubled distances #MUST-36 #SHLD-29 #SHLD-30", function()
      closed_window "abc"
      local began = p.net:now()
      local distance, at = 1.0, 0
      for _ = 1, 5 do
        at = at + distance
        p:pass(began + at - p.net:now() - 0.001)
        assert.is_true(p:silent())
        p:pass(0.001)
        local probe = p:one()
        assert.same({ 1001, "a", true }, { probe.seq, probe.payload, probe.probe })
        p:arrive { ack = 1001, window = 0 }
        distance = distance * 2
      end
    end)

    it("shows since when, by the deadline of its timer #R6429-3", function()
      closed_window "abc"
      assert.near(p.net:now() + 1, conn:status().timers.persist, 1e-6)
      assert.same({ 0, 3 }, { conn:status().snd.wnd, conn:status().send_queue })
      p:pass(1)
      p:arrive { ack = 1001, window = 0 }
      assert.near(p.net:now() + 2, conn:status().timers.persist, 1e-6)
      p:arrive { ack = 1001, window = 1000 }
      assert.is_nil(conn:status().timers.persist)
    end)

    it("never gives up while its probes are answered #MUST-37 #R6429-1", function()
      closed_window "abc"
      for _ = 1, 20 do
        p:pass(60)
        p:take()
        p:arrive { ack = 1001, window = 0 }
      end
      assert.equal("ESTABLISHED", conn.state)
      p:arrive { ack = 1001, window = 1000 }
      assert.equal("a", p:one().payload)
      p:arrive { ack = 1002, window = 1000 }
      assert.equal("bc", p:one().payload)
    end)

    it("tells the user of R1 probes without an answer, and of none that were answered #SHLD-9 #MUST-37", function()
      closed_window "abc"
      conn:setoption("r2", math.huge)
      conn:setoption("user_timeout", 0)
      local told = {}
      conn:on("error", function(e) told[#told + 1] = { e.code, e.soft, conn:status().probes } end)
      for _ = 1, 200 do
        p:pass(1)
        if #p:take() > 0 then p:arrive { ack = 1001, window = 0 } end
      end
      assert.same({}, told)
      assert.equal(0, conn:status().probes)
      local sent = 0
      for _ = 1, 260 do
        p:pass(1)
        sent = sent + #p:take()
        if sent == 3 then assert.same({}, told) end
      end
      assert.same({ { "ETIMEDOUT", true, 4 } }, told)
    end)

    it("goes by a user timeout that is set while it waits", function()
      closed_window "abc"
      conn:setoption("user_timeout", 20)
      p:pass(19.9)
      assert.equal("ESTABLISHED", conn.state)
      p:pass(0.2)
      assert.equal("EUSERTIMEOUT", conn:status().code)
    end)

    it("sends what waited as soon as the window opens, the probed octet with it #MUST-35", function()
      closed_window "abc"
      p:pass(1.0)
      p:take()
      p:arrive { ack = 1001, window = 500 }
      local again = p:one()
      assert.same({ 1001, "a" }, { again.seq, again.payload })
      p:arrive { ack = 1002, window = 500 }
      assert.equal("bc", p:one().payload)
    end)

    it("counts the probe's octet when the peer took it", function()
      closed_window "abc"
      p:pass(1.0)
      p:take()
      p:arrive { ack = 1002, window = 100 }
      local sent = p:one()
      assert.same({ 1002, "bc" }, { sent.seq, sent.payload })
    end)

    it("acknowledges from its edge while a probe's octet stands beyond it, where the peer still looks", function()
      closed_window "abc"
      p:pass(1.0)
      assert.equal("a", p:one().payload)
      p:arrive { seq = 1, ack = 1001, window = 0, payload = "hello" }
      p:pass(0.5)
      local sent = p:take()
      local answer = sent[#sent]
      assert.same({ ".", 1001, 6, "" }, { answer.flags, answer.seq, answer.ack, answer.payload })
      conn:abort()
      p:pass()
      sent = p:take()
      assert.same({ "R", 1001 }, { sent[#sent].flags, sent[#sent].seq })
    end)

    it("probes with the FIN when nothing else is left", function()
      closed_window()
      conn:shutdown "send"
      p:pass()
      assert.is_true(p:silent())
      p:pass(1.0)
      local probe = p:one()
      assert.same({ "F.", 1001 }, { probe.flags, probe.seq })
    end)

    it("probes with the FIN of a CLOSE in CLOSE-WAIT whose last octet left as a probe", function()
      closed_window "z"
      p:arrive { flags = "F.", ack = 1001, window = 0 }
      p:take()
      conn:shutdown "send"
      assert.equal("CLOSE-WAIT", conn.state)
      p:pass(1.0)
      assert.equal("z", p:one().payload)
      p:arrive { seq = 2, ack = 1002, window = 0 }
      assert.equal("LAST-ACK", conn.state)
      p:pass(10)
      local fin = p:take()[1]
      assert.same({ "F.", 1002 }, { fin.flags, fin.seq })
      p:arrive { seq = 2, ack = 1003, window = 0 }
      assert.equal("CLOSED", conn.state)
    end)

    it("is answered with the present numbers by a receiver whose window is closed #R9293-U10 #MUST-66", function()
      establish { receive_buffer = 4 }
      p:arrive { payload = "abcd" }
      p:pass(0.04)
      p:take()
      assert.equal("window-closed", p:arrive { seq = 5, payload = "e" })
      local answer = p:one()
      assert.same({ 5, 0 }, { answer.ack, answer.window })
      p:arrive { flags = "R", seq = 5 }
      assert.equal("CLOSED", conn.state)
    end)
  end)

  describe("of window announcements", function()
    it("never takes an announced edge back #SHLD-14", function()
      establish { receive_buffer = 5000, delayed_ack = 0 }
      local edge = 0
      for i = 0, 4 do
        p:arrive { seq = 1 + i * 700, payload = ("x"):rep(700) }
        local answer = p:one()
        assert.is_true(answer.ack + answer.window >= edge)
        edge = answer.ack + answer.window
      end
      conn:setoption("receive_buffer", 10)
      p:arrive { seq = 3501, payload = "y" }
      local answer = p:one()
      assert.equal(edge, answer.ack + answer.window)
    end)

    it("never takes it back by rounding a scaled window, and takes what reaches up to it #R7323-2", function()
      establish({ receive_buffer = 1000000, window_scaling = true, delayed_ack = 0 }, { options = { mss = 1460, window_scale = 7 } })
      local scale = conn:status().rcv.scale
      assert.is_true(scale > 3)
      local seq, edge = 1, 0
      for size = 1, 40 do
        p:arrive { seq = seq, payload = ("x"):rep(size) }
        seq = seq + size
        local answer = p:one()
        local now = answer.ack + (answer.window << scale)
        assert.is_true(now >= edge - ((1 << scale) - 1)) -- what 16 bits can say
        edge = math.max(edge, now)
        assert.equal("accepted", p:arrive { seq = edge - 1, payload = "y" })
        p:take()
      end
    end)

    it("may leave the window shut for ever #MAY-8", function()
      establish { receive_buffer = 4 }
      p:arrive { payload = "abcd" }
      for _ = 1, 10 do
        p:pass(86400)
        p:take()
        p:arrive { seq = 5, payload = "e" }
        assert.equal(0, p:one().window)
      end
      assert.equal("ESTABLISHED", conn.state)
    end)

    it("opens the window only by a segment, or half the buffer, at a time #MUST-39", function()
      establish { receive_buffer = 4000, delayed_ack = 0 }
      p:arrive { payload = ("x"):rep(1460) }
      p:arrive { seq = 1461, payload = ("x"):rep(1460) }
      p:arrive { seq = 2921, payload = ("x"):rep(1080) }
      p:take()
      conn:receive(1459)
      p:pass()
      assert.is_true(p:silent())
      conn:receive(1)
      p:pass()
      assert.equal(1460, p:one().window)
      p:close()
      establish { receive_buffer = 100, delayed_ack = 0 }
      p:arrive { payload = ("x"):rep(100) }
      assert.equal(0, p:one().window)
      conn:receive(49)
      p:pass()
      assert.is_true(p:silent())
      conn:receive(1)
      p:pass()
      assert.equal(50, p:one().window)
    end)
  end)

  describe("of the IP header's fields", function()
    it("gives the same identification to what is sent again #MAY-4", function()
      establish()
      send "a"
      local first = p:one().segment
      p:pass(1.1)
      local again = p:one()
      assert.is_true(again.retransmission)
      assert.equal(first.ip_id, again.segment.ip_id)
      assert.is_number(first.ip_id)
    end)

    it("carries the Diffserv value and the TTL of the connection, as they are now #MUST-48 #MUST-49 #SHLD-21 #SHLD-22", function()
      establish { ttl = 9, dscp = 12 }
      send "a"
      local first = p:one().segment
      assert.same({ 9, 12 }, { first.ttl, first.dscp })
      conn:setoption("dscp", 46)
      conn:setoption("ttl", 255)
      p:arrive { ack = 2 }
      send "b"
      local second = p:one().segment
      assert.same({ 255, 46 }, { second.ttl, second.dscp })
    end)
  end)

  it("stamps every segment but a RST once timestamps are agreed on, with an echo of the last in order #R7323-3 #R7323-5", function()
    establish({ timestamps = true, delayed_ack = 0 }, { options = { mss = 1460, timestamps = { value = 100, echo = 0 } } })
    p:arrive { payload = "a", options = { timestamps = { value = 200, echo = 0 } } }
    assert.equal(200, p:one().options.timestamps.echo)
    p:arrive { seq = 3, payload = "c", options = { timestamps = { value = 300, echo = 0 } } }
    assert.equal(200, p:one().options.timestamps.echo)
    conn:abort()
    p:pass()
    assert.is_nil(p:one().options.timestamps)
  end)
end)
