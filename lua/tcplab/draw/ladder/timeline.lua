-- SPDX-License-Identifier: MIT
-- Where a ladder's rows stand from top to bottom: time runs downwards, as far as what happens leaves it room. Moments of one side keep a line's
-- height apart, and long silences are cut short.

local timeline = {}

timeline.LINE = 18        -- height of a line of text

local LINE = timeline.LINE
local STEP = 4            -- what any lapse of time takes at least
local FLIGHT = 40         -- what a typical way across takes
local SILENCE = 68        -- where a longer lapse would be drawn longer, it is broken
local BROKEN = 44         -- height of a break

local SIDES = { "left", "right" }

local function other(side) return side == "left" and "right" or "left" end

-- What a packet's two rows know together: where it left.
local function left_at(row) return row.packet and row.packet.row and row.packet.row[row.from] end

-- ---- arrows that cross ----

---Marks the rows whose arrows others cross, `crossed`, and tells the first of a packet's two rows what cell the second arrives at, `meets`.
---@param list tcplab.ladder_row[]
function timeline.meet(list)
  local under_way = { left = 0, right = 0 }
  for _, row in ipairs(list) do
    if row.part == "arrived" and left_at(row) then row.packet.row.meets = row[other(row.from)] end
  end
  for _, row in ipairs(list) do
    if row.packet then
      row.crossed = row.part ~= "lost" and (row.meets ~= nil or under_way[other(row.from)] > 0)
      if row.meets then under_way[row.from] = under_way[row.from] + 1 end
      if row.part == "arrived" and left_at(row) then under_way[row.from] = under_way[row.from] - 1 end
    end
  end
end

-- ---- the clock ----

local function typical_flight(f)
  local ways = {}
  for _, packet in ipairs(f.packets) do
    if packet.sent and packet.ended and packet.fate == "delivered" then ways[#ways + 1] = packet.ended - packet.sent end
  end
  table.sort(ways)
  local middle = ways[#ways // 2 + 1] or 0
  return middle > 0 and middle or 1000000
end

-- Rows between folds, each with the fold that ends it; crossing: a packet leaves in these rows and arrives after the fold.
local function sections(list)
  local all, current = {}, { rows = {} }
  for _, row in ipairs(list) do
    row.before = current
    local first = row.part == "arrived" and row.packet.row
    if first and first.before ~= current then first.before.crossing = true end
    if row.fold then
      current.fold = row
      all[#all + 1], current = current, { rows = {} }
    else
      current.rows[#current.rows + 1] = row
    end
  end
  all[#all + 1] = current
  return all
end

local function points_of(section)
  local points = {}
  for i, row in ipairs(section.rows) do
    for _, side in ipairs(SIDES) do
      if row[side] then points[#points + 1] = { side = side, row = row, cell = row[side], ns = row[side].ns, order = i } end
    end
  end
  table.sort(points, function(a, b)
    if a.ns ~= b.ns then return a.ns < b.ns end
    if a.order ~= b.order then return a.order < b.order end
    return a.side == a.row.from and b.side ~= b.row.from
  end)
  return points
end

local Clock = {}
Clock.__index = Clock

local function new_clock(f, y)
  return setmetatable({ flight = typical_flight(f), y = y, last = { left = y - LINE, right = y - LINE }, breaks = {} }, Clock)
end

-- Lets time pass until a moment.
function Clock:pass(ns)
  if not self.ns or ns <= self.ns then
    self.ns = self.ns or ns
    return
  end
  local height = (ns - self.ns) / self.flight * FLIGHT
  self.ns = ns
  if height <= SILENCE then
    self.y = self.y + math.max(height, STEP)
  else
    self.breaks[#self.breaks + 1] = self.y + BROKEN / 2
    self.y = self.y + BROKEN
  end
end

function Clock:place(point)
  local cell, side = point.cell, point.side
  local left = cell.kind == "arrived" and left_at(point.row)
  local y = math.max(self.y, self.last[side] + LINE, left and left.y or 0)
  cell.y = y
  self.last[side] = y + (point.row.left_over and LINE - 4 or 0)
  if point.row.note then self.last[side] = y + 6 end
  return y
end

function Clock:run(section)
  local points, i = points_of(section), 1
  while points[i] do
    local ns, lowest = points[i].ns, 0
    self:pass(ns)
    while points[i] and points[i].ns == ns do
      lowest = math.max(lowest, self:place(points[i]))
      i = i + 1
    end
    self.y = math.max(self.y, lowest)
  end
end

function Clock:lowest() return math.max(self.y, self.last.left, self.last.right) end

-- A run that is told in one row: time goes on after it where it stands.
function Clock:fold(row, lines)
  row.y = self:lowest() + (row.before.crossing and LINE * 2.5 or LINE)
  row.height = lines * 15 + 10
  self.y, self.ns = row.y + row.height + LINE, nil
  self.last.left, self.last.right = self.y - LINE, self.y - LINE
end

-- ---- slopes ----

local NEAR = 3 * LINE

-- How far arrows fall on their way across; those without an end do as their neighbours, which they then do not cross.
local function find_falls(list)
  local last, waiting = {}, { left = {}, right = {} }
  for _, row in ipairs(list) do
    local from, to = row.packet and row[row.from], row.packet and (row[other(row.from)] or row.meets)
    if from and to then
      row.fall = to.y - from.y
      last[row.from] = { y = from.y, fall = row.fall }
      for _, open in ipairs(waiting[row.from]) do
        if from.y - open[open.from].y < NEAR then open.fall = open.sure and (open.fall + to.y - from.y) / 2 or to.y - from.y end
      end
      waiting[row.from] = {}
    elseif from then
      local before = last[row.from]
      row.sure = before ~= nil and from.y - before.y < NEAR
      row.fall = row.sure and before.fall or FLIGHT * 0.6
      table.insert(waiting[row.from], row)
    end
  end
end

-- What leaves the same side next, whose arrow a label must not run across.
local function find_neighbours(list)
  local after = {}
  for i = #list, 1, -1 do
    local row = list[i]
    local side = row.at or row.packet and row[row.from] and row.from
    if side then
      row.after = after[side]
      after[side] = { y = row[side].y, fall = row.fall or 0 }
    end
  end
end

---Gives every cell its `y`; every fold `y` and `height`, by its `lines` of text; every arrow its `fall`, from where it leaves to the other side, and
---`after`, the y and fall of what leaves that side next.
---@param f tcplab.conversation
---@param list tcplab.ladder_row[] after `meet`
---@param top number
---@return number bottom
---@return number[] breaks  where silences are cut short
function timeline.lay(f, list, top)
  local clock = new_clock(f, top)
  for _, section in ipairs(sections(list)) do
    clock:run(section)
    if section.fold then clock:fold(section.fold, #section.fold.lines) end
  end
  find_falls(list)
  find_neighbours(list)
  return clock:lowest(), clock.breaks
end

return timeline
