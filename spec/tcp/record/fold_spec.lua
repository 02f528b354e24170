-- SPDX-License-Identifier: MIT
local paper = require "spec.tcp.paper"

describe("a small record", function()
  local p, conn
  after_each(function() p:close() end)

  describe("in TIME-WAIT", function()
    local function time_wait(host_options)
      p = paper.new(host_options)
      conn = p:established()
      conn:shutdown "send"
      p:pass()
      p:arrive { flags = "F.", ack = 2 }
      p:take()
      assert.same({ "TIME-WAIT", "time-wait" }, { conn.state, conn:status().record })
    end

    it("starts its time again when the FIN comes again, and acknowledges it", function()
      time_wait { msl = 10 }
      p:pass(19)
      p:arrive { flags = "F.", ack = 2 }
      local answer = p:one()
      assert.same({ ".", 2, 2 }, { answer.flags, answer.seq, answer.ack })
      p:pass(19.999)
      assert.equal("TIME-WAIT", conn.state)
      p:pass(0.001)
      assert.equal("CLOSED", conn.state)
    end)

    it("does not start its time again for anything else", function()
      time_wait { msl = 10 }
      p:pass(19)
      p:arrive { seq = 2, ack = 2 }
      p:arrive { seq = 2, ack = 2, payload = "x" }
      p:arrive { flags = "S", seq = 2 }
      p:arrive { seq = 0, ack = 2, payload = "x" }
      p:pass(1)
      assert.equal("CLOSED", conn.state)
    end)

    it("ends with a RST at RCV.NXT, unless rfc1337 asks it not to #R1337-1", function()
      time_wait()
      p:arrive { flags = "R", seq = 2 }
      assert.same({ "CLOSED" }, { conn.state, conn:status().code })
      p:close()
      time_wait { rfc1337 = true }
      assert.equal("in-time-wait", p:arrive { flags = "R", seq = 2 })
      assert.equal("TIME-WAIT", conn.state)
    end)

    it("guards the next connection from the old one's text, which a RST that ends it early lets through #R1337-2", function()
      for _, guarded in ipairs { false, true } do
        p = paper.new { rfc1337 = guarded }
        local listener
        conn, listener = p:accepted()
        conn:shutdown "send"
        p:pass()
        p:arrive { flags = "F.", ack = 2 }
        p:arrive { ack = 2, payload = "old" } -- a duplicate; its ACK meets a peer that has forgotten, and sends a RST
        p:arrive { flags = "R", seq = 2 }
        assert.equal(guarded and "TIME-WAIT" or "CLOSED", conn.state)
        p:take()
        p:arrive { flags = "S", seq = 0, options = { mss = 1460 } } -- the next connection of the same pair of sockets
        p:arrive {}
        p:arrive { payload = "old" } -- another duplicate
        local second = listener:accept()
        if guarded then
          assert.is_nil(second)
        else
          second:settimeout(0)
          assert.equal("old", second:receive(3))
        end
        p:close()
      end
    end)

    it("still answers with its timestamps", function()
      p = paper.new { timestamps = true }
      conn = p:established(nil, { options = { mss = 1460, timestamps = { value = 7, echo = 0 } } })
      conn:shutdown "send"
      p:pass()
      local stamp = { options = { timestamps = { value = 9, echo = 0 } }, flags = "F.", ack = 2 }
      p:arrive(stamp)
      p:take()
      p:pass(5)
      p:arrive(stamp)
      assert.equal(9, p:one().options.timestamps.echo)
    end)

    it("knows an old stamp for old after a month, too #R7323-6", function()
      p = paper.new { timestamps = true }
      p:pass(30 * 86400)
      conn = p:established(nil, { options = { mss = 1460, timestamps = { value = 7, echo = 0 } } })
      conn:shutdown "send"
      p:pass()
      p:arrive { flags = "F.", ack = 2, options = { timestamps = { value = 9, echo = 0 } } }
      assert.equal("paws", p:arrive { flags = "F.", ack = 2, options = { timestamps = { value = 8, echo = 0 } } })
    end)

    it("keeps within the challenge limit #R5961-5", function()
      time_wait { challenge_limit = 3, challenge_interval = 5 }
      for _ = 1, 5 do p:arrive { flags = "S", seq = 9 } end
      for _ = 1, 5 do p:arrive { seq = -70000, ack = 2 } end
      assert.equal(3, #p:take())
      p:pass(5)
      p:arrive { flags = "S", seq = 9 }
      assert.equal(1, #p:take())
    end)

    it("answers STATUS with the numbers it keeps", function()
      time_wait()
      local s = conn:status()
      assert.same({ (p.iss + 2) & 0xffffffff, (p.irs + 2) & 0xffffffff }, { s.snd.nxt, s.rcv.nxt })
      assert.same({ p.iss, p.irs, false }, { s.snd.iss, s.rcv.irs, s.passive })
      assert.is_number(s.timers["time-wait"])
    end)

    it("is made, too, where a FIN that came again acknowledged all we had sent", function()
      p = paper.new()
      conn = p:established()
      assert(conn:send "hello")
      conn:shutdown "send"
      p:pass()
      p:arrive { flags = "F." }
      assert.equal("CLOSING", conn.state)
      p:arrive { flags = "F.", ack = 7 }
      local s = conn:status()
      assert.same({ "TIME-WAIT", "time-wait", 0 }, { s.state, s.record, s.send_queue })
    end)

    it("is not made of a connection with text unread, which can still be read", function()
      p = paper.new()
      conn = p:established()
      conn:shutdown "send"
      p:pass()
      p:arrive { flags = "F.", ack = 2, payload = "last words" }
      assert.same({ "TIME-WAIT", "connection" }, { conn.state, conn:status().record == "time-wait" and "time-wait" or "connection" })
      assert.equal("last words", conn:receive "*a")
      p:pass()
      assert.equal("time-wait", conn:status().record)
    end)

    it("can be led back to work by an override, with a timeout and a window of its own", function()
      time_wait()
      p.host.machine:override("TIME-WAIT", "SEG-ACK-of-our-FIN", "ESTABLISHED")
      p:arrive { seq = 2, ack = 2 }
      local s = conn:status()
      assert.is_true(s.rto > 0 and s.cwnd > 0)
    end)
  end)

  describe("that is half-open", function()
    local function half_open(host_options, given)
      p = paper.new(host_options)
      local listener = assert(p.host:listen(p.port))
      listener:settimeout(0)
      local syn = { flags = "S", seq = 0, options = { mss = 900 }, window = 5000 }
      for name, value in pairs(given or {}) do syn[name] = value end
      p:arrive(syn)
      p:take()
      conn = p.host:connections()[1]
      assert.equal("half-open", conn:status().record)
      return listener
    end

    it("becomes a connection with all that was agreed on", function()
      local listener = half_open({ timestamps = true, window_scaling = true },
        { options = { mss = 900, window_scale = 2, timestamps = { value = 5, echo = 0 } } })
      p:arrive { window = 100, options = { timestamps = { value = 6, echo = 0 } } }
      local s = assert(listener:accept()):status()
      assert.same({ 400, 888, 2, 6 }, { s.snd.wnd, s.snd.mss, s.snd.scale, s.ts_recent })
      assert.equal(conn, p.host:connections()[1])
    end)

    it("goes on with the timestamps of its SYN-ACK", function()
      p = paper.new { timestamps = true }
      p.host:listen(p.port)
      p:arrive { flags = "S", seq = 0, options = { mss = 900, timestamps = { value = 5, echo = 0 } } }
      local first = p:one().options.timestamps.value
      p:pass(1)
      assert.equal(first + 1000, p:one().options.timestamps.value)
    end)

    it("ends with the user timeout, where that is shorter than its retransmissions take", function()
      p = paper.new()
      local listener = assert(p.host:listen(p.port, { user_timeout = 10 }))
      p:arrive { flags = "S", seq = 0 }
      conn = listener:half_open()()
      p:pass(9.999)
      assert.same({ "SYN-RECEIVED", 1 }, { conn.state, listener:status().half_open })
      p:pass(0.001)
      assert.same({ "CLOSED", 0 }, { conn.state, listener:status().half_open })
    end)

    it("keeps the user timeout that its SYN told", function()
      local listener = half_open({ user_timeout_option = true }, { options = { mss = 900, user_timeout = 400 } })
      p:arrive {}
      local accepted = assert(listener:accept())
      assert.equal(400, accepted:status().user_timeout)
      accepted:shutdown "send"
      p:pass()
      p:arrive { flags = "F.", ack = 2 }
      assert.same({ "time-wait", true }, { accepted:status().record, accepted:status().passive })
    end)

    it("answers what stands outside its window, and an unacceptable ACK by a RST #R9293-U3", function()
      half_open()
      assert.equal("sequence", p:arrive { seq = 70000, ack = 1 })
      local answer = p:one()
      assert.same({ ".", 1, 1 }, { answer.flags, answer.seq, answer.ack })
      assert.equal("ack-unacceptable", p:arrive { ack = 2 })
      assert.same({ "R", 2 }, (function(s) return { s.flags, s.seq } end)(p:one()))
      assert.equal("SYN-RECEIVED", conn.state)
      assert.equal("half-open", conn:status().record)
    end)

    it("ends in silence by a RST at RCV.NXT, and is challenged elsewhere", function()
      half_open()
      assert.equal("rst-challenged", p:arrive { flags = "R", seq = 2 })
      assert.equal(1, #p:take())
      p:arrive { flags = "R", seq = 1 }
      assert.is_true(p:silent())
      assert.equal(0, #p.host:connections())
    end)

    it("gives no round trip when its SYN-ACK went out twice, because the SYN came twice #R6298-4", function()
      local listener = half_open { rto_initial = 3 }
      p:pass(1)
      p:arrive { flags = "S", seq = 0, options = { mss = 900 } }
      assert.is_true(p:one().retransmission)
      p:pass(0.1)
      p:arrive {}
      assert.is_nil(assert(listener:accept()):status().srtt)
    end)

    it("keeps within the challenge limit #R5961-5", function()
      half_open { challenge_limit = 3, challenge_interval = 0.5, rto_initial = 10 }
      for _ = 1, 5 do p:arrive { flags = "R", seq = 2 } end
      assert.equal(3, #p:take())
      p:pass(0.5)
      p:arrive { flags = "R", seq = 2 }
      assert.equal(1, #p:take())
      assert.equal("half-open", conn:status().record)
    end)

    it("takes text with the ACK that ends the handshake", function()
      local listener = half_open()
      p:arrive { payload = "third" }
      assert.equal("third", assert(listener:accept()):receive(5))
    end)

    it("is not lost by looking at it", function()
      local listener = half_open(nil, { payload = "early" })
      for _ = 1, 3 do
        assert.equal("SYN-RECEIVED", conn.tcb.state)
        assert.equal(5, conn:status().out_of_order)
        assert.equal("half-open", conn:status().record)
      end
      p:arrive { seq = 6 }
      assert.equal("early", assert(listener:accept()):receive(5))
    end)
  end)
end)
