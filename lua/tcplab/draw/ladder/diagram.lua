-- SPDX-License-Identifier: MIT
-- The ladder diagram of a conversation, which text, .svg and Mermaid paint: its rows (packets, timers, errors, states), in an order that both sides
-- agree with.
--
-- A packet is one row unless it crosses another: then its two ends stand in rows of their own, so that either side, read from top to bottom, shows
-- what that side lived through.

local diagram = {}

---One row. What stands at a side is `left` and `right`; a row without a packet, a fold and a note carries a state alone.
---@class tcplab.ladder_row
---@field left? { ns: integer, kind: string, state?: string }   what happened there: kind "sent", "arrived", "timer", "error" or "state"
---@field right? { ns: integer, kind: string, state?: string }
---@field packet? tcplab.conversation.packet
---@field from? "left"|"right"  packet: its sender's side
---@field part? "whole"|"sent"|"arrived"|"lost"  packet: which part of its way this row shows
---@field refused? string       packet: the check that refused it
---@field note? string          what a timer or an error says
---@field at? "left"|"right"    note: its side
---@field style? string         note: "timer" or "lost"
---@field fold? table           a run of plain packets told in one row: totals of either side

local KEPT = 2 -- packets drawn at either end of a folded run

local function other(side) return side == "left" and "right" or "left" end

-- ---- long runs ----

local function count(fold, packet, ns)
  local totals = fold[packet.side]
  local size = #packet.segment.payload
  if size > 0 then
    totals.segments, totals.bytes = totals.segments + 1, totals.bytes + size
  else
    totals.acks = totals.acks + 1
  end
  packet.fold = fold
  fold.ns = fold.ns or ns
  fold.side = fold.side or packet.side
end

local function fold_middle(run)
  local fold = {
    left = { segments = 0, bytes = 0, acks = 0 }, right = { segments = 0, bytes = 0, acks = 0 },
  }
  for i = KEPT + 1, #run - KEPT do count(fold, run[i].packet, run[i].ns) end
end

-- Nothing but data or an acknowledgement, which came or is still under way.
local function is_foldable(packet) return packet ~= nil and packet.plain and (packet.fate == "delivered" or packet.fate == nil) end

local function fold_runs(steps, limit)
  local run, met = {}, {}
  local function close()
    if #run > limit then fold_middle(run) end
    run = {}
  end
  for _, step in ipairs(steps) do
    local packet = step.packet
    if not is_foldable(packet) then
      close()
    elseif not met[packet] then -- it leaves; or it comes, and left before the trace or the time that was asked for began
      run[#run + 1], met[packet] = step, true
    end
  end
  close()
end

-- ---- an order that both sides agree with ----

local Rows = {}
Rows.__index = Rows

local function new_rows() return setmetatable({ list = {}, waiting = { left = {}, right = {} }, last = {} }, Rows) end

local function touches(row, side) return row[side] ~= nil end

function Rows:append(row)
  self.list[#self.list + 1] = row
  return row
end

-- A side's part of a row; states that waited for it find their place there, or in rows of their own before it.
function Rows:touch(row, side, ns, kind)
  row[side] = { ns = ns, kind = kind }
  self.last[side] = row
  local waiting = self.waiting[side]
  local first = waiting[1]
  if first and #waiting == 1 and first.ns == ns and first.wants == kind then
    row[side].state = first.state
    self.waiting[side] = {}
  end
end

function Rows:flush(side)
  for _, state in ipairs(self.waiting[side]) do
    local row = self:append { [side] = { ns = state.ns, kind = "state", state = state.state } }
    self.last[side] = row
  end
  self.waiting[side] = {}
end

-- Before a new row touches a side: states that this row cannot carry come first.
function Rows:make_way(side, ns, kind)
  local waiting = self.waiting[side]
  local fits = #waiting == 1 and waiting[1].ns == ns and waiting[1].wants == kind
  if not fits then self:flush(side) end
end

local function cause_of(cell)
  if cell:find "^SEG" then return "arrived" end
  if cell:find "^TIMEOUT" then return "timer" end
  return "sent"
end

-- The row that a state change belongs to is the one of its cause: before it or, when the trace tells it the other way round, just after it.
function Rows:state(step)
  local side, wants = step.side, cause_of(step.event.event)
  local last = self.last[side]
  local cell = last and last[side]
  if cell and #self.waiting[side] == 0 and wants ~= "sent" and cell.kind == wants and cell.ns == step.ns and not cell.state then
    cell.state = step.event.to
  else
    local waiting = self.waiting[side]
    waiting[#waiting + 1] = { ns = step.ns, state = step.event.to, wants = wants }
  end
end

function Rows:sent(step)
  local side, packet = step.side, step.packet
  self:make_way(side, step.ns, "sent")
  local row = self:append { packet = packet, from = side, part = "sent" }
  self:touch(row, side, step.ns, "sent")
  packet.row = row
end

function Rows:lost(step)
  if not step.packet.row then self:sent(step) end
  step.packet.row.part = "lost"
end

function Rows:position(row)
  for i = #self.list, 1, -1 do
    if self.list[i] == row then return i end
  end
end

local function under_way(row, from) return row.part == "sent" and row.from == from and not row.split and row.packet.fate ~= "dropped" end

-- Whether rows after the given one touch a side, and whether one of them is a packet that is going to meet this one.
function Rows:after(row, side)
  local touched, meets = false, false
  for i = self:position(row) + 1, #self.list do
    if touches(self.list[i], side) then touched = true end
    if under_way(self.list[i], side) then meets = true end
  end
  return touched, meets
end

function Rows:to_end(row)
  table.remove(self.list, self:position(row))
  self:append(row)
end

-- A packet's one row stands where neither side sees things out of order; where there is no such place, its arrival gets a row of its own.
function Rows:row_for_arrival(packet, side)
  local row = packet.row
  if not row then return self:append { packet = packet, from = other(side), part = "arrived" } end
  local touched, meets = self:after(row, side)
  if touched then
    if meets or self:after(row, other(side)) then
      row.split = true
      return self:append { packet = packet, from = other(side), part = "arrived" }
    end
    self:to_end(row)
  end
  row.part = "whole"
  return row
end

function Rows:arrived(step)
  self:make_way(step.side, step.ns, "arrived")
  local row = self:row_for_arrival(step.packet, step.side)
  self:touch(row, step.side, step.ns, "arrived")
  row.refused = step.packet.fate == "refused" and step.packet.reason or nil
end

local function seconds(s) return ("%.3f s"):format(s) end

function Rows:timer(step)
  self:make_way(step.side, step.ns, "timer")
  local text = step.event.timer .. " timer" .. (step.after and " " .. seconds(step.after) or "")
  local row = self:append { note = text, at = step.side, style = "timer" }
  self:touch(row, step.side, step.ns, "timer")
end

function Rows:error(step)
  self:flush(step.side)
  -- Not the side's last row: the change of state that follows belongs to what caused both.
  local event = step.event
  local note = (event.soft and "still trying: " or "") .. (event.message or event.code)
  self:append { note = note, at = step.side, style = "lost", [step.side] = { ns = step.ns, kind = "error" } }
end

function Rows:fold(fold)
  if fold.shown then return end
  fold.shown = true
  for _, side in ipairs { "left", "right" } do
    local first = self.waiting[side][1]
    if first and first.ns < fold.ns then self:flush(side) end
  end
  self:append { fold = fold }
end

---The rows of one conversation, top to bottom.
---@param f tcplab.conversation
---@param fold integer|false runs of plain data and acknowledgements longer than this are one row
---@return tcplab.ladder_row[]
function diagram.of(f, fold)
  if fold then fold_runs(f.steps, math.max(fold, 2 * KEPT + 1)) end
  local made = new_rows()
  for _, step in ipairs(f.steps) do
    local run = step.packet and step.packet.fold
    if run then made:fold(run) else made[step.kind](made, step) end
  end
  made:flush "left"
  made:flush "right"
  return made.list
end

-- ---- their times ----

---Visits each moment at one side.
---@param list tcplab.ladder_row[]
---@param side "left"|"right"
---@param visit fun(ns: integer)
function diagram.each_time(list, side, visit)
  for _, row in ipairs(list) do
    if row[side] then visit(row[side].ns) end
  end
end

local function gaps(list)
  local all, between = {}, {}
  diagram.each_time(list, "left", function(ns) all[#all + 1] = ns end)
  diagram.each_time(list, "right", function(ns) all[#all + 1] = ns end)
  table.sort(all)
  for i = 2, #all do
    if all[i] > all[i - 1] then between[#between + 1] = all[i] - all[i - 1] end
  end
  table.sort(between)
  return between
end

---The decimals of a second that clocks show: milliseconds, unless most moments would then look alike; the order of rows tells the rest.
---@param list tcplab.ladder_row[]
---@return integer digits
function diagram.digits(list)
  local between = gaps(list)
  local middle = between[#between // 2 + 1] or 1000000
  if middle < 500 then return 9 end
  return middle < 500000 and 6 or 3
end

return diagram
