-- SPDX-License-Identifier: MIT
-- The words of packetdrill's scripts for packets: a segment told in them, and written.

local hex = require "tcplab.base.hex"

local script_words = {}

local MASK <const> = 0xffffffff

---What a script's numbers are counted from.
---@class tcplab.script_words.numbers
---@field seq fun(number: integer): integer    of the sender's own text
---@field ack fun(number: integer): integer    of what it acknowledges, SACK's blocks too
---@field stamp fun(value: integer): integer   of its timestamps

-- ---- a segment in a script's words ----

local OPTIONS <const> = {}

function OPTIONS.mss(it) return { kind = "mss", value = it.value } end
function OPTIONS.window_scale(it) return { kind = "wscale", value = it.value } end
function OPTIONS.sack_permitted() return { kind = "sackOK" } end
function OPTIONS.nop() return { kind = "nop" } end

function OPTIONS.sack(it, numbers)
  local blocks = {}
  for i, block in ipairs(it.blocks) do blocks[i] = { numbers.ack(block[1]), numbers.ack(block[2]) } end
  return { kind = "sack", blocks = blocks }
end

function OPTIONS.timestamps(it, numbers)
  return { kind = "TS", value = numbers.stamp(it.value), live = it.value, echo = it.echo }
end

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

local function options(segment, numbers)
  local list, size = {}, 0
  for _, each in ipairs(segment.options or {}) do
    if each.name == "end" then fill(list, size, each) else list[#list + 1] = (OPTIONS[each.name] or other)(each, numbers) end
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
---@param numbers tcplab.script_words.numbers
---@param direction "<"|">"
---@return table packet  as tcplab.packetdrill.grammar reads it
function script_words.of(segment, numbers, direction)
  local length = #segment.payload
  local seq = numbers.seq(segment.seq)
  return {
    kind = "tcp", direction = direction, flags = flags_text(segment.flags), seq = seq, ends = seq + length & MASK, length = length,
    ack = segment.flags:find(".", 1, true) and numbers.ack(segment.ack) or nil, window = segment.window,
    urgent = segment.flags:find("U", 1, true) and segment.urgent or nil, options = options(segment, numbers),
  }
end

-- ---- writing ----

local ECN <const> = { [0] = "noecn", "ect1", "ect0", "ce" }

local SHOW <const> = {}

function SHOW.mss(it) return "mss " .. it.value end
function SHOW.wscale(it) return "wscale " .. it.value end
function SHOW.TS(it) return ("TS val %d ecr %d"):format(it.value, it.echo) end

function SHOW.sack(it)
  local blocks = {}
  for i, block in ipairs(it.blocks) do blocks[i] = ("%d:%d"):format(block[1], block[2]) end
  return "sack " .. table.concat(blocks, " ")
end

local function cookie_text(given)
  if type(given) == "table" then return given.symbol end
  return given
end

function SHOW.FO(it) return it.cookie and "FO " .. cookie_text(it.cookie) or "FO" end
function SHOW.FOEXP(it) return it.cookie and "FOEXP " .. cookie_text(it.cookie) or "FOEXP" end
function SHOW.md5(it) return "md5" .. (it.valid and " valid" or it.digest and " " .. cookie_text(it.digest) or "") end

function SHOW.ECN(it)
  local words = { "ECN" }
  for _, counter in ipairs(it.counters) do words[#words + 1] = ("%s %d"):format(counter.name, counter.value) end
  return table.concat(words, " ")
end

function SHOW.other(it) return ("%d %s"):format(it.number, hex.encode(it.data)) end

---One TCP option.
---@param it table
---@return string
function script_words.option(it)
  local show = SHOW[it.kind]
  return show and show(it) or it.kind
end

---A list of options, in its angles.
---@param list table[]
---@return string
function script_words.options(list)
  local shown = {}
  for i, each in ipairs(list) do shown[i] = script_words.option(each) end
  return "<" .. table.concat(shown, ",") .. ">"
end

local function add_ip(packet, words)
  if packet.ecn then words[#words + 1] = "[" .. (ECN[packet.ecn] or packet.ecn) .. "]" end
  local fields = {}
  for i, each in ipairs(packet.ip or {}) do fields[i] = ("%s %d"):format(each.name, each.value) end
  if #fields > 0 then words[#words + 1] = "(" .. table.concat(fields, ", ") .. ")" end
end

local function range(packet)
  if packet.any_seq then return ("...(%d)"):format(packet.length) end
  return ("%d:%d(%d)%s"):format(packet.seq, packet.ends, packet.length, packet.absolute and "!" or "")
end

local function add_tcp(packet, words)
  words[#words + 1] = packet.flags
  words[#words + 1] = range(packet)
  if packet.ack then words[#words + 1] = "ack " .. packet.ack .. (packet.absolute_ack and "!" or "") end
  if packet.window then words[#words + 1] = "win " .. packet.window end
  if packet.urgent then words[#words + 1] = "urg " .. packet.urgent end
  if packet.any_options then words[#words + 1] = "<...>" end
  if packet.options and #packet.options > 0 then words[#words + 1] = script_words.options(packet.options) end
end

local function add_icmp(packet, words)
  words[#words + 1] = "icmp " .. packet.type
  if packet.code then words[#words + 1] = packet.code end
  if packet.mtu then words[#words + 1] = "mtu " .. packet.mtu end
  local quote = packet.quote
  if quote then words[#words + 1] = ("[%d:%d(%d)]"):format(quote.seq, quote.seq + quote.length, quote.length) end
end

---A packet, with its direction and without its time.
---@param packet table
---@return string
function script_words.text(packet)
  local words = { packet.direction }
  add_ip(packet, words)
  if packet.kind == "icmp" then add_icmp(packet, words) else add_tcp(packet, words) end
  return table.concat(words, " ")
end

return script_words
