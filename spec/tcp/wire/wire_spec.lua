-- SPDX-License-Identifier: MIT
-- Packets made by hand, byte by byte, and what the codec makes of them.

local core = require "tcplab.core"

-- ---- a second, slow codec to hold the first one against ----

local function checksum(bytes)
  local sum = 0
  for i = 1, #bytes, 2 do
    sum = sum + (bytes:byte(i) << 8) + (bytes:byte(i + 1) or 0)
    sum = (sum & 0xffff) + (sum >> 16)
  end
  return ~sum & 0xffff
end

local function u16(n) return (">I2"):pack(n) end
local function u32(n) return (">I4"):pack(n) end

local A4, B4 = "\10\0\0\1", "\10\0\0\2"
local A6, B6 = "\x20\x01\x0d\xb8" .. ("\0"):rep(11) .. "\1", "\x20\x01\x0d\xb8" .. ("\0"):rep(11) .. "\2"

local function with_checksum(bytes, at, pseudo)
  local value = u16(checksum((pseudo or "") .. bytes:sub(1, at) .. "\0\0" .. bytes:sub(at + 3)))
  return bytes:sub(1, at) .. value .. bytes:sub(at + 3)
end

local function pseudo4(protocol, size) return A4 .. B4 .. "\0" .. string.char(protocol) .. u16(size) end
local function pseudo6(protocol, size) return A6 .. B6 .. u32(size) .. "\0\0\0" .. string.char(protocol) end

local function tcp(f)
  f = f or {}
  local options = f.options or ""
  local offset = f.offset or (20 + #options) // 4
  return u16(1234) .. u16(80) .. u32(f.seq or 0x01020304) .. u32(f.ack or 0x05060708) .. u16(offset << 12 | (f.flags or 0x10)) ..
    u16(f.window or 4096) .. "\0\0" .. u16(f.urgent or 0) .. options .. (f.payload or "")
end

local function ipv4(f)
  local options, body = f.options or "", f.body
  local ihl = f.ihl or (20 + #options) // 4
  local header = string.char((f.version or 4) << 4 | ihl, f.tos or 0) .. u16(f.total or 20 + #options + #body) .. u16(f.id or 77) ..
    u16(f.fragment or 0x4000) .. string.char(f.ttl or 64, f.protocol or 6) .. "\0\0" .. A4 .. B4 .. options
  if not f.keep_checksum then header = with_checksum(header, 10) end
  return header .. body
end

local function ipv6(f)
  return u32(6 << 28 | (f.class or 0) << 20 | (f.label or 0)) .. u16(f.length or #f.body) .. string.char(f.next or 6, f.ttl or 64) ..
    (f.source or A6) .. (f.destination or B6) .. f.body
end

local function tcp4(f)
  local body = tcp(f)
  return with_checksum(body, 16, pseudo4(6, #body))
end

local function tcp6(f)
  local body = tcp(f)
  return with_checksum(body, 16, pseudo6(6, #body))
end

local function icmp4(type, code, rest, body)
  return ipv4 { protocol = 1, body = with_checksum(string.char(type, code) .. "\0\0" .. rest .. body, 2) }
end

local function icmp6(type, code, rest, body)
  local bytes = string.char(type, code) .. "\0\0" .. rest .. body
  return ipv6 { next = 58, body = with_checksum(bytes, 2, pseudo6(58, #bytes)) }
end

local function reason(bytes, skip)
  local parsed, message, name = core.parse(bytes, skip)
  if parsed then return "accepted" end
  assert.is_string(message)
  return name
end

local function accept(bytes, skip)
  local parsed, _, name = core.parse(bytes, skip)
  assert.is_nil(name)
  return assert(parsed)
end

-- A little generator, seeded.
local function generator(seed)
  return function(n)
    seed = seed * 6364136223846793005 + 1442695040888963407
    return (seed >> 33) % n
  end
end

describe("a TCP segment over IPv4", function()
  it("is read field by field", function()
    local s = accept(ipv4 { tos = 0xb9, ttl = 61, id = 4711, body = tcp4 { flags = 0x18, urgent = 9, payload = "hello" } })
    assert.equal("10.0.0.1", s.source)
    assert.equal("10.0.0.2", s.destination)
    assert.equal(1234, s.source_port)
    assert.equal(80, s.destination_port)
    assert.equal(0x01020304, s.seq)
    assert.equal(0x05060708, s.ack)
    assert.equal("P.", s.flags)
    assert.equal("DATA", s.kind)
    assert.equal(4096, s.window)
    assert.equal(9, s.urgent)
    assert.equal("hello", s.payload)
    assert.equal(61, s.ttl)
    assert.equal(46, s.dscp)
    assert.equal(1, s.ecn)
    assert.equal(4711, s.ip_id)
    assert.equal(0, s.reserved)
    assert.is_nil(s.flow_label)
    assert.equal(0, #s.options)
  end)

  it("is written byte by byte as the reference writes it #MUST-2", function()
    for size = 0, 200 do
      local bytes = ipv4 { tos = 0x2a, body = tcp4 { payload = ("\xa5"):rep(size) } }
      assert.is_true(core.emit(accept(bytes)) == bytes, "payload of " .. size)
    end
  end)

  it("ends where the total length says, whatever padding follows", function()
    local bytes = ipv4 { body = tcp4 { payload = "abc" } }
    assert.equal("abc", accept(bytes .. ("\0"):rep(6)).payload)
  end)

  it("is read behind IPv4 options of any length #MUST-50", function()
    for words = 1, 10 do
      local s = accept(ipv4 { options = ("\1"):rep(4 * words), body = tcp4 { payload = "abc" } })
      assert.equal("abc", s.payload)
      assert.equal(1234, s.source_port)
    end
  end)
end)

describe("a TCP segment over IPv6", function()
  it("is read field by field", function()
    local s = accept(ipv6 { class = 0xb9, label = 0xabcde, ttl = 3, body = tcp6 { flags = 0x11 } })
    assert.equal("2001:db8::1", s.source)
    assert.equal("2001:db8::2", s.destination)
    assert.equal(46, s.dscp)
    assert.equal(1, s.ecn)
    assert.equal(3, s.ttl)
    assert.equal(0xabcde, s.flow_label)
    assert.is_nil(s.ip_id)
    assert.equal("FIN", s.kind)
  end)

  it("is written byte by byte as the reference writes it #MUST-2", function()
    for size = 0, 200 do
      local bytes = ipv6 { class = 0x2a, label = 5, body = tcp6 { payload = ("\xa5"):rep(size) } }
      assert.is_true(core.emit(accept(bytes)) == bytes, "payload of " .. size)
    end
  end)

  it("may come from the unspecified address, but not go there", function()
    local none = ("\0"):rep(16)
    assert.equal("::", accept(ipv6 { source = none, body = tcp() }, true).source)
    assert.equal("address-destination", reason(ipv6 { destination = none, body = tcp() }, true))
  end)

  it("may not carry an IPv4-mapped address", function()
    local mapped = ("\0"):rep(10) .. "\xff\xff\10\0\0\1"
    assert.equal("address-source", reason(ipv6 { source = mapped, body = tcp() }, true))
    assert.equal("address-destination", reason(ipv6 { destination = mapped, body = tcp() }, true))
  end)
end)

describe("IPv6 extension headers", function()
  local PAD6 = "\1\4\0\0\0\0" -- PadN
  local function behind(first, headers, skip) return reason(ipv6 { next = first, body = headers .. tcp6 {} }, skip) end

  it("are skipped: hop-by-hop, destination options, routing, atomic fragment, in a row", function()
    assert.equal("accepted", behind(0, "\6\0" .. PAD6))
    assert.equal("accepted", behind(60, "\6\0" .. PAD6))
    assert.equal("accepted", behind(43, "\6\0\0\0\0\0\0\0"))
    assert.equal("accepted", behind(44, "\6\0\0\0\0\0\0\1"))
    assert.equal("accepted", behind(0, "\60\0" .. PAD6 .. "\43\0" .. PAD6 .. "\44\0\4\0\0\0\0\0" .. "\60\0\0\0\1\2\3\4" .. "\6\0" .. PAD6))
  end)

  it("of several units are skipped by their length", function()
    for units = 0, 20 do
      local pad = units * 8 + 4
      assert.equal("accepted", behind(60, "\6" .. string.char(units, 1, pad) .. ("\0"):rep(pad)))
      assert.equal("accepted", behind(43, "\6" .. string.char(units, 0, 0) .. ("\0"):rep(pad)))
    end
  end)

  it("that are cut short or run past the packet are refused", function()
    for _, kind in ipairs { 0, 43, 44, 60 } do
      for size = 0, 7 do
        assert.equal("ip-extension", reason(ipv6 { next = kind, body = ("\6\0\1\4\0\0\0\0"):sub(1, size) }))
      end
    end
    for _, kind in ipairs { 0, 43, 60 } do assert.equal("ip-extension", reason(ipv6 { next = kind, body = "\6\3" .. PAD6 .. tcp() })) end
  end)

  it("with options inside run to the header's end and no further", function()
    assert.equal("accepted", behind(0, "\6\0" .. "\0\0\0\0\0\0"))
    assert.equal("accepted", behind(0, "\6\0" .. "\5\2\0\0\1\0")) -- router alert, PadN
    assert.equal("accepted", behind(0, "\6\0" .. "\x3e\4abcd")) -- unknown, may be skipped
    assert.equal("ip-extension", behind(0, "\6\0" .. "\1\5\0\0\0\0"))
    assert.equal("ip-extension", behind(60, "\6\0" .. "\1\3\0\0\0\1"))
  end)

  it("with unknown options that must not be skipped are refused", function()
    for _, kind in ipairs { "\x40", "\x80", "\xc2", "\xc9", "\xff" } do
      assert.equal("ip-extension", behind(0, "\6\0" .. kind .. "\4\0\0\0\0"))
      assert.equal("ip-extension", behind(60, "\6\0" .. kind .. "\4\0\0\0\0"))
    end
  end)

  it("route further: refused while a segment is left", function() assert.equal("ip-extension", behind(43, "\6\0\0\1\0\0\0\0")) end)
  it("have hop-by-hop first or not at all", function() assert.equal("ip-extension", behind(60, "\0\0" .. PAD6 .. "\6\0" .. PAD6)) end)
  it("end with no next header: refused", function()
    assert.equal("ip-extension", behind(59, ""))
    assert.equal("ip-extension", behind(0, "\59\0" .. PAD6))
  end)

  it("that nobody here can check, like authentication, are another protocol", function()
    assert.equal("ip-protocol", behind(51, "\6\4" .. ("\0"):rep(22)))
    assert.equal("ip-protocol", behind(50, ""))
    assert.equal("ip-protocol", behind(17, ""))
    assert.equal("ip-protocol", behind(1, ""))
  end)

  it("of fragments are refused, by more to come or by an offset", function()
    assert.equal("ip-fragment", behind(44, "\6\0\0\1\0\0\0\0"))
    assert.equal("ip-fragment", behind(44, "\6\0\0\8\0\0\0\0"))
    assert.equal("ip-fragment", behind(44, "\6\0\x80\0\0\0\0\0"))
  end)
end)

describe("an IP header", function()
  local whole = ipv4 { body = tcp4 { payload = "abcdef" } }

  it("cut anywhere is refused as truncated", function()
    assert.equal("ip-truncated", reason(""))
    for size = 1, #whole - 1 do assert.equal("ip-truncated", reason(whole:sub(1, size)), size) end
    local six = ipv6 { body = tcp6 {} }
    for size = 1, #six - 1 do assert.equal("ip-truncated", reason(six:sub(1, size)), size) end
  end)

  it("of another version is refused", function()
    for version = 0, 15 do
      if version ~= 4 and version ~= 6 then assert.equal("ip-version", reason(ipv4 { version = version, body = tcp4 {} })) end
    end
  end)

  it("of IPv4 is refused with a length below 5 words or past the packet", function()
    for ihl = 0, 4 do assert.equal("ip-header-length", reason(ipv4 { ihl = ihl, body = tcp4 {} })) end
    assert.equal("ip-header-length", reason(ipv4 { ihl = 15, total = 24, body = "1234" }))
  end)

  it("of IPv4 is refused with a total length below its own", function()
    for total = 0, 19 do assert.equal("ip-total-length", reason(ipv4 { total = total, body = tcp4 {} })) end
    assert.equal("ip-total-length", reason(ipv4 { options = "\1\1\1\1", total = 23, body = tcp4 {} }))
  end)

  it("of IPv4 is refused with any one bit of it flipped", function()
    for bit = 0, 159 do
      local at = bit // 8 + 1
      local flipped = whole:sub(1, at - 1) .. string.char(whole:byte(at) ~ 1 << bit % 8) .. whole:sub(at + 1)
      assert.not_equal("accepted", reason(flipped), bit)
      if at > 4 then assert.equal("ip-checksum", reason(flipped), bit) end
    end
    local long = ipv4 { options = "\1\1\1\1", body = tcp4 {} }
    assert.equal("ip-checksum", reason(long:sub(1, 20) .. "\2" .. long:sub(22)))
  end)

  it("of an IPv4 fragment is refused, by more to come or by an offset; DF and the reserved bit are not asked", function()
    for _, fragment in ipairs { 0x2000, 0x0001, 0x1fff, 0x2001, 0x6000 } do
      assert.equal("ip-fragment", reason(ipv4 { fragment = fragment, body = tcp4 {} }))
    end
    for _, fragment in ipairs { 0x0000, 0x4000, 0x8000, 0xc000 } do
      assert.equal("accepted", reason(ipv4 { fragment = fragment, body = tcp4 {} }))
    end
  end)

  it("of another protocol is refused", function()
    for _, protocol in ipairs { 0, 2, 17, 41, 50, 51, 58, 255 } do
      assert.equal("ip-protocol", reason(ipv4 { protocol = protocol, body = tcp4 {} }))
    end
  end)
end)

describe("a TCP header", function()
  it("of fewer than 20 bytes is refused", function()
    for size = 0, 19 do
      assert.equal("tcp-truncated", reason(ipv4 { body = tcp():sub(1, size) }))
      assert.equal("tcp-truncated", reason(ipv6 { body = tcp():sub(1, size) }))
    end
  end)

  it("is refused with a data offset below 5 or past the segment", function()
    for offset = 0, 4 do assert.equal("tcp-data-offset", reason(ipv4 { body = tcp4 { offset = offset } })) end
    assert.equal("tcp-data-offset", reason(ipv4 { body = tcp4 { offset = 6 } }))
    assert.equal("tcp-data-offset", reason(ipv4 { body = tcp4 { offset = 15, payload = ("\1"):rep(39) } }))
    assert.equal("accepted", reason(ipv4 { body = tcp4 { offset = 15, payload = ("\1"):rep(40) } }))
  end)

  it("and payload are refused with any one bit flipped, unless the caller skips the check #MUST-3", function()
    for _, whole in ipairs { ipv4 { body = tcp4 { payload = "odd" } }, ipv6 { body = tcp6 { payload = "odd" } } } do
      local ip = whole:byte(1) == 0x45 and 20 or 40
      for bit = ip * 8, #whole * 8 - 1 do
        local at = bit // 8 + 1
        local flipped = whole:sub(1, at - 1) .. string.char(whole:byte(at) ~ 1 << bit % 8) .. whole:sub(at + 1)
        assert.equal("tcp-checksum", reason(flipped), bit)
      end
      local blank = whole:sub(1, ip + 16) .. "\0\0" .. whole:sub(ip + 19)
      assert.equal("tcp-checksum", reason(blank))
      assert.equal("odd", accept(blank, true).payload)
    end
  end)

  it("counts the addresses into its checksum", function()
    local body = tcp6 {}
    assert.equal("accepted", reason(ipv6 { body = body }))
    assert.equal("tcp-checksum", reason(ipv6 { source = B6:sub(1, 15) .. "\3", body = body }))
  end)

  it("keeps every combination of its twelve flag bits", function()
    local letters = { "F", "S", "R", "P", ".", "U", "E", "W", "e" }
    for flags = 0, 0xfff do
      local bytes = ipv4 { body = tcp4 { flags = flags, ack = flags & 0x10 ~= 0 and 7 or 0 } }
      local s = accept(bytes)
      local expected = ""
      for i, letter in ipairs(letters) do
        if flags >> (i - 1) & 1 == 1 then expected = expected .. letter end
      end
      assert.equal(expected, s.flags)
      assert.equal(flags >> 9, s.reserved)
      assert.equal(flags & 0x10 ~= 0 and 7 or nil, s.ack)
      assert.is_true(core.emit(s) == bytes)
    end
  end)

  it("gives the kind: the first of RST, SYN-ACK, SYN, FIN, DATA, ACK, NONE", function()
    local function kind(flags, payload) return accept(ipv4 { body = tcp4 { flags = flags, payload = payload } }).kind end
    for flags = 0, 0x3f do
      for _, payload in ipairs { "", "x" } do
        local expected = flags & 4 ~= 0 and "RST" or flags & 0x12 == 0x12 and "SYN-ACK" or flags & 2 ~= 0 and "SYN" or
          flags & 1 ~= 0 and "FIN" or payload ~= "" and "DATA" or flags & 0x10 ~= 0 and "ACK" or "NONE"
        assert.equal(expected, kind(flags, payload))
      end
    end
  end)
end)

describe("TCP options", function()
  local function pad(options) return options .. ("\0"):rep(-#options % 4) end
  local function options(raw)
    local bytes = ipv4 { body = tcp4 { options = raw, payload = "tail" } }
    local s = accept(bytes)
    assert.is_true(core.emit(s) == bytes)
    assert.equal("tail", s.payload)
    return s.options
  end
  local function refused(raw) return reason(ipv4 { body = tcp4 { options = raw } }) end

  it("are decoded, each by its kind", function()
    assert.equal(1460, options("\2\4\5\xb4").mss)
    assert.equal(14, options("\1\3\3\14").window_scale)
    assert.equal(255, options("\1\3\3\xff").window_scale)
    assert.is_true(options("\1\1\4\2").sack_permitted)
    assert.same({ { 1, 2 }, { 0xfffffff0, 5 } },
      options("\1\1\5\18" .. u32(1) .. u32(2) .. u32(0xfffffff0) .. u32(5)).sack)
    local timestamps = options("\1\1\8\10" .. u32(0xdeadbeef) .. u32(17)).timestamps
    assert.equal(0xdeadbeef, timestamps.value)
    assert.equal(17, timestamps.echo)
    assert.equal(90, options("\28\4\0\90").user_timeout)
    assert.equal(300, options("\28\4\x80\5").user_timeout)
    assert.equal("", options("\34\2\1\1").fast_open)
    assert.equal("12345678", options("\1\1\34\10" .. "12345678").fast_open)
    assert.equal("", options("\254\4\xf9\x89").fast_open)
    assert.equal("abcd", options("\254\8\xf9\x89abcd").fast_open)
  end)

  it("that are not there are nil", function()
    local none = options("")
    for _, name in ipairs { "mss", "window_scale", "sack_permitted", "sack", "timestamps", "user_timeout", "fast_open" } do
      assert.is_nil(none[name], name)
    end
  end)

  it("of one to four SACK blocks are kept in order", function()
    for count = 1, 4 do
      local raw = "\5" .. string.char(2 + 8 * count)
      for i = 1, count do raw = raw .. u32(i * 100) .. u32(i * 100 + 50) end
      local sack = options(pad(raw)).sack
      assert.equal(count, #sack)
      for i = 1, count do assert.same({ i * 100, i * 100 + 50 }, sack[i]) end
    end
  end)

  it("are listed in the header's order, repeated and unknown ones too #MUST-4", function()
    local list = options(pad "\1\3\3\7\253\6abcd\1\2\4\5\xb4\2\4\2\0\254\2\99\4xy")
    local names = {}
    for i, option in ipairs(list) do names[i] = option.kind .. " " .. option.name end
    assert.same({ "1 nop", "3 window_scale", "253 unknown", "1 nop", "2 mss", "2 mss", "254 unknown", "99 unknown", "0 end" }, names)
    assert.equal("abcd", list[3].data)
    assert.equal("", list[7].data)
    assert.equal("xy", list[8].data)
  end)

  it("of Fast Open with a cookie of no lawful length are kept as unknown", function()
    for size = 1, 38 do
      local lawful = size >= 4 and size <= 16 and size % 2 == 0
      local option = options(pad("\34" .. string.char(size + 2) .. ("c"):rep(size)))[1]
      assert.equal(lawful and "fast_open" or "unknown", option.name)
      assert.equal(("c"):rep(size), lawful and option.cookie or option.data)
    end
    assert.equal("unknown", options("\254\5\xf9\x89a\0\0\0")[1].name)
    assert.equal("unknown", options("\254\4\xf9\x88")[1].name)
  end)

  it("end at end-of-list; what follows is kept but not read", function()
    local list = options("\2\4\5\xb4\0\2\0\1")
    assert.equal(2, #list)
    assert.equal("end", list[2].name)
    assert.equal("\2\0\1", list[2].data)
    assert.is_nil(options("\1\1\1\0")[4].data)
    assert.equal("\0\0\0\0", options("\1\1\1\0\0\0\0\0")[4].data)
    assert.equal("accepted", refused("\0\2\0\3")) -- an end, then what would be malformed
  end)

  it("with length 0, 1 or past the header are refused, whatever their kind #MUST-68 #MUST-7", function()
    for kind = 2, 255 do
      local k = string.char(kind)
      assert.equal("tcp-option-length", refused(k .. "\0\0\0"))
      assert.equal("tcp-option-length", refused(k .. "\1\0\0"))
      assert.equal("tcp-option-length", refused(k .. "\5\0\0"))
      assert.equal("tcp-option-length", refused(k .. "\xff\0\0"))
      assert.equal("tcp-option-length", refused("\1\1\1" .. k))
    end
  end)

  it("with a length wrong for their kind are refused #MUST-7", function()
    local lawful = { [2] = { [4] = true }, [3] = { [3] = true }, [4] = { [2] = true }, [8] = { [10] = true }, [28] = { [4] = true },
      [5] = { [10] = true, [18] = true, [26] = true, [34] = true } }
    for kind, sizes in pairs(lawful) do
      for size = 2, 40 do
        local raw = pad(string.char(kind, size) .. ("\0"):rep(size - 2))
        assert.equal(sizes[size] and "accepted" or "tcp-option-length", refused(raw), kind .. " " .. size)
      end
    end
  end)

  it("of unknown kinds are skipped by their length #MUST-6", function()
    for kind = 35, 252 do
      assert.equal(1460, options(pad(string.char(kind) .. "\5abc\2\4\5\xb4")).mss)
    end
  end)

  it("stand at any alignment #MUST-64", function()
    for nops = 0, 7 do
      local raw = pad(("\1"):rep(nops) .. "\8\10" .. u32(0xcafebabe) .. u32(0x12345678) .. "\2\4\5\xb4")
      assert.equal(0xcafebabe, options(raw).timestamps.value)
      assert.equal(0x12345678, options(raw).timestamps.echo)
      assert.equal(1460, options(raw).mss)
    end
  end)

  it("are filled up with zeros behind their end #MUST-69", function()
    local s = accept(ipv4 { body = tcp4 { options = "\3\3\7\0" } })
    for size = 2, 12 do
      s.options = { { kind = 99, data = ("x"):rep(size - 2) } }
      local bytes = core.emit(s)
      local padded = (size + 3) // 4 * 4
      assert.equal("\99" .. string.char(size) .. ("x"):rep(size - 2) .. ("\0"):rep(padded - size), bytes:sub(41, 40 + padded))
      assert.equal(5 + padded // 4, bytes:byte(33) >> 4)
    end
  end)

  it("fill forty bytes and no more", function()
    assert.equal(40, #options(("\1"):rep(40)))
    assert.equal("accepted", refused("\77\40" .. ("x"):rep(38)))
  end)
end)

describe("an ICMP message", function()
  local quoted4 = ipv4 { body = tcp4 { seq = 0xfeedf00d } }
  local quoted6 = ipv6 { body = tcp6 { seq = 0xfeedf00d } }

  local function check_quoted(m, source, destination)
    assert.same({ source = source, source_port = 1234, destination = destination, destination_port = 80, seq = 0xfeedf00d }, m.quoted)
  end

  it("that is an error names the connection it is about, and how hard it is", function()
    local cases = {
      { 3, 0, "soft" }, { 3, 1, "soft" }, { 3, 2, "hard" }, { 3, 3, "hard" }, { 3, 5, "soft" }, { 3, 9, "soft" }, { 3, 13, "soft" },
      { 3, 15, "soft" }, { 4, 0, "source-quench" }, { 11, 0, "soft" }, { 11, 1, "soft" }, { 12, 0, "soft" },
    }
    for _, case in ipairs(cases) do
      local m = accept(icmp4(case[1], case[2], "\0\0\0\0", quoted4))
      assert.equal("ICMP", m.kind)
      assert.equal(case[3], m.meaning)
      assert.equal(case[1], m.type)
      assert.equal(case[2], m.code)
      assert.is_nil(m.mtu)
      check_quoted(m, "10.0.0.1", "10.0.0.2")
    end
  end)

  it("of version 6 likewise", function()
    local cases = { { 1, 0, "soft" }, { 1, 1, "soft" }, { 1, 3, "soft" }, { 1, 4, "hard" }, { 1, 6, "soft" }, { 3, 0, "soft" }, { 4, 1, "soft" } }
    for _, case in ipairs(cases) do
      local m = accept(icmp6(case[1], case[2], "\0\0\0\0", quoted6))
      assert.equal(case[3], m.meaning)
      check_quoted(m, "2001:db8::1", "2001:db8::2")
    end
  end)

  it("about a packet too big tells the MTU, or 0", function()
    assert.equal(1400, accept(icmp4(3, 4, "\0\0" .. u16(1400), quoted4)).mtu)
    assert.equal(0, accept(icmp4(3, 4, "\0\0\0\0", quoted4)).mtu)
    assert.equal(0x12345, accept(icmp6(2, 0, u32(0x12345), quoted6)).mtu)
    assert.equal("too-big", accept(icmp6(2, 0, u32(1280), quoted6)).meaning)
  end)

  it("that is an echo carries its numbers and data", function()
    for _, bytes in ipairs { icmp4(8, 0, u16(7) .. u16(9), "ping"), icmp6(128, 0, u16(7) .. u16(9), "ping") } do
      local m = accept(bytes)
      assert.equal("echo-request", m.meaning)
      assert.equal(7, m.id)
      assert.equal(9, m.sequence)
      assert.equal("ping", m.body)
      assert.is_nil(m.quoted)
    end
    assert.equal("echo-reply", accept(icmp4(0, 0, "\0\1\0\2", "")).meaning)
    assert.equal("echo-reply", accept(icmp6(129, 0, "\0\1\0\2", "")).meaning)
  end)

  it("needs eight bytes of the quoted TCP and no more", function()
    for size = 0, 27 do assert.equal("icmp-truncated", reason(icmp4(3, 3, "\0\0\0\0", quoted4:sub(1, size)))) end
    check_quoted(accept(icmp4(3, 3, "\0\0\0\0", quoted4:sub(1, 28))), "10.0.0.1", "10.0.0.2")
    for size = 0, 47 do assert.equal("icmp-truncated", reason(icmp6(1, 4, "\0\0\0\0", quoted6:sub(1, size)))) end
    check_quoted(accept(icmp6(1, 4, "\0\0\0\0", quoted6:sub(1, 48))), "2001:db8::1", "2001:db8::2")
  end)

  it("quotes past IPv4 options and IPv6 extension headers", function()
    local long = ipv4 { options = ("\1"):rep(12), body = tcp4 { seq = 0xfeedf00d } }
    check_quoted(accept(icmp4(3, 3, "\0\0\0\0", long)), "10.0.0.1", "10.0.0.2")
    assert.equal("icmp-truncated", reason(icmp4(3, 3, "\0\0\0\0", long:sub(1, 39))))
    local extended = ipv6 { next = 60, body = "\6\0\1\4\0\0\0\0" .. tcp6 { seq = 0xfeedf00d } }
    check_quoted(accept(icmp6(1, 4, "\0\0\0\0", extended)), "2001:db8::1", "2001:db8::2")
  end)

  it("that quotes a later fragment names nobody", function()
    assert.equal("icmp-truncated", reason(icmp4(3, 3, "\0\0\0\0", ipv4 { fragment = 0x0010, body = tcp4 {} })))
    assert.equal("icmp-truncated", reason(icmp4(3, 3, "\0\0\0\0", ipv4 { ihl = 4, body = tcp4 {} })))
  end)

  it("about another protocol or version is refused by its type", function()
    assert.equal("icmp-type", reason(icmp4(3, 3, "\0\0\0\0", ipv4 { protocol = 17, body = tcp4 {} })))
    assert.equal("icmp-type", reason(icmp4(3, 3, "\0\0\0\0", quoted6)))
    assert.equal("icmp-type", reason(icmp6(1, 4, "\0\0\0\0", ipv6 { next = 17, body = tcp6 {} })))
    assert.equal("icmp-type", reason(icmp6(1, 4, "\0\0\0\0", "\x45" .. quoted6:sub(2))))
  end)

  it("of a type that concerns neither TCP nor echo is refused", function()
    local concern4 = { [0] = true, [3] = true, [4] = true, [8] = true, [11] = true, [12] = true }
    local concern6 = { [1] = true, [2] = true, [3] = true, [4] = true, [128] = true, [129] = true }
    for kind = 0, 255 do
      assert.equal(concern4[kind] and "accepted" or "icmp-type", reason(icmp4(kind, 0, "\0\0\0\0", quoted4)))
      assert.equal(concern6[kind] and "accepted" or "icmp-type", reason(icmp6(kind, 0, "\0\0\0\0", quoted6)))
    end
    assert.equal("icmp-type", reason(icmp4(3, 16, "\0\0\0\0", quoted4)))
    assert.equal("icmp-type", reason(icmp4(8, 1, "\0\0\0\0", "")))
  end)

  it("shorter than its header, or with a bit flipped, is refused", function()
    for size = 0, 7 do assert.equal("icmp-truncated", reason(ipv4 { protocol = 1, body = ("\0"):rep(size) })) end
    for _, whole in ipairs { icmp4(3, 3, "\0\0\0\0", quoted4), icmp6(1, 4, "\0\0\0\0", quoted6) } do
      local ip = whole:byte(1) == 0x45 and 20 or 40
      for bit = ip * 8, #whole * 8 - 1 do
        local at = bit // 8 + 1
        local flipped = whole:sub(1, at - 1) .. string.char(whole:byte(at) ~ 1 << bit % 8) .. whole:sub(at + 1)
        assert.equal("icmp-checksum", reason(flipped), bit)
      end
    end
  end)

  it("comes back the same, an error's quote cut to what the RFCs allow", function()
    for _, bytes in ipairs {
      icmp4(8, 0, u16(7) .. u16(9), ("x"):rep(1472)), icmp6(129, 0, u16(7) .. u16(9), "odd"), icmp4(3, 4, "\0\0" .. u16(1400), quoted4),
      icmp4(3, 1, "\0\0\0\0", quoted4), icmp6(2, 0, u32(1280), quoted6), icmp6(1, 4, "\0\0\0\0", quoted6),
    } do
      local m = accept(bytes)
      assert.same(m, accept(core.emit(m)))
    end
    local long4 = accept(icmp4(3, 3, "\0\0\0\0", ipv4 { body = tcp4 { payload = ("x"):rep(1400) } }))
    assert.equal(576, #core.emit(long4))
    local long6 = accept(icmp6(1, 4, "\0\0\0\0", ipv6 { body = tcp6 { payload = ("x"):rep(1400) } }))
    assert.equal(1280, #core.emit(long6))
    assert.same(long6.quoted, accept(core.emit(long6)).quoted)
  end)
end)

describe("parse and emit", function()
  local function random_segment(random)
    local v6 = random(2) == 1
    local flags = ""
    for letter in ("FSRP.UEWe"):gmatch "." do
      if random(2) == 1 then flags = flags .. letter end
    end
    local raw = {}
    for i = 1, 4 * random(11) do raw[i] = string.char(random(256)) end
    local payload = {}
    for i = 1, random(80) do payload[i] = string.char(random(256)) end
    return {
      source = v6 and "fd00::" .. ("%x"):format(random(65536)) or "10.1.2." .. random(256),
      destination = v6 and "2001:db8::8:800:200c:417a" or "192.0.2." .. random(256),
      source_port = random(65536), destination_port = random(65536), flags = flags, seq = random(1 << 31) * 2 + random(2),
      ack = flags:find(".", 1, true) and random(1 << 31) * 2 or nil, window = random(65536), urgent = random(65536), reserved = random(8),
      ttl = random(256), dscp = random(64), ecn = random(4), ip_id = not v6 and random(65536) or nil,
      flow_label = v6 and random(1 << 20) or nil, payload = table.concat(payload),
      options = #raw > 0 and { { kind = 0, data = table.concat(raw, "", 2) } } or {},
    }
  end

  it("are inverse for random segments", function()
    local random = generator(20)
    for _ = 1, 2000 do
      local s = random_segment(random)
      local bytes = core.emit(s)
      local again = accept(bytes)
      for name, value in pairs(s) do
        if name ~= "options" then assert.equal(value, again[name], name) end
      end
      assert.is_true(core.emit(again) == bytes)
    end
  end)

  it("are inverse for random option bytes, where those are accepted", function()
    local random = generator(21)
    local kinds = { 0, 1, 1, 2, 3, 4, 5, 8, 28, 34, 253, 254 }
    local accepted, refusals = 0, 0
    for _ = 1, 20000 do
      local raw = ""
      while #raw < 36 and random(6) > 0 do
        local kind = kinds[random(#kinds) + 1]
        local sizes = { [2] = 2, [3] = 1, [4] = 0, [5] = 8, [8] = 8, [28] = 2 }
        local size = random(20) == 0 and random(12) or sizes[kind] or random(8)
        raw = raw .. string.char(kind)
        if kind > 1 then raw = raw .. string.char(size + 2) .. string.char(random(256)):rep(size) end
      end
      raw = (raw .. ("\0"):rep(-#raw % 4)):sub(1, 40)
      local bytes = ipv4 { body = tcp4 { options = raw } }
      local s, _, name = core.parse(bytes)
      if s then
        accepted = accepted + 1
        assert.is_true(core.emit(s) == bytes)
      else
        refusals = refusals + 1
        assert.equal("tcp-option-length", name)
      end
    end
    assert.is_true(accepted > 5000 and refusals > 500)
  end)

  it("survive every truncation and thousands of mutations, and answer with a segment or a named reason", function()
    local random = generator(22)
    local seeds = {
      ipv4 { options = "\1\1\1\1", body = tcp4 { options = "\2\4\5\xb4\1\3\3\7", payload = "hello" } },
      ipv6 { next = 0, body = "\60\0\1\4\0\0\0\0\6\0\1\4\0\0\0\0" .. tcp6 { options = "\1\1\8\10abcdefgh" } },
      icmp4(3, 4, "\0\0\5\xdc", ipv4 { body = tcp4 {} }),
      icmp6(2, 0, "\0\0\5\0", ipv6 { body = tcp6 {} }),
      icmp4(8, 0, "\0\1\0\2", "ping"),
    }
    local seen = {}
    local function look_at(bytes, forgiving)
      local s, message, name = core.parse(bytes, forgiving, forgiving)
      seen[s and "accepted" or name] = true
      if not s then
        assert.is_string(message)
      elseif s.kind ~= "ICMP" then
        assert.is_true(core.emit(s) == bytes)
      end
    end
    local function look(bytes)
      look_at(bytes, true)
      look_at(bytes, false)
    end
    for _, seed in ipairs(seeds) do
      for size = 0, #seed do look(seed:sub(1, size)) end
      for _ = 1, 4000 do
        local bytes = seed
        for _ = 0, random(3) do
          local at = random(#bytes) + 1
          bytes = bytes:sub(1, at - 1) .. string.char(random(256)) .. bytes:sub(at + 1)
        end
        if bytes:byte(1) == seed:byte(1) and seed:byte(1) >> 4 == 4 and random(8) > 0 then
          bytes = with_checksum(bytes:sub(1, (seed:byte(1) & 15) * 4), 10) .. bytes:sub((seed:byte(1) & 15) * 4 + 1)
        end
        look(bytes)
      end
    end
    for _, name in ipairs {
      "accepted", "ip-truncated", "ip-version", "ip-header-length", "ip-total-length", "ip-checksum", "ip-fragment", "ip-extension", "ip-protocol",
      "tcp-data-offset", "tcp-option-length", "icmp-checksum",
    } do
      assert.is_true(seen[name], name)
    end
  end)

  it("refuse to write what no packet can hold", function()
    local function emit(fields)
      local s = { source = "10.0.0.1", destination = "10.0.0.2", source_port = 1, destination_port = 2, flags = "", seq = 0 }
      for name, value in pairs(fields) do s[name] = value end
      return core.emit(s)
    end
    assert.equal(65535, #emit { payload = ("x"):rep(65495) })
    assert.has_error(function() emit { payload = ("x"):rep(65496) } end, "payload: 65496 bytes do not fit in an IP packet")
    local v6 = { source = "::1", destination = "::1", payload = ("x"):rep(65515) }
    assert.equal(65575, #emit(v6))
    v6.payload = v6.payload .. "x"
    assert.has_error(function() emit(v6) end, "payload: 65516 bytes do not fit in an IP packet")
    assert.has_error(function() emit { destination = "::1" } end, "destination: it must be of the same family as source, IPv4 or IPv6")
    assert.has_error(function() emit { source = "::1", destination = "::" } end, 'destination: "::" cannot be one')
    assert.has_error(function() emit { options = { { kind = 77, data = ("x"):rep(39) } } } end, "options: they take more than 40 bytes")
  end)
end)

describe("what hosts send", function()
  -- What the checksum adds up to over pseudo-header and segment: 0 where it is right.
  local function remainder(bytes)
    local version = bytes:byte(1) >> 4
    local body = bytes:sub(version == 4 and 21 or 41)
    local pseudo = version == 4 and bytes:sub(13, 20) .. "\0\6" .. u16(#body) or bytes:sub(9, 40) .. u32(#body) .. "\0\0\0\6"
    return checksum(pseudo .. body)
  end

  it("bears a right checksum, from SYN to RST, over both versions of IP #MUST-2", function()
    for _, prefix in ipairs { "10.0.0.", "2001:db8::" } do
      local net = require "tcplab".lab { seed = 7 }
      local client, server = net:host("client", { address = prefix .. 1 }), net:host("server", { address = prefix .. 2 })
      local link, kinds = net:link(client, server), {}
      net:on("segment", function(e)
        if e.point ~= "sent" then return end
        kinds[e.segment.kind .. (e.segment.retransmission and " again" or "") .. (e.segment.probe and " probe" or "")] = true
        assert.equal(0, remainder(e.bytes))
      end)
      link:drop("DATA", 2)
      local listener = server:listen(80, { receive_buffer = 5000 })
      local conn = assert(client:connect(server, 80))
      local peer = assert(listener:accept())
      conn:settimeout(5)
      conn:send(("odd"):rep(3333)) -- more than the peer has room for
      peer:settimeout(0)
      peer:receive "*a"
      conn:shutdown "send"
      net:run(20)
      conn:abort()
      peer:close()
      net:run()
      for _, kind in ipairs { "SYN", "SYN-ACK", "ACK", "DATA", "DATA again", "DATA probe", "RST" } do assert.is_true(kinds[kind], kind) end
      net:close()
    end
  end)
end)
