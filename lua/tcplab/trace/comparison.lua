-- SPDX-License-Identifier: MIT
-- The comparison of one segment with what a line of the notation wants of it.

local caption = require "tcplab.trace.caption"
local listing = require "tcplab.trace.listing"
local option_words = require "tcplab.trace.option_words"

local comparison = {}

local function has_flag(letter) return function(segment) return segment.flags:find(letter, 1, true) ~= nil end end

local is_fin, is_rst, is_syn, is_ack = has_flag "F", has_flag "R", has_flag "S", has_flag "."

local KIND_FITS = {
  SYN = function(segment) return is_syn(segment) and not is_ack(segment) end,
  ["SYN-ACK"] = function(segment) return is_syn(segment) and is_ack(segment) end,
  FIN = is_fin,
  RST = is_rst,
  DATA = function(segment) return #segment.payload > 0 end,
  ACK = function(segment) return segment.kind == "ACK" end,
  NONE = function(segment) return segment.kind == "NONE" end,
}

local function sorted_letters(flags)
  local letters = {}
  for letter in flags:gmatch "." do letters[#letters + 1] = letter end
  table.sort(letters)
  return table.concat(letters)
end

-- Where the text starts and how much it is are one thing: the range.
local function compare_range(want, is, on_wire, differs)
  if want.size == is.size and (want.seq == is.seq or want.seq == on_wire.seq) then return end
  local from = math.abs(want.seq - on_wire.seq) < math.abs(want.seq - is.seq) and on_wire.seq or is.seq
  differs("range", ("%d:%d"):format(want.seq, want.seq + want.size), ("%d:%d"):format(from, from + is.size))
end

---Compares a readable segment with what is wanted of one.
---@param want table     by field, as in tcplab.notation.line
---@param segment tcplab.Segment
---@param counted { seq: integer, ack?: integer, base?: integer }  its numbers counted from the initial ones, and from where SACK's blocks count
---@param differs fun(name: string, wanted: any, found: any)  told of each field that is not as wanted
function comparison.segment(want, segment, counted, differs)
  local on_wire = { seq = segment.seq, ack = segment.ack }
  local is = {
    seq = counted.seq, ack = counted.ack, size = #segment.payload, window = segment.window, urgent = segment.urgent, payload = segment.payload,
  }
  if want.kind and not (KIND_FITS[want.kind] and KIND_FITS[want.kind](segment)) then differs("kind", want.kind, segment.kind) end
  local is_range = want.seq ~= nil and want.size ~= nil
  if is_range then compare_range(want, is, on_wire, differs) end
  for _, name in ipairs { "seq", "size", "ack", "window", "urgent", "payload" } do
    local apart = not (is_range and (name == "seq" or name == "size"))
    if apart and want[name] ~= nil and want[name] ~= is[name] and want[name] ~= on_wire[name] then differs(name, want[name], is[name]) end
  end
  if want.flags and sorted_letters(want.flags) ~= sorted_letters(segment.flags) then differs("flags", want.flags, segment.flags) end
  if want.urg and not segment.flags:find("U", 1, true) then differs("flags", "U", segment.flags) end
  for _, wanted in ipairs(want.options or {}) do
    if not option_words.among(segment.options, wanted, counted.base) then
      differs("options", wanted.text, table.concat(caption.options(segment, counted.base), ", "))
    end
  end
end

local TCP_ALONE = { "seq", "size", "ack", "window", "urgent", "payload", "flags", "urg", "options" }
local ICMP_ALONE = { "type", "code", "meaning", "mtu", "id", "sequence" }

local function is_end(name, address, port)
  return name == address or name == ("%s:%d"):format(address, port) or name == ("[%s]:%d"):format(address, port)
end

-- What an ICMP error quotes.
local function compare_about(about, quoted, differs)
  local from, to = is_end(about.from, quoted.source, quoted.source_port), is_end(about.to, quoted.destination, quoted.destination_port)
  if not from or not to then differs("about", about.from .. " > " .. about.to, quoted.source .. " > " .. quoted.destination) end
  if about.seq and math.tointeger(about.seq) ~= quoted.seq then differs("about", about.seq, quoted.seq) end
end

---Compares ICMP, or what cannot be read, with what is wanted.
---@param want table
---@param label string             what the ladder says of it
---@param message? tcplab.Segment  ICMP as it was read
---@param differs fun(name: string, wanted: any, found: any)
function comparison.other(want, label, message, differs)
  local kind, code = label:match "^ICMP type (%d+) code (%d+)$"
  message = message or { type = math.tointeger(kind), code = math.tointeger(code) }
  if want.kind and want.kind ~= (kind and "ICMP" or label) then return differs("kind", want.kind, label) end
  for _, name in ipairs(ICMP_ALONE) do
    if want[name] ~= nil and want[name] ~= message[name] then differs(name, want[name], message[name]) end
  end
  if want.about then compare_about(want.about, message.quoted or {}, differs) end
  for _, name in ipairs(TCP_ALONE) do
    if want[name] ~= nil then return differs(name, want[name], label) end
  end
end

---Whether a moment is when a line says.
---@param time? { ns: integer, slack: integer, relative: boolean }
---@param ns integer
---@param before integer  when the line before it was
---@return boolean
function comparison.in_time(time, ns, before)
  if not time then return true end
  local span = time.relative and ns - before or ns
  return math.abs(span - time.ns) <= time.slack
end

---Compares a moment with what a line says of it.
---@param time? { ns: integer, slack: integer, relative: boolean }
---@param ns integer
---@param before integer
---@param differs fun(name: string, wanted: any, found: any)
function comparison.time(time, ns, before, differs)
  if comparison.in_time(time, ns, before) then return end
  local sign = time.relative and "+" or ""
  differs("time", sign .. listing.seconds(time.ns, 6), sign .. listing.seconds(time.relative and ns - before or ns, 6))
end

local function shown(value)
  if value == nil then return "none" end
  return tostring(value)
end

---What differs, a line each.
---@param list { name: string, wanted: any, found: any }[]
---@return string
function comparison.told(list)
  local parts = {}
  for i, each in ipairs(list) do
    local show = each.name == "payload" and listing.quoted or shown
    parts[i] = ("%s: expected %s, got %s"):format(each.name, show(each.wanted), show(each.found))
  end
  return table.concat(parts, "\n")
end

return comparison
