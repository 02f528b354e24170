-- SPDX-License-Identifier: MIT
-- A TCP option as a text says it, in the words of print(segment), of the ladder, of the fields and of tcpdump: read, and looked for in a segment.

local hex = require "tcplab.base.hex"

local option_words = {}

---What a text wants of an option; what it does not say is nil.
---@class tcplab.option_words.wanted
---@field text string        as it was written
---@field name? string       as in tcplab.Option
---@field kind? integer
---@field value? integer
---@field echo? integer
---@field seconds? integer   of user_timeout
---@field blocks? integer[][]
---@field cookie? string
---@field data? string

-- ---- values: what may follow an option's word; nil where it may not ----

local function up_to(most, digits)
  local number = math.tointeger(tonumber(digits))
  return number and number <= most and number or nil
end

local function nothing(rest) return rest == "" and {} or nil end

local function number(most)
  return function(rest)
    if rest == "" then return {} end
    local value = rest:find "^%d+$" and up_to(most, rest)
    return value and { value = value }
  end
end

local function timestamps(rest)
  if rest == "" then return {} end
  local value, echo = rest:match "^val (%d+) ecr (%d+)$"
  if not value then value, echo = rest:match "^(%d+):(%d+)$" end
  if not value then value, echo = rest:match "^val (%d+)$" or rest:match "^(%d+)$", 0 end
  if not value or not up_to(0xffffffff, value) or not up_to(0xffffffff, echo) then return nil end
  return { value = math.tointeger(value), echo = rest:find "[:e]" and math.tointeger(echo) or nil }
end

-- "5:9 20:30", as tcpdump has it "2 {5:9}{20:30}".
local function sack(rest)
  if rest == "" then return {} end
  local blocks, list = {}, rest:gsub("^%d+ (%b{})", "%1"):gsub("[{}]", " ")
  for block in list:gmatch "%S+" do
    local from, to = block:match "^(%-?%d+):(%-?%d+)$"
    if not from or not up_to(0xffffffff, from) or not up_to(0xffffffff, to) then return nil end
    blocks[#blocks + 1] = { math.tointeger(from), math.tointeger(to) }
  end
  return { blocks = blocks }
end

local UNITS = { [""] = 1, s = 1, min = 60 }

local function user_timeout(rest)
  if rest == "" then return {} end
  local digits, unit = rest:match "^(%d+) ?(%a*)$"
  local value = digits and UNITS[unit] and up_to(0x7fff * 60 // UNITS[unit], digits)
  return value and { seconds = value * UNITS[unit] }
end

local function cookie(rest)
  if rest == "" then return {} end
  if rest == "cookiereq" then return { cookie = "" } end
  local bytes = hex.decode(rest:match "^cookie (%x+)$" or "-")
  return bytes and { cookie = bytes }
end

-- An option by its number, with its bytes if they are told.
local function by_number(rest)
  local digits, bytes = rest:match "^(%d+)(.*)$"
  local kind = digits and up_to(255, digits)
  if not kind or bytes == "" then return kind and { kind = kind } end
  local data = hex.decode(bytes:match "^ 0x(%x+)$" or bytes:match "^ (%x+)$" or "-")
  return data and { kind = kind, data = data }
end

-- The same, as print and the ladder show it.
local function malformed(rest)
  if rest == "" then return {} end
  return by_number((rest:gsub("^kind ", "")))
end

-- ---- words ----

local WORDS = {
  { "mss", "mss", number(0xffff) },
  { "wscale", "window_scale", number(255) }, { "scale", "window_scale", number(255) }, { "window_scale", "window_scale", number(255) },
  { "sackOK", "sack_permitted", nothing }, { "sack ok", "sack_permitted", nothing }, { "sack_permitted", "sack_permitted", nothing },
  { "sack", "sack", sack },
  { "TS", "timestamps", timestamps }, { "ts", "timestamps", timestamps }, { "timestamps", "timestamps", timestamps },
  { "uto", "user_timeout", user_timeout }, { "timeout", "user_timeout", user_timeout }, { "user_timeout", "user_timeout", user_timeout },
  { "tfo", "fast_open", cookie }, { "fast open", "fast_open", cookie }, { "fast_open", "fast_open", cookie },
  { "nop", "nop", nothing }, { "end", "end", nothing }, { "eol", "end", nothing },
  { "unknown", "unknown", nothing }, { "kind", nil, by_number }, { "malformed", "malformed", malformed },
}

option_words.list = {}
for i, word in ipairs(WORDS) do option_words.list[i] = word[1] end

-- The word that a text begins with, and what follows it.
local function word_of(text)
  for _, word in ipairs(WORDS) do
    local rest = text:sub(1, #word[1]) == word[1] and text:match("^%s*(.*)$", #word[1] + 1)
    if rest and (rest == "" or text:find("^%s", #word[1] + 1)) then return word, rest end
  end
end

---Reads one option.
---@param text string
---@return tcplab.option_words.wanted? wanted
---@return string? strange  the word that is none, or what cannot be its value
---@return string? word     the word whose value that is
function option_words.read(text)
  local plain = text:match("^%s*(.-)%s*$"):gsub("%s+", " "):gsub("^unknown%-(%d)", "%1")
  if plain:find "^%d" then plain = "kind " .. plain end
  local word, rest = word_of(plain)
  if not word then return nil, plain:match "^%S+" end
  local wanted = word[3](rest)
  if not wanted then return nil, rest, word[1] end
  wanted.text, wanted.name = text, word[2]
  return wanted
end

-- ---- looking for one ----

-- A number counted from a base, as it is written, or as it stands on the wire.
local function same_number(wanted, found, base)
  return wanted == found or base ~= nil and wanted & 0xffffffff == found - base & 0xffffffff
end

local function begins_with(found, wanted, base)
  for i, block in ipairs(wanted) do
    local is = found and found[i]
    if not is or not same_number(block[1], is[1], base) or not same_number(block[2], is[2], base) then return false end
  end
  return true
end

local function fits(option, wanted, base)
  for _, name in ipairs { "name", "kind", "value", "echo", "cookie", "data" } do
    if wanted[name] ~= nil and wanted[name] ~= option[name] then return false end
  end
  if wanted.seconds and (not option.value or wanted.seconds ~= option.value * (option.minutes and 60 or 1)) then return false end
  return not wanted.blocks or begins_with(option.blocks, wanted.blocks, base)
end

---Whether one of a segment's options is as wanted. SACK's blocks may be the first of more.
---@param options tcplab.Options
---@param wanted tcplab.option_words.wanted
---@param base? integer  what SACK's blocks count from, if they do not count as on the wire
---@return boolean
function option_words.among(options, wanted, base)
  for _, option in ipairs(options or {}) do
    if fits(option, wanted, base) then return true end
  end
  return false
end

return option_words
