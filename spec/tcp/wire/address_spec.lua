-- SPDX-License-Identifier: MIT
-- Addresses as text (RFC 4291 2.2, RFC 5952) and prefixes.

local core = require "tcplab.core"

local function text(given) return (core.parse_address(given)) end

describe("an IPv4 address", function()
  it("is read and written as it stands", function()
    for _, a in ipairs { "0.0.0.0", "10.0.0.1", "127.0.0.1", "192.168.100.200", "255.255.255.255" } do
      assert.equal(a, text(a))
      assert.equal(4, select(2, core.parse_address(a)))
    end
  end)

  it("is refused with a number missing, too many, too large, empty or with a leading zero", function()
    for _, a in ipairs {
      "", ".", "1", "1.2.3", "1.2.3.", "1.2.3.4.", "1.2.3.4.5", ".1.2.3", "1..2.3", "256.1.1.1", "1.1.1.256", "01.2.3.4", "1.2.3.04",
      "1.2.3.4 ", " 1.2.3.4", "1.2.3.-4", "1.2.3.4/8", "99999999999.1.1.1", "1.2.3.a", "1.2.3.4\0",
    } do
      assert.is_nil(text(a), a)
    end
  end)
end)

describe("an IPv6 address", function()
  it("is written as RFC 5952 asks", function()
    local cases = {
      { "2001:db8::1", "2001:db8::1" },
      { "2001:0DB8:0:0:0:0:0:1", "2001:db8::1" },
      { "2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1" }, -- one zero is not shortened
      { "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1" }, -- the first of equal runs
      { "2001:0:0:1:0:0:0:1", "2001:0:0:1::1" }, -- the longest run
      { "0:0:0:0:0:0:0:0", "::" },
      { "::1", "::1" },
      { "1::", "1::" },
      { "1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0" },
      { "::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8" },
      { "1:0:0:4:5:6:0:0", "1::4:5:6:0:0" },
      { "1:2:3:4:5:6:0:0", "1:2:3:4:5:6::" },
      { "fe80::ABCD:ef01", "fe80::abcd:ef01" },
      { "64:ff9b::192.0.2.33", "64:ff9b::c000:221" },
      { "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304" },
      { "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" },
    }
    for _, case in ipairs(cases) do
      assert.equal(case[2], text(case[1]))
      assert.equal(case[2], text(case[2]))
      assert.equal(6, select(2, core.parse_address(case[1])))
    end
  end)

  it("that maps an IPv4 address is that address", function()
    assert.equal("10.0.0.1", text "::ffff:10.0.0.1")
    assert.equal("10.0.0.1", text "::ffff:a00:1")
  end)

  it("is refused when it is not exactly one", function()
    for _, a in ipairs {
      ":", ":::", "1", "1:", ":1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:", ":1:2:3:4:5:6:7", "1::2::3", "12345::", "g::",
      "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "::1.2.3", "::1.2.3.4.5", "::1.2.3.4:5", "1:2:3:4:5:6:7:1.2.3.4", "::1%eth0", "[::1]", "::1/64",
      "::01.2.3.4", "::256.2.3.4",
    } do
      assert.is_nil(text(a), a)
    end
  end)

  it("of every pattern of zero groups comes back the same", function()
    for pattern = 0, 255 do
      local groups = {}
      for i = 0, 7 do groups[i + 1] = pattern >> i & 1 == 1 and ("%x"):format(0x1a0 + i) or "0" end
      local full = table.concat(groups, ":")
      local short = text(full)
      assert.equal(short, text(short), full)
      assert.is_true(#short <= #full)
      local rest, zeros = short:gsub("::", ":")
      assert.is_true(zeros <= 1 and not rest:find("::", 1, true), short)
    end
  end)
end)

describe("a group address", function()
  local function is_group(a) return select(3, core.parse_address(a)) end

  it("is multicast or the limited broadcast", function()
    for _, a in ipairs { "224.0.0.0", "224.0.0.1", "239.255.255.255", "255.255.255.255", "ff02::1", "ff00::", "ffff::" } do
      assert.is_true(is_group(a), a)
    end
    for _, a in ipairs { "223.255.255.255", "240.0.0.0", "255.255.255.254", "0.0.0.0", "10.0.0.255", "::", "fe80::1", "feff::1", "::1" } do
      assert.is_false(is_group(a), a)
    end
  end)
end)

describe("a prefix", function()
  it("contains what shares its leading bits", function()
    local cases = {
      { "10.0.0.0/8", "10.255.255.255", true }, { "10.0.0.0/8", "11.0.0.0", false }, { "10.0.0.0/8", "9.255.255.255", false },
      { "10.9.0.1/24", "10.9.0.200", true }, { "10.9.0.1/24", "10.9.1.1", false },
      { "192.168.1.128/25", "192.168.1.128", true }, { "192.168.1.128/25", "192.168.1.127", false },
      { "192.168.1.6/31", "192.168.1.7", true }, { "192.168.1.6/31", "192.168.1.8", false }, { "192.168.1.6/31", "192.168.1.5", false },
      { "10.0.0.1", "10.0.0.1", true }, { "10.0.0.1", "10.0.0.2", false }, { "10.0.0.1/32", "10.0.0.1", true },
      { "0.0.0.0/0", "255.1.2.3", true }, { "0.0.0.0/0", "::1", false },
      { "::/0", "10.0.0.1", true }, { "::/0", "2001:db8::1", true },
      { "2001:db8::/32", "2001:db8:ffff::1", true }, { "2001:db8::/32", "2001:db9::", false },
      { "2001:db8::/33", "2001:db8:7fff::", true }, { "2001:db8::/33", "2001:db8:8000::", false },
      { "fd00::1", "fd00::1", true }, { "fd00::1/127", "fd00::", true }, { "fd00::1/127", "fd00::2", false },
    }
    for _, case in ipairs(cases) do
      assert.equal(case[3], core.prefix_contains(case[1], case[2]), case[1] .. " " .. case[2])
    end
  end)

  it("is refused when its length is missing, out of range or no number", function()
    for _, p in ipairs { "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/08", "10.0.0.0/8 ", "10.0.0.0/x", "fd00::/129", "fd00::/", "/8", "" } do
      assert.is_nil(core.prefix_contains(p, "10.0.0.1"), p)
    end
  end)
end)
