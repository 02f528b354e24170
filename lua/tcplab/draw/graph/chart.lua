-- SPDX-License-Identifier: MIT
-- A chart: panels over one axis of time, with round numbers at their ticks, and a legend that names what is there and counts it.

local svg = require "tcplab.draw.svg"
local downsample = require "tcplab.draw.graph.downsample"

local chart = {}

local LEFT, RIGHT = 84, 20 -- margins beside a panel

-- ---- round numbers ----

---The numbers at an axis: multiples of 1, 2 or 5 times a power of ten, as many as there is room for.
---@param low number
---@param high number
---@param most integer
---@return number[] ticks
---@return number step
function chart.ticks(low, high, most)
  local rough = (high - low) / most
  local power = 10.0 ^ math.floor(math.log(rough, 10))
  local step = 10 * power
  for _, factor in ipairs { 1, 2, 5 } do
    if factor * power >= rough * 0.999999 then
      step = factor * power
      break
    end
  end
  local ticks = {}
  for i = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) do ticks[#ticks + 1] = i * step end
  return ticks, step
end

---The numbers at a logarithmic axis: 1, 2 and 5 times the powers of ten, or those powers alone where the axis is long.
---@param low number
---@param high number
---@return number[]
function chart.log_ticks(low, high)
  local ticks = {}
  local factors = high / low > 1000 and { 1 } or { 1, 2, 5 }
  for exponent = math.floor(math.log(low, 10)), math.ceil(math.log(high, 10)) do
    for _, factor in ipairs(factors) do
      local value = factor * 10.0 ^ exponent
      if value >= low * 0.999999 and value <= high * 1.000001 then ticks[#ticks + 1] = value end
    end
  end
  return ticks
end

-- As many decimals as tell multiples of the step apart.
local function shown(value, step)
  local decimals = math.max(0, -math.floor(math.log(step, 10) + 1e-9))
  return (("%." .. decimals .. "f"):format(value):gsub("^%-(0[0.]*)$", "%1"))
end

local UNITS = {
  bytes = { { 1e9, "GB" }, { 1e6, "MB" }, { 1e3, "kB" }, { 1, "bytes" } },
  seconds = { { 1, "s" }, { 1e-3, "ms" }, { 1e-6, "µs" }, { 1e-9, "ns" } },
}

-- The unit that leaves the largest number above one.
local function unit_for(kind, largest)
  for _, unit in ipairs(UNITS[kind]) do
    if largest >= unit[1] * 0.999999 then return unit[1], unit[2] end
  end
  local last = UNITS[kind][#UNITS[kind]]
  return last[1], last[2]
end

-- ---- panels ----

---A panel of a chart: a plane on which points in seconds and values become pixels.
---@class tcplab.chart.panel
---@field picture tcplab.svg
---@field x number
---@field y number
---@field width number
---@field height number
local Panel = {}
Panel.__index = Panel

---What a panel shows.
---@class tcplab.chart.axes
---@field from number   seconds at its left end
---@field to number     seconds at its right end
---@field low number    value at its bottom
---@field high number   value at its top
---@field log? boolean  the values' axis is logarithmic
---@field kind "bytes"|"seconds"
---@field label string  what the values are

---@param picture tcplab.svg
---@param y number       its top
---@param height number
---@param axes tcplab.chart.axes
---@return tcplab.chart.panel
function chart.panel(picture, y, height, axes)
  return setmetatable({ picture = picture, x = LEFT, y = y, width = picture.width - LEFT - RIGHT, height = height, axes = axes }, Panel)
end

---Where a moment is.
---@param seconds number
---@return number x
function Panel:across(seconds) return self.x + (seconds - self.axes.from) / (self.axes.to - self.axes.from) * self.width end

---Where a value is; what lies beyond the panel is moved to its edge.
---@param value number
---@return number y
function Panel:up(value)
  local axes, share = self.axes
  if axes.log then
    share = math.log(math.max(value, axes.low) / axes.low) / math.log(axes.high / axes.low)
  else
    share = (value - axes.low) / (axes.high - axes.low)
  end
  return self.y + self.height * (1 - math.max(0, math.min(1, share)))
end

---Lines and numbers at the values' axis, and what it is.
function Panel:frame()
  local axes, picture = self.axes, self.picture
  local scale, unit = unit_for(axes.kind, math.max(math.abs(axes.low), math.abs(axes.high)))
  local ticks, step
  if axes.log then
    ticks = chart.log_ticks(axes.low / scale, axes.high / scale)
  else
    ticks, step = chart.ticks(axes.low / scale, axes.high / scale, self.height // 40)
  end
  for _, tick in ipairs(ticks) do
    local y = self:up(tick * scale)
    picture:line("rule fine", self.x, y, self.x + self.width, y)
    picture:text("faint small", self.x - 8, y + 4, shown(tick, step or math.min(tick, 1)), "end")
  end
  local label = ("%s, %s%s"):format(axes.label, unit, axes.log and ", logarithmic" or "")
  picture:text("ink small", 20, self.y + self.height / 2, label, "middle", -90)
  picture:line("faint fine", self.x, self.y, self.x, self.y + self.height)
  picture:line("faint fine", self.x, self.y + self.height, self.x + self.width, self.y + self.height)
end

---Lines and numbers at the axis of time; the numbers below the panel, unless another that has them stands there.
---@param numbers boolean
function Panel:time(numbers)
  local axes, picture = self.axes, self.picture
  local scale, unit = unit_for("seconds", axes.to)
  local bottom = self.y + self.height
  local ticks, step = chart.ticks(axes.from / scale, axes.to / scale, self.width // 90)
  for _, tick in ipairs(ticks) do
    local x = self:across(tick * scale)
    picture:line("rule fine", x, self.y, x, bottom)
    if numbers then picture:text("faint small", x, bottom + 16, shown(tick, step), "middle") end
  end
  if numbers then picture:text("ink small", self.x + self.width / 2, bottom + 34, "time, " .. unit, "middle") end
end

-- ---- what is drawn on them ----

local function tenth(value) return svg.number(math.floor(value * 10 + 0.5) / 10) end

-- Pixels, as far as they lie within the panel from left to right.
function Panel:placed(points)
  local list = {}
  for _, point in ipairs(points) do list[#list + 1] = { x = self:across(point.time), y = self:up(point.value) } end
  return list
end

---A line that keeps its value until the next point.
---@param class string
---@param points { time: number, value: number }[] from left to right
function Panel:steps(class, points)
  local parts, last = {}, nil
  for _, point in ipairs(downsample.line(self:placed(points))) do
    local x, y = tenth(point.x), tenth(point.y)
    if not last then
      parts[1] = "M" .. x .. " " .. y
    else
      if last.x ~= x then parts[#parts + 1] = "H" .. x end
      if last.y ~= y then parts[#parts + 1] = "V" .. y end
    end
    last = { x = x, y = y }
  end
  if last then parts[#parts + 1] = "H" .. tenth(self.x + self.width) end
  self.picture:path(class, table.concat(parts))
end

---A line from point to point.
---@param class string
---@param points { time: number, value: number }[] from left to right
function Panel:line(class, points)
  local parts = {}
  for i, point in ipairs(downsample.line(self:placed(points))) do parts[i] = (i == 1 and "M" or "L") .. tenth(point.x) .. " " .. tenth(point.y) end
  self.picture:path(class, table.concat(parts))
end

---Upright bars.
---@param class string
---@param bars { time: number, low: number, high: number }[] from left to right
function Panel:bars(class, bars)
  local list, parts = {}, {}
  for i, bar in ipairs(bars) do list[i] = { x = self:across(bar.time), top = self:up(bar.high), bottom = self:up(bar.low) } end
  for i, bar in ipairs(downsample.bars(list)) do
    parts[i] = ("M%s %sV%s"):format(tenth(bar.x), tenth(bar.top), tenth(math.max(bar.bottom, bar.top + 0.1)))
  end
  self.picture:path(class, table.concat(parts))
end

-- Each begins where its point is.
local MARKS = { cross = "m-4 -4l8 8m0 -8l-8 8", diamond = "m0 -4l4 4l-4 4l-4 -4z", dot = "m-1.6 0a1.6 1.6 0 1 0 3.2 0a1.6 1.6 0 1 0 -3.2 0z",
  triangle = "m-5 -8h10l-5 8z" }

---Marks that none is thinned away of: only what would lie on another to the pixel is left out.
---@param class string
---@param mark "cross"|"diamond"|"dot"|"triangle"
---@param points { time: number, value: number }[]
function Panel:marks(class, mark, points)
  local parts = {}
  for i, point in ipairs(downsample.marks(self:placed(points))) do parts[i] = "M" .. tenth(point.x) .. " " .. tenth(point.y) .. MARKS[mark] end
  self.picture:path(class, table.concat(parts))
end

---Says in the panel's middle why there is nothing to see.
---@param text string
function Panel:say(text) self.picture:text("faint", self.x + self.width / 2, self.y + self.height / 2, text, "middle") end

---Spans of time, as a tint over the panel's whole height.
---@param class string
---@param spans { from: number, to: number }[] from left to right
function Panel:spans(class, spans)
  local parts, reached = {}, -math.huge
  for _, span in ipairs(spans) do
    local x1, x2 = math.max(self:across(span.from), reached), self:across(span.to)
    if x2 - reached >= 0.5 then
      parts[#parts + 1] = ("M%s %sH%sv%sH%sz"):format(tenth(x1), tenth(self.y), tenth(math.max(x2, x1 + 0.5)), tenth(self.height), tenth(x1))
      reached = math.max(x2, x1 + 0.5)
    end
  end
  self.picture:path(class, table.concat(parts))
end

-- ---- the legend ----

local SAMPLES = {
  line = function(x, y) return ("M%s %sh22"):format(x, y) end,
  bar = function(x, y) return ("M%s %sv12"):format(x + 11, y - 6) end,
  tint = function(x, y) return ("M%s %sh22v12h-22z"):format(x, y - 6) end,
}

local function sample(entry, x, y)
  if SAMPLES[entry.sample] then return SAMPLES[entry.sample](x, y) end
  return ("M%s %s"):format(x + 11, y + (entry.sample == "triangle" and 4 or 0)) .. MARKS[entry.sample]
end

---Names what a chart shows, in as many lines as that takes.
---@param picture tcplab.svg
---@param y number
---@param entries { class: string, sample: string, text: string }[]
---@return number bottom
function chart.legend(picture, y, entries)
  local x = LEFT
  for _, entry in ipairs(entries) do
    local width = 30 + svg.width(entry.text, 11) + 20
    if x + width > picture.width and x > LEFT then x, y = LEFT, y + 20 end
    picture:path(entry.class, sample(entry, math.floor(x), math.floor(y)))
    picture:text("ink small", x + 30, y + 4, entry.text)
    x = x + width
  end
  return y + 16
end

---A chart's head: what it shows, and of whom.
---@param picture tcplab.svg
---@param title string
---@param whose string
---@param lost integer how many earlier events are gone
---@return number bottom
function chart.head(picture, title, whose, lost)
  local room = picture.width - LEFT - RIGHT
  if lost > 0 then title = ("%s; %d earlier events were overwritten"):format(title, lost) end
  picture:text("ink name", LEFT, 30, svg.clip(title, room, 13))
  picture:text("faint small", LEFT, 48, svg.clip(whose, room, 11))
  return 70
end

return chart
