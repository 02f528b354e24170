-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"

describe("a connection", function()
  local conn, peer, net
  before_each(function()
    local lab
    conn, peer, lab = helper.established()
    net = lab.net
  end)
  after_each(function() net:close() end)

  describe("receiving", function()
    it("reads lines without their ends, whatever the segments were", function()
      conn:send "one\r\ntw"
      conn:send "o\n\nfour"
      conn:shutdown "send"
      assert.equal("one", peer:receive())
      assert.equal("two", peer:receive "*l")
      assert.equal("", peer:receive "l")
    end)

    it("answers closed with what was left of a line", function()
      conn:send "half a line"
      conn:shutdown "send"
      local line, message, partial, code = peer:receive "*l"
      assert.is_nil(line)
      assert.equal("closed", message)
      assert.equal("half a line", partial)
      assert.is_string(code)
    end)

    it("reads so many bytes", function()
      conn:send "abcdef"
      assert.equal("ab", peer:receive(2))
      assert.equal("", peer:receive(0))
      assert.equal("cdef", peer:receive(4))
    end)

    it("reads to the end: what is left, be it nothing", function()
      conn:send "all of it"
      conn:shutdown "send"
      assert.equal("all of it", peer:receive "*a")
      assert.equal("", peer:receive "*a")
      assert.equal("", peer:receive "a")
    end)

    it("puts a prefix before what it reads, which counts against a number", function()
      conn:send "cdef\n"
      assert.equal("abcd", peer:receive(4, "ab"))
      assert.equal("xef", peer:receive("*l", "x"))
      assert.equal("long enough", peer:receive(4, "long enough"))
    end)

    it("answers timeout with what had come, and takes it", function()
      conn:send "abc"
      peer:settimeout(1)
      local data, message, partial, code = peer:receive(5)
      assert.same({ nil, "timeout", "abc", "EAGAIN" }, { data, message, partial, code })
      conn:send "de"
      assert.equal("abcde", peer:receive(5, partial))
    end)

    it("limits the whole call, not each wait", function()
      peer:settimeout(1)
      net:spawn(function()
        for _ = 1, 5 do
          net:sleep(0.4)
          conn:send "x"
        end
      end)
      local start = net:now()
      assert.equal("timeout", select(2, peer:receive(5)))
      assert.is_true(math.abs(net:now() - start - 1) < 1e-9)
    end)

    it("does not wait at all with a timeout of 0", function()
      peer:settimeout(0)
      assert.equal("timeout", select(2, peer:receive()))
      assert.equal(0, peer:gettimeout())
      peer:settimeout(-1)
      assert.is_nil(peer:gettimeout())
    end)

    it("answers closed after a reset, with what had come and the code", function()
      conn:send "abc"
      net:run(0.1)
      assert.equal("a", peer:receive(1))
      conn:abort()
      net:run(0.1)
      local data, message, partial, code = peer:receive "*a"
      assert.is_nil(data)
      assert.equal("closed", message)
      assert.is_string(partial)
      assert.equal("ECONNRESET", code)
    end)

    it("reads what came before the peer's FIN also after both have closed", function()
      conn:send "last words"
      conn:shutdown "send"
      peer:shutdown "send"
      net:run()
      assert.equal("CLOSED", peer.state)
      assert.equal("last words", peer:receive "*a")
      assert.equal("", peer:receive "*a")
    end)

    it("says whether there is anything to read", function()
      assert.is_false(peer:dirty())
      conn:send "x"
      net:run(0.1)
      assert.is_true(peer:dirty())
    end)

    it("raises on an unknown pattern", function()
      assert.error_matches(function() peer:receive "*n" end, 'pattern: "%*l", "%*a" or a number of bytes expected, got "%*n"')
      assert.error_matches(function() peer:receive(-1) end, "pattern: %-1 is not between")
    end)

    it("answers EDEADLK after a virtual day, naming the timers that run", function()
      conn:setoption("keepalive", true)
      local data, message, partial, code = conn:receive()
      assert.is_nil(data)
      assert.same({ "", "EDEADLK" }, { partial, code })
      assert.matches("a day has gone by without an end of this wait %(timers that run: client: keepalive%)", message)
      assert.is_true(net:now() >= 86400)
    end)

    it("answers EDEADLK when nothing can ever come", function()
      assert.equal("EDEADLK", select(4, peer:receive()))
    end)
  end)
end)
