-- SPDX-License-Identifier: MIT
-- A time-sequence plot: what one host sent, as bars from the first to the last number of each segment, between what was acknowledged and what the
-- window allowed.

local chart = require "tcplab.draw.graph.chart"
local direction = require "tcplab.draw.graph.direction"
local svg = require "tcplab.draw.svg"

local sequence = {}

local HEIGHT = 420

local function extreme(list, field, start, choose)
  for _, point in ipairs(list) do start = choose(start, point[field]) end
  return start
end

-- The numbers from the lowest to the highest that matter; the window's edge may stand half as high again and no more.
local function range(h)
  local high = extreme(h.data, "high", 1, math.max)
  high = extreme(h.again, "high", high, math.max)
  high = extreme(h.acks, "value", high, math.max)
  local low = extreme(h.acks, "value", high, math.min)
  low = extreme(h.data, "low", low, math.min)
  low = extreme(h.again, "low", low, math.min)
  if low < high / 4 or low == high then low = 0 end
  if high == 1 then high = 1000 end -- nothing was sent
  local edge = h.scaled and extreme(h.edges, "value", high, math.max) or high
  return low, math.min(edge, high + (high - low) / 2)
end

-- What lies beyond the panel is not drawn along its edge.
local function below(points, high)
  local kept = {}
  for _, point in ipairs(points) do
    if point.value <= high then kept[#kept + 1] = point end
  end
  return kept
end

local function entries(h, edges)
  local list = {}
  local function entry(class, sample, format, count)
    if count > 0 then list[#list + 1] = { class = class, sample = sample, text = format:format(count) } end
  end
  entry("broad DATA", "bar", "data: %d", #h.data)
  entry("head again", "diamond", "retransmitted: %d", #h.again)
  entry("cross lost", "cross", "lost: %d", #h.lost)
  entry("line ACK", "line", "acknowledged", #h.acks)
  entry("broad sack", "bar", "SACK blocks: %d", #h.sacks)
  entry("dashed line window", "line", "window's edge", #edges)
  if #edges == 0 and #h.edges > 0 then
    list[#list + 1] = { class = "dashed line window", sample = "line", text = h.scaled and "window's edge: above" or "window's scale: unknown" }
  end
  return list
end

local function middle(bars)
  local points = {}
  for i, bar in ipairs(bars) do points[i] = { time = bar.time, value = (bar.low + bar.high) / 2 } end
  return points
end

local function paint(picture, h, y)
  local low, high = range(h)
  local panel = chart.panel(picture, y, HEIGHT, { from = h.from, to = h.to, low = low, high = high, kind = "bytes", label = "sequence number" })
  panel:time(true)
  panel:frame()
  local edges = h.scaled and below(h.edges, high) or {}
  panel:steps("dashed line window", edges)
  panel:steps("line ACK", h.acks)
  panel:bars("broad sack", h.sacks)
  panel:bars("broad DATA", h.data)
  panel:bars("broad again", h.again)
  panel:marks("head again", "diamond", middle(h.again))
  panel:marks("cross lost", "cross", h.lost)
  if #h.data + #h.again == 0 then panel:say "no data was sent" end
  return chart.legend(picture, y + HEIGHT + 56, entries(h, edges))
end

local function described(h)
  return ("%s, %.3f s to %.3f s: segments of data %d, retransmitted %d, lost %d"):format(direction.whose(h), h.from, h.to, #h.data, #h.again, #h.lost)
end

---Draws events as a time-sequence plot of one half of one connection.
---@param events table[] plain, oldest first
---@param options table  as view.read gave them; width in pixels
---@param lost integer   how many earlier events are gone
---@return string text the file
function sequence.draw(events, options, lost)
  local picture, h = svg.new(options.width or 900), direction.read(events, options)
  local y = chart.head(picture, "Time-sequence plot", h and direction.whose(h) or "no segments were traced", lost)
  if h then y = paint(picture, h, y) end
  picture:reach(y)
  return picture:document("TCP time-sequence plot", h and described(h) or "No segments were traced.")
end

return sequence
