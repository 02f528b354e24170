-- SPDX-License-Identifier: MIT
require "spec.helper"
local tcplab = require "tcplab"

-- A hand, and the SYN-ACK that has come for it.
local function answered()
  local net = tcplab.lab { seed = 7 }
  local server = net:host("server", { address = "10.0.0.2" })
  local hand = net:hand("hand", { address = "10.0.0.9" })
  net:link(hand, server, { delay = 0.010 })
  server:listen(80)
  hand:send { flags = "S", destination = server, destination_port = 80, options = { mss = 1000, sack_permitted = true } }
  return hand
end

local function wrong(match)
  local hand = answered()
  local ok, message = pcall(hand.expect, hand, match)
  assert.is_false(ok)
  return message
end

describe("what is wished of a segment", function()
  it("is met by fields, by words, or by a function", function()
    for _, match in ipairs {
      { flags = ".S" }, { kind = "SYN-ACK", ack = 1, size = 0 }, { options = { mss = 1460, sack_permitted = true, timestamps = false } },
      { options = { mss = true } }, { source = "10.0.0.2", source_port = 80, ttl = 64, retransmission = false }, {},
      "SYN-ACK", "SYN-ACK seq=0 ack=1 <mss 1460, sack ok>", "flags=S.", "[S.] win=65535", "0.020 SYN-ACK", "+0.020~0.001 SYN-ACK", "",
      function(segment) return segment.options.mss == 1460 end,
    } do
      assert.equal("SYN-ACK", answered():expect(match).kind)
    end
  end)

  it("is told with all that differs", function()
    assert.matches("> [S.] seq=7 ack=1 win=1 <mss 9, no sack ok> ttl=3\n", wrong {
      flags = "S.", seq = 7, ack = 1, window = 1, options = { mss = 9, sack_permitted = false }, ttl = 3,
    }, 1, true)
    local message = wrong { seq = 7, options = { mss = 9, sack_permitted = false }, ttl = 3 }
    for _, line in ipairs {
      "  > 0.020  server > hand  SYN-ACK seq=0 ack=1 win=65535 <mss 1460, sack ok>", "seq: expected 7, got 0", "ttl: expected 3, got 64",
      "options: expected mss 9, got mss 1460, sack ok", "options: expected no sack ok, got mss 1460, sack ok",
    } do
      assert.is_truthy(message:find("\n" .. line, 1, true), message)
    end
    assert.matches("time: expected +0.030000, got +0.020000", wrong "+0.030 SYN-ACK", 1, true)
    assert.matches("the function: expected true, got false", wrong(function() return false end), 1, true)
    assert.matches("kind: expected ICMP, got SYN-ACK", wrong "ICMP", 1, true)
    assert.matches("retransmission: expected true, got false", wrong "SYN-ACK retransmission", 1, true)
  end)

  it("raises where it can be nothing", function()
    assert.matches('a segment has no field "sequ"; did you mean "seq"?', wrong { sequ = 1 }, 1, true)
    assert.matches('options: there is no option "ms"; did you mean "mss"?', wrong { options = { ms = 1 } }, 1, true)
    assert.matches('options: mss cannot be "x"', wrong { options = { mss = "x" } }, 1, true)
    assert.matches("seq: an integer expected, got \"a\"", wrong { seq = "a" }, 1, true)
    assert.matches("flags: string expected, got number", wrong { flags = 1 }, 1, true)
    assert.matches("there is no kind of segment SYNACK; did you mean SYN-ACK?", wrong "SYNACK", 1, true)
    assert.matches('"SYN-ACK lost": of a segment that comes nobody asks what became of it', wrong "SYN-ACK lost", 1, true)
    assert.matches("match: string or table or function expected, got nothing", wrong(nil), 1, true)
  end)
end)
