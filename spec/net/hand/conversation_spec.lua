-- SPDX-License-Identifier: MIT
require "spec.helper"
local tcplab = require "tcplab"

local function made(options, link)
  local net = tcplab.lab { seed = 7 }
  local settings = { address = { "10.0.0.2", "fd00::2" }, delayed_ack = 0 }
  for name, value in pairs(options or {}) do settings[name] = value end
  local server = net:host("server", settings)
  local hand = net:hand("hand", { address = { "10.0.0.9", "fd00::9" } })
  local way = net:link(hand, server, link)
  return hand, server, server:listen(80), net, way
end

describe("a conversation", function()
  it("counts as the headers do, from its initial numbers", function()
    local hand, server, listener = made { isn = function() return 0xffffffff end }
    local talk = assert(hand:connect(server, 80, { seq = 0xfffffffe, local_port = 4000 }))
    local conn = listener:accept()
    assert.same({ 0xfffffffe, 0xffffffff }, { talk.snd.iss, talk.rcv.irs })
    talk:send { payload = "hello" }
    assert.equal(4, talk:expect("ACK ack=6").ack)
    conn:send "world"
    local text = talk:expect { seq = 1, ack = 6, payload = "world" }
    assert.same({ seq = 1, ack = 6 }, text.relative)
    assert.same({ 6, 6, 6 }, { talk.snd.una, talk.snd.nxt, talk.rcv.nxt })
    assert.equal("conversation: 10.0.0.9:4000 > 10.0.0.2:80 snd 6 rcv 6", tostring(talk))
  end)

  it("goes on behind what was sent without a gap, and acknowledges so too", function()
    local hand, server, listener = made()
    local talk = assert(hand:connect(server, 80, { options = { mss = 100 } }))
    local conn = listener:accept()
    talk:send { seq = 4, payload = "lo" }
    talk:expect "ACK ack=1"
    assert.equal(1, talk.snd.nxt)
    talk:send { payload = "hel" }
    assert.same({ 6, 6 }, { talk.snd.nxt, talk:expect("ACK").relative.ack })
    conn:send(("x"):rep(300))
    talk:expect { seq = 1, size = 100 }
    talk:send {}
    assert.equal(101, talk.rcv.nxt)
    talk.rcv.nxt = 51 -- the script's to change
    assert.equal(51, talk:send({}).ack - talk.rcv.irs & 0xffffffff)
  end)

  it("acknowledges beyond a gap once it has closed", function()
    local hand, server, listener, _, link = made(nil, { delay = 0.010 })
    local talk = assert(hand:connect(server, 80, { options = { mss = 100 } }))
    link:reorder("DATA", 1)
    listener:accept():send(("x"):rep(200))
    talk:expect "DATA 101:201"
    assert.equal(1, talk.rcv.nxt)
    talk:expect "DATA 1:101"
    assert.equal(201, talk.rcv.nxt)
  end)

  it("has SACK blocks in its own numbers, in what it says, wants and gets", function()
    local hand, server, listener = made()
    local talk = assert(hand:connect(server, 80, { options = { mss = 100, sack_permitted = true } }))
    local conn = listener:accept()
    talk:send { seq = 11, payload = "later" }
    local ack = talk:expect { flags = ".", ack = 1, options = { sack = { { 11, 16 } } } }
    assert.same({ { 11, 16 } }, ack.relative.sack)
    talk:send { payload = ("x"):rep(10) }
    talk:expect "ACK ack=16"
    conn:send(("x"):rep(400))
    for _ = 1, 4 do talk:receive "DATA" end
    talk:send { ack = 1, options = { sack = { { 201, 401 } } } }
    talk:expect "DATA 1:101 retransmission"
  end)

  it("stamps where both SYNs did, and scales the peer's window where both did", function()
    local hand, server, listener = made()
    local talk = assert(hand:connect(server, 80, { options = { mss = 1460, timestamps = true, window_scale = 7 } }))
    local conn = listener:accept()
    assert.is_true(conn:status().timestamps)
    local echo = conn:status().ts_recent
    local text = talk:send { payload = "x" }
    assert.equal(echo, text.options.timestamps.value)
    assert.is_true(text.options.timestamps.echo > 0)
    talk:expect("ACK ack=2 <ts>")
    assert.is_nil(talk:send({ options = { timestamps = false } }).options.timestamps)
    assert.equal(8, talk.snd.scale + 5)
    assert.is_true(talk.snd.wnd > 65535)
    local plain = assert(hand:connect(server, 80, { options = { mss = 1460 } }))
    assert.is_nil(plain:send({ payload = "x" }).options.timestamps)
    assert.equal(0, plain.snd.scale)
  end)

  it("sends options as a list in its order", function()
    local hand, server = made()
    local syn = hand:send {
      flags = "S", destination = server, destination_port = 80,
      options = { { name = "nop" }, { name = "window_scale", value = 3 }, { name = "mss", value = 9 } },
    }
    assert.same({ "nop", "window_scale", "mss" }, { syn.options[1].name, syn.options[2].name, syn.options[3].name })
  end)

  it("sends what is written as in the header as it is, and counts it", function()
    local hand, server = made()
    local talk = hand:conversation(server, 80, { local_port = 4000, seq = 1000 })
    talk:send(tcplab.segment { flags = "S", seq = 1000 })
    talk:expect "SYN-ACK ack=1"
    assert.equal(1, talk.snd.nxt)
    local bytes = tcplab.segment({
      flags = "P.", seq = 1001, ack = talk.rcv.irs + 1 & 0xffffffff, payload = "hi",
      source = "10.0.0.9", source_port = 4000, destination = "10.0.0.2", destination_port = 80,
    }):bytes()
    assert.is_true(talk:send(bytes))
    talk:expect "ACK ack=3"
    assert.equal(1, talk.snd.nxt) -- bytes are nobody's
  end)

  it("says ICMP about the last segment that carried something, and hears what is about its own", function()
    local hand, server, listener, net = made(nil, { mtu = 1000 })
    local talk = assert(hand:connect(server, 80))
    local conn = listener:accept()
    local code
    conn:on("error", function(event) code = event.code end)
    conn:send "hello"
    talk:expect "DATA"
    talk:send { kind = "ICMP", type = 3, code = 1 }
    net:run(0.1)
    assert.equal("EHOSTUNREACH", code)
    talk:send { payload = ("x"):rep(1400) }
    assert.equal(1000, talk:receive("ICMP type 3 code 4").mtu)
  end)

  it("speaks IPv6", function()
    local hand, server = made()
    local talk = assert(hand:connect("fd00::2", 80))
    talk:send { payload = "hi" }
    talk:expect "ACK ack=3"
    assert.equal("fd00::9", talk.local_address)
    assert.is_truthy(server)
  end)

  it("forges in another's name with its own numbers, and is not moved by it", function()
    local hand, server, _, net = made()
    local talk = assert(hand:connect(server, 80))
    talk:send { source = "10.0.0.66", payload = "x" }
    net:run(1)
    assert.equal(1, talk.snd.nxt)
    talk:quiet(1)
  end)

  it("ends without a word, and what comes then is a stranger's", function()
    local hand, server, listener = made()
    local talk = assert(hand:connect(server, 80))
    local conn = listener:accept()
    talk:close()
    talk:close()
    assert.error_matches(function() talk:send {} end, "send: the conversation is closed")
    conn:send "who is there?"
    assert.equal("who is there?", hand:receive().payload)
    assert.equal(1, #hand:conversations())
  end)
end)
