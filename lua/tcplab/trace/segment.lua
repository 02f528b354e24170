-- SPDX-License-Identifier: MIT
-- Segments as plain values: what a TCP segment in its IP packet says, field by field.

local hex = require "tcplab.base.hex"
local core = require "tcplab.core"
local check = require "tcplab.base.check"
local near = require "tcplab.base.near"
local strict = require "tcplab.base.strict"

---A TCP segment in its IP packet, or an ICMP message (`kind` "ICMP"). A plain value: nothing changes it but the script, and a change
---matters only in a filter or to `bytes`. Two are equal (`==`) when every field that goes into the packet is.
---@class tcplab.Segment
---@field kind "RST"|"SYN-ACK"|"SYN"|"FIN"|"DATA"|"ACK"|"NONE"|"ICMP" the first that fits; read out of `flags` and `payload`, not written
---@field flags string tcpdump's letters, in the order F S R P . U E W e: FIN, SYN, RST, PSH, ACK, URG, ECE, CWR, AE; any order when written
---@field seq integer sequence number, 0 to 2^32 - 1
---@field ack integer|nil acknowledgement number; without the ACK flag nil, unless the header holds a number all the same
---@field window integer as in the header, unscaled
---@field urgent integer as in the header: an offset from `seq`
---@field reserved integer the three bits nobody has given a meaning, 0 to 7
---@field payload string the bytes of text
---@field options tcplab.Options in the order of the header
---@field source string IP address
---@field source_port integer 0 to 65535
---@field destination string IP address
---@field destination_port integer 0 to 65535
---@field ttl integer time to live, or IPv6's hop limit
---@field dscp integer 0 to 63
---@field ecn integer 0 Not-ECT, 1 ECT(1), 2 ECT(0), 3 CE
---@field ip_id integer|nil identification, IPv4 only
---@field df boolean|nil do not fragment, IPv4 only
---@field flow_label integer|nil IPv6 only
---@field ip_options string|nil IPv4 only: the options as they stand, where there are any; padded to 4 bytes when written
---@field extensions tcplab.Extension[]|nil IPv6 only: the headers between IP's and TCP's, where there are any
---@field ip_reserved boolean|nil IPv4 only: true where the flag without a meaning is set
---@field checksum integer|nil TCP's, where it is not what the rest calls for (or cannot be told to be: bytes are missing); nil: the right one
---@field ip_checksum integer|nil IPv4's, likewise
---@field missing integer|nil how many bytes of text the IP header counts that a capture has cut off
---@field trailer string|nil bytes after the packet's own length, such as Ethernet's padding
---@field relative table|nil `{ seq =, ack = }` counted from the initial sequence numbers, where the lab knows them; a hand's has `sack` too
---@field time number|nil seconds: when it came, where a hand has received it
---@field retransmission boolean|nil the sender had sent all of it before
---@field probe boolean|nil a keep-alive, zero-window or tail loss probe
---@field type integer|nil ICMP only: the message's type
---@field code integer|nil ICMP only
---@field meaning "echo-request"|"echo-reply"|"soft"|"hard"|"too-big"|"source-quench"|nil ICMP only: what it is to TCP; read out of `type`, `code`
---@field mtu integer|nil ICMP "too-big" only: bytes, 0 when the router did not say
---@field id integer|nil ICMP echo only
---@field sequence integer|nil ICMP echo only
---@field quoted tcplab.Quoted|nil ICMP errors only: written over `body`, or into a fresh quote when there is no body
---@field body string|nil ICMP only: echo data, or the start of the quoted packet

---One of IPv6's extension headers.
---@class tcplab.Extension
---@field kind integer what the header before it calls it: 0 hop-by-hop, 43 routing, 44 fragment (of a packet in one piece), 60 destination
---@field data string its bytes after the first, which is written by itself: the length byte (a fragment's: reserved), then as many as it says

---The options of a segment: a list of entries, which bytes are made from, and over them a view by name. `options.mss = 536` changes, adds or
---(nil) removes the entry of that name.
---@class tcplab.Options
---@field [integer] tcplab.Option
---@field mss integer|nil bytes
---@field window_scale integer|nil shift as sent
---@field sack_permitted boolean|nil
---@field timestamps tcplab.Option|nil the entry itself: its `value` and `echo` may be written
---@field sack integer[][]|nil blocks `{ start, end }`, the end exclusive; the entry's own list
---@field user_timeout integer|nil seconds
---@field fast_open string|nil the cookie, "" for a request; kind 34, or 254 in its experimental form

---One option. `kind` or `name` says which; the other fields are its decoded value, or `data`, its bytes after kind and length.
---@class tcplab.Option
---@field kind integer|nil 0 to 255
---@field name "end"|"nop"|"mss"|"window_scale"|"sack_permitted"|"sack"|"timestamps"|"user_timeout"|"fast_open"|"unknown"|"malformed"|nil
---@field value integer|nil of mss, window_scale, timestamps, user_timeout
---@field echo integer|nil of timestamps
---@field minutes boolean|nil of user_timeout: the value counts minutes, not seconds
---@field blocks integer[][]|nil of sack
---@field cookie string|nil of fast_open
---@field data string|nil of unknown options, verbatim; of "malformed" ones, whose length is illegal, all behind the kind; of "end", more than padding

---What an ICMP error quotes of the segment it is about.
---@class tcplab.Quoted
---@field source string
---@field source_port integer 0 to 65535
---@field destination string
---@field destination_port integer 0 to 65535
---@field seq integer

local TCP_FIELDS = {
  "source", "source_port", "destination", "destination_port", "flags", "seq", "ack", "window", "urgent", "reserved", "options",
  "payload", "ttl", "dscp", "ecn", "ip_id", "df", "flow_label", "ip_options", "extensions", "ip_reserved", "checksum", "ip_checksum",
  "missing", "trailer",
}
local ICMP_FIELDS = { "source", "destination", "type", "code", "mtu", "id", "sequence", "quoted", "body" }
local LAB_FIELDS = { "kind", "relative", "retransmission", "probe", "time", "meaning" }

local KINDS <const> = { "RST", "SYN-ACK", "SYN", "FIN", "DATA", "ACK", "NONE", "ICMP" }
local FLAGS_OF_KIND = { RST = "R", ["SYN-ACK"] = "S.", SYN = "S", FIN = "F.", DATA = "P.", ACK = ".", NONE = "" }

-- What stands in for fields that a script leaves open while the rest is looked over.
local PLACEHOLDERS_V4 = { source = "0.0.0.0", destination = "0.0.0.0", source_port = 0, destination_port = 0 }
local PLACEHOLDERS_V6 = { source = "::", destination = "::1", source_port = 0, destination_port = 0 }

-- Which field is to blame when what was written does not read back.
local BLAMED = { ["tcp-option-length"] = "options", ["icmp-truncated"] = "body", ["icmp-type"] = "type" }

local function set_of(...)
  local set = {}
  for _, list in ipairs { ... } do
    for _, name in ipairs(list) do set[name] = true end
  end
  return set
end

local KNOWN = { tcp = set_of(TCP_FIELDS, LAB_FIELDS), icmp = set_of(ICMP_FIELDS, LAB_FIELDS) }

local function is_icmp(fields) return fields.kind == "ICMP" end

-- Raises for the first field, by name, that there is not.
local function check_fields(fields)
  local known = is_icmp(fields) and KNOWN.icmp or KNOWN.tcp
  local unknown
  for name in pairs(fields) do
    name = tostring(name)
    if not known[name] and (not unknown or name < unknown) then unknown = name end
  end
  if unknown then
    local meant = near.of(unknown, is_icmp(fields) and ICMP_FIELDS or TCP_FIELDS)
    check.fail("segment has no field '%s'%s", unknown, meant and ("; the nearest is '%s'"):format(meant) or "")
  end
end

-- Calls a core function and blames its error on the script.
local function call_core(fn, fields)
  local ok, result = pcall(fn, fields)
  if ok then return result end
  check.fail("%s", result)
end

local ALL_FIELDS <const> = {}
for _, list in ipairs { TCP_FIELDS, ICMP_FIELDS, LAB_FIELDS } do table.move(list, 1, #list, #ALL_FIELDS + 1, ALL_FIELDS) end

local methods = { __name = "tcplab.Segment" }

local metatable = strict.value({ __name = "tcplab.Segment" }, {
  what = "segment", fields = ALL_FIELDS, methods = methods,
  advice = function(name) return (name == "size" or name == "length" or name == "len") and "#segment.payload tells it" or nil end,
})

---Gives a table with a segment's fields the methods of one. The table itself is returned; it is not looked over.
---@param fields table
---@return tcplab.Segment
local function wrap(fields) return setmetatable(fields, metatable) end

---What `parse` forgives.
---@class tcplab.parse_options
---@field checksums? boolean  default true: a wrong checksum refuses. With false it is read, and stands in the field `checksum` or `ip_checksum`
---@field truncated? boolean  default false: bytes that are missing refuse. With true a packet may have lost its end in a capture, its text or part
---of it: the field `missing` counts how many bytes, and `checksum` is as it stands, since nobody can tell whether it is right

local PARSE_OPTIONS = { "checksums", "truncated" }

local function read_parse_options(given)
  for name, value in pairs(check.type(given, "table|nil", "options") or {}) do
    if name ~= "checksums" and name ~= "truncated" then
      check.fail("options: unknown option %s; there are %s", check.shown(name), table.concat(PARSE_OPTIONS, " and "))
    end
    check.type(value, "boolean", "options." .. name)
  end
  return given and given.checksums == false or false, given and given.truncated or false
end

---Reads one IP packet. All of it stands in the segment's fields: `bytes` makes the same packet of them. Of an ICMP message the IP header is not kept.
---```lua
---local segment = tcplab.segment { kind = "ACK", ack = 1, source = "10.0.0.1", source_port = 1, destination = "10.0.0.2", destination_port = 2 }
---print(tcplab.parse(segment:bytes()) == segment)  --> true
---print(select(3, tcplab.parse "x"))  --> ip-version
---segment.checksum = 0x1234 -- as a capture shows it where the network card would have filled it in
---print(select(3, tcplab.parse(segment:bytes())))  --> tcp-checksum
---print(tcplab.parse(segment:bytes(), { checksums = false }).checksum)  --> 4660
---```
---@param bytes string
---@param options? tcplab.parse_options
---@return tcplab.Segment|nil segment
---@return string|nil message what was wrong with it
---@return string|nil reason the name of the check that refused it, such as "tcp-checksum"
local function parse(bytes, options)
  if type(bytes) ~= "string" then check.fail("bytes: expected a string, got %s %s", type(bytes), check.shown(bytes)) end
  local fields, message, reason = core.parse(bytes, read_parse_options(options))
  if not fields then return nil, message, reason end
  return wrap(fields)
end

---A segment of its own with the same fields.
---@param given any
---@return any
local function clone(given)
  if type(given) ~= "table" then return given end
  local twin = {}
  for name, value in next, given do twin[name] = clone(value) end
  return setmetatable(twin, getmetatable(given))
end

-- The flags of a kind; raises when there is no such kind.
local function flags_of(kind)
  local flags = FLAGS_OF_KIND[kind]
  if not flags then check.fail("kind: there is no '%s'%s", tostring(kind), near.hint(kind, KINDS)) end
  return flags
end

local function default_flags(fields)
  if fields.kind ~= nil then return flags_of(fields.kind) end
  return fields.ack ~= nil and "." or ""
end

local function has_letter(flags, letter) return type(flags) == "string" and flags:find(letter, 1, true) ~= nil end

-- A copy of fields with TCP's defaults.
local function with_defaults(fields)
  local flags = fields.flags
  if flags == nil then flags = default_flags(fields) end
  local copy = { flags = flags, seq = 0 }
  if has_letter(flags, ".") then copy.ack = 0 end
  for _, name in ipairs(TCP_FIELDS) do
    if fields[name] ~= nil then copy[name] = fields[name] end
  end
  return copy
end

local function is_v6(address) return type(address) == "string" and select(2, core.parse_address(address)) == 6 end

-- The names of those fields that were filled in.
local function fill(fields)
  local v6 = is_v6(fields.source) or is_v6(fields.destination)
  local filled = {}
  for name, value in pairs(v6 and PLACEHOLDERS_V6 or PLACEHOLDERS_V4) do
    if fields[name] == nil then
      fields[name] = value
      filled[#filled + 1] = name
    end
  end
  return filled
end

---Makes a segment. What is left out is flags by `kind` (or "." with `ack`, else none), seq 0, ack 0 where the flags have ACK, window 65535, no
---payload, no options, ttl 64, DF set, the right checksums, and 0 or nothing for the rest; addresses and ports stay open (nil) until they are
---set or a host fills them in.
---Options may be given by name: `options = { mss = 1460, timestamps = { value = 1, echo = 0 } }`.
---Raises for an unknown field, naming the nearest, and for a wrong value, naming the field.
---```lua
---local segment = tcplab.segment { kind = "SYN", seq = 7, source_port = 4000, destination_port = 80, options = { mss = 536 } }
---print(segment)  --> ?:4000 > ?:80 SYN seq=7 win=65535 <mss 536>
---```
---@param fields table
---@return tcplab.Segment
local function new(fields)
  if type(fields) ~= "table" then check.fail("fields: expected a table, got %s %s", type(fields), check.shown(fields)) end
  check_fields(fields)
  local icmp = is_icmp(fields)
  local copy = icmp and fields or with_defaults(fields)
  local filled = icmp and {} or fill(copy)
  local made, message, reason = core.parse(call_core(core.emit, copy), true, true)
  if not made then check.fail("%s: %s", BLAMED[reason] or reason, message) end
  for _, name in ipairs(filled) do made[name] = nil end
  made.relative, made.retransmission, made.probe = fields.relative, fields.retransmission, fields.probe
  return wrap(made)
end

---The whole IP packet, with its checksums, unless the fields hold others. Raises when a field is unknown, missing or wrong, naming it.
---```lua
---local segment = tcplab.segment { payload = "hi", source = "10.0.0.1", source_port = 1, destination = "10.0.0.2", destination_port = 2 }
---print(#segment:bytes())  --> 42
---```
---@return string
function methods:bytes()
  check.self(self, metatable, "bytes")
  check_fields(self)
  local packet = call_core(core.emit, self)
  return packet
end

-- ---- text ----

local function show_end(address, port)
  address = address or "?"
  if not port then return address end
  return (address:find(":", 1, true) and "[%s]:%d" or "%s:%d"):format(address, port)
end

local function show_sack(blocks)
  local shown = {}
  for i, block in ipairs(blocks) do shown[i] = ("%d:%d"):format(block[1], block[2]) end
  return "sack " .. table.concat(shown, " ")
end

local SHOW = {
  ["end"] = function() return "end" end,
  nop = function() return "nop" end,
  mss = function(option) return "mss " .. option.value end,
  window_scale = function(option) return "wscale " .. option.value end,
  sack_permitted = function() return "sackOK" end,
  sack = function(option) return show_sack(option.blocks) end,
  timestamps = function(option) return ("TS val %d ecr %d"):format(option.value, option.echo) end,
  user_timeout = function(option) return ("uto %d%s"):format(option.value, option.minutes and "min" or "s") end,
  fast_open = function(option) return "tfo " .. (option.cookie == "" and "cookiereq" or "cookie " .. hex.encode(option.cookie)) end,
}

local function show_option(option)
  if option.name == "malformed" then return ("malformed %d %s"):format(option.kind, hex.encode(option.data)) end
  local show = not option.data and SHOW[option.name]
  if show then return show(option) end
  return ("%s %s"):format(option.kind or option.name, hex.encode(option.data or ""))
end

local function show_options(options)
  local shown = {}
  for i, option in ipairs(options or {}) do shown[i] = show_option(option) end
  return #shown > 0 and " <" .. table.concat(shown, ",") .. ">" or ""
end

local function text_size(segment) return #(segment.payload or "") + (segment.missing or 0) end

local function kind_of(segment)
  local function has(letter) return has_letter(segment.flags, letter) end
  if has "R" then return "RST" end
  if has "S" then return has "." and "SYN-ACK" or "SYN" end
  if has "F" then return "FIN" end
  if text_size(segment) > 0 then return "DATA" end
  return has "." and "ACK" or "NONE"
end

-- Flags are shown where the kind does not tell them.
local function show_kind(segment)
  local kind = kind_of(segment)
  if segment.flags == FLAGS_OF_KIND[kind] then return kind end
  return ("%s [%s]"):format(kind, segment.flags)
end

local function show_tcp(segment)
  local parts = { show_kind(segment), ("seq=%d"):format(segment.seq or 0) }
  local function add(name, value) parts[#parts + 1] = ("%s=%d"):format(name, value) end
  if segment.ack and has_letter(segment.flags, ".") then add("ack", segment.ack) end
  add("win", segment.window or 65535)
  if has_letter(segment.flags, "U") then add("urg", segment.urgent or 0) end
  if text_size(segment) > 0 then add("len", text_size(segment)) end
  return table.concat(parts, " ") .. show_options(segment.options)
end

local function show_icmp(message)
  local parts = { "ICMP " .. (message.meaning or "message"), ("type=%d code=%d"):format(message.type, message.code or 0) }
  local function add(text, ...) parts[#parts + 1] = text:format(...) end
  if message.mtu then add("mtu=%d", message.mtu) end
  if message.id then add("id=%d sequence=%d", message.id, message.sequence or 0) end
  local quoted = message.quoted
  if quoted then
    add("about %s > %s seq=%d", show_end(quoted.source, quoted.source_port),
      show_end(quoted.destination, quoted.destination_port), quoted.seq)
  end
  return table.concat(parts, " ")
end

---One line, much as tcpdump writes it: `10.0.0.1:49152 > 10.0.0.2:80 SYN seq=1 win=65535 <mss 1460>`.
---@return string
function metatable:__tostring()
  local ends = ("%s > %s "):format(show_end(self.source, self.source_port), show_end(self.destination, self.destination_port))
  return ends .. (is_icmp(self) and show_icmp(self) or show_tcp(self))
end

-- ---- equality ----

local function same(a, b)
  if a == b then return true end
  if type(a) ~= "table" or type(b) ~= "table" then return false end
  for name, value in next, a do
    if not same(value, rawget(b, name)) then return false end
  end
  for name in next, b do
    if rawget(a, name) == nil then return false end
  end
  return true
end

---Whether both make the same packet, as far as their fields tell; what the lab adds (`relative`, `retransmission`, `probe`, `time`) does not count.
---@param other tcplab.Segment
---@return boolean
function metatable:__eq(other)
  if is_icmp(self) ~= is_icmp(other) then return false end
  for _, name in ipairs(is_icmp(self) and ICMP_FIELDS or TCP_FIELDS) do
    if not same(rawget(self, name), rawget(other, name)) then return false end
  end
  return true
end

return { new = new, parse = parse, wrap = wrap, clone = clone, flags_of = flags_of, fields = TCP_FIELDS, icmp_fields = ICMP_FIELDS }
