-- SPDX-License-Identifier: MIT
-- A wish: what a script wants of a segment that comes, as a table of fields, in the words of `assert.trace`, or as a function; whether one fits,
-- and what differs.

local caption = require "tcplab.trace.caption"
local check = require "tcplab.base.check"
local comparison = require "tcplab.trace.comparison"
local listing = require "tcplab.trace.listing"
local near = require "tcplab.base.near"
local notation = require "tcplab.trace.notation"
local option_words = require "tcplab.trace.option_words"
local segment = require "tcplab.trace.segment"

---@class tcplab.hand.wish
---@field text string     as a failure shows it
---@field want table      by field, as in tcplab.notation.line
---@field plain table     other fields of a segment, each to be equal
---@field absent string[] names of options that are not to be there
---@field time? { ns: integer, slack: integer, relative: boolean }
---@field call? function
local wish = {}
wish.__index = wish

-- ---- reading ----

-- What the notation compares, in the order in which it is told.
local COMPARED = { "kind", "type", "code", "flags", "seq", "ack", "size", "window", "urgent", "payload" }
local FARTHEST <const> = 1 << 40 -- of a number that counts from the initial one
local TEXTS = { kind = true, flags = true, payload = true }
local SHOWN_AS = {
  kind = "%s", type = "type %d", code = "code %d", flags = "[%s]", seq = "seq=%d", ack = "ack=%d", size = "len=%d", window = "win=%d",
  urgent = "urg=%d",
}

local function list_of_fields()
  local list, is_plain, is_compared = {}, {}, { options = true }
  for _, name in ipairs(COMPARED) do is_compared[name] = true end
  for _, more in ipairs { COMPARED, segment.fields, segment.icmp_fields, { "retransmission", "probe", "meaning" } } do
    for _, name in ipairs(more) do
      if not is_plain[name] then list[#list + 1] = name end
      is_plain[name] = not is_compared[name]
    end
  end
  return list, is_plain, is_compared
end

local FIELDS, IS_PLAIN, IS_COMPARED = list_of_fields()

local WORD_OF = {
  mss = "mss", window_scale = "scale", sack_permitted = "sack ok", timestamps = "ts", sack = "sack", user_timeout = "timeout",
  fast_open = "fast open",
}

local function block_words(blocks)
  local list = {}
  for i, block in ipairs(check.type(blocks, "table", "options.sack")) do list[i] = ("%d:%d"):format(block[1], block[2]) end
  return table.concat(list, " ")
end

-- What stands behind an option's word.
local function value_words(name, value)
  if value == true then return "" end
  if name == "sack" then return " " .. block_words(value) end
  if type(value) ~= "table" then return " " .. tostring(value) end
  return value.echo and (" %d:%d"):format(value.value or 0, value.echo) or (" %d"):format(value.value)
end

local function read_option(name, value)
  local word = WORD_OF[name]
  if not word then
    local names = {}
    for known in pairs(WORD_OF) do names[#names + 1] = known end
    table.sort(names)
    check.fail("options: there is no option %s%s", check.shown(name), near.hint(name, names))
  end
  if name == "fast_open" and type(value) == "string" then return { name = name, cookie = value, text = word } end
  local wanted = option_words.read(word .. value_words(name, value))
  if not wanted then check.fail("options: %s cannot be %s", name, check.shown(value)) end
  return wanted
end

local function read_options(self, given)
  local names = {}
  for name in pairs(check.type(given, "table", "options")) do names[#names + 1] = tostring(name) end
  table.sort(names)
  self.want.options = {}
  for _, name in ipairs(names) do
    local wanted = read_option(name, given[name] or true)
    if given[name] then table.insert(self.want.options, wanted) else table.insert(self.absent, name) end
  end
end

local function read_fields(self, given)
  for name, value in pairs(given) do -- any one of several mistakes will do
    if IS_COMPARED[name] then
      self.want[name] = value
      if TEXTS[name] then check.type(value, "string", name) elseif name ~= "options" then check.integer(value, name, -FARTHEST, FARTHEST) end
    elseif IS_PLAIN[name] then
      self.plain[name] = value
    else
      check.fail("a segment has no field %s%s", check.shown(name), near.hint(name, FIELDS))
    end
  end
  if given.options then read_options(self, given.options) end
end

local function field_words(self)
  local words = {}
  for _, name in ipairs(COMPARED) do
    local value = self.want[name]
    if value ~= nil then words[#words + 1] = name == "payload" and listing.quoted(value) or SHOWN_AS[name]:format(value) end
  end
  local options = {}
  for _, wanted in ipairs(self.want.options or {}) do options[#options + 1] = wanted.text end
  for _, name in ipairs(self.absent) do options[#options + 1] = "no " .. WORD_OF[name] end
  if #options > 0 then words[#words + 1] = "<" .. table.concat(options, ", ") .. ">" end
  for _, name in ipairs(FIELDS) do
    if self.plain[name] ~= nil then words[#words + 1] = ("%s=%s"):format(name, tostring(self.plain[name])) end
  end
  return table.concat(words, " ")
end

local REMARKS = { "retransmission", "probe" }

-- The remarks of the notation that can be told of what has come.
local function read_text(self, text)
  local line, message = notation.segment(text)
  if not line then check.fail("%s", message) end
  local want = line.want
  if want.fate or want.duplicate then check.fail("%q: of a segment that comes nobody asks what became of it", text) end
  for _, name in ipairs(REMARKS) do
    self.plain[name], want[name] = want[name], nil
  end
  if want.CE then self.plain.ecn, want.CE = 3, nil end
  self.want, self.time, self.text = want, line.time, text
end

---@param given nil|string|table|function
---@param name string  the argument, for messages
---@return tcplab.hand.wish
local function read(given, name)
  local self = setmetatable({ want = {}, plain = {}, absent = {} }, wish)
  if type(given) == "string" then
    read_text(self, given)
  elseif type(given) == "table" and not getmetatable(given) then
    read_fields(self, given)
    self.text = field_words(self)
  elseif given ~= nil then
    self.call, self.text = check.callable(given, name), "(a segment of which the function answers true)"
  end
  if not self.text or self.text == "" then self.text = "(any segment)" end
  return self
end

-- ---- comparing ----

-- The packet and the conversation as captions and comparisons look at them.
local function as_traced(talk, what)
  local text = type(what) == "string"
  local packet = { segment = not text and what.kind ~= "ICMP" and what or nil, side = "left", event = { bytes = text and what or nil } }
  return packet, { left = { base = talk and talk.rcv.irs }, right = { base = talk and talk.snd.iss } }
end

-- What the ladder would say of it.
local function label(talk, what)
  if type(what) == "table" and what.kind == "ICMP" then return ("ICMP type %d code %d"):format(what.type, what.code) end
  local packet, f = as_traced(talk, what)
  return caption.labels(packet, f, true, true)[1]
end

-- What the notation compares.
local function compare_words(self, talk, what, differs)
  local packet, f = as_traced(talk, what)
  if packet.segment then
    local seq, ack = caption.numbers(packet, f, true)
    comparison.segment(self.want, what, { seq = seq, ack = ack, base = f.right.base }, differs)
  else
    comparison.other(self.want, label(talk, what), type(what) == "table" and what or nil, differs)
  end
end

-- What it does not: fields by their values, and options that are not to be there.
local function compare_fields(self, talk, fields, differs)
  for _, name in ipairs(FIELDS) do
    local wanted = self.plain[name]
    if wanted ~= nil and wanted ~= (fields[name] or false) then differs(name, wanted, fields[name]) end
  end
  for _, name in ipairs(self.absent) do
    local there = fields.options and fields.options[name] ~= nil
    if there then differs("options", "no " .. WORD_OF[name], table.concat(caption.options(fields, talk and talk.snd.iss), ", ")) end
  end
end

local function nanoseconds(seconds) return math.tointeger((seconds * 1e9 + 0.5) // 1) end

---What of a segment is not as wished.
---@param talk? tcplab.hand_conversation
---@param what tcplab.Segment|string
---@return { name: string, wanted: any, found: any }[]
function wish:differences(talk, what)
  local list = {}
  local function differs(name, wanted, found) list[#list + 1] = { name = name, wanted = wanted, found = found } end
  local fields = type(what) == "table" and what or {}
  compare_words(self, talk, what, differs)
  compare_fields(self, talk, fields, differs)
  if fields.time then comparison.time(self.time, nanoseconds(fields.time), talk and talk._before or 0, differs) end
  if #list == 0 and self.call and not self.call(what) then differs("the function", "true", "false") end
  return list
end

---@param talk? tcplab.hand_conversation
---@param what tcplab.Segment|string
---@return boolean
function wish:fits(talk, what) return #self:differences(talk, what) == 0 end

---A segment that came as a line of the listing.
---@param hand tcplab.hand
---@param talk? tcplab.hand_conversation
---@param what tcplab.Segment|string
---@return string
local function line(hand, talk, what)
  local is_text = type(what) == "string"
  local time, from = is_text and hand.network:now() or what.time, is_text and "?" or hand:_name_of(what.source)
  return ("%s  %s > %s  %s"):format(caption.clock(nanoseconds(time), 3), from, hand.name, label(talk, what))
end

---What was wished for above what there is, and what differs.
---@param wanted string
---@param actual string
---@param list? { name: string, wanted: any, found: any }[]
---@return string
local function report(wanted, actual, list)
  return ("expected:\n  > %s\nactual:\n  > %s%s"):format(wanted, actual, list and "\n" .. comparison.told(list) or "")
end

return { read = read, line = line, report = report }
