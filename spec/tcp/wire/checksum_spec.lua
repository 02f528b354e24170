-- SPDX-License-Identifier: MIT
-- The Internet checksum (RFC 1071), against a reference that adds byte by byte.

local core = require "tcplab.core"

local function reference(bytes)
  local sum = 0
  for i = 1, #bytes, 2 do
    sum = sum + (bytes:byte(i) << 8) + (bytes:byte(i + 1) or 0)
    sum = (sum & 0xffff) + (sum >> 16)
  end
  return ~sum & 0xffff
end

-- A seeded stream of bytes.
local function noise(size, seed)
  local out = {}
  for i = 1, size do
    seed = (seed * 6364136223846793005 + 1442695040888963407)
    out[i] = string.char(seed >> 56)
  end
  return table.concat(out)
end

local function check(bytes, first, split)
  local added, copied, copy = core.checksum(bytes, first, split)
  local part = bytes:sub(first)
  local expected = reference(part)
  local where = ("%d bytes from %d, cut at %d"):format(#part, first, split)
  assert.equal(expected, added, where)
  assert.equal(expected, copied, where)
  assert.is_true(copy == part, where)
end

describe("the checksum", function()
  it("is that of RFC 1071's example", function()
    assert.equal(~0xddf2 & 0xffff, (core.checksum("\x00\x01\xf2\x03\xf4\xf5\xf6\xf7")))
  end)

  it("of nothing is all ones", function() assert.equal(0xffff, (core.checksum(""))) end)

  it("agrees with the reference for every length up to 700", function()
    local bytes = noise(700, 1)
    for size = 0, 700 do check(bytes:sub(1, size), 1, 0) end
  end)

  it("agrees at every alignment", function()
    local bytes = noise(1600, 2)
    for first = 1, 66 do
      for _, size in ipairs { 0, 1, 2, 3, 31, 32, 33, 127, 128, 129, 255, 256, 1459, 1460 } do
        check(bytes:sub(1, first - 1 + size), first, 0)
      end
    end
  end)

  it("of parts is that of the whole, also where a part starts at an odd place", function()
    local bytes = noise(400, 3)
    for split = 0, 400 do check(bytes, 1, split) end
  end)

  it("carries as often as it must: all ones, also in 1 MiB and more", function()
    for _, size in ipairs { 1, 2, 3, 64, 65, 128, 1460, 65535 } do check(("\xff"):rep(size), 1, 0) end
    local large = ("\xff"):rep((1 << 20) + 3) -- an odd last byte stands high in its word
    assert.equal(~0xff00 & 0xffff, (core.checksum(large)))
    local low = ("\x00"):rep(1 << 20) .. "\x12\x34"
    assert.equal(~0x1234 & 0xffff, (core.checksum(low)))
    assert.equal(~0x1234 & 0xffff, (core.checksum(("\x80\x00"):rep(1 << 19) .. "\x12\x30"))) -- 2^19 times 2^15 folds to 4
  end)
end)
