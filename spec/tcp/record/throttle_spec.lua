-- SPDX-License-Identifier: MIT
-- What strangers may draw from a host in a second, and that its limits tell them nothing.
local paper = require "spec.tcp.paper"

describe("what strangers draw", function()
  local p
  after_each(function() if p then p:close() end end)

  -- So many established children of one listener, the n-th from port 10000 + n.
  local function hold(count, options)
    local settings = { backlog = 10000, half_open = 10000 }
    for name, value in pairs(options) do settings[name] = value end
    p = paper.new(settings)
    assert(p.host:listen(p.port))
    for n = 1, count do
      p:arrive { flags = "S", seq = 0, source_port = 10000 + n }
      p:arrive { source_port = 10000 + n }
    end
    p:take()
  end

  -- A RST in the window of the n-th, not at its edge.
  local function provoke(n) return p:arrive { flags = "R", seq = 3, source_port = 10000 + n } end

  -- Provokes connections first to last; answers how many challenges they drew.
  local function drawn(first, last)
    for n = first, last do provoke(n) end
    return #p:take()
  end

  local function refused(reason) return p.host:counters().refused[reason] or 0 end

  describe("of challenge ACKs", function()
    it("is bounded by the connection, which others do not feel #R5961-4 #R5961-5", function()
      hold(2, { challenge_limit = 3, challenge_interval = 5 })
      for _ = 1, 10 do assert.equal("rst-challenged", provoke(1)) end
      assert.equal(3, #p:take())
      assert.equal(7, refused "challenge-limited")
      assert.equal(1, drawn(2, 2))
      assert.equal(4, p.host:counters().challenges)
    end)

    it("is bounded by the stack, whatever the connections, and what went unanswered is counted by name #R5961-4", function()
      hold(100, { challenge_limit = 10, challenge_interval = 1, challenge_stack_limit = 40 })
      local answers = drawn(1, 100)
      assert.is_true(answers >= 20 and answers <= 60, tostring(answers))
      assert.equal(100 - answers, refused "challenge-stack-limited")
      assert.equal(0, drawn(1, 100))
      p:pass(1)
      assert.is_true(drawn(1, 100) >= 20)
      assert.equal(0, refused "challenge-limited")
    end)

    it("counts those for text that acknowledges what was not sent", function()
      hold(1, { challenge_limit = 3, challenge_interval = 5 })
      for _ = 1, 10 do assert.equal("ack-future", p:arrive { ack = 1000, payload = "x", source_port = 10001 }) end
      assert.equal(3, #p:take())
      assert.equal(7, refused "challenge-limited")
    end)

    it("counts those for SYNs, whatever their timestamps", function()
      p = paper.new { timestamps = true, challenge_limit = 3, challenge_interval = 5 }
      p:established(nil, { options = { mss = 1460, timestamps = { value = 1000, echo = 0 } } })
      for _ = 1, 10 do assert.equal("syn-challenged", p:arrive { flags = "S", options = { timestamps = { value = 7, echo = 0 } } }) end
      assert.equal(3, #p:take())
      assert.equal("paws", p:arrive { payload = "x", options = { timestamps = { value = 7, echo = 0 } } })
      assert.equal(1, #p:take()) -- to text it is owed
    end)

    it("is drawn anew each second between half of the limit and half more", function()
      hold(100, { challenge_limit = 1, challenge_interval = 1, challenge_stack_limit = 40 })
      local seen, least, most = {}, math.huge, 0
      for _ = 1, 60 do
        p:pass(1)
        local n = drawn(1, 100)
        seen[n] = true
        least, most = math.min(least, n), math.max(most, n)
      end
      local different = 0
      for _ in pairs(seen) do different = different + 1 end
      assert.is_true(least >= 20 and most <= 60 and different >= 15, ("%d to %d, %d different"):format(least, most, different))
    end)

    it("tells nothing to who counts those of his own connection #R5961-5", function()
      hold(2, { challenge_limit = 5, challenge_interval = 1, challenge_stack_limit = 20 })
      for round = 1, 20 do
        p:pass(1)
        if round % 2 == 0 then drawn(1, 1) end -- did a forged RST fall into the other's window?
        for _ = 1, 50 do provoke(2) end
        assert.equal(5, #p:take())
      end
    end)

    -- The reading of CVE-2016-5696: use up what is left of the second, and see whether one was missing.
    it("tells next to nothing to who uses up the stack's with many connections of his own #R5961-5", function()
      local limit, rounds, right = 20, 400, 0
      hold(41, { challenge_limit = 1, challenge_interval = 1, challenge_stack_limit = limit })
      for _ = 1, rounds do
        p:pass(1)
        local hit = p.net:random(2) == 1
        if hit then drawn(41, 41) end
        local guess = drawn(1, 40) < limit
        if guess == hit then right = right + 1 end
      end
      assert.is_true(right > 0.4 * rounds and right < 0.6 * rounds, ("%d of %d guesses right"):format(right, rounds))
    end)

    it("tells nothing by when it is drawn anew #R5961-5", function()
      -- What is left is used up half a second after the other's connection may have been hit; is there something again six tenths later?
      local function probe(offset, hit)
        hold(41, { challenge_limit = 0, challenge_stack_limit = 20 })
        p:pass(5 + offset - p.net:now())
        if hit then drawn(41, 41) end
        p:pass(0.5)
        drawn(1, 40)
        p:pass(0.6)
        local answered = drawn(1, 1)
        p:close()
        return answered
      end
      for offset = 0.05, 0.95, 0.1 do assert.equal(probe(offset, false), probe(offset, true)) end
    end)

    it("takes nothing from the answers that keep a connection alive", function()
      hold(60, { challenge_limit = 10, challenge_interval = 5, challenge_stack_limit = 20 })
      drawn(1, 60)
      assert.equal(0, drawn(60, 60))
      p:arrive { seq = 0, source_port = 10060 } -- a keep-alive probe
      assert.equal(1, #p:take())
    end)
  end)

  describe("of RSTs to nobody", function()
    local function knock(count)
      for n = 1, count do p:arrive { flags = "S", seq = 0, source_port = n, destination_port = 7 } end
      return #p:take()
    end

    it("is not bounded where nothing is said, as RFC 9293 wants it", function()
      hold(0, {})
      assert.equal(500, knock(500))
    end)

    it("is bounded by reset_limit, and what went unanswered is counted by name", function()
      hold(0, { reset_limit = 100 })
      local answers = knock(500)
      assert.is_true(answers >= 50 and answers <= 150, tostring(answers))
      assert.equal(500 - answers, refused "reset-limited")
      assert.equal(answers, p.host:counters().resets_out)
      p:pass(1)
      assert.is_true(knock(500) >= 50)
    end)
  end)
end)
