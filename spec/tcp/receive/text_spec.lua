-- SPDX-License-Identifier: MIT
-- Text that begins in the window and ends beyond it, by text_beyond_window.
local paper = require "spec.tcp.paper"

describe("text that ends beyond the window", function()
  local p, conn
  after_each(function() p:close() end)

  local function establish(what)
    p = paper.new { text_beyond_window = what, receive_buffer = 2000 }
    conn = p:established()
  end

  -- Answers how many bytes were acknowledged.
  local function arrive(seq, size, flags)
    p:arrive { seq = seq, flags = flags or ".", payload = ("x"):rep(size) }
    p:pass(0.1)
    return p:one().ack - 1
  end

  it("is cut at the edge, its FIN with it", function()
    establish "cut"
    assert.equal(2000, arrive(1, 2400, "F."))
    assert.equal("ESTABLISHED", conn.state)
    assert.equal(2000, #conn:receive(2000))
  end)

  it("is taken whole where it is in order, its FIN too", function()
    establish "whole"
    assert.equal(1500, arrive(1, 1500))
    assert.equal(2901, arrive(1501, 1400, "F."))
    assert.equal("CLOSE-WAIT", conn.state)
    assert.equal(2900, #conn:receive(2900))
    p:close()
    establish "whole"
    p:arrive { seq = 501, payload = ("y"):rep(2000) }
    p:take()
    assert.equal(2000, arrive(1, 500)) -- what was beyond a gap was cut
  end)

  it("is refused, and answered by an ACK", function()
    establish "refused"
    assert.equal(1500, arrive(1, 1500))
    assert.equal(1500, arrive(1501, 501))
    assert.equal(2000, arrive(1501, 500))
    p:close()
    establish "refused"
    assert.equal(0, arrive(1001, 1001))
    assert.is_nil(p.sent[1])
  end)
end)

describe("a smaller window of the peer's", function()
  local p, conn
  after_each(function() p:close() end)

  local function window_after(anew, said)
    if p then p:close() end
    p = paper.new { window_shrinks_anew = anew }
    conn = p:established()
    p:arrive { window = 60000, payload = "a" }
    p:arrive { seq = 2, window = 60000 }
    p:arrive(said)
    return conn:status().snd.wnd
  end

  it("counts also where the numbers are those of the last", function()
    assert.equal(3000, window_after(false, { seq = 2, window = 3000 }))
    assert.equal(60000, window_after(false, { seq = 1, window = 3000 }))
  end)

  it("counts with window_shrinks_anew only where one of them is new, or where it is 0", function()
    assert.equal(60000, window_after(true, { seq = 2, window = 3000 }))
    assert.equal(61000, window_after(true, { seq = 2, window = 61000 }))
    assert.equal(0, window_after(true, { seq = 2, window = 0 }))
    p:arrive { seq = 2, payload = "b", window = 60000 }
    p:arrive { seq = 3, window = 3000 }
    assert.equal(3000, conn:status().snd.wnd)
  end)
end)
