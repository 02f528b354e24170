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

  describe("sending", function()
    it("answers the index of the last byte", function()
      assert.equal(5, conn:send "hello")
      assert.equal(4, conn:send("hello", 2, 4))
      assert.equal(5, conn:send("hello", -2))
      assert.equal(0, conn:send "")
      assert.equal(3, conn:send(123))
      assert.equal("helloelllo123", peer:receive(13))
    end)

    it("sends nothing of an empty range, wherever that lies", function()
      assert.equal(9, conn:send("hello", 10))
      assert.equal(2, conn:send("hello", 3, 2))
      assert.equal(0, conn:send("hello", -100, -50))
      assert.equal(0, conn:send "")
      assert.equal(0, select(2, conn:getstats()))
    end)

    it("waits until TCP has taken all of it", function()
      local data = helper.bytes(1000000)
      local reader = net:spawn(function() return peer:receive(#data) end)
      assert.equal(#data, conn:send(data))
      assert.equal(data, reader:join())
    end)

    it("answers timeout with the last index sent", function()
      conn:settimeout(0)
      local data = ("x"):rep(10000000)
      local last, message, sent, code = conn:send(data)
      assert.is_nil(last)
      assert.equal("timeout", message)
      assert.equal(262144, sent)
      assert.equal("EAGAIN", code)
    end)

    it("answers closed after a reset, with the code", function()
      peer:abort()
      net:run(1)
      local last, message, sent, code = conn:send "hello"
      assert.same({ nil, "closed", 0, "ECONNRESET" }, { last, message, sent, code })
    end)

    it("answers closed after its own shutdown and close", function()
      conn:shutdown "send"
      assert.same({ nil, "closed", 0, "EPIPE" }, { conn:send "x" })
      conn:close()
      assert.equal("closed", select(2, conn:send("xyz", 2)))
      assert.equal(1, select(3, conn:send("xyz", 2)))
    end)

    it("tells urgent data apart", function()
      conn:send_urgent "now"
      net:run(0.1)
      assert.equal(3, peer.urgent)
      assert.is_true(peer:status().urgent)
      peer:receive(3)
      assert.equal(0, peer.urgent)
    end)

    it("raises on what is no data", function()
      assert.error_matches(function() conn:send() end, "data: string expected, got nothing")
      assert.error_matches(function() conn:send("x", "y") end, "i: an integer expected")
    end)
  end)
end)
