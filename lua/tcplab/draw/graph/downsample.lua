-- SPDX-License-Identifier: MIT
-- Fewer points for the same picture: what falls into one column of pixels is told by its extremes. Coordinates are pixels.

local downsample = {}

local COLUMN = 0.5 -- pixels: finer than screens show, so that some zooming is honest too

local function column(x) return x // COLUMN end

---Points from left to right, of which each column keeps its first, lowest, highest and last.
---@param points { x: number, y: number }[]
---@return { x: number, y: number }[]
function downsample.line(points)
  local kept, i = {}, 1
  while points[i] do
    local first, low, high, last = i, i, i, i
    while points[last + 1] and column(points[last + 1].x) == column(points[first].x) do
      last = last + 1
      if points[last].y < points[low].y then low = last end
      if points[last].y > points[high].y then high = last end
    end
    local one, two = math.min(low, high), math.max(low, high)
    for _, index in ipairs { first, one, two, last } do
      if kept[#kept] ~= points[index] then kept[#kept + 1] = points[index] end
    end
    i = last + 1
  end
  return kept
end

local function by_top(a, b)
  if a.top ~= b.top then return a.top < b.top end
  return a.bottom < b.bottom
end

-- Bars that touch become one.
local function united(bars)
  table.sort(bars, by_top)
  local list = {}
  for _, bar in ipairs(bars) do
    local last = list[#list]
    if last and bar.top <= last.bottom + COLUMN then
      last.bottom = math.max(last.bottom, bar.bottom)
    else
      list[#list + 1] = { x = bar.x, top = bar.top, bottom = bar.bottom }
    end
  end
  return list
end

---Upright bars from left to right, of which those in one column that touch become one.
---@param bars { x: number, top: number, bottom: number }[]
---@return { x: number, top: number, bottom: number }[]
function downsample.bars(bars)
  local kept, i = {}, 1
  while bars[i] do
    local same, j = {}, i
    while bars[j] and column(bars[j].x) == column(bars[i].x) do
      same[#same + 1] = bars[j]
      j = j + 1
    end
    local list = united(same)
    table.move(list, 1, #list, #kept + 1, kept)
    i = j
  end
  return kept
end

---Marks, of which those that would cover one another to the pixel become one; none is lost to sight.
---@param marks { x: number, y: number }[]
---@return { x: number, y: number }[]
function downsample.marks(marks)
  local kept, seen = {}, {}
  for _, mark in ipairs(marks) do
    local cell = ("%d %d"):format(math.floor(mark.x), math.floor(mark.y))
    if not seen[cell] then kept[#kept + 1] = mark end
    seen[cell] = true
  end
  return kept
end

return downsample
