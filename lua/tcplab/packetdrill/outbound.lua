-- SPDX-License-Identifier: MIT
-- Outbound packets: a segment that the host has sent, told in a script's numbers, and held against what the script expects.

local hex = require "tcplab.base.hex"
local inbound = require "tcplab.packetdrill.inbound"
local notation = require "tcplab.packetdrill.notation"
local script_words = require "tcplab.trace.script_words"

local outbound = {}

local MASK <const> = 0xffffffff

-- What came is told in the script's numbers.
local function numbers(flow, absolute, syn)
  return {
    seq = function(number) return absolute and number or flow:script(number) end,
    ack = function(number) return absolute and number or flow:script_peer(number, syn) end,
    stamp = function(value) return flow:script_stamp(value) end,
  }
end

---A segment in the words of a script.
---@param segment tcplab.Segment
---@param flow tcplab.packetdrill.flow
---@param absolute? boolean  its number stays as on the wire
---@return table packet  as the grammar's
function outbound.packet(segment, flow, absolute)
  local packet = script_words.of(segment, numbers(flow, absolute, segment.flags:find("S", 1, true) ~= nil), ">")
  packet.absolute = absolute
  return packet
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

local function same_cookie(wanted, found, defined) return hex.encode(inbound.cookie(wanted, defined)) == (found or "") end

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
