-- SPDX-License-Identifier: MIT
require "spec.helper"
local caption = require "tcplab.trace.caption"
local conversation = require "tcplab.trace.conversation"
local story = require "spec.story"

local function one(kind, seq, ack, payload, more, from)
  local s = story.new():handshake()
  s:send(from or "client", kind, seq, ack, payload, more)
  local f = conversation.sort(s.events)[1]
  return f.packets[#f.packets], f
end

local function labels(full, ...)
  local packet, f = one(...)
  return caption.labels(packet, f, true, full)
end

describe("a packet's caption", function()
  it("is told from the fullest to the barest", function()
    assert.same({ "DATA seq=1:4 ack=1 (3)", "DATA seq=1:4 ack=1", "DATA seq=1:4", "DATA" }, labels(false, "DATA", 1, 1, "abc"))
    assert.same({ "ACK seq=1 ack=1 win=0", "ACK seq=1 ack=1 win=0", "ACK seq=1 win=0", "ACK" }, labels(false, "ACK", 1, 1, "", { window = 0 }))
  end)

  it("has, where there is room, the window and the options in words", function()
    local options = {
      { name = "nop", kind = 1 }, { name = "timestamps", value = 7, echo = 3 }, { name = "sack", blocks = { { 5011, 5021 }, { 5031, 5041 } } },
    }
    local list = labels(true, "ACK", 1, 1, "", { options = options })
    assert.equal("ACK seq=1 ack=1 win=65535 <ts 7:3, sack 11:21 31:41>", list[1])
    assert.equal("ACK seq=1 ack=1 win=65535", list[2])
    assert.equal("ACK seq=1 ack=1", list[3])
    options = {
      { name = "mss", value = 1460 }, { name = "window_scale", value = 3 }, { name = "sack_permitted" }, { name = "fast_open", data = "x" },
      { name = "user_timeout", value = 5, minutes = true }, { name = "unknown", kind = 99 },
    }
    assert.is_truthy(labels(true, "DATA", 1, 1, "abc", { options = options })[1]
      :find("win=65535 (3) <mss 1460, scale 3, sack ok, fast open, timeout 5 min, kind 99>", 1, true))
  end)

  it("remarks on what was special, at the end where it was", function()
    local packet = one("DATA", 1, 1, "abc", { retransmission = true })
    packet.corrupted = true
    assert.equal("retransmission, corrupted", caption.remarks { packet = packet, part = "whole" })
    packet.fate, packet.row = "delivered", {}
    assert.equal("retransmission", caption.remarks { packet = packet, part = "sent" })
    assert.equal("corrupted, refused: checksum", caption.remarks { packet = packet, part = "arrived", refused = "checksum" })
    assert.equal("", caption.remarks { packet = one("ACK", 1, 1), part = "whole" })
  end)

  it("names its style", function()
    assert.equal("FIN", caption.style((one("FIN", 1, 1))))
    assert.equal("again", caption.style((one("FIN", 1, 1, "", { retransmission = true }))))
    assert.equal("lost", caption.style { event = {} })
  end)
end)

describe("a run's caption", function()
  local function side(segments, bytes, acks) return { segments = segments, bytes = bytes, acks = acks } end

  it("adds up segments, bytes and acknowledgements of both ways", function()
    assert.equal("... 5 segments, 70 bytes, 1 ACK ...", caption.fold { left = side(5, 70, 0), right = side(0, 0, 1) })
    assert.equal("... 5 segments, 70 bytes, 2 ACKs ...", caption.fold { left = side(0, 0, 2), right = side(5, 70, 0) })
    assert.equal("... 5 segments, 70 bytes; back 6 segments, 80 bytes, 1 ACK ...", caption.fold { left = side(5, 70, 0), right = side(6, 80, 1) })
  end)
end)
