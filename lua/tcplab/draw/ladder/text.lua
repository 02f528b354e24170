-- SPDX-License-Identifier: MIT
-- A ladder's rows as text: two clocks, two columns of states, and the lane between them.
--
--   time   state |-- label ------------------------>| state   time

local caption = require "tcplab.trace.caption"
local columns = require "tcplab.base.columns"
local diagram = require "tcplab.draw.ladder.diagram"

local ladder = {}

local ASCII = { line = "-", right = ">", left = "<", post = "|", fade = ". . .", cut = "X" }
local UTF8 = { line = "─", right = "→", left = "←", post = "│", fade = "· · ·", cut = "X" }

local COLOR = {
  time = "2", state = "1;36", SYN = "32", ["SYN-ACK"] = "32", FIN = "33", RST = "31", DATA = "34", ACK = "", NONE = "", again = "35",
  lost = "1;31", timer = "35", head = "1", fold = "2", post = "2",
}

-- A line is a list of pieces, each a text and the name of its style; widths count columns, not bytes or escapes.

local width_of, clip = columns.width, columns.clip

local function pad(text, width) return text .. (" "):rep(width - width_of(text)) end
local function pad_left(text, width) return (" "):rep(width - width_of(text)) .. text end

local function painted(text, name, style)
  local code = style.color and COLOR[name]
  if not code or code == "" or text:find "^ *$" then return text end
  return "\27[" .. code .. "m" .. text .. "\27[0m"
end

local function joined(pieces)
  local list = {}
  for _, piece in ipairs(pieces) do
    local last = list[#list]
    if last and last[2] == piece[2] then last[1] = last[1] .. piece[1] else list[#list + 1] = { piece[1], piece[2] } end
  end
  return list
end

local function finish(pieces, style)
  local room, out = style.width, {}
  while pieces[1] and pieces[#pieces][1]:find "^ *$" do pieces[#pieces] = nil end
  if pieces[1] then pieces[#pieces][1] = pieces[#pieces][1]:gsub(" +$", "") end
  for _, piece in ipairs(joined(pieces)) do
    local text = clip(piece[1], room)
    room = room - width_of(text)
    out[#out + 1] = painted(text, piece[2], style)
  end
  return table.concat(out) .. "\n"
end

-- ---- the lane ----

local function blank(width) return { (" "):rep(width) } end

-- Dots on the given side of a line: there the arrow goes on elsewhere.
local function fading(glyphs, side, name) return { side == "right" and " " .. glyphs.fade or glyphs.fade .. " ", name } end

-- An arrow's pieces from the sender to the receiver; label has a space at both ends.
local shapes = {}

function shapes.whole(row, lane, glyphs, label, name)
  local rest = glyphs.line:rep(lane - width_of(label) - 3)
  if row.from == "left" then return { { glyphs.line:rep(2), name }, { label, name }, { rest .. glyphs.right, name } } end
  return { { rest, name }, { label, name }, { glyphs.left .. glyphs.line:rep(2), name } }
end

function shapes.sent(row, lane, glyphs, label, name)
  local fade = fading(glyphs, row.from == "left" and "right" or "left", name)
  local rest = lane - width_of(label) - width_of(fade[1]) - 4
  return { { glyphs.line:rep(2), name }, { label, name }, { glyphs.line:rep(2), name }, fade, blank(rest) }
end

function shapes.arrived(row, lane, glyphs, label, name)
  local fade = fading(glyphs, row.from, name)
  local head = row.from == "left" and glyphs.line .. glyphs.right or glyphs.left .. glyphs.line
  local rest = lane - width_of(label) - width_of(fade[1]) - 4
  return { blank(rest), fade, { glyphs.line:rep(2), name }, { label, name }, { head, name } }
end

function shapes.lost(row, lane, glyphs, label, name)
  local reason = row.packet.reason or ""
  local mark = row.from == "left" and glyphs.cut .. " " .. reason or reason .. " " .. glyphs.cut
  local room = lane - width_of(label) - width_of(mark) - 2
  local dashes = math.max(1, math.min(lane * 3 // 5 - width_of(label), room))
  return { { glyphs.line:rep(2), name }, { label, name }, { glyphs.line:rep(dashes), name }, { mark, "lost" }, blank(room - dashes) }
end

-- Columns that a shape needs beside its label.
local function taken(row, glyphs)
  if row.part == "whole" then return 5 end
  if row.part == "lost" then return 7 + width_of(row.packet.reason or "") end
  return 7 + width_of(glyphs.fade)
end

local function turned(pieces)
  local back = {}
  for i = #pieces, 1, -1 do back[#back + 1] = pieces[i] end
  return back
end

-- Exactly as wide as the lane.
local function fit(pieces, lane)
  local total = 0
  for _, piece in ipairs(pieces) do
    piece[1] = clip(piece[1], lane - total)
    total = total + width_of(piece[1])
  end
  pieces[#pieces + 1] = blank(lane - total)
  return pieces
end

-- An arrow's pieces from left to right, and the remark that found no room.
local function arrow(row, f, lane, glyphs, style)
  local label, left_over = caption.fitted(row, f, style, lane - taken(row, glyphs))
  local pieces = shapes[row.part](row, lane, glyphs, " " .. label .. " ", caption.style(row.packet))
  if row.from == "right" then pieces = turned(pieces) end
  return fit(pieces, lane), left_over
end

local function note(text, side, name, lane)
  text = clip(text, lane - 1)
  local gap = (" "):rep(lane - width_of(text) - 1)
  if side == "left" then return { { " " .. text, name }, { gap } } end
  return { { gap .. text .. " ", name } }
end

-- ---- columns ----

local function two_clocks(list)
  for _, row in ipairs(list) do
    if row.left and row.right and row.left.ns ~= row.right.ns then return true end
    if row.part == "arrived" then return true end
  end
  return false
end

local function widest_time(list, side, digits)
  local width = 0
  diagram.each_time(list, side, function(ns) width = math.max(width, #caption.clock(ns, digits)) end)
  return width
end

local function widest_state(list, side, f)
  local width = math.max(math.min(width_of(f[side].host or ""), 12), #(f[side].state or ""))
  for _, row in ipairs(list) do
    if row[side] and row[side].state then width = math.max(width, #row[side].state) end
  end
  return width
end

local function layout(f, list, style)
  local plan = { digits = diagram.digits(list), both = two_clocks(list) }
  plan.left_clock = widest_time(list, "left", plan.digits)
  plan.right_clock = widest_time(list, "right", plan.digits)
  if not plan.both then
    plan.left_clock, plan.right_clock = math.max(plan.left_clock, plan.right_clock), 0
  end
  plan.left, plan.right = widest_state(list, "left", f), widest_state(list, "right", f)
  local clocks = plan.left_clock + 2 + (plan.both and plan.right_clock + 2 or 0)
  plan.lane = style.width - clocks - plan.left - plan.right - 4
  return plan
end

-- ---- rows ----

local function time_at(row, side, plan)
  local cell = row[side]
  if not plan.both then
    cell = side == "left" and (row.left or row.right) or nil
  end
  return cell and caption.clock(cell.ns, plan.digits) or ""
end

local function state_at(row, side) return row[side] and row[side].state or "" end

local function line(row, lane, plan, glyphs, style)
  local pieces = {
    { pad_left(time_at(row, "left", plan), plan.left_clock), "time" }, { "  " },
    { pad_left(state_at(row, "left"), plan.left), "state" }, { " " }, { glyphs.post, "post" },
  }
  for _, piece in ipairs(lane) do pieces[#pieces + 1] = piece end
  pieces[#pieces + 1] = { glyphs.post, "post" }
  pieces[#pieces + 1] = { " " }
  pieces[#pieces + 1] = { pad(state_at(row, "right"), plan.right), "state" }
  if plan.both then
    pieces[#pieces + 1] = { "  " }
    pieces[#pieces + 1] = { pad_left(time_at(row, "right", plan), plan.right_clock), "time" }
  end
  return finish(pieces, style)
end

local function fold_line(row, plan, style)
  local text = caption.fold(row.fold)
  local start = plan.left_clock + 2 + plan.left + 2 + math.max(0, (plan.lane - width_of(text)) // 2)
  start = math.max(plan.left_clock + 2, math.min(start, style.width - width_of(text)))
  local ns = { [row.fold.side] = { ns = row.fold.ns } }
  local time = pad_left(time_at(ns, "left", plan), plan.left_clock)
  return finish({ { time, "time" }, { (" "):rep(start - plan.left_clock) }, { text, "fold" } }, style)
end

local function head(f, plan, glyphs, style)
  local names = {
    left = { state = clip(f.left.host or "", plan.left) }, right = { state = clip(f.right.host or "", plan.right) },
  }
  local gap = plan.lane - width_of(f.left.address) - width_of(f.right.address)
  local inside, lines = { { (" "):rep(plan.lane) } }, {}
  if gap >= 4 then
    inside = { { " " .. f.left.address .. (" "):rep(gap - 2) .. f.right.address .. " ", "time" } }
  else
    lines[1] = ladder.remark(style, f.left.address .. "  " .. f.right.address)
  end
  local pieces = {
    { (" "):rep(plan.left_clock + 2) }, { pad_left(names.left.state, plan.left), "head" }, { " " }, { glyphs.post, "post" },
    inside[1], { glyphs.post, "post" }, { " " }, { names.right.state, "head" },
  }
  lines[#lines + 1] = finish(pieces, style)
  return table.concat(lines)
end

local function empty_lane(lane) return { { (" "):rep(lane) } } end

local function initial_states(f, plan, glyphs, style)
  if not (f.left.state or f.right.state) then return nil end
  local pieces = {
    { (" "):rep(plan.left_clock + 2) }, { pad_left(f.left.state or "", plan.left), "state" }, { " " }, { glyphs.post, "post" },
    { (" "):rep(plan.lane) }, { glyphs.post, "post" }, { " " }, { f.right.state or "", "state" },
  }
  return finish(pieces, style)
end

local function draw_arrow(row, f, plan, glyphs, style)
  local lane, left_over = arrow(row, f, plan.lane, glyphs, style)
  local text = line(row, lane, plan, glyphs, style)
  if not left_over then return text end
  local side = row.refused and (row.from == "left" and "right" or "left") or row.from
  for part in columns.wrap(left_over, plan.lane - 1):gmatch "[^\n]+" do
    text = text .. line({}, note(part, side, "lost", plan.lane), plan, glyphs, style)
  end
  return text
end

local function draw_row(row, f, plan, glyphs, style)
  if row.packet then return draw_arrow(row, f, plan, glyphs, style) end
  if row.fold then return fold_line(row, plan, style) end
  local lane = row.note and note(row.note, row.at, row.style, plan.lane) or empty_lane(plan.lane)
  return line(row, lane, plan, glyphs, style)
end

---A line that stands outside the ladder.
---@param style table {width, color, utf8, relative}
---@param text string
---@return string line with its newline
function ladder.remark(style, text) return finish({ { text, "head" } }, style) end

---Draws the rows of one conversation under a head that names its ends.
---@param f tcplab.conversation
---@param list tcplab.ladder_row[]
---@param style table {width, color, utf8, relative}
---@return string text lines that end in a newline
function ladder.draw(f, list, style)
  local glyphs = style.utf8 and UTF8 or ASCII
  local plan = layout(f, list, style)
  local lines = { head(f, plan, glyphs, style), initial_states(f, plan, glyphs, style) }
  for _, row in ipairs(list) do lines[#lines + 1] = draw_row(row, f, plan, glyphs, style) end
  return table.concat(lines)
end

return ladder
