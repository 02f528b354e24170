-- SPDX-License-Identifier: MIT
require "spec.helper"
local conversation = require "tcplab.trace.conversation"
local story = require "spec.story"

local function sort(s) return conversation.sort(s.events) end

describe("a conversation", function()
  it("has whoever was heard of first on the left, with host, first state and initial number", function()
    local f = sort(story.new():handshake())[1]
    assert.same({ "client", "10.0.0.1:49152", "CLOSED", 4294967290 }, { f.left.host, f.left.address, f.left.state, f.left.base })
    assert.same({ "server", "10.0.0.2:80", "LISTEN", 5000 }, { f.right.host, f.right.address, f.right.state, f.right.base })
  end)

  it("knows each packet's fate", function()
    local s = story.new()
    local one, two = s:send("client", "SYN", 0), s:send("client", "SYN", 0)
    s:send("client", "SYN", 0)
    s:lose(one, "loss")
    s:at(10):arrive(two, "sequence")
    local packets = sort(s)[1].packets
    assert.same({ "dropped", "loss", 0 }, { packets[1].fate, packets[1].reason, packets[1].ended })
    assert.same({ "refused", "sequence", 10000000 }, { packets[2].fate, packets[2].reason, packets[2].ended })
    assert.is_nil(packets[3].fate)
  end)

  it("counts a packet once, however many links it crosses", function()
    local s = story.new()
    local syn = s:send("client", "SYN", 0)
    s:at(5):tell_segment(syn, "sent", "client")
    s:at(10):arrive(syn)
    local f = sort(s)[1]
    assert.equal(1, #f.packets)
    assert.equal(0, f.packets[1].sent)
    assert.equal(2, #f.steps)
  end)

  it("takes its initial numbers from the SYN that the connection itself sent, not from a stale one", function()
    local s = story.new()
    s:send("client", "SYN", 77, nil, "", { relative = {} })
    s.events[1].conn = nil
    s:send("client", "SYN", 0)
    assert.equal(4294967290, sort(s)[1].left.base)
  end)

  it("is plain as long as nothing but data and acknowledgements went by", function()
    local s = story.new():handshake()
    local data, again = s:send("client", "DATA", 1, 1, "x"), s:send("client", "DATA", 1, 1, "x", { retransmission = true })
    s:arrive(data)
    s:arrive(again)
    local packets = sort(s)[1].packets
    assert.is_false(packets[1].plain)
    assert.is_false(packets[3].plain) -- the ACK that completed the handshake
    assert.is_true(packets[4].plain)
    assert.is_false(packets[5].plain)
  end)

  it("keeps damaged packets with the last conversation between their hosts", function()
    local s = story.new():handshake()
    local packet = s:send("server", "ACK", 1, 1)
    s.events[#s.events].segment = nil
    packet.segment = nil
    s:at(60):arrive(packet, "ip-checksum")
    local packets = sort(s)[1].packets
    assert.same({ "right", "refused" }, { packets[#packets].side, packets[#packets].fate })
  end)

  it("can be seen from the other side", function()
    local f = sort(story.new():handshake())[1]
    conversation.mirror(f)
    assert.same({ "server", "right", "right" }, { f.left.host, f.packets[1].side, f.steps[1].side })
  end)

  it("is another one for other ports", function()
    local s = story.new():handshake()
    s.ends.client = { "10.0.0.1", 50000 }
    s:send("client", "SYN", 0)
    assert.equal(2, #sort(s))
  end)
end)

describe("an ICMP error", function()
  it("goes to where the segment that it quotes came from, whoever sent it", function()
    local net <close> = require "tcplab".lab { seed = 1 }
    local client, server = net:host("client", { address = "10.0.0.1" }), net:host("server", { address = "10.0.0.2" })
    local here, there = net:switch "here", net:switch "there"
    net:link(client, here, { delay = 0.01 })
    net:link(here, there, { delay = 0.01, mtu = 1000 })
    net:link(there, server, { delay = 0.01 })
    local listener = server:listen(80)
    local conn = assert(client:connect(server, 80))
    conn:send(("x"):rep(1400))
    conn:close()
    assert.equal(1400, #assert(listener:accept()):receive "*a")
    local ladder = net.trace:ladder()
    assert.matches("X mtu", ladder)
    assert.matches("ICMP type 3 code 4", ladder)
    local f = conversation.sort(net.trace:_plain())
    assert.equal(1, #f)
    assert.same({ "client", "server" }, { f[1].left.host, f[1].right.host })
    local errors = {}
    for _, packet in ipairs(f[1].packets) do
      if not packet.segment then errors[#errors + 1] = packet.side end
    end
    assert.same({ "right" }, { errors[1] })
  end)
end)

describe("a name", function()
  it("is that of an object, the text itself, or the number", function()
    assert.same({ "client", "client", "#3" }, { conversation.name { name = "client" }, conversation.name "client", conversation.name(3) })
    assert.is_nil(conversation.name(nil))
    assert.is_nil(conversation.name(0))
  end)

  it("knows no pacing timer: where a paced segment stands tells as much", function()
    local s = story.new():handshake()
    local before = #sort(s)[1].steps
    s:timer("client", "pacing", "fired")
    assert.equal(before, #sort(s)[1].steps)
    s:timer("client", "retransmission", "fired")
    assert.equal(before + 1, #sort(s)[1].steps)
  end)
end)
