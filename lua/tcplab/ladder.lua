-- SPDX-License-Identifier: MIT
-- A trace as a text ladder: one flow's two ends at the sides, its segments as arrows between them, states, losses and timers where they happened.
--
-- Each side has its own clock column, so that an arrow can tell when it left and when it came. A packet is one row unless it crosses another:
-- then its two ends stand in rows of their own, so that either side, read from top to bottom, shows what that side lived through.

local check = require "tcplab.check"
local flow = require "tcplab.flow"
local rung = require "tcplab.rung"
local settings = require "tcplab.settings"

local ladder = {}

---@class tcplab.ladder.options
---@field width? integer      columns, 60 at least; default 80
---@field color? boolean      ANSI colours; default: standard output is a terminal and NO_COLOR is not set
---@field utf8? boolean       lines and arrows beyond ASCII; default: what LC_ALL, LC_CTYPE or LANG say
---@field relative? boolean   sequence numbers count from the initial ones; default true
---@field hosts? any[]        two hosts, or their names: their connections alone, the first on the left
---@field conn? tcplab.connection one connection alone
---@field fold? integer|false runs of plain data and acknowledgements longer than this are told in one line; default 8
---@field connections? integer how many connections are drawn; default 10

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

local function fold_runs(steps, limit)
  local run = {}
  local function close()
    if #run > limit then fold_middle(run) end
    run = {}
  end
  for _, step in ipairs(steps) do
    local packet = step.packet
    if not (packet and packet.plain and packet.fate == "delivered") then
      close()
    elseif step.kind == "sent" then
      run[#run + 1] = step
    end
  end
  close()
end

-- ---- rows, in an order that both sides agree with ----

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
  self:append { note = step.event.message or step.event.code, at = step.side, style = "lost", [step.side] = { ns = step.ns, kind = "error" } }
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

local function rows_of(f)
  local rows = new_rows()
  for _, step in ipairs(f.steps) do
    local fold = step.packet and step.packet.fold
    if fold then rows:fold(fold) else rows[step.kind](rows, step) end
  end
  rows:flush "left"
  rows:flush "right"
  return rows.list
end

-- ---- what is asked for ----

local known = { width = "number", color = "boolean", utf8 = "boolean", relative = "boolean", hosts = "table", conn = "table|string",
  fold = "number", connections = "number" }

local function check_option(name, value)
  local want = known[name]
  if not want then
    check.fail("ladder: unknown option %s; there are color, conn, connections, fold, hosts, relative, utf8 and width", check.shown(name))
  end
  if name == "fold" and value == false then return end
  check.type(value, want, "ladder: " .. name)
end

-- The options as a table of the ladder's own.
local function read_options(given)
  check.type(given, "table|nil", "ladder: options")
  local options = {}
  for name, value in pairs(given or {}) do -- any one of several mistakes will do
    check_option(name, value)
    options[name] = value
  end
  for _, name in ipairs { "width", "connections", "fold" } do
    if options[name] then check.integer(options[name], "ladder: " .. name, name == "width" and 60 or 1, name == "width" and 1000 or 1 << 31) end
  end
  if options.hosts and #options.hosts ~= 2 then check.fail("ladder: hosts: two hosts expected, got %d", #options.hosts) end
  return options
end

local function utf8_wanted()
  local locale = os.getenv "LC_ALL" or ""
  if locale == "" then locale = os.getenv "LC_CTYPE" or "" end
  if locale == "" then locale = os.getenv "LANG" or "" end
  return locale:lower():find "utf%-?8" ~= nil
end

local on_terminal -- asked once

---Whether colours are welcome: standard output is a terminal and NO_COLOR is not set.
---@return boolean
function ladder.terminal()
  if settings.color == false or (os.getenv "NO_COLOR" or "") ~= "" then return false end
  if on_terminal == nil then on_terminal = os.execute "test -t 1" == true end
  return on_terminal
end

local function given(value, default)
  if value == nil then return default() end
  return value
end

local function wants(f, options)
  if options.conn and not f.conns[options.conn] then return false end
  if not options.hosts then return true end
  local one, two = flow.name(options.hosts[1]), flow.name(options.hosts[2])
  if f.left.host == two and f.right.host == one then flow.mirror(f) end
  return f.left.host == one and f.right.host == two
end

local function chosen(events, options)
  local flows = {}
  for _, f in ipairs(flow.sort(events)) do
    if wants(f, options) then flows[#flows + 1] = f end
  end
  return flows
end

---Draws events as a ladder, one for each connection in the order of their first packets.
---@param events table[]  a trace's events, oldest first
---@param options? tcplab.ladder.options
---@param lost? integer   how many earlier events are gone
---@return string text    lines that end in a newline, none wider than asked for
function ladder.draw(events, options, lost)
  options = read_options(options)
  local style = {
    width = options.width or 80,
    relative = options.relative ~= false,
    color = given(options.color, ladder.terminal),
    utf8 = given(options.utf8, utf8_wanted),
  }
  local flows = chosen(events, options)
  local limit = options.connections or 10
  local parts = {}
  if (lost or 0) > 0 then parts[1] = rung.remark(style, ("%d earlier events were overwritten"):format(lost)) end
  for i = 1, math.min(#flows, limit) do
    local f = flows[i]
    if options.fold ~= false then fold_runs(f.steps, math.max(options.fold or 8, 2 * KEPT + 1)) end
    parts[#parts + 1] = rung.draw(f, rows_of(f), style)
  end
  if #flows > limit then
    parts[#parts + 1] = rung.remark(style, ("%d more connections: choose with conn = or connections ="):format(#flows - limit))
  end
  if #flows == 0 then parts[#parts + 1] = rung.remark(style, "no segments were traced") end
  return table.concat(parts, "\n")
end

return ladder
