-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"
local paper = require "spec.tcp.paper"

describe("a SYN cookie", function()
  local p, listener
  after_each(function() if p then p:close() end end)

  local STAMPS = { mss = 1460, timestamps = { value = 1000, echo = 0 }, window_scale = 7, sack_permitted = true }

  local function listen(more, host_options)
    if p then p:close() end
    local given = { syn_cookies = "always" }
    for name, value in pairs(more or {}) do given[name] = value end
    p = paper.new(host_options)
    listener = assert(p.host:listen(p.port, given))
    listener:settimeout(0)
  end

  local function syn(given)
    local fields = { flags = "S", seq = 0, options = { mss = 1460 } }
    for name, value in pairs(given or {}) do fields[name] = value end
    return p:arrive(fields)
  end

  -- A SYN, and the number of the cookie that answers it.
  local function cookie_for(given)
    assert.equal("accepted", syn(given))
    local answer = p:one()
    assert.equal("S.", answer.flags)
    return answer.seq, answer
  end

  local function established(given, ack_options)
    local number, answer = cookie_for(given)
    local options = ack_options and ack_options(answer)
    local source = given and given.source
    assert.equal("accepted", p:arrive { ack = number + 1, options = options, source = source, destination = given and given.destination })
    local conn = assert(listener:accept())
    conn:settimeout(0)
    return conn, number
  end

  local function echo(answer) return { timestamps = { value = 1001, echo = answer.options.timestamps.value } } end

  it("answers a SYN of which nothing is kept, and is not sent again #R4987-2 #R4987-4", function()
    listen()
    cookie_for()
    local counters, status = p.host:counters(), listener:status()
    assert.same({ 0, 0, 0 }, { counters.half_open, counters.connections, status.half_open })
    assert.same({ sent = 1, taken = 0, refused = 0 }, status.cookies)
    assert.same(status.cookies, counters.cookies)
    p:pass(300)
    assert.is_true(p:silent())
  end)

  it("is the same number for the same SYN, which may come again, and another for any other", function()
    listen()
    local number = cookie_for()
    assert.equal(number, (cookie_for()))
    local others = { { source_port = 81 }, { source = "10.0.0.3" }, { seq = 1 }, { options = { mss = 536 } } }
    for _, other in ipairs(others) do assert.is_true(number ~= cookie_for(other)) end
  end)

  it("brings a connection of its own, by the same steps as any, with the ACK that returns it", function()
    listen()
    local told, seen = {}, nil
    p.net:on("state", function(e)
      told[#told + 1] = ("%s %s %s"):format(e.from, e.to, e.event)
      seen = seen or e.conn
      assert.equal(seen, e.conn)
    end)
    local conn = established()
    assert.equal(seen, conn)
    assert.same({ "LISTEN SYN-RECEIVED SEG-SYN", "SYN-RECEIVED ESTABLISHED SEG-ACK-new" }, told)
    assert.same({ sent = 1, taken = 1, refused = 0 }, listener:status().cookies)
    assert.same({ 0, 0 }, { listener:status().half_open, listener:status().waiting })
    p:arrive { ack = conn:status().snd.nxt - paper.iss, payload = "hello" }
    assert.equal("hello", conn:receive(5))
    assert.equal(2, conn:send "hi")
  end)

  it("is taken with text and with a FIN, as when the bare ACK was lost", function()
    listen()
    local number = cookie_for()
    p:arrive { ack = number + 1, payload = "hello" }
    assert.equal("hello", assert(listener:accept()):receive(5))
    number = cookie_for { source_port = 81 }
    p:arrive { ack = number + 1, source_port = 81, payload = "all", flags = "F." }
    local conn = assert(listener:accept())
    assert.equal("CLOSE-WAIT", conn.state)
    assert.equal("all", conn:receive "*a")
  end)

  it("keeps no text of the SYN, which has to be sent again", function()
    listen()
    local number, answer = cookie_for { payload = "early" }
    assert.same({ 1, 0 }, { answer.ack, listener:status().syn_data })
    p:arrive { ack = number + 1, payload = "early" }
    assert.equal("early", assert(listener:accept()):receive(5))
  end)

  it("holds the MSS, rounded down to a size that links have #R4987-2", function()
    local cases = { { 1460, 1460 }, { 1459, 1440 }, { 1400, 1360 }, { 1300, 1220 }, { 536, 536 }, { 500, 64 }, { 10, 64 }, { nil, 536 } }
    for _, case in ipairs(cases) do
      listen()
      assert.equal(case[2], established({ options = case[1] and { mss = case[1] } or {} }):status().snd.mss)
    end
    listen(nil, { address = "fd00::1" })
    p.link:set { mtu = 9000 }
    cases = { { 1440, 1440 }, { 1439, 1420 }, { nil, 1220 }, { 9000, 8940 } }
    for i, case in ipairs(cases) do
      local options = case[1] and { mss = case[1] } or {}
      local number = cookie_for { options = options, source = "fd00::2", source_port = 80 + i }
      p:arrive { ack = number + 1, source = "fd00::2", source_port = 80 + i }
      assert.equal(case[2], assert(listener:accept()):status().snd.mss)
    end
  end)

  it("holds one of four sizes with syn_cookie_sizes \"four\", as Linux does", function()
    local cases = {
      { 100, 536 }, { 536, 536 }, { 1299, 536 }, { 1300, 1300 }, { 1301, 1300 }, { 1439, 1300 }, { 1440, 1440 }, { 1460, 1460 }, { 8960, 1460 },
    }
    for _, case in ipairs(cases) do
      listen({ syn_cookie_sizes = "four" }, { mss = 1460 })
      assert.equal(case[2], established({ options = { mss = case[1] } }):status().snd.mss, case[1])
    end
    listen(nil, { profile = "linux" })
    assert.equal(1300, established({ options = { mss = 1439 } }):status().snd.mss)
  end)

  it("agrees on no option that it cannot hold where there are no timestamps #R4987-3", function()
    listen(nil, { window_scaling = true, ecn = 1 })
    local number, answer = cookie_for { flags = "SEW", options = { mss = 1460, window_scale = 7, sack_permitted = true } }
    assert.same({ 1, 1460, "S." }, { #answer.options, answer.options.mss, answer.flags })
    p:arrive { ack = number + 1, window = 500 }
    local status = listener:accept():status()
    assert.same({ false, false, false, 500 }, { status.window_scaling, status.sack, status.timestamps, status.snd.wnd })
    assert.is_false(status.ecn)
  end)

  it("holds window scale, SACK and ECN in the timestamp that comes back #R4987-3", function()
    for _, ecn in ipairs { false, true } do
      for _, sack in ipairs { false, true } do
        for _, scale in ipairs { false, 0, 7, 14 } do
          listen(nil, { window_scaling = true, timestamps = true, ecn = 1 })
          local options = { mss = 1460, timestamps = { value = 7, echo = 0 }, window_scale = scale or nil, sack_permitted = sack or nil }
          local answer
          assert.equal("accepted", syn { flags = ecn and "SEW" or "S", options = options })
          answer = p:one()
          assert.equal(ecn and "S.E" or "S.", answer.flags)
          assert.same({ sack or nil, scale and 3 or nil }, { answer.options.sack_permitted, answer.options.window_scale })
          p:arrive { ack = answer.seq + 1, window = 500, options = echo(answer) }
          local status = assert(listener:accept()):status()
          assert.same({ true, scale ~= false, sack, ecn }, { status.timestamps, status.window_scaling, status.sack, status.ecn })
          assert.equal(500 << (scale or 0), status.snd.wnd)
          assert.equal(1001, status.ts_recent)
        end
      end
    end
  end)

  it("never runs ahead of the timestamp clock with that, nor back", function()
    listen(nil, { timestamps = true })
    local last
    for i = 1, 200 do
      local _, answer = cookie_for { source_port = 80, options = STAMPS }
      local stamp = answer.options.timestamps.value
      if last then assert.is_true((stamp - last) & 0xffffffff < 0x80000000, i) end
      last = stamp
      p:pass(0.003)
    end
    local conn = established({ options = STAMPS }, echo)
    p:take()
    conn:send "x"
    p:pass()
    local clock = p:one().options.timestamps.value
    assert.is_true((clock - last) & 0xffffffff <= 64 + 3, clock - last)
  end)

  it("is never ahead of what the connection says at once, whatever the clock's low bits", function()
    listen(nil, { timestamps = true })
    for i = 1, 64 do
      p.peer_port = 1000 + i
      local _, answer = cookie_for { options = STAMPS }
      p:arrive { ack = answer.seq + 1, options = echo(answer) }
      assert(listener:accept()):send "x"
      p:pass()
      local behind = (p:one().options.timestamps.value - answer.options.timestamps.value) & 0xffffffff
      assert.is_true(behind < 64, behind)
      p:pass(0.001)
      p:take()
    end
  end)

  it("is refused with a RST when anything in it is wrong, and counted", function()
    listen()
    assert(p.host:listen(p.port + 1, { syn_cookies = "always" }))
    local number = cookie_for()
    local wrong = {
      { ack = number }, { ack = number + 2 }, { ack = number + 9 }, { ack = number + 1, seq = 2 }, { ack = number + 1, seq = 0 },
      { ack = number + 1, source_port = 81 }, { ack = number + 1, source = "10.0.0.3" },
    }
    for i, fields in ipairs(wrong) do
      assert.equal("cookie-refused", p:arrive(fields))
      assert.same({ "R", fields.ack }, (function(s) return { s.flags, s.seq } end)(p:one()))
      assert.equal(i, listener:status().cookies.refused)
    end
    assert.equal("listen-ack", p:arrive { ack = number + 1, destination_port = p.port + 1 })
    assert.equal("listen-rst", p:arrive { ack = number + 1, flags = "R" })
    assert.equal(0, #p.host:connections())
    assert.equal(#wrong, p.host:counters().refused["cookie-refused"])
    assert.equal("accepted", p:arrive { ack = number + 1 })
  end)

  it("is not guessed by 20,000 ACKs at random", function()
    listen()
    cookie_for()
    local random = helper.random(11)
    for _ = 1, 20000 do p.host:deliver {
      source = "10.0.0.2", source_port = 80, destination_port = p.port, flags = ".", seq = (paper.irs + 1) & 0xffffffff, ack = random(0, 0xffffffff),
    } end
    p:pass()
    assert.same({ sent = 1, taken = 0, refused = 20000 }, listener:status().cookies)
  end)

  it("is good under the key it was made with and the next one, and no longer", function()
    for _, case in ipairs { { 0, 119.999, true }, { 0, 120, false }, { 59.999, 119.999, true }, { 59.999, 120, false }, { 60, 179.999, true } } do
      local made, back, good = table.unpack(case)
      listen()
      p:pass(made)
      local number = cookie_for()
      p:pass(back - made)
      cookie_for { source_port = 81 } -- others are out still
      assert.equal(good and "accepted" or "cookie-refused", p:arrive { ack = number + 1 })
    end
  end)

  it("has another key in each of its lives, which may be shorter", function()
    listen { syn_cookie_life = 2 }
    local number = cookie_for()
    p:pass(1.999)
    assert.equal(number, (cookie_for()))
    p:pass(0.001)
    assert.is_true(number ~= cookie_for())
    assert.equal("accepted", p:arrive { ack = number + 1 })
  end)

  it("is looked for only while some may be out", function()
    listen()
    assert.equal("listen-ack", p:arrive { ack = 7 })
    p:take()
    cookie_for()
    p:pass(120)
    assert.equal("cookie-refused", p:arrive { ack = 7 })
    p:pass(0.001)
    assert.equal("listen-ack", p:arrive { ack = 7 })
  end)

  it("is given when the half-open queue is full, and only then, in the mode overflow #R4987-4", function()
    listen { syn_cookies = "overflow", half_open = 2 }
    syn()
    syn { source_port = 81 }
    p:take()
    local number = cookie_for { source_port = 82 }
    assert.same({ 2, 1 }, { listener:status().half_open, listener:status().cookies.sent })
    p:arrive { ack = number + 1, source_port = 82 }
    p:arrive { source_port = 81 }
    assert.same({ 1, 2 }, { listener:status().half_open, listener:status().waiting })
    syn { source_port = 83 }
    assert.same({ 2, 1 }, { listener:status().half_open, listener:status().cookies.sent })
  end)

  it("is never given in the mode never #R4987-4", function()
    listen { syn_cookies = "never", half_open = 1 }
    syn()
    assert.equal("half-open-full", syn { source_port = 81 })
    assert.equal(0, listener:status().cookies.sent)
    p.host:setoption("net.ipv4.tcp_syncookies", 2)
    assert.equal("always", p.host:getoption "syn_cookies")
    assert.equal(2, p.host:getoption "net.ipv4.tcp_syncookies")
  end)

  it("is given to whom the policy admit says #R4987-4", function()
    listen({ syn_cookies = "never" }, { admit = function(given) return given.source_port == 81 and "cookie" or "accept" end })
    syn()
    p:take()
    local number = cookie_for { source_port = 81 }
    assert.same({ 1, 1 }, { listener:status().half_open, listener:status().cookies.sent })
    assert.equal("accepted", p:arrive { ack = number + 1, source_port = 81 })
  end)

  it("goes before the policy isn, which is not asked", function()
    local asked = 0
    listen(nil, { isn = function()
      asked = asked + 1
      return paper.iss
    end })
    established()
    assert.equal(0, asked)
  end)

  it("means nothing to a passive OPEN without a listener: it keeps its one record, and admits", function()
    p = paper.new { admit = function() return "cookie" end, syn_cookies = "always" }
    local conn = assert(p.host:open { passive = true, local_port = p.port })
    syn()
    assert.equal("SYN-RECEIVED", conn.state)
    p:arrive {}
    assert.equal("ESTABLISHED", conn.state)
  end)

  it("finds a full accept queue as any other last ACK does, and the peer's text finds room later", function()
    listen { backlog = 1 }
    local first, second = cookie_for(), cookie_for { source_port = 81 }
    p:arrive { ack = first + 1 }
    assert.equal("backlog-full", syn { source_port = 82 })
    assert.equal("backlog-full", p:arrive { ack = second + 1, source_port = 81 })
    assert.is_true(p:silent())
    assert.equal(1, #p.host:connections())
    assert(listener:accept())
    assert.equal("accepted", p:arrive { ack = second + 1, source_port = 81, payload = "text" })
    assert.equal("text", assert(listener:accept()):receive(4))
  end)

  it("draws a RST from a full accept queue where abort_on_overflow says so", function()
    listen { backlog = 1, abort_on_overflow = true }
    local first, second = cookie_for(), cookie_for { source_port = 81 }
    p:arrive { ack = first + 1 }
    assert.equal("backlog-reset", p:arrive { ack = second + 1, source_port = 81 })
    assert.same({ "R", second + 1 }, (function(s) return { s.flags, s.seq } end)(p:one()))
    assert.equal(1, listener:status().dropped["backlog-reset"])
  end)

  it("is dropped there with abort_cookies off", function()
    listen { backlog = 1, abort_on_overflow = true, abort_cookies = false }
    local first, second = cookie_for(), cookie_for { source_port = 81 }
    p:arrive { ack = first + 1 }
    assert.equal("backlog-full", p:arrive { ack = second + 1, source_port = 81 })
    assert.is_true(p:silent())
  end)

  it("of sizes \"four\" names the next smaller MSS when it is brought back one less, until there is none", function()
    listen { syn_cookie_sizes = "four" }
    local cookie = cookie_for()
    assert.equal("cookie-refused", p:arrive { ack = cookie + 2 })
    p:take()
    assert.equal("accepted", p:arrive { ack = cookie })
    assert.equal(1440, assert(listener:accept()):status().snd.mss)
  end)

  it("takes no memory, however many are given #R4987-2", function()
    listen()
    syn()
    local before = p.host:counters()
    for port = 1, 5000 do syn { source_port = port } end
    local after = p.host:counters()
    assert.same({ before.record_bytes, before.buffer_bytes }, { after.record_bytes, after.buffer_bytes })
    assert.equal(5001, after.cookies.sent)
  end)

  it("leads to transfers like any other's, in both families and all profiles", function()
    for _, profile in ipairs { "rfc9293", "linux", "freebsd" } do
      for _, family in ipairs { { "10.0.0.1", "10.0.0.2" }, { "fd00::1", "fd00::2" } } do
        local net <close>, client, server = helper.lab {
          client = { address = family[1], profile = profile }, server = { address = family[2], profile = profile, syn_cookies = "always" },
        }
        local far = server:listen(80)
        local conn = assert(client:connect(server, 80))
        local text = helper.bytes(100000)
        net:spawn(function()
          conn:send(text)
          conn:shutdown "send"
        end)
        local peer = assert(far:accept())
        assert.equal(text, peer:receive "*a")
        local status = peer:status()
        assert.same({ true, true, true }, { status.timestamps, status.window_scaling, status.sack })
        assert.equal(1, far:status().cookies.taken)
      end
    end
  end)
end)
