-- SPDX-License-Identifier: MIT
require "spec.helper"
local tcplab = require "tcplab"

--- A server and a hand at one link.
local function table_of(options)
  local net = tcplab.lab { seed = 7 }
  local server = net:host("server", options or { address = "10.0.0.2" })
  local hand = net:hand("hand", { address = "10.0.0.9" })
  net:link(hand, server, { delay = 0.010 })
  return hand, server, net, server:listen(80)
end

local function message_of(f, ...)
  local ok, message = pcall(f, ...)
  assert.is_false(ok)
  return message
end

describe("a hand", function()
  it("answers nothing by itself: no ACK, no RST", function()
    local hand, server, net = table_of { address = "10.0.0.2", syn_r2 = 3 }
    local conn = server:open { address = hand, port = 80 }
    net:run(2)
    assert.equal("SYN-SENT", conn.state)
    for event in net.trace:events { moment = "segment" } do assert.is_false(event.sender == hand) end
  end)

  it("speaks with relative numbers, and fills in what is left out", function()
    local hand, server, net, listener = table_of()
    hand:send { flags = "S", seq = 0, destination = server, destination_port = 80, options = { mss = 1460 } }
    local answer = hand:expect { flags = "S.", seq = 0, ack = 1, options = { mss = true, sack = false } }
    hand:send {}
    hand:send { payload = "hello" }
    local ack = hand:expect "ACK seq=1 ack=6"
    local conn = listener:accept()
    assert.equal("hello", conn:receive(5))
    assert.equal(1, answer.relative.ack)
    assert.equal(conn.tcb.snd.nxt, ack.seq)
    assert.equal(6, ack.relative.ack)
    assert.near(0.080, ack.time, 1e-9)
    assert.near(0.080, net:now(), 1e-9)
  end)

  it("passes over what does not fit where it receives, and takes the next one where it expects", function()
    local hand, server, _, listener = table_of()
    local talk = assert(hand:connect(server, 80))
    local conn = listener:accept()
    conn:send "one"
    conn:setoption("nodelay", true)
    conn:send "two"
    assert.equal("two", talk:receive({ payload = "two" }, 1).payload)
    local _, message, code = talk:receive({ payload = "one" }, 0.01)
    assert.same({ "timeout", "EAGAIN" }, { message, code })
  end)

  it("raises what was expected above what there is, in the ladder's words", function()
    local hand, server = table_of()
    local talk = assert(hand:connect(server, 80))
    talk:send { flags = "R", seq = 100 }
    local message = message_of(talk.expect, talk, { flags = "R.", ack = 1 })
    assert.is_truthy(message:find("the segment is not as expected\nexpected:\n  > [R.] ack=1\nactual:\n", 1, true), message)
    assert.is_truthy(message:find("\n  > 0.040  server > hand  ACK seq=1 ack=1", 1, true), message)
    assert.is_truthy(message:find("flags: expected R., got .", 1, true), message)
    message = message_of(talk.expect, talk, "ACK", 0.5)
    assert.is_truthy(message:find("expected:\n  > ACK\nactual:\n  > 0.540  nothing has come", 1, true), message)
    talk:send { flags = "R", seq = 100 }
    message = message_of(talk.quiet, talk, 1)
    assert.is_truthy(message:find("expected:\n  > (nothing)\nactual:\n  > 0.560  server > hand  ACK", 1, true), message)
    assert.is_true(talk:quiet(1))
    assert.near(1.56, talk.network:now(), 1e-9)
  end)

  it("keeps many conversations, and speaks for one alone", function()
    local hand, server, _, listener = table_of()
    local first, second = assert(hand:connect(server, 80)), assert(hand:connect(server, 80))
    assert.same({ first, second }, hand:conversations())
    local message = message_of(hand.expect, hand, "ACK")
    assert.is_truthy(message:find("expect: this hand keeps 2 conversations; say of which", 1, true), message)
    message = message_of(hand.send, hand, { payload = "x" })
    assert.is_truthy(message:find("send: this hand keeps 2 conversations; say of which", 1, true), message)
    second:send { payload = "second" }
    hand:send { source_port = first.local_port, payload = "first" }
    assert.equal("first", assert(listener:accept()):receive(5))
    first:close()
    hand:expect "ACK ack=7"
  end)

  it("accepts, and leaves to be received what the ACK brings", function()
    local hand, server, net = table_of()
    local conn
    net:spawn(function() conn = server:connect(hand, 80, { data = "request" }) end)
    local talk = assert(hand:accept(80))
    talk:expect { flags = "P.", payload = "request" }
    talk:send { payload = "answer" }
    net:run(1)
    assert.equal("answer", conn:receive(6))
  end)

  it("connects as a host does where it is refused, or not heard", function()
    local hand, server, net = table_of()
    assert.same({ nil, "connection refused", "ECONNREFUSED" }, { hand:connect(server, 81) })
    net:host("silent", { address = "10.0.0.3" })
    local link = net:link("silent", hand)
    link:drop "SYN"
    hand:settimeout(2)
    local _, message, code = hand:connect("10.0.0.3", 80)
    assert.same({ "timeout", "EAGAIN" }, { message, code })
    assert.same({}, hand:conversations())
  end)

  it("stands in the ladder as a host does", function()
    local hand, server, net = table_of()
    assert(hand:connect(server, 80)):send { flags = "R", seq = 100 }
    net:run(1)
    local ladder = net.trace:ladder { utf8 = false, color = false }
    assert.is_truthy(ladder:find "hand | 10.0.0.9:%d+ +10.0.0.2:80 | server", ladder)
    assert.is_truthy(ladder:find("RST seq=100 refused: rst-challenged", 1, true), ladder)
    require "tcplab.busted"
    assert.trace(net, [[
      hand > server  SYN seq=0
      server > hand  SYN-ACK seq=0 ack=1
      hand > server  ACK seq=1 ack=1
      ...
    ]])
  end)

  it("hears also where nothing is traced, and what it came to be said, whatever a hook makes of it", function()
    local net = tcplab.lab { seed = 7, trace = false }
    local server = net:host("server", { address = "10.0.0.2" })
    local hand = net:hand("hand", { address = "10.1.0.0/16" })
    net:link(hand, server)
    local listener = server:listen(80)
    net:on("segment", function(event) event.segment.payload = "forged" end)
    local talk = assert(hand:connect(server, 80, { local_address = "10.1.7.7" }))
    listener:accept():send "hello"
    talk:expect { payload = "hello", destination = "10.1.7.7" }
    assert.error_matches(function() hand:connect(server, 80, { local_address = "10.2.0.1" }) end, 'local_address: "10.2.0.1" is no address of hand')
  end)
end)

describe("a hand's rate", function()
  local function sent_at(rate, count)
    local net = tcplab.lab()
    local hand, server = net:hand("hand", { address = "10.0.0.9", rate = rate }), net:host("server", { address = "10.0.0.2" })
    net:link(hand, server)
    local times = {}
    net:on("segment", function(event)
      if event.point == "sent" and event.segment.source == "10.0.0.9" then times[#times + 1] = event.time end
    end)
    for port = 1, count do hand:conversation(server, port):send { flags = "S" } end
    local now = net:now()
    net:run(0)
    return times, now
  end

  it("lets so many packets go at once, and no more within a second", function()
    local times = sent_at(20, 61)
    for i, time in ipairs(times) do
      assert.is_true(not times[i + 20] or times[i + 20] - time >= 1.0)
      if i <= 20 then assert.equal(0.0, time) end
    end
    assert.equal(61, #times)
    assert.is_true(times[61] < 3.01)
  end)

  it("waits behind a packet, not before it", function()
    local _, now = sent_at(3, 3)
    assert.is_true(now >= 1.0)
    assert.same({ 0.0, 0.0 }, (sent_at(3, 2)))
  end)

  it("is a count", function()
    local net = tcplab.lab()
    assert.error_matches(function() net:hand("hand", { address = "10.0.0.9", rate = 0 }) end, "rate: 0 is not between 1 and 1000000")
    assert.error_matches(function() net:hand("other", { address = "10.0.0.8", pace = 1 }) end, "unknown option \"pace\"; there are address and rate")
  end)
end)
