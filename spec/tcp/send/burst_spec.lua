-- SPDX-License-Identifier: MIT
-- What leaves together, and what is not full, by nagle_minshall, push_bursts, half_window and probe_forced; the profiles of Linux have them.
local paper = require "spec.tcp.paper"

local MSS = 1460

describe("segments that leave together", function()
  local p, conn
  after_each(function() p:close() end)

  local function establish(options, answer)
    p = paper.new(options)
    conn = p:established(nil, answer)
  end

  -- What leaves of a text at once, as letters (P: PSH) and sizes.
  local function leaves(size)
    conn:send(("x"):rep(size))
    p:pass()
    local letters, sent = {}, p:take()
    for i, each in ipairs(sent) do letters[i] = each.flags:find("P", 1, true) and "P" or "." end
    return table.concat(letters), paper.sizes(sent)
  end

  it("have PSH where half of cwnd is full, and where the burst ends", function()
    establish()
    assert.equal("..........", (leaves(20 * MSS)))
    p:close()
    establish { push_bursts = true }
    assert.equal("....P....P", (leaves(20 * MSS)))
    p:arrive { ack = 1 + 2 * MSS }
    local sent = p:take()
    assert.same({ 4, "P." }, { #sent, sent[4].flags })
    assert.same({ ".", "." }, { sent[1].flags, sent[3].flags })
  end)

  it("have it not where one leaves alone and more waits", function()
    establish({ push_bursts = true, initial_window = 1 })
    assert.equal(".", (leaves(3 * MSS)))
  end)

  it("may end with what the peer's window leaves, as no segment alone may", function()
    local window = { window = MSS + 600 }
    establish(nil, window)
    assert.same({ MSS }, select(2, leaves(5000)))
    p:close()
    establish({ push_bursts = true, nagle_minshall = true }, window)
    assert.same({ MSS, 600 }, select(2, leaves(5000)))
    p:close()
    establish({ push_bursts = true, nagle_minshall = true }, window)
    assert.same({ MSS }, select(2, leaves(MSS)))
    assert.same({}, select(2, leaves(3000)))
    p:close()
    establish({ push_bursts = true, nagle_minshall = true }, window)
    assert.same({ 100 }, select(2, leaves(100)))
    assert.same({ MSS }, select(2, leaves(3000))) -- a small one is out
  end)

  it("wait, where they are not full, for small ones alone with nagle_minshall", function()
    establish()
    assert.same({ MSS }, select(2, leaves(MSS + 100)))
    p:close()
    establish { nagle_minshall = true }
    assert.same({ MSS, 100 }, select(2, leaves(MSS + 100)))
    assert.same({}, select(2, leaves(100)))
    p:arrive { ack = 1 + MSS }
    assert.is_true(p:silent())
    p:arrive { ack = 101 + MSS }
    assert.equal(100, #p:one().payload)
  end)

  it("are no larger than half of the largest window there was, or than a window of up to 536, with half_window", function()
    for window, sizes in pairs { [640] = { 320, 320 }, [538] = { 269, 269 }, [536] = { 536 }, [100] = { 100 } } do
      establish({ half_window = true, push_bursts = true }, { window = 0 })
      conn:send(("x"):rep(2000))
      p:arrive { window = window }
      assert.same(sizes, paper.sizes(p:take()))
      p:close()
    end
    establish({}, { window = 640 })
    assert.same({ 640 }, select(2, leaves(2000)))
  end)

  it("are followed by no tail loss probe, where a timer let them go, without probe_forced", function()
    for _, forced in ipairs { true, false } do
      establish({ probe_forced = forced, rto_min = 0.5, sack = true }, { options = { mss = MSS, sack_permitted = true } })
      p:arrive { ack = 1, window = 65000 }
      conn:send "a"
      p:pass(0.01)
      p:arrive { ack = 2 }
      conn:setoption("cork", true)
      p:take()
      conn:send "b"
      p:pass(0.3)
      assert.same(forced and { "b", "b" } or { "b" }, { p.sent[1].payload, p.sent[2] and p.sent[2].payload })
      p:close()
    end
    establish()
  end)
end)

describe("the send buffer", function()
  it("grows with cwnd up to send_buffer_max, and stays so large", function()
    local p <close> = paper.new { send_buffer = 30000, send_buffer_max = 70000, initial_window = 10 }
    local conn = p:established()
    local function taken() return select(3, conn:send(("x"):rep(200000))) end
    assert.equal(30000, taken())
    p:pass()
    p:arrive { ack = 1 + 10 * MSS }
    p:pass()
    local size = 30000 * conn:status().cwnd // (10 * MSS)
    assert.is_true(size > 50000)
    assert.equal(size - (30000 - 10 * MSS), taken())
    p:pass()
    p:arrive { ack = 1 + 25 * MSS }
    assert.equal(70000 - (size - 15 * MSS), taken())
  end)
end)
