-- SPDX-License-Identifier: MIT
-- Scalable vector graphics: shapes gathered one by one, and one style for every picture, on light and dark screens and on paper.

local svg = {}

-- Colours by what they stand for: on light, on dark.
local COLORS = {
  { "paper", "#ffffff", "#0d1117" },
  { "ink", "#1f2328", "#e6edf3" },
  { "faint", "#59636e", "#9198a1" },
  { "rule", "#d1d9e0", "#3d444d" },
  { "SYN", "#1a7f37", "#3fb950" },
  { "SYN-ACK", "#1a7f37", "#3fb950" },
  { "DATA", "#0550ae", "#6cb6ff" },
  { "ACK", "#59636e", "#9198a1" },
  { "NONE", "#59636e", "#9198a1" },
  { "ICMP", "#bc4c00", "#f0883e" },
  { "FIN", "#9a6700", "#d8a325" },
  { "RST", "#cf222e", "#ff7b72" },
  { "again", "#8250df", "#c297ff" },
  { "lost", "#cf222e", "#ff7b72" },
  { "timer", "#bf3989", "#f778ba" },
  { "window", "#9a6700", "#d8a325" },
  { "ssthresh", "#9a6700", "#d8a325" },
  { "flight", "#9a6fd0", "#a98bd6" },
  { "tint", "#ffe3e0", "#3c1a1c" },
  { "sack", "#1a7f37", "#3fb950" },
  { "closed", "#afb8c1", "#57606a" },
  { "opening", "#7fc995", "#2a7a3d" },
  { "open", "#1a7f37", "#3fb950" },
  { "closing", "#d4a72c", "#bb8009" },
  { "waiting", "#a475f9", "#8957e5" },
}

local SHAPES = [[
text { font: 12px ui-monospace, "DejaVu Sans Mono", "Liberation Mono", Menlo, Consolas, monospace; white-space: pre; }
text.small { font-size: 11px; }
text.name { font-weight: bold; font-size: 13px; }
text.over { paint-order: stroke; stroke-width: 4px; stroke-linejoin: round; }
path.line { fill: none; stroke-width: 1.4px; }
path.fine { fill: none; stroke-width: 1px; }
path.broad { fill: none; stroke-width: 1.8px; stroke-linecap: round; }
path.dashed { stroke-dasharray: 6 3; }
path.dotted { stroke-dasharray: 1.5 4; stroke-linecap: round; }
path.cross { fill: none; stroke-width: 2px; }
rect.tag { stroke-width: 1px; }
]]

local function colors(which)
  local lines = {}
  for _, color in ipairs(COLORS) do
    local name, value = color[1], color[which]
    lines[#lines + 1] = (".%s { fill: %s; } path.%s, rect.tag.%s { stroke: %s; }"):format(name, value, name, name, value)
  end
  lines[#lines + 1] = ("text.over { stroke: %s; }"):format(COLORS[1][which])
  lines[#lines + 1] = ("rect.tag.tag { fill: %s; }"):format(COLORS[1][which])
  return table.concat(lines, "\n")
end

local STYLE = table.concat({
  colors(2), SHAPES .. "@media screen and (prefers-color-scheme: dark) {", colors(3), "}", "path.head, path.tint { stroke: none; }",
  "@media print { rect.paper { fill: none; } }",
}, "\n")

-- ---- text ----

local ENTITIES = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["'"] = "&#39;" }
local UNKNOWN = "\u{FFFD}"

-- Without the bytes that are no UTF-8, and without the characters that XML has no way to write.
local function readable(text)
  local _, bad = utf8.len(text)
  while bad do
    text = text:sub(1, bad - 1) .. UNKNOWN .. text:sub(bad + 1)
    _, bad = utf8.len(text, bad)
  end
  return (text:gsub("[%z\1-\31\127]", UNKNOWN):gsub("\u{FFFE}", UNKNOWN):gsub("\u{FFFF}", UNKNOWN))
end

---A text as XML takes it.
---@param text string
---@return string
function svg.escape(text) return (readable(text):gsub("[&<>\"']", ENTITIES)) end

local WIDE = {
  { 0x1100, 0x115F }, { 0x2E80, 0xA4CF }, { 0xAC00, 0xD7A3 }, { 0xF900, 0xFAFF }, { 0xFE30, 0xFE6F }, { 0xFF00, 0xFF60 }, { 0x1F300, 0x1FAFF },
}

local function columns_of(code)
  for _, range in ipairs(WIDE) do
    if code >= range[1] and code <= range[2] then return 2 end
  end
  return 1
end

local ADVANCE = 0.605 -- of a monospace letter, in font sizes

---How wide a text is drawn.
---@param text string
---@param size? number pixels; 12
---@return number pixels
function svg.width(text, size)
  local columns = 0
  for _, code in utf8.codes(readable(text)) do columns = columns + columns_of(code) end
  return columns * (size or 12) * ADVANCE
end

---A text cut with an ellipsis to fit.
---@param text string
---@param room number pixels
---@param size? number
---@return string
function svg.clip(text, room, size)
  if svg.width(text, size) <= room then return text end
  local clean, kept = readable(text), ""
  for _, code in utf8.codes(clean) do
    local longer = kept .. utf8.char(code)
    if svg.width(longer .. "…", size) > room then break end
    kept = longer
  end
  return kept .. "…"
end

---A coordinate, in as few characters as tell it to a hundredth of a pixel.
---@param value number
---@return string
function svg.number(value)
  local text = ("%.2f"):format(value):gsub("%.?0+$", "")
  return text == "-0" and "0" or text
end

local number = svg.number

-- ---- shapes ----

---A picture in the making.
---@class tcplab.svg
---@field width number
---@field height number
local Picture = {}
Picture.__index = Picture

---@param width number pixels
---@return tcplab.svg
function svg.new(width) return setmetatable({ width = width, height = 0, shapes = {}, over = {} }, Picture) end

local function put(list, ...)
  list[#list + 1] = string.format(...)
end

---Makes the picture at least that high.
---@param y number
function Picture:reach(y) self.height = math.max(self.height, y) end

---@param class string
---@param d string path data
---@param hint? string what is told when a pointer rests on it
function Picture:path(class, d, hint)
  if d == "" then return end
  if hint then
    put(self.shapes, '<path class="%s" d="%s"><title>%s</title></path>', class, d, svg.escape(hint))
  else
    put(self.shapes, '<path class="%s" d="%s"/>', class, d)
  end
end

---@param class string
function Picture:line(class, x1, y1, x2, y2, hint)
  self:path(class, ("M%s %sL%s %s"):format(number(x1), number(y1), number(x2), number(y2)), hint)
end

---@param class string
function Picture:rect(class, x, y, width, height, hint)
  local shape = ('<rect class="%s" x="%s" y="%s" width="%s" height="%s"'):format(class, number(x), number(y), number(width), number(height))
  put(self.shapes, "%s%s", shape, hint and "><title>" .. svg.escape(hint) .. "</title></rect>" or "/>")
end

---Text that lies over all shapes, with the paper's colour around it when its class has "over".
---@param class string
---@param x number
---@param y number of the baseline
---@param text string
---@param anchor? "start"|"middle"|"end"
---@param angle? number degrees, clockwise, about (x, y)
function Picture:text(class, x, y, text, anchor, angle)
  local more = anchor and anchor ~= "start" and (' text-anchor="%s"'):format(anchor) or ""
  if angle and angle ~= 0 then more = more .. (' transform="rotate(%s %s %s)"'):format(number(angle), number(x), number(y)) end
  put(self.over, '<text class="%s" x="%s" y="%s"%s>%s</text>', class, number(x), number(y), more, svg.escape(text))
end

---A frame that hides what is below.
---@param class string
function Picture:frame(class, x, y, width, height)
  put(self.over, '<rect class="tag %s" x="%s" y="%s" width="%s" height="%s" rx="4"/>', class, number(x), number(y), number(width), number(height))
end

---A text in a frame.
---@param class string
---@param x number the left end, or the right one
---@param y number the middle
---@param text string
---@param side "left"|"right" which end x is
function Picture:tag(class, x, y, text, side)
  local width = svg.width(text, 11) + 12
  local left = side == "left" and x or x - width
  self:frame(class, left, y - 8.5, width, 17)
  self:text(class .. " small", left + 6, y + 4, text)
end

---The whole file.
---@param title string
---@param description string
---@return string
function Picture:document(title, description)
  local width, height = number(self.width), number(math.ceil(self.height))
  local head = ('<svg xmlns="http://www.w3.org/2000/svg" width="%s" height="%s" viewBox="0 0 %s %s" role="img" aria-labelledby="title desc">')
    :format(width, height, width, height)
  return table.concat({
    '<?xml version="1.0" encoding="UTF-8"?>', head,
    ('<title id="title">%s</title>'):format(svg.escape(title)),
    ('<desc id="desc">%s</desc>'):format(svg.escape(description)),
    "<style>\n" .. STYLE .. "\n</style>",
    ('<rect class="paper" width="%s" height="%s"/>'):format(width, height),
    table.concat(self.shapes, "\n"), table.concat(self.over, "\n"), "</svg>\n",
  }, "\n")
end

return svg
