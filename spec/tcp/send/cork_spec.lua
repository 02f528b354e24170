-- SPDX-License-Identifier: MIT
local paper = require "spec.tcp.paper"

local MSS = 1460

describe("a cork", function()
  local p
  after_each(function() if p then p:close() end end)

  local function corked(options)
    p = paper.new(options)
    local conn = p:established()
    conn:setoption("cork", true)
    return conn
  end

  it("holds back what does not fill a segment, and lets whole segments pass", function()
    local conn = corked()
    conn:send(("x"):rep(MSS + 100))
    p:pass(0.1)
    assert.same({ MSS }, paper.sizes(p:take()))
  end)

  it("joins what was sent in pieces, and lets go when it is taken away", function()
    local conn = corked()
    for _ = 1, 5 do conn:send "abc" end
    p:pass(0.1)
    assert.is_true(p:silent())
    conn:setoption("cork", false)
    p:pass()
    assert.equal(("abc"):rep(5), p:one().payload)
  end)

  it("lasts 200 ms at most", function()
    local conn = corked()
    conn:send "abc"
    p:pass(0.199)
    assert.is_true(p:silent())
    p:pass(0.002)
    assert.equal("abc", p:one().payload)
  end)

  it("lasts cork_timeout, and one retransmission timeout where that is 0, as in the profiles of Linux", function()
    local conn = corked { cork_timeout = 0.05 }
    conn:send "abc"
    p:pass(0.049)
    assert.is_true(p:silent())
    p:pass(0.002)
    assert.equal("abc", p:one().payload)
    p:close()
    p = paper.new { profile = "linux" }
    conn = p:opening()
    p:pass(0.02)
    p:arrive { flags = "S.", seq = 0, options = { mss = MSS, sack_permitted = true } }
    p:take()
    conn:setoption("cork", true)
    assert.equal(0.22, math.floor(conn:status().rto * 1000 + 0.5) / 1000)
    local began = p.net:now()
    conn:send "abc"
    p:pass(0.3)
    local sent = p:take()
    assert.equal(1, #sent, "and no probe soon after it")
    assert.is_true(sent[1].time - began >= 0.22 and sent[1].time - began <= 0.224)
  end)

  it("goes before nodelay, also with something in flight", function()
    local conn = corked { nodelay = true }
    conn:send(("x"):rep(MSS + 1))
    p:pass(0.15)
    assert.same({ MSS }, paper.sizes(p:take()))
    conn:send "y"
    p:pass(0.06)
    assert.same({ 2 }, paper.sizes(p:take()))
  end)

  it("does not hold back the end", function()
    local conn = corked()
    conn:send "abc"
    conn:shutdown "send"
    p:pass()
    local sent = p:one()
    assert.equal("abc", sent.payload)
    assert.is_truthy(sent.flags:find "F")
  end)

  it("leaves no timer behind that would send the next partial segment too early", function()
    local conn = corked()
    conn:send "abc"
    p:pass(0.15)
    conn:send(("x"):rep(MSS - 3))
    p:pass()
    p:arrive { ack = 1 + MSS }
    p:take()
    conn:send "def"
    p:pass(0.199)
    assert.is_true(p:silent())
    p:pass(0.002)
    assert.equal("def", p:one().payload)
  end)
end)
