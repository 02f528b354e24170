-- SPDX-License-Identifier: MIT
local helper = require "spec.helper"
local pcapng = require "tcplab.save.pcapng"
local story = require "spec.story"

local function written(events, lost)
  local parts = {}
  local out = { write = function(self, bytes)
    parts[#parts + 1] = bytes
    return self
  end }
  assert(pcapng.write(out, events, lost))
  return table.concat(parts)
end

local function options_of(bytes, at)
  local options = {}
  while at <= #bytes do
    local code, size = string.unpack("<I2I2", bytes, at)
    if code == 0 then break end
    options[code] = bytes:sub(at + 4, at + 3 + size)
    at = at + 4 + size + -size % 4
  end
  return options
end

--- The file's blocks: { kind, body }.
local function blocks_of(bytes)
  local blocks, at = {}, 1
  while at <= #bytes do
    local kind, size = string.unpack("<I4I4", bytes, at)
    assert.equal(0, size % 4)
    assert.equal(size, (string.unpack("<I4", bytes, at + size - 4)))
    blocks[#blocks + 1] = { kind, bytes:sub(at + 8, at + size - 5) }
    at = at + size
  end
  assert.equal(#bytes + 1, at)
  return blocks
end

local function packets_of(bytes)
  local packets = {}
  for _, block in ipairs(blocks_of(bytes)) do
    if block[1] == 6 then
      local link, high, low, size = string.unpack("<I4I4I4I4", block[2])
      packets[#packets + 1] = {
        link = link, ns = high << 32 | low, bytes = block[2]:sub(21, 20 + size), comment = options_of(block[2], 21 + size + -size % 4)[1],
      }
    end
  end
  return packets
end

local function tshark(events, arguments)
  helper.need "tshark"
  local path = helper.write(helper.folder() .. "/story.pcapng", written(events))
  local output, code = helper.shell("tshark -r " .. helper.quote(path) .. " " .. arguments)
  assert.equal(0, code, output)
  return output
end

describe("a pcapng file", function()
  it("begins with a section and an interface for each link, raw IP in nanoseconds", function()
    local blocks = blocks_of(written(story.new():handshake().events))
    assert.equal(0x0A0D0D0A, blocks[1][1])
    assert.equal(0x1A2B3C4D, (string.unpack("<I4", blocks[1][2])))
    assert.equal(1, blocks[2][1])
    assert.equal(101, (string.unpack("<I2", blocks[2][2])))
    local options = options_of(blocks[2][2], 9)
    assert.equal("client-server", options[2])
    assert.equal("\9", options[9])
  end)

  it("holds each packet once, as it entered the link, to the nanosecond", function()
    local s = story.new()
    s.ns = 1234567890123
    local syn = s:send("client", "SYN", 0)
    s.ns = 2234567890123
    s:arrive(syn)
    local packets = packets_of(written(s.events))
    assert.equal(1, #packets)
    assert.equal(1234567890123, packets[1].ns)
    assert.equal(syn.bytes, packets[1].bytes)
  end)

  it("says on every packet who sent it and what became of it", function()
    local s = story.new()
    local syn, lost = s:send("client", "SYN", 0), s:send("client", "SYN", 0, nil, "", { retransmission = true })
    local under_way = s:send("client", "ACK", 1, 1, "", { probe = true })
    s:lose(lost, "queue")
    s:at(10):arrive(syn, "sequence")
    local packets = packets_of(written(s.events))
    assert.equal("client; refused by server at 0.010000000 s: sequence", packets[1].comment)
    assert.equal("client; retransmission; dropped on client-server: queue", packets[2].comment)
    assert.equal("client; probe; still under way at the end", packets[3].comment)
    assert.equal(under_way.bytes, packets[3].bytes)
  end)

  it("tells the sender's state and its latest figures", function()
    local s = story.new()
    s:tell("congestion", "client", { cwnd = 14600, ssthresh = 65535, reason = "ack" })
    s:tell("rtt", "client", { sample = 0.02, srtt = 0.02, rttvar = 0.01, rto = 1.0 })
    local data = s:send("client", "DATA", 1, 1, "x")
    s.events[#s.events].state = "ESTABLISHED"
    s:at(10):arrive(data)
    assert.equal("client ESTABLISHED, cwnd 14600, srtt 0.020000 s, rto 1.000 s; delivered to server at 0.010000000 s",
      packets_of(written(s.events))[1].comment)
  end)

  it("leaves out what was never on a wire", function()
    local s = story.new()
    local syn = s:send("client", "SYN", 0)
    s:arrive(syn)
    table.remove(s.events, 1)
    assert.same({}, packets_of(written(s.events)))
  end)

  it("says when the trace's beginning is gone", function()
    local function comment(lost) return options_of(blocks_of(written({}, lost))[1][2], 17)[1] end
    assert.equal("7 earlier events were overwritten", comment(7))
    assert.is_nil(comment(0))
  end)

  it("stops at the first write that fails", function()
    local writes = 0
    local out = { write = function(self)
      writes = writes + 1
      if writes < 3 then return self end
      return nil, "no space", 28
    end }
    local ok, message, number = pcapng.write(out, story.new():handshake().events)
    assert.same({ "nil", "no space", 28, 3 }, { tostring(ok), message, number, writes })
  end)

  it("is read by tshark without a complaint", function()
    local output = tshark(story.new():handshake().events, "-o tcp.check_checksum:TRUE -o ip.check_checksum:TRUE -q -z expert,note")
    assert.is_nil(output:find "Errors" or output:find "Warn" or output:find "Notes", output)
  end)

  it("is read by tshark with its comments and names", function()
    local output = tshark(story.new():handshake().events, "-T fields -e frame.interface_name -e frame.time_relative -e frame.comment")
    assert.is_truthy(output:find("client-server\t0.010000000\tserver; delivered to client at 0.020000000 s", 1, true), output)
  end)
end)
