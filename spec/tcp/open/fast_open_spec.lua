-- SPDX-License-Identifier: MIT
require "spec.helper"
local paper = require "spec.tcp.paper"
local tcplab = require "tcplab"

local COOKIE = "\1\2\3\4\5\6\7\8"
local GET = "GET /\r\n"

-- The kind of a segment's Fast Open option.
local function form(segment)
  for _, option in ipairs(segment.options) do
    if option.name == "fast_open" then return option.kind end
  end
end

describe("Fast Open", function()
  local p
  after_each(function()
    if p then p:close() end
    p = nil
  end)

  describe("of a server", function()
    local listener

    local function listen(more, host_options)
      p = paper.new(host_options)
      local options = { fast_open = "server" }
      for name, value in pairs(more or {}) do options[name] = value end
      listener = assert(p.host:listen(p.port, options))
      listener:settimeout(0)
    end

    -- A SYN with a cookie ("" asks for one), and the answer.
    local function syn(cookie, given)
      local fields = { flags = "S", seq = 0, options = { mss = 1460, fast_open = cookie } }
      for name, value in pairs(given or {}) do fields[name] = value end
      p:arrive(fields)
      return p:take()
    end

    local function ask(given)
      local answer = syn("", given)[1].options.fast_open
      p:arrive { flags = "R", seq = 1, source_port = given and given.source_port, source = given and given.source }
      p:take()
      return answer
    end

    local function open(payload, given)
      local fields = { payload = payload }
      for name, value in pairs(given or {}) do fields[name] = value end
      return syn(ask { source_port = 79, source = fields.source }, fields)
    end

    local function accept()
      local conn = assert(listener:accept())
      conn:settimeout(0)
      return conn
    end

    it("gives a cookie of 8 bytes to who asks, and acknowledges the SYN alone #R7413-2", function()
      listen()
      local answer = syn("", { payload = GET })
      assert.equal(1, #answer)
      assert.same({ "S.", 1, 8 }, { answer[1].flags, answer[1].ack, #answer[1].options.fast_open })
      assert.equal(0, listener:status().fast_open)
      assert.is_nil((listener:accept()))
    end)

    it("hands the text of a SYN with a good cookie over at once, and acknowledges it #R7413-3", function()
      listen()
      local answer = open(GET)
      assert.equal(1, #answer)
      assert.same({ "S.", 0, 1 + #GET }, { answer[1].flags, answer[1].seq, answer[1].ack })
      assert.is_nil(answer[1].options.fast_open)
      local conn = accept()
      assert.equal(GET, conn:receive(#GET))
      assert.same({ "SYN-RECEIVED", "accepted" }, { conn.state, conn:status().fast_open })
      p:arrive { seq = 1 + #GET }
      assert.equal("ESTABLISHED", conn.state)
      p:arrive { seq = 1 + #GET, payload = "more" }
      assert.equal("more", conn:receive(4))
    end)

    it("lets the user answer before the handshake is over, within the initial window #R7413-3", function()
      listen { initial_window = 2, nodelay = true }
      open(GET)
      local conn = accept()
      conn:send(("x"):rep(5000))
      p:pass()
      local sent = p:take()
      assert.same({ 1460, 1460 }, paper.sizes(sent))
      assert.same({ 1, 1 + #GET }, { sent[1].seq, sent[1].ack })
      assert.equal("SYN-RECEIVED", conn.state)
      p:arrive { seq = 1 + #GET, ack = 2921 }
      assert.equal("ESTABLISHED", conn.state)
      assert.same({ 1460, 620 }, paper.sizes(p:take()))
      p:arrive { seq = 1 + #GET, ack = 5001 }
      assert.equal(0, conn:status().send_queue)
    end)

    it("looks at the SACK blocks of the ACK that ends the handshake", function()
      listen({ initial_window = 10, nodelay = true }, { mss = 1000 })
      open(GET, { options = { mss = 1000, sack_permitted = true, fast_open = ask { source_port = 78 } } })
      local conn = accept()
      p:pass(0.01)
      conn:send(("y"):rep(8000))
      p:pass(0.02)
      assert.equal(8, #p:take())
      local function number(n) return (p.iss + n) & 0xffffffff end
      p:arrive { seq = 1 + #GET, options = { sack = { { number(2001), number(8001) } } } }
      assert.same({ "ESTABLISHED", 6000 }, { conn.state, conn:status().sacked })
      local sent = p:take()
      assert.same({ 1, 1001, true, true }, { sent[1].seq, sent[2].seq, sent[1].retransmission, sent[2].retransmission })
    end)

    it("sends a short answer although its SYN is not acknowledged: nothing of the user's is outstanding", function()
      listen()
      open(GET)
      accept():send "200 OK\r\n"
      p:pass()
      assert.equal("200 OK\r\n", p:one().payload)
    end)

    it("waits with its answer while the peer's window is closed", function()
      listen()
      open(GET, { window = 0 })
      local conn = accept()
      conn:send "200 OK\r\n"
      p:pass()
      assert.is_true(p:silent())
      p:pass(1)
      assert.equal("S.", p:one().flags)
      p:arrive { seq = 1 + #GET, window = 1000 }
      assert.equal("200 OK\r\n", p:one().payload)
    end)

    it("takes a SYN with a good cookie and no text: it may answer at once #R7413-3", function()
      listen()
      open ""
      local conn = accept()
      conn:send "220 ready\r\n"
      p:pass()
      assert.equal("220 ready\r\n", p:one().payload)
    end)

    it("acknowledges the SYN alone where the cookie is wrong, and gives a good one #R7413-4", function()
      listen()
      local good = ask()
      local answer = syn(COOKIE, { payload = GET })
      assert.same({ 1, good }, { answer[1].ack, answer[1].options.fast_open })
      assert.is_nil((listener:accept()))
      assert.equal(1, p.host:counters().fast_open_cookies_refused)
      p:arrive { payload = GET }
      assert.equal(GET, accept():receive(#GET))
    end)

    it("binds a cookie to the client's address #R7413-2", function()
      listen()
      local cookie = ask()
      assert.equal(cookie, ask { source_port = 81 })
      assert.not_equal(cookie, ask { source = "10.0.0.3" })
      assert.equal(1, syn(cookie, { payload = GET, source = "10.0.0.3" })[1].ack)
      assert.equal(1 + #GET, syn(cookie, { payload = GET })[1].ack)
    end)

    it("takes no cookie in which one bit is wrong, or that is cut short or longer #R7413-2", function()
      listen()
      local cookie = ask()
      local wrong = { cookie:sub(1, 6), cookie .. "\0\0", "\0\0\0\0" }
      for i = 1, #cookie do
        wrong[#wrong + 1] = cookie:sub(1, i - 1) .. string.char(cookie:byte(i) ~ 1) .. cookie:sub(i + 1)
      end
      for i, bad in ipairs(wrong) do
        assert.equal(1, syn(bad, { payload = GET, source_port = 100 + i })[1].ack)
      end
      assert.equal(#wrong, p.host:counters().fast_open_cookies_refused)
    end)

    it("takes a cookie until the period after its own has ended, and renews it meanwhile #R7413-2", function()
      listen { fast_open_key_life = 100 }
      p:pass(99)
      local cookie = ask()
      assert.is_nil(syn(cookie, { payload = GET, source_port = 81 })[1].options.fast_open)
      p:pass(2)
      p:take()
      local renewed = syn(cookie, { payload = GET, source_port = 82 })[1]
      assert.equal(1 + #GET, renewed.ack)
      assert.equal(8, #renewed.options.fast_open)
      assert.not_equal(cookie, renewed.options.fast_open)
      p:pass(98.9)
      p:take()
      assert.equal(1 + #GET, syn(cookie, { payload = GET, source_port = 83 })[1].ack)
      p:pass(0.2)
      p:take()
      assert.equal(1, syn(cookie, { payload = GET, source_port = 84 })[1].ack)
      assert.equal(1 + #GET, syn(renewed.options.fast_open, { payload = GET, source_port = 85 })[1].ack)
    end)

    it("is off where nobody asked for it, whatever the profile: the option is ignored #R7413-6", function()
      for _, profile in ipairs(require("tcplab").profiles()) do
        p = paper.new { profile = profile }
        listener = assert(p.host:listen(p.port))
        assert.is_nil(syn("", { payload = GET })[1].options.fast_open)
        p:close()
      end
      listen { fast_open = "client" }
      assert.is_nil(syn("", { payload = GET })[1].options.fast_open)
    end)

    -- A SYN whose Fast Open option has a cookie of any size. No segment value can say that: the bytes of another kind are changed, and one of
    -- its value, so that the checksum stays.
    local function odd_syn(size, cookie)
      local bytes = tcplab.segment {
        source = "10.0.0.2", source_port = 100 + size, destination = "10.0.0.1", destination_port = p.port, flags = "S", seq = 5, window = 65535,
        payload = GET,
        options = { { name = "mss", value = 1460 }, { kind = 35, data = ("\7"):rep(size) }, cookie and { name = "fast_open", cookie = cookie } },
      }:bytes()
      local at = bytes:find("\35" .. string.char(size + 2) .. "\7", 1, true)
      return bytes:sub(1, at - 1) .. "\34" .. bytes:sub(at + 1, at + 1) .. "\8" .. bytes:sub(at + 3)
    end

    it("ignores an option of a length that cannot be, and one outside of a SYN #R7413-1", function()
      listen()
      for _, size in ipairs { 1, 2, 3, 5, 18 } do
        assert.equal("accepted", p.host:deliver(odd_syn(size)))
        p:pass()
        local answer = p:one().segment
        assert.is_nil(answer.options.fast_open)
        assert.equal(6, answer.ack)
      end
      assert.equal("accepted", p.host:deliver(odd_syn(8)))
      p:pass()
      assert.is_string(p:one().options.fast_open)
      local cookie = ask()
      assert.equal("accepted", p.host:deliver(odd_syn(7, cookie)))
      p:pass()
      assert.equal(6 + #GET, p:one().segment.ack)
      accept()
      open(GET)
      local conn = accept()
      p:arrive { seq = 1 + #GET, options = { fast_open = cookie } }
      p:take()
      p:arrive { seq = 1 + #GET, payload = "x", options = { fast_open = "" } }
      assert.equal("ESTABLISHED", conn.state)
      for _, s in ipairs(p:take()) do assert.is_nil(s.options.fast_open) end
    end)

    it("ignores the experimental form of the option #R7413-1", function()
      listen()
      local cookie = ask()
      local answer = syn(nil, { payload = GET, options = { { name = "mss", value = 1460 }, { kind = 254, name = "fast_open", cookie = cookie } } })[1]
      assert.same({ 1, nil }, { answer.ack, answer.options.fast_open })
    end)

    it("answers the experimental form in that form, where it is to be seen", function()
      listen({ fast_open_experimental = true })
      local function experimental(cookie)
        return syn(nil, { payload = GET, options = { { name = "mss", value = 1460 }, { kind = 254, name = "fast_open", cookie = cookie } } })[1]
      end
      local given = experimental ""
      assert.same({ 1, 8, 254 }, { given.ack, #given.options.fast_open, form(given) })
      p:arrive { flags = "R", seq = 1 }
      local taken = experimental(given.options.fast_open)
      assert.same({ 1 + #GET, nil }, { taken.ack, taken.options.fast_open })
    end)

    it("gives and takes the cookies of a key that is given, whichever host does; those of the key before it are renewed", function()
      local cookie
      for i, keys in ipairs { { 1, 2, 0, 0 }, { 1, 2, 0, 0 }, { 3, 4, 1, 2 }, { 3, 4, 5, 6 } } do
        listen({ fast_open_key_low = keys[1], fast_open_key_high = keys[2], fast_open_old_key_low = keys[3], fast_open_old_key_high = keys[4] })
        cookie = cookie or ask()
        local answer = syn(cookie, { payload = GET })[1]
        local seen = { answer.ack, answer.options.fast_open and answer.options.fast_open ~= cookie }
        assert.same(({ { 1 + #GET }, { 1 + #GET }, { 1 + #GET, true }, { 1, true } })[i], seen)
        p:close()
      end
      listen()
    end)

    it("takes text from who brings no cookie where none is needed, and lets SYNs without text be", function()
      listen({ fast_open_no_cookie = "server" })
      local answer = syn(nil, { payload = GET })[1]
      assert.same({ 1 + #GET, nil }, { answer.ack, answer.options.fast_open })
      assert.equal(GET, accept():receive(#GET))
      assert.equal(1, syn(nil, { source_port = 81 })[1].ack)
      assert.is_nil((listener:accept()))
    end)

    it("is not done where SYNs are answered by SYN cookies, which leave no room for text", function()
      listen { syn_cookies = "always" }
      local answer = syn("", { payload = GET })[1]
      assert.same({ "S.", 1, nil }, { answer.flags, answer.ack, answer.options.fast_open })
      assert.equal(0, p.host:counters().connections)
    end)

    it("repeats its SYN-ACK without a cookie and without text, and sends what followed again #R7413-5", function()
      listen()
      assert.is_string(syn("", { source_port = 81 })[1].options.fast_open)
      p:pass(1)
      local again = p:one()
      assert.same({ "S.", true }, { again.flags, again.retransmission })
      assert.is_nil(again.options.fast_open)
      p:arrive { flags = "R", source_port = 81 }
      open(GET)
      accept():send "answer"
      p:pass()
      assert.equal("answer", p:one().payload)
      p:pass(1)
      again = p:one()
      assert.same({ "S.", 1 + #GET, "" }, { again.flags, again.ack, again.payload })
      p:arrive { seq = 1 + #GET }
      again = p:one()
      assert.same({ "answer", 1 }, { again.payload, again.seq })
    end)

    it("answers a SYN that comes twice by the SYN-ACK, and hands its text over once", function()
      listen()
      local cookie = ask()
      syn(cookie, { payload = GET })
      local conn = accept()
      local again = syn(cookie, { payload = GET })
      assert.same({ 1, "S.", 1 + #GET }, { #again, again[1].flags, again[1].ack })
      assert.equal(GET, conn:receive(#GET))
      assert.is_nil((conn:receive(1)))
      assert.is_nil((listener:accept()))
    end)

    it("hands the text over once more when the SYN comes again after the connection's end: for data that may #R7413-8", function()
      listen()
      local cookie = ask()
      for _ = 1, 2 do
        assert.equal(1 + #GET, syn(cookie, { payload = GET })[1].ack)
        local conn = accept()
        assert.equal(GET, conn:receive(#GET))
        conn:abort()
        p:pass()
        p:take()
      end
      local doc
      for _, option in ipairs(require("tcplab.connection.tunables").list()) do
        if option.name == "fast_open" then doc = option.doc end
      end
      assert.is_truthy(doc:find "may arrive twice")
    end)

    it("takes no more than so many before their handshakes are over, and the others in the ordinary way #R7413-6", function()
      listen { fast_open_pending = 2 }
      local cookie = ask()
      for port = 81, 82 do assert.equal(1 + #GET, syn(cookie, { payload = GET, source_port = port })[1].ack) end
      assert.equal(2, listener:status().fast_open)
      local third = syn(cookie, { payload = GET, source_port = 83 })[1]
      assert.same({ "S.", 1 }, { third.flags, third.ack })
      assert.equal(1, p.host:counters().fast_open_limited)
      p:arrive { seq = 1 + #GET, source_port = 81 }
      assert.equal(1, listener:status().fast_open)
      assert.equal(1 + #GET, syn(cookie, { payload = GET, source_port = 84 })[1].ack)
      assert.equal(3, p.host:counters().fast_opens)
    end)

    it("still counts those that were reset, for a minute or two: forged addresses make no room #R7413-6", function()
      listen { fast_open_pending = 2 }
      local cookie = ask()
      p:pass(30)
      for port = 81, 82 do
        syn(cookie, { payload = GET, source_port = port })
        assert.equal("accepted", p:arrive { flags = "R", seq = 1 + #GET, source_port = port })
      end
      assert.equal(0, listener:status().fast_open)
      assert.equal(1, syn(cookie, { payload = GET, source_port = 83 })[1].ack)
      p:pass(59)
      p:take()
      assert.equal(1, syn(cookie, { payload = GET, source_port = 84 })[1].ack)
      p:pass(62)
      p:take()
      assert.equal(1 + #GET, syn(cookie, { payload = GET, source_port = 85 })[1].ack)
    end)

    it("has forgotten resets of long ago, whether or not a SYN came meanwhile", function()
      listen { fast_open_pending = 1 }
      local cookie = ask()
      syn(cookie, { payload = GET, source_port = 81 })
      p:arrive { flags = "R", seq = 1 + #GET, source_port = 81 }
      p:pass(121)
      p:take()
      assert.equal(1 + #GET, syn(cookie, { payload = GET, source_port = 82 })[1].ack)
    end)

    it("tells the user of a reset before the handshake was over", function()
      listen()
      open(GET)
      local conn = accept()
      p:arrive { flags = "R", seq = 2 + #GET }
      assert.equal("SYN-RECEIVED", conn.state)
      p:take()
      p:arrive { flags = "R", seq = 1 + #GET }
      assert.same({ "CLOSED", "ECONNRESET" }, { conn.state, conn:status().code })
      assert.equal(0, listener:status().fast_open)
    end)

    it("challenges a SYN within the window, which would end an ordinary half-open connection", function()
      listen()
      open(GET)
      local conn = accept()
      p:arrive { flags = "S", seq = 100 }
      assert.equal("SYN-RECEIVED", conn.state)
      assert.equal(".", p:one().flags)
    end)

    it("counts those it took in the backlog, and takes the last ACK when that is full", function()
      listen { backlog = 2 }
      local cookie = ask()
      for port = 81, 82 do syn(cookie, { payload = GET, source_port = port }) end
      assert.same({ 0, 2, 2 }, { listener:status().half_open, listener:status().waiting, listener:status().fast_open })
      p:arrive { flags = "S", seq = 0, source_port = 83, options = { mss = 1460, fast_open = cookie }, payload = GET }
      assert.is_true(p:silent())
      p:arrive { seq = 1 + #GET, source_port = 81 }
      assert.equal("ESTABLISHED", accept().state)
    end)

    it("takes a SYN in the ordinary way when the accept queue is full and SYNs are let in", function()
      listen { backlog = 1, drop_syn_on_overflow = false }
      local cookie = ask()
      assert.equal(1 + #GET, syn(cookie, { payload = GET, source_port = 81 })[1].ack)
      assert.equal(1, syn(cookie, { payload = GET, source_port = 82 })[1].ack)
      assert.same({ 1, 1 }, { listener:status().half_open, listener:status().waiting })
    end)

    it("counts none that an override leads past SYN-RECEIVED", function()
      listen()
      local cookie = ask()
      p.host.machine:override("LISTEN", "SEG-SYN", "ESTABLISHED")
      syn(cookie, { payload = GET })
      assert.same({ 0, 1 }, { listener:status().fast_open, listener:status().waiting })
      assert.equal(0, p.host:counters().fast_opens)
    end)

    it("sends nothing new once its SYN-ACK had to be repeated, nor anything when it is corked", function()
      for _, options in ipairs { {}, { cork = true } } do
        listen(options)
        open(GET)
        local conn = accept()
        if not options.cork then
          p:pass(1)
          p:take()
        end
        conn:send "answer"
        p:pass(0.5)
        assert.is_true(p:silent())
        p:arrive { seq = 1 + #GET }
        p:pass(0.3)
        local sent = p:take()
        assert.equal("answer", sent[#sent].payload)
        p:close()
      end
      listen()
    end)

    it("sends no tail loss probe before the handshake is over", function()
      listen()
      local options = { mss = 1460, sack_permitted = true, fast_open = ask() }
      syn(nil, { payload = GET, options = options })
      local conn = accept()
      conn:send "answer"
      p:pass()
      assert.is_nil(conn:status().timers.probe)
    end)

    it("holds a CLOSE without an answer, too", function()
      listen()
      open(GET)
      local conn = accept()
      conn:receive(#GET)
      conn:close()
      p:pass()
      assert.is_true(p:silent())
      assert.equal("SYN-RECEIVED", conn.state)
      p:arrive { seq = 1 + #GET }
      assert.same({ "F.", 1 }, { (function(s) return s.flags, s.seq end)(p:one()) })
    end)

    it("takes the host at the other end for no bad server when its SYN-ACK is lost", function()
      listen({ fast_open = "both", fast_open_key_life = 100 }, { fast_open = "both" })
      local cookie = ask { source_port = p.peer_port }
      p:pass(101)
      p:take()
      assert.equal(8, #syn(cookie, { payload = GET })[1].options.fast_open)
      p:pass(1)
      assert.is_nil(p:one().options.fast_open)
      p:arrive { flags = "R", seq = 1 + #GET }
      p.net:spawn(function() p.host:connect("10.0.0.2", p.peer_port, { local_port = 6000, data = GET }) end)
      p:pass()
      assert.equal("", p:one().options.fast_open)
    end)

    it("gives up when the SYN-ACK is never acknowledged, and says so", function()
      listen()
      open(GET)
      local conn = accept()
      p:pass(400)
      assert.same({ "CLOSED", "ETIMEDOUT" }, { conn.state, conn:status().code })
      assert.equal(0, listener:status().fast_open)
    end)

    it("holds a FIN that came with the text until the handshake is over", function()
      listen()
      open(GET, { flags = "SF" })
      local conn = accept()
      assert.same({ "SYN-RECEIVED", GET }, { conn.state, conn:receive(#GET) })
      p:arrive { seq = 2 + #GET }
      assert.equal("CLOSE-WAIT", conn.state)
      assert.equal("", conn:receive "*a")
    end)

    it("holds a CLOSE until the handshake is over, and sends the answer before", function()
      listen()
      open(GET)
      local conn = accept()
      conn:receive(#GET)
      conn:send "answer"
      conn:close()
      p:pass()
      assert.equal("answer", p:one().payload)
      p:arrive { seq = 1 + #GET, ack = 7 }
      local fin = p:one()
      assert.same({ "F.", 7 }, { fin.flags, fin.seq })
      assert.equal("FIN-WAIT-1", conn.state)
    end)

    it("resets the peer when the text it has acknowledged is never read", function()
      listen()
      open(GET)
      accept():close()
      p:pass()
      assert.equal("R", p:one().flags)
    end)

    it("resets those that wait when it is closed", function()
      listen()
      open(GET)
      listener:close()
      p:pass()
      assert.equal("R", p:one().flags)
      assert.equal(0, p.host:counters().connections)
    end)

    it("announces no more window than there is, the text taken off", function()
      listen { receive_buffer = 3000 }
      local answer = open(("x"):rep(1000))
      assert.equal(2000, answer[1].window)
      local conn = accept()
      assert.equal(2000, conn:status().rcv.wnd)
      p:arrive { seq = 1001, payload = ("y"):rep(1460) }
      p:arrive { seq = 2461, payload = ("z"):rep(540) }
      assert.equal(3000, #conn:receive(3000))
    end)

    it("announces as much beyond the text as an ordinary SYN-ACK does, and means it", function()
      listen()
      local answer = open(("x"):rep(1000))
      assert.same({ 1001, 65535 }, { answer[1].ack, answer[1].window })
      assert.equal(65535, accept():status().rcv.wnd)
    end)

    it("takes text that does not fit its buffer in the ordinary way, after the handshake", function()
      listen { receive_buffer = 500 }
      assert.equal(1, open(("x"):rep(600))[1].ack)
    end)

    it("keeps its sequence number space in order across the wrap, with timestamps and scaling", function()
      listen(nil, { timestamps = true, window_scaling = true })
      local options = { mss = 1460, window_scale = 7, timestamps = { value = 1, echo = 0 }, fast_open = "" }
      local cookie = syn("", { options = options })[1].options.fast_open
      p:arrive { flags = "R", seq = 1 }
      p:take()
      options.fast_open = cookie
      local answer = syn(cookie, { payload = ("x"):rep(500), options = options })[1]
      assert.equal(501, answer.ack)
      accept():send "answer"
      p:pass()
      local sent = p:one()
      assert.same({ "answer", 501 }, { sent.payload, sent.ack })
    end)
  end)

  describe("of a client", function()
    local conn

    local function host(more)
      local options = { fast_open = "client" }
      for name, value in pairs(more or {}) do options[name] = value end
      p = paper.new(options)
    end

    -- The SYN of a connection that is opened with data; it ends up in p.conn, or with its error in p.failed.
    local function connect(data, more)
      p.conn, p.failed = nil, nil
      p.net:spawn(function()
        local c, message, code = p.host:connect(more and more.address or "10.0.0.2", p.peer_port, {
          local_address = more and more.local_address, local_port = p.port, data = data, timeout = more and more.timeout,
        })
        p.conn, p.failed = c, code or message
        if c then c:settimeout(0) end
      end)
      p:pass()
      conn = p.host:connections()[1]
      p.destination = conn:status().local_address
      return p:one()
    end

    local function answer(ack, options)
      p:arrive { flags = "S.", seq = 0, ack = ack, options = options or { mss = 1460 } }
      return p:take()
    end

    local function forget()
      conn:abort()
      p:pass()
      p:take()
    end

    -- Leaves the peer's cookie with the host.
    local function learn(cookie, mss)
      connect(GET)
      answer(1, { mss = mss or 1460, fast_open = cookie or COOKIE })
      forget()
    end

    it("asks for a cookie, and sends the data after the handshake #R7413-1", function()
      host()
      local syn = connect(GET)
      assert.same({ "S", "", "" }, { syn.flags, syn.payload, syn.options.fast_open })
      assert.equal("requested", conn:status().fast_open)
      local sent = answer(1, { mss = 1460, fast_open = COOKIE })
      assert.same({ GET, 1 }, { sent[1].payload, sent[1].seq })
      assert.equal(1, #sent)
      assert.equal("requested", p.conn:status().fast_open)
    end)

    it("shows the cookie the next time, and the data goes with the SYN #R7413-7", function()
      host()
      learn()
      local syn = connect(GET)
      assert.same({ "S", GET, COOKIE }, { syn.flags, syn.payload, syn.options.fast_open })
      local sent = answer(1 + #GET)
      assert.same({ ".", "", 1 + #GET }, { sent[1].flags, sent[1].payload, sent[1].seq })
      assert.equal("accepted", p.conn:status().fast_open)
      assert.equal(0, p.conn:status().send_queue)
      p:pass(5)
      assert.is_true(p:silent())
      p.conn:send "more"
      p:pass()
      assert.equal(1 + #GET, p:one().seq)
    end)

    it("takes a crossing SYN-ACK's window unscaled also where it acknowledges the text of our SYN", function()
      host { window_scaling = true }
      learn()
      assert.equal(GET, connect(GET).payload)
      local options = { mss = 1460, window_scale = 7 }
      p:arrive { flags = "S", seq = 0, options = options }
      assert.same({ "SYN-RECEIVED", "S." }, { conn.state, p:one().flags })
      p:arrive { flags = "S.", seq = 0, ack = 1 + #GET, options = options, window = 1000 }
      assert.same({ "ESTABLISHED", 1000, 0 }, { conn.state, conn:status().snd.wnd, conn:status().send_queue })
      p:arrive { ack = 1 + #GET, window = 1000 }
      assert.equal(128000, conn:status().snd.wnd)
    end)

    it("sends with the SYN what fits in the server's MSS, options taken off, and the rest after the handshake #R7413-7", function()
      host { nodelay = true }
      learn(COOKIE, 600)
      local data = ("0123456789"):rep(200)
      local syn = connect(data)
      assert.equal(560, #syn.payload)
      local rest = ""
      for _, s in ipairs(answer(561, { mss = 600 })) do rest = rest .. s.payload end
      assert.equal(data, syn.payload .. rest)
    end)

    it("puts no more on the SYN than usual segments carry, whatever the server could take", function()
      host { mss = 60000 }
      p.link:set { mtu = 65000 }
      learn(COOKIE, 9000)
      assert.equal(1420, #connect(("x"):rep(5000)).payload)
    end)

    it("puts no more on the SYN than its own path takes", function()
      host()
      learn()
      p.link:set { mtu = 600 }
      assert.equal(520, #connect(("x"):rep(5000)).payload)
    end)

    it("sends what the server did not take again at once, as new text #R7413-4", function()
      host()
      learn()
      connect(GET)
      local sent = answer(1, { mss = 1460, fast_open = "\8\7\6\5\4\3\2\1" })
      assert.same({ 1, GET, 1 }, { #sent, sent[1].payload, sent[1].seq })
      assert.equal("rejected", p.conn:status().fast_open)
      p:arrive { ack = 1 + #GET }
      assert.equal(0, p.conn:status().send_queue)
      forget()
      assert.equal("\8\7\6\5\4\3\2\1", connect(GET).options.fast_open)
    end)

    it("sends again the part that the server did not take", function()
      host()
      learn()
      connect "0123456789"
      assert.same({ "56789", 6 }, { (function(s) return s[1].payload, s[1].seq end)(answer(6)) })
      assert.equal("accepted", p.conn:status().fast_open)
    end)

    it("repeats a lost SYN without data and without the option, and delivers the data once #R7413-5", function()
      host()
      learn()
      connect(GET)
      p:pass(1)
      local again = p:one()
      assert.same({ "S", "", true, 0 }, { again.flags, again.payload, again.retransmission, again.seq })
      assert.is_nil(again.options.fast_open)
      local sent = answer(1)
      assert.same({ 1, GET, 1 }, { #sent, sent[1].payload, sent[1].seq })
    end)

    it("takes the answer to its first SYN after it has repeated it #R7413-5", function()
      host()
      learn()
      connect(GET)
      p:pass(1)
      p:take()
      local sent = answer(1 + #GET)
      assert.same({ ".", "" }, { sent[1].flags, sent[1].payload })
      assert.equal("accepted", p.conn:status().fast_open)
      forget()
      assert.equal(GET, connect(GET).payload)
    end)

    it("lets a server alone for a while whose SYN-ACK came to the plain SYN only, each time for longer #R7413-7", function()
      host()
      learn()
      for i, pause in ipairs { 60, 120, 240 } do
        assert.equal(COOKIE, connect(GET).options.fast_open)
        p:pass(1)
        p:take()
        answer(1)
        forget()
        p:pass(pause - 0.1)
        p:take()
        local syn = connect(GET)
        assert.same({ "", nil }, { syn.payload, syn.options.fast_open }, i)
        forget()
        p:pass(0.2)
      end
    end)

    it("tries again after about an hour, however often it failed #R7413-7", function()
      host()
      learn()
      for i = 1, 12 do
        assert.equal(COOKIE, connect(GET).options.fast_open, i)
        p:pass(1)
        p:take()
        answer(1)
        forget()
        p:pass(3840)
      end
    end)

    it("blames no server for what it was not asked #R7413-7", function()
      host()
      p:established()
      conn = p.conn
      forget()
      assert.equal("", connect(GET).options.fast_open)
    end)

    it("asks a server that gives no cookie again after a while only #R7413-7", function()
      host()
      connect(GET)
      assert.equal(GET, answer(1)[1].payload)
      forget()
      assert.is_nil(connect(GET).options.fast_open)
      forget()
      p:pass(60)
      assert.equal("", connect(GET).options.fast_open)
    end)

    it("sends its text to such a server every time, where fast_open_persists", function()
      host { fast_open_persists = true }
      learn()
      for _ = 1, 3 do
        local syn = connect(GET)
        assert.same({ GET, COOKIE }, { syn.payload, syn.options.fast_open })
        assert.equal(GET, answer(1)[1].payload)
        forget()
      end
    end)

    it("drops the cookie of a server that neither takes the text nor gives another #R7413-7", function()
      host()
      learn()
      connect(GET)
      answer(1)
      forget()
      p:pass(61)
      assert.equal("", connect(GET).options.fast_open)
    end)

    it("remembers a server from which nothing came at all, or an ICMP error #R7413-7", function()
      for _, failure in ipairs { "silence", "icmp" } do
        host()
        learn()
        connect(GET)
        if failure == "silence" then p:pass(200) else p:advise(3, 3, 0) end
        assert.is_string(p.failed)
        p:take()
        if failure == "icmp" then assert.is_nil(connect(GET).options.fast_open) end
        p:close()
      end
    end)

    it("keeps a cookie for one pair of addresses and one port #R7413-7", function()
      host { address = { "10.0.0.1", "10.0.0.9" } }
      learn()
      p.peer_port = 81
      assert.equal("", connect(GET).options.fast_open)
      forget()
      p.peer_port = 80
      assert.equal("", connect(GET, { address = "10.0.0.3" }).options.fast_open)
      forget()
      assert.equal("", connect(GET, { local_address = "10.0.0.9" }).options.fast_open)
      forget()
      assert.equal(COOKIE, connect(GET).options.fast_open)
    end)

    it("remembers so many servers, and forgets the one it has not heard of for longest", function()
      host { fast_open_cache = 3 }
      for port = 81, 83 do
        p.peer_port = port
        learn()
      end
      p.peer_port = 81
      learn()
      p.peer_port = 84
      learn()
      local left = {}
      for port = 81, 84 do
        p.peer_port = port
        left[#left + 1] = connect(GET).options.fast_open == COOKIE
        forget()
      end
      assert.same({ true, false, true, true }, left)
      assert.equal(1, p.host:counters().fast_open_forgotten)
    end)

    it("remembers nothing where it may not, and fewer when the bound is lowered", function()
      host { fast_open_cache = 0 }
      learn()
      assert.equal("", connect(GET).options.fast_open)
      p:close()
      host { fast_open_cache = 20 }
      for port = 81, 95 do
        p.peer_port = port
        learn()
      end
      p.host:setoption("fast_open_cache", 2)
      p.peer_port = 96
      learn()
      local left = 0
      for port = 81, 96 do
        p.peer_port = port
        if connect(GET).options.fast_open == COOKIE then left = left + 1 end
        forget()
      end
      assert.equal(2, left)
    end)

    it("forgets its servers with a reboot, and counts none of them as one that made room", function()
      host()
      learn()
      p.host:reboot()
      assert.equal("", connect(GET).options.fast_open)
      assert.equal(0, p.host:counters().fast_open_forgotten)
    end)

    it("asks for nothing where Fast Open is off, or where there is nothing to send", function()
      host { fast_open = "server" }
      local syn = connect(GET)
      assert.is_nil(syn.options.fast_open)
      assert.equal(GET, answer(1)[1].payload)
      assert.is_nil(p.conn:status().fast_open)
      forget()
      p:close()
      host()
      assert.is_nil(p:opening() and p.syn.options.fast_open)
    end)

    it("asks for a cookie without data, where the user gives empty data", function()
      host()
      local syn = connect ""
      assert.same({ "", "" }, { syn.payload, syn.options.fast_open })
    end)

    it("sends data with its SYN and no option, where no cookie is needed", function()
      host { fast_open_no_cookie = "client" }
      local syn = connect(GET)
      assert.same({ GET, nil }, { syn.payload, syn.options.fast_open })
      assert.same({}, answer(1 + #GET)[1].payload == "" and {} or { "text" })
      assert.equal("accepted", p.conn:status().fast_open)
    end)

    it("shows a cookie in the form that it came in", function()
      host { fast_open_experimental = true }
      connect(GET)
      answer(1, { { name = "mss", value = 1460 }, { kind = 254, name = "fast_open", cookie = COOKIE } })
      forget()
      local syn = connect(GET)
      assert.same({ GET, COOKIE, 254 }, { syn.payload, syn.options.fast_open, form(syn) })
    end)

    it("goes without where the options leave no room for the cookie #R7413-4", function()
      host { timestamps = true, window_scaling = true, user_timeout_option = true }
      learn(("c"):rep(16))
      local syn = connect(GET)
      assert.same({ "", nil }, { syn.payload, syn.options.fast_open })
      assert.equal(GET, answer(1)[1].payload)
    end)

    it("has room for a usual cookie beside all other options", function()
      host { timestamps = true, window_scaling = true, user_timeout_option = true }
      learn()
      assert.same({ GET, COOKIE }, { (function(s) return s.payload, s.options.fast_open end)(connect(GET)) })
    end)

    it("sends no urgent data with its SYN, which has no urgent pointer", function()
      host()
      learn()
      conn = assert(p.host:open { passive = true, local_port = p.port, address = "10.0.0.2", port = p.peer_port })
      conn:settimeout(0)
      assert(conn:send_urgent "now")
      p:pass()
      local syn = p:one()
      assert.same({ "S", "" }, { syn.flags, syn.payload })
      assert.equal("now", answer(1)[1].payload)
    end)

    it("sends with its SYN what is sent before it leaves: SEND in LISTEN opens actively", function()
      host()
      learn()
      conn = assert(p.host:open { passive = true, local_port = p.port, address = "10.0.0.2", port = p.peer_port })
      conn:settimeout(0)
      assert(conn:send(GET))
      p:pass()
      assert.same({ COOKIE, GET }, { (function(s) return s.options.fast_open, s.payload end)(p:one()) })
    end)

    it("lets a SEND that waits go on when the SYN's text is acknowledged", function()
      host { send_buffer = 1000 }
      learn()
      conn = assert(p.host:open { passive = true, local_port = p.port, address = "10.0.0.2", port = p.peer_port })
      local last
      p.net:spawn(function() last = conn:send(("x"):rep(2500)) end)
      p:pass()
      assert.equal(1000, #p:one().payload)
      local sent = answer(1001)
      assert.same({ 1000 }, paper.sizes(sent))
      p:arrive { ack = 2001 }
      assert.equal(500, #p:one().payload)
      assert.equal(2500, last)
    end)

    it("sends what its SYN carried once more when both ends open at once", function()
      host()
      learn()
      connect(GET)
      p:arrive { flags = "S", seq = 0, options = { mss = 1460 } }
      local syn_ack = p:one()
      assert.same({ "S.", "" }, { syn_ack.flags, syn_ack.payload })
      assert.is_nil(syn_ack.options.fast_open)
      p:arrive { flags = "S.", seq = 0, ack = 1, options = { mss = 1460 } }
      assert.equal("ESTABLISHED", conn.state)
      local text = ""
      for _, s in ipairs(p:take()) do text = text .. s.payload end
      assert.equal(GET, text)
      p:pass(5)
      p:arrive { ack = 1 + #GET }
      assert.equal(0, conn:status().send_queue)
    end)

    it("is told of a refusal, and of a wait that is over", function()
      host()
      learn()
      connect(GET)
      p:arrive { flags = "R.", seq = 0, ack = 1 + #GET }
      assert.equal("ECONNREFUSED", p.failed)
      connect(GET, { timeout = 0.5 })
      p:pass(0.6)
      assert.equal("EAGAIN", p.failed)
    end)
  end)
end)

describe("connecting with data", function()
  local function pair(options, listen_options)
    local net = tcplab.lab { seed = 3 }
    local client = net:host("client", { address = "10.0.0.1", fast_open = "client" })
    local server = net:host("server", { address = "10.0.0.2" })
    local link = net:link(client, server, { delay = 0.01 })
    for name, value in pairs(options or {}) do client:setoption(name, value) end
    return net, client, assert(server:listen(80, listen_options or { fast_open = "server" })), link
  end

  it("delivers the data once, whatever happens to the segments of the opening", function()
    for _, lost in ipairs { false, "SYN", "SYN-ACK", "DATA", "ACK" } do
      for _, has_cookie in ipairs { false, true } do
        local net <close>, client, listener, link = pair()
        local data = ("0123456789abcdef"):rep(400)
        if has_cookie then
          assert(client:connect("10.0.0.2", 80, { data = "x" })):close()
          listener:accept():close()
        end
        if lost then link:drop(lost, 1) end
        local got
        local task = net:spawn(function()
          local conn = assert(listener:accept())
          got = conn:receive "*a"
          conn:close()
        end)
        local conn = assert(client:connect("10.0.0.2", 80, { data = data }))
        conn:close()
        task:join()
        assert.equal(data, got, ("%s lost, %s cookie"):format(lost, has_cookie and "a" or "no"))
        assert.equal("idle", (net:run()))
      end
    end
  end)

  it("brings question and answer across once, whatever is lost, doubled or late #R7413-4 #R7413-5", function()
    local accepted = 0
    for seed = 1, 60 do
      local family = seed % 2 == 0 and { "10.0.0.1", "10.0.0.2" } or { "fd00::1", "fd00::2" }
      local net <close> = tcplab.lab { seed = seed, trace = false }
      local client = net:host("client", { address = family[1], fast_open = "client", sack = seed % 3 > 0 })
      local server = net:host("server", { address = family[2], timestamps = seed % 5 > 0 })
      local link = net:link(client, server, { delay = 0.01 })
      local listener = assert(server:listen(80, { fast_open = "server" }))
      local question, answer = ("q"):rep(seed * 100), ("a"):rep(seed * 200)
      local got = {}
      net:spawn(function()
        while true do
          local conn = listener:accept()
          net:spawn(function()
            conn:send(answer)
            got[#got + 1] = conn:receive "*a"
            conn:close()
          end)
        end
      end)
      local function ask()
        local conn = assert(client:connect(server, 80, { data = question }))
        conn:shutdown "send"
        local text = conn:receive "*a"
        if conn:status().fast_open == "accepted" then accepted = accepted + 1 end
        conn:close()
        return text
      end
      assert.is_true(ask() == answer)
      link:set { loss = 0.15, duplicate = 0.1, jitter = 0.02 }
      assert.is_true(ask() == answer, seed)
      net:run(5)
      assert.equal(2, #got, seed)
      assert.is_true(got[1] == question and got[2] == question, seed)
    end
    assert.is_true(accepted > 30)
  end)

  it("sends all of it, however small the send buffer, and counts its bytes", function()
    local net <close>, client, listener = pair { send_buffer = 1000 }
    local data, got = ("x"):rep(300000)
    local task = net:spawn(function() got = listener:accept():receive(#data) end)
    local conn = assert(client:connect("10.0.0.2", 80, { data = data }))
    task:join()
    assert.equal(data, got)
    local _, sent = conn:getstats()
    assert.equal(#data, sent)
  end)

  it("saves a round trip", function()
    local times = {}
    for _, mode in ipairs { "off", "client" } do
      local net <close>, client, listener = pair { fast_open = mode }
      net:spawn(function()
        while true do
          local conn = listener:accept()
          conn:send(conn:receive "*l" .. "\n")
          conn:close()
        end
      end)
      for i = 1, 2 do
        local start = net:now()
        local conn = assert(client:connect("10.0.0.2", 80, { data = "hello\n" }))
        assert.equal("hello", conn:receive "*l")
        times[#times + 1] = math.floor((net:now() - start) * 1000 + 0.5)
        conn:close()
        if i == 1 then net:run(1) end
      end
    end
    assert.same({ 40, 40, 40, 20 }, times)
  end)

  it("gives up with its timeout while the data is on its way", function()
    local net <close>, client, _, link = pair { send_buffer = 1000, fast_open = "off" }
    link:drop("DATA")
    local start = net:now()
    local conn, message = client:connect("10.0.0.2", 80, { data = ("x"):rep(5000), timeout = 2 })
    assert.same({ nil, "timeout" }, { conn, message })
    assert.equal(2, net:now() - start)
    assert.equal("CLOSED", client:connections()[1] and client:connections()[1].state or "CLOSED")
  end)

  it("raises for data that is no text", function()
    local net <close>, client = pair()
    local ok, message = pcall(client.connect, client, "10.0.0.2", 80, { data = 5 })
    assert.is_false(ok)
    assert.is_truthy(message:find("data", 1, true))
    assert.is_false(net.closed)
  end)

  it("takes and shows Linux's numbers for the two halves", function()
    local _ <close>, client, listener = pair()
    for number, name in ipairs { "client", "server", "both" } do
      client:setoption("net.ipv4.tcp_fastopen", number)
      assert.equal(name, client:getoption "fast_open")
      assert.equal(number, client:getoption "net.ipv4.tcp_fastopen")
    end
    assert.has_error(function() client:setoption("net.ipv4.tcp_fastopen", 4) end)
    assert.has_error(function() client:setoption("fast_open", "yes") end)
    assert.is_table(listener:status())
  end)
end)
