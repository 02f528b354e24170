-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"
local paper = require "spec.tcp.paper"

describe("reassembly", function()
  local p, conn
  after_each(function() p:close() end)

  local function establish(host_options)
    p = paper.new(host_options)
    conn = p:established()
  end

  -- Delivers bytes first..last of a text.
  local function piece(text, first, last) return p:arrive { seq = first, payload = text:sub(first, last) } end
  local function held() return conn:status().out_of_order end

  it("keeps what is beyond a gap until the gap is filled #SHLD-31 #MAY-13", function()
    establish()
    piece("abcdef", 4, 6)
    assert.same({ 0, 3 }, { conn:status().receive_queue, held() })
    assert.equal(1, p:one().ack)
    piece("abcdef", 1, 3)
    assert.equal(7, p:one().ack)
    assert.equal("abcdef", conn:receive(6))
    assert.equal(0, held())
  end)

  it("lets what came first stay where pieces overlap", function()
    establish()
    p:arrive { seq = 3, payload = "CD" }
    p:arrive { seq = 1, payload = "abxyef" }
    assert.equal("abCDef", conn:receive(6))
  end)

  it("counts overlapping and touching pieces once", function()
    establish()
    local text = helper.bytes(100)
    piece(text, 11, 20)
    piece(text, 21, 30)
    assert.equal(20, held())
    piece(text, 15, 25)
    assert.equal(20, held())
    piece(text, 41, 50)
    piece(text, 6, 60)
    assert.equal(55, held())
    piece(text, 1, 5)
    assert.equal(text:sub(1, 60), conn:receive(60))
  end)

  it("takes the FIN when all before it is there, and not earlier", function()
    establish()
    p:arrive { flags = "F.", seq = 4, payload = "def" }
    assert.equal("ESTABLISHED", conn.state)
    p:arrive { seq = 1, payload = "abc" }
    assert.equal("CLOSE-WAIT", conn.state)
    assert.equal("abcdef", conn:receive "*a")
  end)

  it("takes a FIN alone that came too early", function()
    establish()
    p:arrive { flags = "F.", seq = 3 }
    assert.equal("ESTABLISHED", conn.state)
    p:arrive { seq = 1, payload = "ab" }
    assert.equal("CLOSE-WAIT", conn.state)
    assert.equal(4, p:take()[2].ack)
  end)

  it("makes one text of pieces in any order, overlapping as they like", function()
    for seed = 1, 20 do
      establish { receive_buffer = 3000 }
      local random, text = helper.random(seed * 977), helper.bytes(2000, seed)
      for _ = 1, 300 do
        local first = random(1, 2000)
        piece(text, first, math.min(2000, first + random(0, 400)))
      end
      piece(text, 1, 1000)
      piece(text, 1001, 2000)
      assert.equal(0, held())
      assert.is_true(conn:receive(2000) == text, "seed " .. seed)
      p:close()
    end
    establish()
  end)

  it("refuses more gaps than it tracks, and goes on with what it has", function()
    establish()
    local text = helper.bytes(20000)
    local reason
    for i = 1, 5000 do
      reason = piece(text, 2 * i + 1, 2 * i + 1)
      if reason ~= "accepted" then break end
    end
    assert.equal("reassembly-full", reason)
    for i = 1, 20000, 1000 do piece(text, i, i + 999) end
    assert.is_true(conn:receive(20000) == text)
  end)

  it("takes text in order past a full store of gaps", function()
    establish()
    local text = helper.bytes(20000)
    local i = 0
    repeat i = i + 1 until piece(text, 2 * i + 1, 2 * i + 1) == "reassembly-full"
    p:take()
    assert.equal("accepted", piece(text, 1, 1))
    p:pass(0.04)
    assert.equal(2, p:one().ack)
    for at = 2, 20000, 1000 do piece(text, at, math.min(20000, at + 999)) end
    assert.is_true(conn:receive(20000) == text)
  end)
end)
