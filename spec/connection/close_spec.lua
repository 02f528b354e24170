-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"

describe("a connection", function()
  local conn, peer, lab, net
  before_each(function()
    conn, peer, lab = helper.established()
    net = lab.net
  end)
  after_each(function() net:close() end)

  describe("ending", function()
    it("half-closes, and goes on receiving", function()
      assert.equal(1, conn:shutdown "send")
      assert.equal("", peer:receive "*a")
      peer:send "still here\n"
      assert.equal("still here", conn:receive())
      assert.equal("FIN-WAIT-2", conn.state)
      assert.equal("CLOSE-WAIT", peer.state)
    end)

    it("answers what RFC 9293 says to a second CLOSE", function()
      conn:shutdown "send"
      local ok, message, code = conn:shutdown "send"
      assert.is_nil(ok)
      assert.is_string(message)
      assert.is_string(code)
    end)

    it("goes through the four-way teardown to CLOSED", function()
      local log = {}
      net:on("state", function(e) log[#log + 1] = e.host.name:sub(1, 1) .. ":" .. e.to end)
      conn:shutdown "send"
      peer:receive "*a"
      peer:close()
      conn:close()
      assert.equal("idle", (net:run()))
      assert.equal("c:FIN-WAIT-1 s:CLOSE-WAIT s:LAST-ACK c:FIN-WAIT-2 c:TIME-WAIT s:CLOSED c:CLOSED", table.concat(log, " "))
    end)

    it("keeps answering state, status and tcb after close, through TIME-WAIT and beyond", function()
      local iss = conn.tcb.snd.iss
      conn:close()
      peer:receive "*a"
      peer:close()
      net:run(1)
      assert.equal("TIME-WAIT", conn.state)
      assert.is_number(conn:status().timers["time-wait"])
      assert.equal(iss, conn.tcb.snd.iss)
      net:run()
      assert.equal("CLOSED", conn.state)
      assert.equal("CLOSED", conn:status().state)
      assert.is_nil(conn:status().code)
      assert.equal(80, (select(2, conn:getpeername())))
      assert.equal(iss, conn.tcb.snd.iss)
      assert.same({}, lab.client:connections())
    end)

    it("draws a reset for data that nobody will read #MAY-1", function()
      conn:close()
      net:run(0.1)
      peer:send "too late"
      net:run(0.1)
      assert.equal("CLOSED", peer.state)
      assert.equal("ECONNRESET", peer:status().code)
    end)

    it("is idempotent, and closes with its scope", function()
      do local _ <close> = conn end
      assert.is_true(conn.closed)
      conn:close()
      conn:abort()
      conn:close()
      assert.equal("closed", select(2, conn:receive()))
      assert.equal("closed", select(2, conn:shutdown "send"))
    end)

    it("aborts with a reset", function()
      conn:abort()
      assert.equal("CLOSED", conn.state)
      net:run(0.1)
      assert.equal("CLOSED", peer.state)
      assert.equal("ECONNRESET", peer:status().code)
      assert.equal("connection reset", peer:status().message)
    end)

    it("ends a task that waits in receive", function()
      local task = net:spawn(function() return select(2, conn:receive()) end)
      net:run(0.1)
      conn:close()
      assert.equal("closed", task:join())
    end)

    it("can stop receiving alone", function()
      conn:shutdown "receive"
      assert.equal("closed", select(2, conn:receive()))
      assert.equal("ESTABLISHED", conn.state)
      assert.equal(1, conn:send "x")
      assert.error_matches(function() conn:shutdown "all" end, 'how: "send", "receive" or "both" expected')
    end)

    it("shuts both down by default, as LuaSocket does", function()
      conn:shutdown()
      assert.equal("FIN-WAIT-1", conn.state)
      assert.equal("closed", select(2, conn:receive()))
    end)
  end)
end)
