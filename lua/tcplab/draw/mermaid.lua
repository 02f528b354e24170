-- SPDX-License-Identifier: MIT
-- A trace as a sequence diagram for Mermaid: hosts as participants, segments as messages, losses that end in a cross, states and timers as notes.
--
-- A message has one place, so of two segments that cross, the first is told where it left, with an open arrow, and noted where it came.

local caption = require "tcplab.trace.caption"
local diagram = require "tcplab.draw.ladder.diagram"
local view = require "tcplab.draw.view"

local mermaid = {}

local SPECIAL = { ["#"] = "#35;", [";"] = "#59;", ["<"] = "#lt;", [">"] = "#gt;", ["&"] = "#amp;", ["%"] = "#37;", ['"'] = "#quot;" }

-- What Mermaid would take for syntax, as entities of its own; no control characters.
local function plain(text) return (text:gsub("[%z\1-\31\127]", " "):gsub('[#;<>&%%"]', SPECIAL)) end

local Diagram = {}
Diagram.__index = Diagram

function Diagram:say(format, ...) self.lines[#self.lines + 1] = "  " .. format:format(...) end

-- Ends of the same address are one participant.
function Diagram:participant(place)
  local known = self.participants[place.address]
  if known then return known end
  self.count = self.count + 1
  local id = "P" .. self.count
  self.participants[place.address] = id
  local name = place.host and plain(place.host) .. "<br/>" or ""
  self.names[#self.names + 1] = ("  participant %s as %s%s"):format(id, name, plain(place.address))
  return id
end

local function other(side) return side == "left" and "right" or "left" end

function Diagram:note(side, text) self:say("Note %s of %s: %s", side, self.ids[side], plain(text)) end

local function at(self, cell) return " at " .. caption.clock(cell.ns, self.digits) .. " s" end

local arrows = { whole = "->>", sent = "-)", lost = "-x", arrived = "-->>" }

local function told(self, row)
  local label, left_over = caption.fitted(row, self.conversation, self.style, 1000)
  local reason = row.part == "lost" and "lost: " .. (row.packet.reason or "unknown") or nil
  local parts = { label, left_over, reason }
  local list = {}
  for i = 1, 3 do
    if parts[i] then list[#list + 1] = parts[i] end
  end
  return table.concat(list, ", ")
end

-- A segment that was told where it left, and now arrives.
local function arrives(self, row)
  local remark = caption.remarks(row)
  local label = caption.labels(row.packet, self.conversation, self.style.relative)[2]
  self:note(other(row.from), label .. " arrives" .. (remark ~= "" and ", " .. remark or ""))
end

function Diagram:message(row)
  if row.part == "arrived" and row.packet.row then return arrives(self, row) end
  self:say("%s%s%s: %s", self.ids[row.from], arrows[row.part], self.ids[other(row.from)], plain(told(self, row)))
end

function Diagram:state(row, side)
  local cell = row[side]
  if cell and cell.state then self:note(side, cell.state .. at(self, cell)) end
end

-- A sender's state changes as its segment leaves, a receiver's once it is there.
local function draw_row(self, row)
  local first = row.from or row.at or "left"
  if row.packet then self:state(row, first) end
  if row.fold then
    self:say("Note over %s,%s: %s", self.ids.left, self.ids.right, plain(caption.fold(row.fold)))
  elseif row.note then
    self:note(row.at, row.note .. at(self, row[row.at]))
  elseif row.packet then
    self:message(row)
  end
  if not row.packet then self:state(row, first) end
  self:state(row, other(first))
end

function Diagram:draw(f, options)
  local list = diagram.of(f, options.fold)
  self.conversation, self.digits = f, diagram.digits(list)
  self.ids = { left = self:participant(f.left), right = self:participant(f.right) }
  for _, side in ipairs { "left", "right" } do
    if f[side].state then self:note(side, f[side].state) end
  end
  for _, row in ipairs(list) do draw_row(self, row) end
end

function Diagram:between(number, count)
  local ids = self.ids
  self:say("Note over %s,%s: connection %d of %d", ids.left, ids.right, number, count)
end

local function front(lost, conversations, limit)
  local lines = { "sequenceDiagram" }
  if lost > 0 then lines[#lines + 1] = ("  %%%% %d earlier events were overwritten"):format(lost) end
  local more = #conversations - limit
  if more > 0 then lines[#lines + 1] = ("  %%%% %d more connections: choose with conn = or connections ="):format(more) end
  return lines
end

---Draws events as a sequence diagram, one connection after the other.
---@param events table[] plain, oldest first
---@param options table  as view.read gave them
---@param lost integer   how many earlier events are gone
---@return string text the file
function mermaid.draw(events, options, lost)
  local conversations = view.conversations(events, options)
  local count = math.min(#conversations, options.connections)
  local drawing = setmetatable({ lines = {}, names = {}, participants = {}, count = 0, style = { relative = options.relative } }, Diagram)
  for i = 1, count do
    drawing:draw(conversations[i], options)
    if i < count then drawing:between(i + 1, count) end
  end
  if count == 0 then drawing.names[1] = "  participant P1 as no segments were traced" end
  local parts = front(lost, conversations, options.connections)
  table.move(drawing.names, 1, #drawing.names, #parts + 1, parts)
  table.move(drawing.lines, 1, #drawing.lines, #parts + 1, parts)
  return table.concat(parts, "\n") .. "\n"
end

return mermaid
