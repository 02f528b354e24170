-- SPDX-License-Identifier: MIT
-- Text in a terminal's columns: how wide it is, and how it is broken into lines. Chinese characters are two columns wide and may part anywhere
-- but before a closing mark and after an opening one.

local columns = {}

-- Code points of two columns (Unicode's East Asian Width, W and F), as far as running text has them.
local WIDE = { { 0x1100, 0x115F }, { 0x2E80, 0x303E }, { 0x3041, 0xA4CF }, { 0xAC00, 0xD7A3 }, { 0xF900, 0xFAFF }, { 0xFE30, 0xFE6F },
  { 0xFF01, 0xFF60 }, { 0xFFE0, 0xFFE6 }, { 0x1F300, 0x1FAFF }, { 0x20000, 0x3FFFD } }

local OPENING, CLOSING = {}, {}
for _, code in utf8.codes "（《「『【〈“‘" do OPENING[code] = true end
for _, code in utf8.codes "，。；：？！、）》」』】〉”’…" do CLOSING[code] = true end

local function width_of(code)
  if code < 0x1100 then return 1 end
  for _, range in ipairs(WIDE) do
    if code >= range[1] and code <= range[2] then return 2 end
  end
  return 1
end

---How many columns a line of text takes; colours take none.
---@param text string  UTF-8; other bytes count one each
---@return integer
function columns.width(text)
  text = text:gsub("\27%[[%d;]*m", "")
  if not text:find "[\x80-\xff]" or not utf8.len(text) then return #text end
  local width = 0
  for _, code in utf8.codes(text) do width = width + width_of(code) end
  return width
end

---A text's beginning, as much of it as has room.
---@param text string  without colours
---@param width integer columns
---@return string
function columns.clip(text, width)
  if columns.width(text) <= width then return text end
  if not utf8.len(text) then return text:sub(1, width) end
  local used = 0
  for at, code in utf8.codes(text) do
    used = used + width_of(code)
    if used > width then return text:sub(1, at - 1) end
  end
  return text
end

-- The pieces that a line may be broken between: { text, width, gap = the spaces before it }.
local function pieces_of(line)
  local pieces, gap, last = {}, "", nil
  local function add(character, code)
    local wide, before = width_of(code) == 2, pieces[#pieces]
    local glued = before and gap == "" and (CLOSING[code] or OPENING[last] or not (wide or width_of(last) == 2))
    if glued then
      before.text, before.width = before.text .. character, before.width + width_of(code)
    else
      pieces[#pieces + 1] = { text = character, width = width_of(code), gap = gap }
    end
    gap, last = "", code
  end
  for _, code in utf8.codes(line) do
    if code == 32 then gap = gap .. " " else add(utf8.char(code), code) end
  end
  return pieces
end

local function break_line(line, width, out)
  local text, used = "", 0
  for _, piece in ipairs(pieces_of(line)) do
    if used > 0 and used + #piece.gap + piece.width > width then
      out[#out + 1] = text
      text, used = piece.text, piece.width
    else
      text, used = text .. piece.gap .. piece.text, used + #piece.gap + piece.width
    end
  end
  out[#out + 1] = text
end

---Breaks text into lines. What is no wider is left as it is, down to its spaces.
---@param text string    UTF-8; its own line breaks stay
---@param width integer  columns
---@return string text   without a line break at its end
function columns.wrap(text, width)
  local out = {}
  for line in (text .. "\n"):gmatch "([^\n]*)\n" do
    if columns.width(line) <= width then out[#out + 1] = line else break_line(line, width, out) end
  end
  return table.concat(out, "\n")
end

---A name and a text behind it, in 80 columns: the text's further lines stand below its first.
---@param name string
---@param width integer  columns of the widest name there is
---@param text string
---@return string row    without a line break at its end
function columns.entry(name, width, text)
  local wrapped = columns.wrap(text, 80 - width - 4)
  return ("  %s%s  %s"):format(name, (" "):rep(width - columns.width(name)), (wrapped:gsub("\n", "\n" .. (" "):rep(width + 4))))
end

-- Whether a space is due where lines join that end and begin with these characters.
local function space_between(last, first)
  if not (last and first) then return false end
  local wide = (width_of(last) == 2 and 1 or 0) + (width_of(first) == 2 and 1 or 0)
  local mark = (width_of(last) == 2 and CLOSING[last]) or (width_of(first) == 2 and OPENING[first])
  return wide == 0 or wide == 1 and not mark
end

---Joins the lines of a paragraph as one: by a space, but not between double-width characters nor beside their marks. Empty lines part paragraphs.
---@param text string
---@return string
function columns.join(text)
  local paragraphs = {}
  for paragraph in (text:gsub("^%s+", ""):gsub("%s+$", "") .. "\n\n"):gmatch "(.-)\n%s*\n" do
    local joined = ""
    for line in (paragraph .. "\n"):gmatch "%s*([^\n]*)\n" do
      local last = joined ~= "" and utf8.codepoint(joined, utf8.offset(joined, -1)) or nil
      local first = line ~= "" and utf8.codepoint(line, 1) or nil
      joined = joined .. (space_between(last, first) and " " or "") .. line
    end
    paragraphs[#paragraphs + 1] = joined
  end
  return table.concat(paragraphs, "\n\n")
end

return columns
