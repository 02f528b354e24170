-- SPDX-License-Identifier: MIT
-- A segment that one of the checks refuses changes nothing, whatever else stands in it: the conversation goes on as if it had not come.

local paper = require "spec.tcp.paper"

local PEER_CLOCK = 1000

describe("a segment that is refused", function()
  local p, conn
  after_each(function() if p then p:close() end end)

  local function stamp(value) return { timestamps = { value = value & 0xffffffff, echo = 0 } } end

  -- Both ends have sent; text of ours is in flight, the peer's window is 4000, and 1000 s of keep-alive run.
  local function talking(more)
    local options = {
      timestamps = true, ecn = 1, keepalive = true, keepalive_idle = 1000, user_timeout_option = true, receive_buffer = 10000, delayed_ack = 0,
      receive_buffer_max = 1 << 20, challenge_limit = 0,
    }
    for name, value in pairs(more or {}) do options[name] = value end
    p = paper.new(options)
    conn = p:established(nil, { flags = "S.E", options = { mss = 1460, sack_permitted = true, timestamps = { value = PEER_CLOCK, echo = 0 } } })
    p.peer_window = 4000
    p:arrive { payload = "hello", options = stamp(PEER_CLOCK + 1) }
    conn:send(("x"):rep(3000))
    p:pass(0.01)
    p:arrive { seq = 6, ack = 1449, options = stamp(PEER_CLOCK + 2) }
    p:take()
  end

  local function snapshot()
    local all = { status = conn:status(), tcb = {} }
    for _, name in ipairs { "ts_recent", "snd.wnd", "snd.wl1", "snd.wl2", "snd.up", "rcv.up", "cwnd", "ssthresh" } do
      local at = conn.tcb
      for part in name:gmatch "[^.]+" do at = at[part] end
      all.tcb[name] = at
    end
    all.urgent = conn.urgent
    return all
  end

  -- What else stands in it: a stamp that is newer, another window, marks, an urgent pointer, another user timeout.
  local NEWER = PEER_CLOCK + 0x70000000
  local function forged(given)
    local copy = { window = 9, ecn = 3, urgent = 700, options = { timestamps = { value = NEWER, echo = 0 }, user_timeout = 7 } }
    for name, value in pairs(given) do copy[name] = value end
    return copy
  end

  local OLD = { timestamps = { value = 1, echo = 0 }, user_timeout = 7 }

  local CASES = {
    { "for an ACK of what was not sent", "ack-future", { flags = "U.EW", seq = 6, ack = 100000 } },
    { "for an ACK of what was not sent, with text", "ack-future", { flags = "UP.EW", seq = 6, ack = 100000, payload = ("z"):rep(1400) } },
    {
      "for an ACK of what was not sent, with text that straddles RCV.NXT", "ack-future",
      { flags = "P.EW", seq = 6 - 1399, ack = 100000, payload = ("z"):rep(1400) },
    },
    { "for an ACK of what was not sent, with a FIN", "ack-future", { flags = "F.EW", seq = 6, ack = 100000 } },
    { "for an ACK that is too old", "ack-too-old", { flags = "UP.EW", seq = 6, ack = -80000, payload = "zz" } },
    { "for want of an ACK", "no-ack", { flags = "FUPEW", seq = 6, payload = "zz" } },
    { "for its number, left of the window", "duplicate", { flags = "UP.EW", seq = 2, ack = 1449, payload = "ell" } },
    { "for its number, left of the window, without text", "sequence", { flags = "U.EW", seq = 5, ack = 3001 } },
    { "for its number, right of the window", "sequence", { flags = "FUP.EW", seq = 6 + 10000, ack = 3001, payload = "zz" } },
    { "for a SYN in it", "syn-challenged", { flags = "SUP.EW", seq = 6, ack = 3001, payload = "zz" } },
    { "for a RST in the window", "rst-challenged", { flags = "R.EW", seq = 7, ack = 3001 } },
    { "for a RST outside", "rst-outside", { flags = "R.EW", seq = 5, ack = 3001 } },
    { "for a RST outside, whose text reaches into the window", "rst-outside", { flags = "R", seq = 2, payload = "because of that" } },
    { "for its timestamp", "paws", { flags = "FUP.EW", seq = 6, ack = 3001, payload = "zz", options = OLD } },
    { "for want of a timestamp", "timestamp-missing", { flags = "FUP.EW", seq = 6, ack = 3001, payload = "zz", options = { user_timeout = 7 } } },
  }
  for _, case in ipairs(CASES) do
    it(case[1] .. " changes nothing", function()
      talking()
      local before = snapshot()
      assert.equal(case[2], p:arrive(forged(case[3])))
      assert.same(before, snapshot())
      p:take()
      assert.equal("accepted", p:arrive { seq = 6, ack = 3001, payload = " world", options = stamp(PEER_CLOCK + 3) })
      local answer = p:one()
      assert.same({ 12, PEER_CLOCK + 3, ".", nil }, { answer.ack, answer.options.timestamps.echo, answer.flags, answer.options.sack })
      assert.equal("hello world", conn:receive(11))
      assert.equal(0, conn:status().flight)
    end)
  end

  it("is no sign of life to keep-alive; only what is acceptable is", function()
    talking { keepalive_idle = 100, keepalive_interval = 10, keepalive_count = 3 }
    p:arrive { seq = 6, ack = 3001, options = stamp(PEER_CLOCK + 3) }
    local told
    conn:on("error", function(e) told = e.code end)
    for _ = 1, 13 do
      p:pass(10)
      for _, case in ipairs(CASES) do p:arrive(forged(case[3])) end
    end
    assert.same({ "CLOSED", "ETIMEDOUT" }, { conn.state, told })
  end)

  it("as the last of a handshake leaves SYN-RECEIVED as it was", function()
    p = paper.new { timestamps = true, ecn = 1 }
    local listener = assert(p.host:listen(p.port))
    p:arrive { flags = "SEW", seq = 0, options = { mss = 1460, timestamps = { value = PEER_CLOCK, echo = 0 } } }
    assert.equal("S.E", p:one().flags)
    assert.equal("ack-unacceptable", p:arrive { seq = 1, ack = 2, options = stamp(NEWER) })
    assert.equal("ack-unacceptable", p:arrive { flags = "S.", seq = 0, ack = 2, options = stamp(NEWER) })
    assert.equal("R", p:take()[1].flags)
    assert.equal("accepted", p:arrive { seq = 1, ack = 1, options = stamp(PEER_CLOCK + 1) })
    assert.equal("ESTABLISHED", assert(listener:accept()).state)
    p:arrive { seq = 1, payload = "ab", options = stamp(PEER_CLOCK + 2), ecn = 3 }
    p:pass(0.1)
    assert.equal(".E", p:one().flags)
  end)
end)
