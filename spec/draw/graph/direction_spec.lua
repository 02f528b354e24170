-- SPDX-License-Identifier: MIT
require "spec.helper"
local direction = require "tcplab.draw.graph.direction"
local story = require "spec.story"
local view = require "tcplab.draw.view"

local function read(s, options) return direction.read(s.events, view.read(options, "save", {})) end

local function scaled(s, shift)
  for _, event in ipairs(s.events) do
    local segment = event.segment
    if segment and (segment.kind == "SYN" or segment.kind == "SYN-ACK") then
      segment.options = { { name = "nop", kind = 1 }, { name = "window_scale", value = shift } }
    end
  end
  return s
end

-- Three segments of 1000 bytes, of which the second is lost and sent again.
local function transfer()
  local s = scaled(story.new():handshake(), 3)
  s:at(100)
  local data = ("x"):rep(1000)
  local one, two, three = s:send("client", "DATA", 1, 1, data), s:send("client", "DATA", 1001, 1, data), s:send("client", "DATA", 2001, 1, data)
  s:lose(two, "loss")
  s:at(110):arrive(one)
  local ack = s:send("server", "ACK", 1, 1001, "", { window = 1000 })
  s:arrive(three)
  local sack = s:send("server", "ACK", 1, 1001, "", { window = 1000, options = { { name = "sack", blocks = { { 1995, 2995 } } } } })
  s:at(120):arrive(ack)
  s:arrive(sack)
  local again = s:send("client", "DATA", 1001, 1, data, { retransmission = true })
  s:at(130):arrive(again)
  local last = s:send("server", "ACK", 1, 3001, "", { window = 500 })
  s:at(140):arrive(last)
  return s
end

describe("a half of a connection", function()
  it("is that of the host that sent the most", function()
    local h = read(transfer())
    assert.equal("left", h.side)
    assert.equal("client (10.0.0.1:49152) to server (10.0.0.2:80)", direction.whose(h))
  end)

  it("is that of the connection that is asked for, or of the first host", function()
    assert.equal("right", read(transfer(), { conn = "server's" }).side)
    local h = read(transfer(), { hosts = { "server", "client" } })
    assert.equal("server (10.0.0.2:80) to client (10.0.0.1:49152)", direction.whose(h))
    assert.same({ {}, {} }, { h.data, h.again })
  end)

  it("tells what was sent, sent again and lost", function()
    local h = read(transfer())
    assert.same({ { time = 0.1, low = 1, high = 1001 }, { time = 0.1, low = 1001, high = 2001 }, { time = 0.1, low = 2001, high = 3001 } }, h.data)
    assert.same({ { time = 0.12, low = 1001, high = 2001 } }, h.again)
    assert.same({ { time = 0.1, value = 1501 } }, h.lost)
  end)

  it("tells what was acknowledged, and by SACK, and how far the window reached, with its scale", function()
    local h = read(transfer())
    assert.same({ time = 0.02, value = 1 }, h.acks[1])
    assert.same({ time = 0.14, value = 3001 }, h.acks[#h.acks])
    assert.same({ { time = 0.12, low = 2001, high = 3001 } }, h.sacks)
    assert.same({ time = 0.02, value = 1 + 65535 }, h.edges[1]) -- a SYN-ACK's window has no scale
    assert.same({ time = 0.14, value = 3001 + 500 * 8 }, h.edges[#h.edges])
    assert.is_true(h.scaled)
  end)

  it("tells what was in flight", function()
    local h = read(transfer())
    local most = 0
    for _, point in ipairs(h.flight) do most = math.max(most, point.value) end
    assert.equal(3000, most)
    assert.equal(0, h.flight[#h.flight].value)
  end)

  it("does not know the window's scale without both SYNs", function()
    local s = transfer()
    for i = #s.events, 1, -1 do
      if s.events[i].segment and s.events[i].segment.kind == "SYN" then table.remove(s.events, i) end
    end
    assert.is_false(read(s).scaled)
  end)

  it("counts on where sequence numbers wrap", function()
    local s = story.new { initial = { client = 0xffffff00, server = 5000 } }:handshake()
    s:at(100):arrive(s:send("client", "DATA", 1, 1, ("x"):rep(1000)))
    s:arrive(s:send("client", "DATA", 1001, 1, ("x"):rep(1000)))
    s:arrive(s:send("server", "ACK", 1, 2001))
    local h = read(s)
    assert.equal(2001, h.data[2].high)
    assert.equal(2001, h.acks[#h.acks].value)
  end)

  it("goes on counting beyond four gigabytes", function()
    local s = story.new { initial = { client = 0, server = 5000 } }:handshake()
    for i = 1, 9 do s:at(100 * i):arrive(s:send("client", "DATA", (i * 1000000000) & 0xffffffff, 1, "x")) end
    assert.equal(9000000001, read(s).data[9].high)
  end)

  it("does not go back for an acknowledgement that was overtaken", function()
    local s = transfer()
    s:at(200):arrive(s:send("server", "ACK", 1, 1001))
    local h = read(s)
    assert.equal(3001, h.acks[#h.acks].value)
  end)

  it("is clipped to a span; lines come in with the value that they had", function()
    local h = read(transfer(), { from = 0.115, to = 0.135 })
    assert.same({}, h.data)
    assert.equal(1, #h.again)
    assert.same({ time = 0.115, value = 1 }, h.acks[1])
    assert.same({ 0.115, 0.135 }, { h.from, h.to })
  end)

  it("is nothing where there is none", function()
    assert.is_nil(read(story.new()))
    assert.is_nil(read(transfer(), { hosts = { "nobody", "client" } }))
  end)
end)
