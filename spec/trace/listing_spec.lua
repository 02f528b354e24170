-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"
local listing = require "tcplab.trace.listing"
local story = require "spec.story"

local function lines(events, conn, ported) return listing.lines(listing.merge(listing.conversations(events, conn)), ported) end

describe("a trace as a list", function()
  it("tells segments where they were sent, and states, in the trace's order", function()
    assert.same({
      "0.000  client: CLOSED -> SYN-SENT",
      "0.000  client > server  SYN seq=0 win=65535",
      "0.010  server: LISTEN -> SYN-RECEIVED",
      "0.010  server > client  SYN-ACK seq=0 ack=1 win=65535",
      "0.020  client: SYN-SENT -> ESTABLISHED",
      "0.020  client > server  ACK seq=1 ack=1",
      "0.030  server: SYN-RECEIVED -> ESTABLISHED",
    }, lines(story.new():handshake().events))
  end)

  it("says what became of a segment and what was special", function()
    local s = story.new():handshake()
    s:lose(s:send("client", "DATA", 1, 1, "hello"), "fault")
    local again = s:at(1030):send("client", "DATA", 1, 1, "hello", { retransmission = true })
    s:at(1040):arrive(again, "sequence")
    s:timer("client", "retransmission", "fired")
    s:tell("error", "client", { code = "ECONNRESET" })
    local list = lines(s.events)
    assert.same({
      "0.030  client > server  DATA seq=1:6 ack=1 (5) lost: fault",
      "1.030  client > server  DATA seq=1:6 ack=1 (5) retransmission refused: sequence",
      "1.040  client: retransmission timer",
      "1.040  client: error ECONNRESET",
    }, table.move(list, 8, #list, 1, {}))
  end)

  it("tells a segment once that crosses several links", function()
    local net = require "tcplab".lab { seed = 1 }
    local client, server = net:host("client", { address = "10.0.0.1" }), net:host("server", { address = "10.0.0.2" })
    local middle = net:switch "middle"
    net:link(client, middle, { delay = 0.005 })
    net:link(middle, server, { delay = 0.005 }):drop("SYN", 1)
    client:open { address = "10.0.0.2", port = 80 }
    net:run(0.5)
    assert.same({ "0.000  client: CLOSED -> SYN-SENT", "0.000  client > 10.0.0.2  SYN seq=0 win=65535 lost: fault" }, lines(net.trace:_plain()))
  end)

  it("has ports where names do not tell connections apart", function()
    local conn, _, l = helper.established()
    assert.is_nil(table.concat(lines(l.net.trace:_plain())):find(":80", 1, true))
    assert(l.client:connect("10.0.0.2", 80))
    local port = select(2, conn:getsockname())
    assert.is_truthy(lines(l.net.trace:_plain())[2]:find(("client:%d > server:80  SYN"):format(port), 1, true))
  end)

  it("has decimal places enough for the pace", function()
    local s = story.new()
    for i = 0, 5 do s:at(i / 100):arrive(s:send("client", "DATA", 1 + i, 1, "x")) end
    assert.equal("0.000000", lines(s.events)[1]:match "%S+")
    s = story.new()
    for i = 0, 5 do s:at(i / 100000):arrive(s:send("client", "DATA", 1 + i, 1, "x")) end
    assert.equal("0.000000010", lines(s.events)[2]:match "%S+")
  end)

  it("puts names in quotes that could be taken for something else", function()
    local net = require "tcplab".lab {}
    local one, two = net:host("the one", { address = "10.0.0.1" }), net:host("two", { address = "10.0.0.2" })
    net:link(one, two)
    one:connect("10.0.0.2", 80)
    assert.is_truthy(lines(net.trace:_plain())[2]:find('"the one" > two  SYN', 1, true))
  end)
end)
