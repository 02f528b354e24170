-- SPDX-License-Identifier: MIT
local paper = require "spec.tcp.paper"

local MSS = 1000

-- Established over a round trip of 50 ms.
local function established(p, sack, window)
  p:opening()
  p:pass(0.05)
  p:arrive { flags = "S.", seq = 0, options = { mss = MSS, sack_permitted = sack or nil }, window = window }
  p:take()
  return p.conn
end

describe("limited transmit", function()
  local p
  after_each(function() if p then p:close() end end)

  -- Established, a full window of `window` segments in flight, more waiting.
  local function full(window, sack, more)
    local options = { initial_window = window, mss = MSS, sack = sack }
    for name, value in pairs(more or {}) do options[name] = value end
    p = paper.new(options)
    local conn = established(p, sack)
    conn:send(("x"):rep(20 * MSS))
    p:pass(0.01)
    assert.equal(window, #p:take())
    return conn
  end

  -- A duplicate ACK; with SACK it reports one segment more than the one before.
  local function duplicate(i, sack, window)
    local block = { (p.iss + 1 + MSS) & 0xffffffff, (p.iss + 1 + (1 + i) * MSS) & 0xffffffff }
    p:arrive { window = window, options = sack and { sack = { block } } or nil }
    return p:take()
  end

  for _, sack in ipairs { false, true } do
    describe(sack and "with SACK" or "without SACK", function()
      it("sends one new segment for each of the first two duplicate ACKs, cwnd unchanged #R3042-1 #R3042-2", function()
        local conn = full(4, sack)
        local cwnd = conn:status().cwnd
        for i = 1, 2 do
          local sent = duplicate(i, sack)
          assert.equal(1, #sent)
          assert.same({ 1 + (3 + i) * MSS, MSS, false }, { sent[1].seq, #sent[1].payload, sent[1].retransmission })
          assert.equal(cwnd, conn:status().cwnd)
        end
        assert.is_true(conn:status().flight <= cwnd + 2 * MSS)
      end)

      it("lets a loss in a small window be mended without the timer #R3042-1", function()
        full(3, sack)
        duplicate(1, sack)
        duplicate(2, sack)
        local sent = duplicate(3, sack)
        assert.equal(1, sent[1].seq)
        assert.is_true(sent[1].retransmission)
        assert.is_true(p.net:now() < 0.1)
      end)

      it("sends nothing beyond the peer's window #R3042-1", function()
        p = paper.new { initial_window = 4, mss = MSS, sack = sack }
        local conn = established(p, sack, 4 * MSS)
        conn:send(("x"):rep(20 * MSS))
        p:pass()
        assert.equal(4, #p:take())
        p.peer_window = 4 * MSS
        for i = 1, 2 do assert.equal(0, #duplicate(i, sack)) end
      end)
    end)
  end

  it("with SACK sends nothing for a duplicate ACK that tells nothing new #R3042-3", function()
    full(4, true)
    p:arrive {}
    assert.is_true(p:silent())
    assert.equal(1, #duplicate(1, true))
    assert.equal(0, #duplicate(1, true))
  end)
end)
