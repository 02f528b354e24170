-- SPDX-License-Identifier: MIT
local paper = require "spec.tcp.paper"

describe("a RST", function()
  local p, conn
  after_each(function() p:close() end)

  local function established(options)
    p = paper.new(options)
    conn = p:established()
  end

  local function reset_at(seq)
    p:arrive { flags = "R", seq = seq }
    return conn.state
  end

  describe("is believed, with reset_places \"ends\",", function()
    local function with_islands(options)
      p = paper.new(options)
      conn = p:established(nil, { options = { mss = 1460, sack_permitted = true } })
      p:arrive { seq = 101, payload = ("x"):rep(100) }
      p:arrive { seq = 301, payload = ("x"):rep(100) }
      p:take()
    end

    it("at the end of the last text that is held beyond a gap, at no other", function()
      for seq, state in pairs { [101] = "ESTABLISHED", [201] = "ESTABLISHED", [301] = "ESTABLISHED", [401] = "CLOSED", [402] = "ESTABLISHED" } do
        with_islands { profile = "linux" }
        assert.equal(state, reset_at(seq), seq)
        p:close()
      end
      with_islands { profile = "rfc9293" }
      assert.equal("ESTABLISHED", reset_at(401))
      assert.equal(".", p:one().flags)
    end)

    it("at the number of the peer's FIN", function()
      for places, state in pairs { ends = "CLOSED", next = "CLOSE-WAIT" } do
        established { reset_places = places }
        p:arrive { flags = "F." }
        p:take()
        assert.equal(state, reset_at(1))
        p:close()
      end
      established()
    end)
  end)

  it("anywhere in the window ends a half-open connection with half_open_reset, else it is challenged", function()
    for reset, left in pairs { [true] = 0, [false] = 1 } do
      p = paper.new { half_open_reset = reset }
      local listener = p.host:listen(p.port)
      p:arrive { flags = "S", seq = 0 }
      p:take()
      p:arrive { flags = "R", seq = 100 }
      assert.same({ left, left }, { listener:status().half_open, #p:take() })
      p:close()
    end
    established()
  end)

  describe("leaves to read, with read_after_reset,", function()
    local function rest(options, before, after)
      p = paper.new(options)
      conn = p:established()
      conn:settimeout(0)
      for _, segment in ipairs(before) do p:arrive(segment) end
      p:arrive(after)
      assert.equal("CLOSED", conn.state)
      return table.pack(conn:receive(2))
    end

    it("the text that came before it, then the error is told", function()
      local first = rest({ profile = "linux" }, { { payload = "abc" } }, { flags = "R", seq = 4 })
      assert.equal("ab", first[1])
      assert.same({ nil, "closed", "c", "ECONNRESET", n = 4 }, table.pack(conn:receive(2)))
      assert.same({ nil, "closed", 0, "ECONNRESET", n = 4 }, table.pack(conn:send "x"))
    end)

    it("and the end of what came, which an earlier FIN told; sending is a broken pipe", function()
      rest({ profile = "linux" }, { { payload = "abc" }, { flags = "F.", seq = 4 } }, { flags = "R", seq = 5 })
      assert.equal("c", conn:receive "*a")
      assert.equal("EPIPE", select(4, conn:send "x"))
    end)

    it("which RFC 9293 flushes, and where it is off", function()
      assert.same({ nil, "closed", "", "ECONNRESET", n = 4 }, rest(nil, { { payload = "abc" } }, { flags = "R", seq = 4 }))
      p:close()
      local closing = rest(nil, { { flags = "F." } }, { flags = "R", seq = 2 })
      assert.equal("ECONNRESET", closing[4])
    end)

    it("but nothing where the end was our own", function()
      p = paper.new { profile = "linux" }
      conn = p:established()
      p:arrive { payload = "abc" }
      conn:abort()
      assert.is_nil(conn:receive(2))
    end)
  end)
end)
