-- SPDX-License-Identifier: MIT
-- Outbound packets: a segment that the host has sent, told in a script's numbers, and held against what the script expects.

local hex = require "tcplab.base.hex"
local inbound = require "tcplab.packetdrill.inbound"
local notation = require "tcplab.packetdrill.notation"

local outbound = {}

local MASK <const> = 0xffffffff

-- ---- a segment in the script's words ----

local OPTIONS <const> = {}

function OPTIONS.mss(it) return { kind = "mss", value = it.value } end
function OPTIONS.window_scale(it) return { kind = "wscale", value = it.value } end
function OPTIONS.sack_permitted() return { kind = "sackOK" } end
function OPTIONS.nop() return { kind = "nop" } end
function OPTIONS.sack(it) return { kind = "sack", blocks = it.blocks } end
function OPTIONS.timestamps(it, flow) return { kind = "TS", value = flow:script_stamp(it.value), live = it.value, echo = it.echo } end

local function cookie(bytes) return bytes ~= "" and hex.encode(bytes) or nil end

function OPTIONS.fast_open(it)
  local number = it.kind or 34
  return { kind = number == 34 and "FO" or "FOEXP", cookie = cookie(it.cookie) }
end

local COUNTERS <const> = { [172] = { "e0b", "ceb", "e1b" }, [174] = { "e1b", "ceb", "e0b" } }

local function counters(it)
  local list, names = {}, COUNTERS[it.kind]
  for i = 1, #it.data // 3 do list[i] = { name = names[i], value = (">I3"):unpack(it.data, i * 3 - 2) } end
  return { kind = "ECN", counters = list }
end

local function other(it)
  if COUNTERS[it.kind] and it.data and #it.data % 3 == 0 and #it.data <= 9 then return counters(it) end
  return { kind = "other", number = it.kind or 0, data = it.data or "" }
end

local SIZES <const> = { mss = 4, window_scale = 3, sack_permitted = 2, nop = 1, timestamps = 10 }

local function size_of(it)
  if it.blocks then return 2 + 8 * #it.blocks end
  if it.cookie then return (it.kind == 254 and 4 or 2) + #it.cookie end
  return SIZES[it.name] or 2 + #(it.data or "")
end

-- The end of the list fills a header up to whole words, where nothing else stands behind it.
local function fill(list, size, it)
  local count = it.data and #it.data + 1 or -size % 4
  for _ = 1, math.max(count, 1) do list[#list + 1] = { kind = "eol" } end
end

local function options(segment, flow)
  local list, size = {}, 0
  for _, each in ipairs(segment.options or {}) do
    if each.name == "end" then fill(list, size, each) else list[#list + 1] = (OPTIONS[each.name] or other)(each, flow) end
    size = size + size_of(each)
  end
  return list
end

local function flags_text(flags) -- of a segment, in a script's letters
  local text = flags:gsub("e", "A")
  return text == "" and "-" or text
end

---A segment in the words of a script.
---@param segment tcplab.Segment
---@param flow tcplab.packetdrill.flow
---@param absolute? boolean  its number stays as on the wire
---@return table packet  as the grammar's
function outbound.packet(segment, flow, absolute)
  local length = #segment.payload
  local seq = absolute and segment.seq or flow:script(segment.seq)
  return {
    kind = "tcp", direction = ">", flags = flags_text(segment.flags), seq = seq, ends = seq + length & MASK, length = length, absolute = absolute,
    ack = segment.flags:find(".", 1, true) and segment.ack or nil, window = segment.window,
    urgent = segment.flags:find("U", 1, true) and segment.urgent or nil, options = options(segment, flow),
  }
end

-- ---- against the script's ----

local function sorted(flags)
  local letters = {}
  for letter in flags:gmatch "." do letters[#letters + 1] = letter end
  table.sort(letters)
  return table.concat(letters)
end

---Whether a script's flags are those of a segment.
function outbound.same_flags(wanted, found) return sorted(inbound.flags(wanted)) == sorted(found) end

local function same_cookie(wanted, found, defined) return cookie(inbound.cookie(wanted, defined)) == found end

local SAME <const> = {}

function SAME.mss(a, b) return a.value == b.value end
SAME.wscale = SAME.mss

function SAME.sack(a, b)
  for i = 1, math.max(#a.blocks, #b.blocks) do
    local one, two = a.blocks[i], b.blocks[i]
    if not one or not two or one[1] ~= two[1] or one[2] ~= two[2] then return false end
  end
  return true
end

function SAME.TS(a, b, check)
  if a.echo ~= b.echo then return false end
  return check.stamp(a.value, b.live)
end

function SAME.FO(a, b, check) return same_cookie(a.cookie, b.cookie, check.defined) end
SAME.FOEXP = SAME.FO

function SAME.ECN(a, b) return notation.option(a) == notation.option(b) end
function SAME.md5() return false end

local function same_options(wanted, found, check)
  if #wanted ~= #found then return false end
  for i, each in ipairs(wanted) do
    if each.kind ~= found[i].kind then return false end
    local same = SAME[each.kind]
    if same and not same(each, found[i], check) then return false end
  end
  return true
end

local IP <const> = {}

function IP.ttl(segment) return segment.ttl end
IP.hlim = IP.ttl
function IP.tos(segment) return segment.dscp << 2 | segment.ecn end
IP.class = IP.tos
function IP.flowlabel(segment) return segment.flow_label end

local ECN <const> = { noecn = { [0] = true }, ect0 = { [2] = true }, ect1 = { [1] = true }, ect01 = { true, true }, ce = { [3] = true } }

-- The names of what is not as expected, in the order of a script's line.
local function differences(wanted, found, segment, check)
  local list = {}
  local function note(name, same)
    if not same then list[#list + 1] = name end
  end
  if wanted.ecn then note("the ECN bits", ECN[wanted.ecn][segment.ecn]) end
  for _, each in ipairs(wanted.ip or {}) do note(each.name, IP[each.name](segment) == each.value) end
  note("the flags", outbound.same_flags(wanted.flags, segment.flags))
  note("the sequence number", wanted.any_seq or found.seq == wanted.seq & MASK)
  note("the length", found.length == wanted.length)
  if wanted.ack then note("the acknowledgment", found.ack == wanted.ack & MASK) else note("the acknowledgment", found.ack == nil) end
  note("the window", wanted.window == nil or found.window == wanted.window)
  note("the urgent pointer", (wanted.urgent or nil) == found.urgent)
  note("the options", wanted.any_options or same_options(wanted.options or {}, found.options, check))
  return list
end

-- What is shown of a packet: what the script says something of.
local function shown(found, wanted, segment)
  local copy = {}
  for name, value in next, found do copy[name] = value end
  if wanted.window == nil then copy.window = nil end
  if wanted.ecn then copy.ecn = segment.ecn end
  if wanted.ip then
    copy.ip = {}
    for i, each in ipairs(wanted.ip) do copy.ip[i] = { name = each.name, value = IP[each.name](segment) } end
  end
  return notation.packet(copy)
end

---Holds a segment against what a script expects.
---@param wanted table  the script's packet
---@param segment tcplab.Segment
---@param flow tcplab.packetdrill.flow
---@param check { defined: table<string, string>, stamp: fun(script: integer, live: integer): boolean }
---@return string[] differences  the names of what differs; none: it is as expected
---@return string actual         in the script's notation
function outbound.compare(wanted, segment, flow, check)
  local found = outbound.packet(segment, flow, wanted.absolute)
  return differences(wanted, found, segment, check), shown(found, wanted, segment)
end

---What came where a script expects something else, as a line of it.
function outbound.text(segment, flow)
  if segment.kind == "ICMP" then return tostring(segment) end
  return notation.packet(outbound.packet(segment, flow))
end

return outbound
