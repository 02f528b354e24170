-- SPDX-License-Identifier: MIT
-- A trace as a drawn ladder: two lifelines in the colours of their states, a clock and the states' names beside each, and segments that slope from
-- the moment they left to the moment they came.
--
-- A break in both lifelines shows where a silence was cut short.

local caption = require "tcplab.trace.caption"
local diagram = require "tcplab.draw.ladder.diagram"
local svg = require "tcplab.draw.svg"
local timeline = require "tcplab.draw.ladder.timeline"
local view = require "tcplab.draw.view"

local ladder = {}

local MARGIN, BAR = 16, 6
local LINE = timeline.LINE
local STUB = 24           -- how far an arrow falls that comes from nowhere
local CHAR = svg.width "x"
local MOST = 300          -- rows drawn of one connection
local LEAST = 20 * CHAR   -- room for a label, however narrow the lane

local BAR_OF = {
  CLOSED = "closed", LISTEN = "closed", ["SYN-SENT"] = "opening", ["SYN-RECEIVED"] = "opening", ESTABLISHED = "open",
  ["FIN-WAIT-1"] = "closing", ["FIN-WAIT-2"] = "closing", CLOSING = "closing", ["CLOSE-WAIT"] = "closing", ["LAST-ACK"] = "closing",
  ["TIME-WAIT"] = "waiting",
}

local SIDES = { "left", "right" }

local function other(side) return side == "left" and "right" or "left" end

-- ---- where things stand from left to right ----

local function widest(list, side, measure, least)
  local width = least
  for _, row in ipairs(list) do
    local cell = row[side]
    if cell then width = math.max(width, svg.width(measure(cell) or "")) end
  end
  return width
end

local function column(list, f, side, digits)
  local clock = widest(list, side, function(cell) return caption.clock(cell.ns, digits) end, svg.width "time, s")
  local state = widest(list, side, function(cell) return cell.state end, svg.width(f[side].state or "state"))
  return { clock = MARGIN + clock, state = MARGIN + clock + 14 + state, bar = MARGIN + clock + 14 + state + 10 }
end

-- x of a side's columns: `clock` and `state` where their text ends, `bar` where the bar begins, `lane` where arrows end.
local function columns(list, f, digits, width)
  local place = { left = column(list, f, "left", digits), right = column(list, f, "right", digits) }
  place.left.lane = place.left.bar + BAR
  local right = place.right
  right.clock, right.state, right.bar = width - right.clock, width - right.state, width - right.bar - BAR
  right.lane = right.bar
  place.width = right.lane - place.left.lane
  return place
end

-- ---- arrows ----

local function toward(x, from, by) return from == "left" and x + by or x - by end

local function head(x, y, from_x, from_y)
  local length = math.sqrt((x - from_x) ^ 2 + (y - from_y) ^ 2)
  local ux, uy = (x - from_x) / length, (y - from_y) / length
  local bx, by = x - 9 * ux, y - 9 * uy
  return ("M%s %sL%s %sL%s %sZ"):format(svg.number(x), svg.number(y), svg.number(bx - 4 * uy), svg.number(by + 4 * ux),
    svg.number(bx + 4 * uy), svg.number(by - 4 * ux))
end

local function angle(x1, y1, x2, y2) return math.deg(math.atan((y2 - y1) / (x2 - x1))) end

local Painter = {}
Painter.__index = Painter

-- A label that would run into a fold, below which its arrow goes on, is told in fewer words.
function Painter:shortened(row, from_y, slope)
  local fold = row.before.fold
  local deep = fold and fold.y - from_y - 8
  local steep = math.abs(math.sin(math.rad(slope)))
  if not fold or 16 * steep + svg.width(row.label) * steep <= deep then return row.label end
  return (caption.fitted(row, self.conversation, self.style, math.floor((deep / steep - 16) / CHAR)))
end

-- Whether a label on this arrow would run across what leaves the same side next, as that of one that others overtake would.
function Painter:runs_across(row, from_y, text)
  local after = row.after
  local share = math.min(1, (16 + svg.width(text)) / self.place.width)
  return after ~= nil and from_y + row.fall * share > after.y + after.fall * share - 8
end

-- A label that begins at the sender's lifeline and lies on its arrow.
function Painter:label(class, row, from_y, slope, text, below)
  local x = toward(self.place[row.from].lane, row.from, 16)
  local y = from_y + 16 * math.abs(math.tan(math.rad(slope))) + (below and 12 or -4)
  self.picture:text("over " .. class, x, y, text, row.from == "left" and "start" or "end", slope)
end

function Painter:cross(x, y)
  self.picture:path("cross lost", ("M%s %sl10 10m0 -10l-10 10"):format(svg.number(x - 5), svg.number(y - 5)))
end

-- What a pointer that rests on the arrow is told.
function Painter:hint(row)
  local packet = row.packet
  local parts = { caption.labels(packet, self.conversation, self.style.relative, true)[1] }
  local remark = caption.remarks { packet = packet, part = "whole", refused = packet.fate == "refused" and packet.reason or nil }
  if remark ~= "" then parts[#parts + 1] = remark end
  if packet.sent then parts[#parts + 1] = ("sent %.9f s"):format(packet.sent / 1e9) end
  if packet.ended then parts[#parts + 1] = ("%s %.9f s"):format(packet.fate, packet.ended / 1e9) end
  if packet.fate == "dropped" and packet.reason then parts[#parts + 1] = "reason: " .. packet.reason end
  return table.concat(parts, "; ")
end

local function line_class(row, class)
  local again = row.packet.segment and row.packet.segment.retransmission
  return (again and "dashed " or "") .. "line " .. class
end

local shapes = {}

function shapes.whole(self, row, from, to, class)
  local x1, x2 = self.place[row.from].lane, self.place[other(row.from)].lane
  local y1, y2 = from.y, to.y
  self.picture:line(line_class(row, class), x1, y1, toward(x2, row.from, -7), y2 - 7 * (y2 - y1) / math.abs(x2 - x1), self:hint(row))
  self.picture:path("head " .. class, head(x2, y2, x1, y1))
  return angle(x1, y1, x2, y2)
end

-- Part of the way, `share` of it, ending in nothing.
local function partly(self, row, y, share, class)
  local x1 = self.place[row.from].lane
  local x2 = toward(x1, row.from, self.place.width * share)
  local y2 = y + row.fall * share
  self.picture:line(line_class(row, class), x1, y, x2, y2, self:hint(row))
  return angle(x1, y, x2, y2), x2, y2
end

function shapes.lost(self, row, from, _, class)
  local reason = row.packet.reason or ""
  local room = self.place.width - svg.width(reason) - 40
  local length = math.min(math.max(self.place.width * 0.55, svg.width(row.label) + 44), room)
  local slope, x, y = partly(self, row, from.y, length / self.place.width, class)
  self:cross(x, y)
  self.picture:text("over lost", toward(x, row.from, 11), y + 4, reason, row.from == "left" and "start" or "end")
  return slope
end

-- Sent, and never seen again.
function shapes.sent(self, row, from, _, class)
  local slope, x, y = partly(self, row, from.y, 0.6, class)
  self.picture:line("dotted line " .. class, x, y, toward(x, row.from, self.place.width * 0.12), y + row.fall * 0.12)
  return slope
end

-- Come from nobody knows when.
local function come(self, row, to, class)
  local x2 = self.place[other(row.from)].lane
  local x1, y1 = toward(x2, other(row.from), self.place.width * 0.6), to.y - STUB * 0.6
  self.picture:line("dotted line " .. class, toward(x1, other(row.from), self.place.width * 0.12), y1 - STUB * 0.12, x1, y1)
  self.picture:line(line_class(row, class), x1, y1, toward(x2, row.from, -7), to.y - 0.2, self:hint(row))
  self.picture:path("head " .. class, head(x2, to.y, x1, y1))
  local anchor = row.from == "left" and "end" or "start"
  self.picture:text("over " .. class, toward(x2, other(row.from), 16), to.y - 6, row.label, anchor, angle(x1, y1, x2, to.y))
end

-- A segment's second row: what its arrival had to tell. The arrow itself belongs to the first.
local function arrival(self, row, class)
  if not row.packet.row then return come(self, row, row[other(row.from)], class) end
  local remark = caption.remarks(row)
  if remark == "" then return end
  local side = other(row.from)
  self.picture:text("over lost small", toward(self.place[side].lane, side, 16), row[side].y + 14, remark, row.from == "left" and "end" or "start")
end

function Painter:arrow(row)
  local class = caption.style(row.packet)
  if row.part == "arrived" then return arrival(self, row, class) end
  local from, to = row[row.from], row[other(row.from)] or row.meets
  local part = row.part == "sent" and to and "whole" or row.part
  local slope = shapes[part](self, row, from, to, class)
  local text = self:shortened(row, from.y, slope)
  self:label(class, row, from.y, self:runs_across(row, from.y, text) and 0 or slope, text)
  if row.left_over then self:label((row.refused and "lost" or class) .. " small", row, from.y, slope, row.left_over, true) end
end

-- ---- all the rest ----

function Painter:note(row)
  local side = row.at
  local x, y = self.place[side].lane, row[side].y
  self.picture:path("head " .. row.style, ("M%s %sm-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0Z"):format(svg.number(toward(x, side, -BAR / 2)), svg.number(y)))
  self.picture:tag(row.style, toward(x, side, 10), y, svg.clip(row.note, self.place.width - 30, 11), side)
end

local function fold_lines(self, row)
  local text = caption.fold(row.fold)
  if svg.width(text) <= self.place.width - 24 then return { text } end
  local first, second = text:match "^(.-); (.*)$"
  return first and { first, second } or { text }
end

function Painter:fold(row)
  local left, right = self.place.left, self.place.right
  self.picture:frame("rule", left.lane + 8, row.y, self.place.width - 16, row.height)
  for i, text in ipairs(row.lines) do
    self.picture:text("faint", (left.lane + right.lane) / 2, row.y + 4 + 15 * i, text, "middle")
  end
  self:broken(row.y + row.height / 2)
end

-- A gap in both lifelines.
function Painter:broken(y)
  for _, side in ipairs(SIDES) do
    local x = self.place[side].bar
    local cut = ("M%s %sl14 -6v8l-14 6Z"):format(svg.number(x - 4), svg.number(y + 2))
    self.picture:path("paper head", cut)
    self.picture:path("faint fine", ("M%s %sl14 -6m0 8l-14 6"):format(svg.number(x - 4), svg.number(y + 2)))
  end
end

function Painter:lifeline(list, side, top, bottom)
  local state, y = self.conversation[side].state, top
  local x = self.place[side].bar
  local function bar(to)
    if to > y then self.picture:rect("bar " .. (BAR_OF[state] or "closed"), x, y, BAR, to - y, state) end
    y = to
  end
  for _, row in ipairs(list) do
    local cell = row[side]
    if cell and cell.state then
      bar(cell.y)
      state = cell.state
      self:beside(side, "state", "ink", cell.y, state)
    end
  end
  bar(bottom)
end

function Painter:beside(side, name, class, y, text)
  self.picture:text(class, self.place[side][name], y + 4, text, side == "left" and "end" or "start")
end

function Painter:times(list, side)
  local last
  for _, row in ipairs(list) do
    local cell = row[side]
    if cell and cell.ns ~= last then
      self:beside(side, "clock", "faint", cell.y, caption.clock(cell.ns, self.digits))
      last = cell.ns
    end
  end
end

function Painter:head(y)
  local f, width = self.conversation, self.picture.width
  local room = width / 2 - MARGIN - 10
  for _, side in ipairs(SIDES) do
    local x, anchor = side == "left" and MARGIN or width - MARGIN, side == "left" and "start" or "end"
    self.picture:text("ink name", x, y, svg.clip(f[side].host or f[side].address, room, 13), anchor)
    self.picture:text("faint small", x, y + 16, svg.clip(f[side].address, room, 11), anchor)
    self:beside(side, "clock", "faint small", y + 36, "time, s")
    self:beside(side, "state", "ink", y + 56, f[side].state or "")
  end
  return y + 56
end

-- A label's room, in columns: of a line that another crosses only the sender's half.
local function room_for(self, row)
  local room = self.place.width - 40
  if row.part == "lost" then room = room - svg.width(row.packet.reason or "") - 40 end
  if row.crossed or row.part == "sent" or row.part == "arrived" then room = math.max(self.place.width / 2 - 20, LEAST) end
  return math.floor(room / CHAR)
end

-- What each arrow says.
local function prepare(self, list)
  timeline.meet(list)
  for _, row in ipairs(list) do
    if row.packet then
      row.label, row.left_over = caption.fitted(row, self.conversation, self.style, room_for(self, row))
      if row.part == "arrived" and row.packet.row then row.left_over = caption.remarks(row) ~= "" and caption.remarks(row) or nil end
    elseif row.fold then
      row.lines = fold_lines(self, row)
    end
  end
end

local function first_rows(list)
  if #list <= MOST then return list, 0 end
  return table.move(list, 1, MOST, 1, {}), #list - MOST
end

local function paint(self, list, y)
  local top = self:head(y)
  prepare(self, list)
  local lowest, breaks = timeline.lay(self.conversation, list, top + LINE)
  local bottom = lowest + LINE
  for _, side in ipairs(SIDES) do
    self:lifeline(list, side, top - 6, bottom)
    self:times(list, side)
  end
  for _, at in ipairs(breaks) do self:broken(at) end
  for _, row in ipairs(list) do
    if row.fold then self:fold(row) end
  end
  for _, row in ipairs(list) do
    if row.packet then self:arrow(row) elseif row.note then self:note(row) end
  end
  return bottom
end

---Draws one conversation.
---@param picture tcplab.svg
---@param f tcplab.conversation
---@param y number where its head begins
---@param options table  as view.read gave them
---@return number bottom
local function draw(picture, f, y, options)
  local list, more = first_rows(diagram.of(f, options.fold))
  local digits = diagram.digits(list)
  local self = setmetatable({
    picture = picture, conversation = f, digits = digits, place = columns(list, f, digits, picture.width), style = { relative = options.relative },
  }, Painter)
  local bottom = paint(self, list, y + 14)
  if more > 0 then
    bottom = bottom + LINE
    picture:text("ink", picture.width / 2, bottom, ("%d more rows: choose a span with from = and to ="):format(more), "middle")
  end
  return bottom
end

-- ---- the whole picture ----

local function described(f)
  local lost, again = 0, 0
  for _, packet in ipairs(f.packets) do
    if packet.fate == "dropped" then lost = lost + 1 end
    if packet.segment and packet.segment.retransmission then again = again + 1 end
  end
  return ("%s (%s) and %s (%s): packets %d, lost %d, retransmitted %d"):format(f.left.host or "unknown", f.left.address, f.right.host or "unknown",
    f.right.address, #f.packets, lost, again)
end

local function remark(picture, y, text)
  picture:text("ink", picture.width / 2, y, text, "middle")
  return y + LINE
end

---Draws events, one ladder for each connection in the order of their first packets, one below the other.
---@param events table[] plain, oldest first
---@param options table  as view.read gave them; width in pixels
---@param lost integer   how many earlier events are gone
---@return string text the file
function ladder.draw(events, options, lost)
  local picture, y = svg.new(options.width or 900), MARGIN
  local conversations, told = view.conversations(events, options), {}
  if lost > 0 then y = remark(picture, y + 14, ("%d earlier events were overwritten"):format(lost)) end
  for i = 1, math.min(#conversations, options.connections) do
    if i > 1 then
      picture:line("rule fine", MARGIN, y + 4, picture.width - MARGIN, y + 4)
      y = y + LINE
    end
    told[i] = described(conversations[i])
    y = draw(picture, conversations[i], y, options) + MARGIN
  end
  local more = #conversations - options.connections
  if more > 0 then y = remark(picture, y + 14, ("%d more connections: choose with conn = or connections ="):format(more)) end
  if #conversations == 0 then y = remark(picture, y + 24, "no segments were traced") end
  picture:reach(y + MARGIN)
  return picture:document("TCP ladder", #told > 0 and table.concat(told, "; ") or "No segments were traced.")
end

return ladder
