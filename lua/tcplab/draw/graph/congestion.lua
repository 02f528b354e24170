-- SPDX-License-Identifier: MIT
-- A congestion plot: the congestion window, its threshold and the data in flight over time, and below them the round-trip times and the timeout.

local chart = require "tcplab.draw.graph.chart"
local direction = require "tcplab.draw.graph.direction"
local svg = require "tcplab.draw.svg"

local congestion = {}

local UPPER, LOWER, BETWEEN = 280, 160, 24
local NONE_YET = 1 << 30 -- a threshold that stands for none
local LONG = 20          -- times from so much longer to so much shorter need a logarithm

-- What a change of the window means for the picture, by its reason.
local MARKED = { timeout = true, undo = true, ecn = true }
local ENTERS = { loss = true, recovery = true }
local LEAVES = { recovered = true, undo = true, timeout = true, ["slow start"] = true, ["congestion avoidance"] = true }

local function of_conn(events, h)
  local list = {}
  for _, event in ipairs(events) do
    if event.conn and h.conversation.conns[event.conn] == h.side then list[#list + 1] = event end
  end
  return list
end

local function add(list, time, value)
  if value then list[#list + 1] = { time = time, value = value } end
end

-- The sender's variables over time.
local function read(events, h)
  local v = { cwnd = {}, ssthresh = {}, sample = {}, srtt = {}, rto = {}, losses = {}, recovery = {}, marked = {} }
  local since
  for _, event in ipairs(of_conn(events, h)) do
    local time = event.ns / 1e9
    if event.moment == "rtt" then
      for _, name in ipairs { "sample", "srtt", "rto" } do add(v[name], time, event[name]) end
    elseif event.moment == "congestion" then
      add(v.cwnd, time, event.cwnd)
      if event.ssthresh and event.ssthresh < NONE_YET then add(v.ssthresh, time, event.ssthresh) end
      if event.reason == "loss" then add(v.losses, time, event.cwnd) end
      if MARKED[event.reason] then v.marked[#v.marked + 1] = { time = time, value = event.cwnd, reason = event.reason } end
      if ENTERS[event.reason] then
        since = since or time
      elseif LEAVES[event.reason] and since then
        v.recovery[#v.recovery + 1] = { from = since, to = time }
        since = nil
      end
    end
  end
  if since then v.recovery[#v.recovery + 1] = { from = since, to = h.to } end
  return v
end

local function clip(v, h)
  for _, name in ipairs { "cwnd", "ssthresh", "srtt", "rto" } do v[name] = direction.going_on(v[name], h.from, h.to) end
  for _, name in ipairs { "sample", "losses", "marked" } do v[name] = direction.within(v[name], h.from, h.to) end
  local spans = {}
  for _, span in ipairs(v.recovery) do
    local from, to = math.max(span.from, h.from), math.min(span.to, h.to)
    if from <= to then spans[#spans + 1] = { from = from, to = to } end
  end
  v.recovery = spans
  return v
end

local function extreme(start, choose, ...)
  for _, list in ipairs { ... } do
    for _, point in ipairs(list) do start = choose(start, point.value) end
  end
  return start
end

-- ---- the two panels ----

local function with_reason(marked, reason)
  local list = {}
  for _, mark in ipairs(marked) do
    if mark.reason == reason then list[#list + 1] = mark end
  end
  return list
end

local REASONS = { { "timeout", "lost", "timeouts: %d" }, { "undo", "sack", "undone: %d" }, { "ecn", "FIN", "ECN echoes: %d" } }

local function windows(picture, y, v, h)
  local high = extreme(1000, math.max, v.cwnd, h.flight)
  local threshold = extreme(0, math.max, v.ssthresh)
  if threshold < 2 * high then high = math.max(high, threshold) end
  local panel = chart.panel(picture, y, UPPER, { from = h.from, to = h.to, low = 0, high = high * 1.08, kind = "bytes", label = "window" })
  panel:spans("tint", v.recovery)
  panel:time(false)
  panel:frame()
  panel:steps("fine flight", h.flight)
  panel:steps("dashed line ssthresh", v.ssthresh)
  panel:steps("line DATA", v.cwnd)
  panel:marks("cross lost", "cross", v.losses)
  if #v.cwnd == 0 then panel:say "the congestion window did not change" end
  for _, reason in ipairs(REASONS) do panel:marks("head " .. reason[2], "triangle", with_reason(v.marked, reason[1])) end
end

local function times(picture, y, v, h)
  local high = #v.sample > 0 and extreme(1e-6, math.max, v.sample, v.srtt, v.rto) or 1
  local low = extreme(high, math.min, v.sample, v.srtt, v.rto)
  local log = high / math.max(low, 1e-9) > LONG
  local panel = chart.panel(picture, y, LOWER, {
    from = h.from, to = h.to, low = log and math.max(low, 1e-9) / 1.5 or 0, high = high * (log and 1.5 or 1.08), log = log, kind = "seconds",
    label = "RTT",
  })
  panel:time(true)
  panel:frame()
  panel:steps("dashed line timer", v.rto)
  panel:steps("line SYN", v.srtt)
  panel:marks("head DATA", "dot", v.sample)
  if #v.sample == 0 then panel:say "no round-trip time was measured" end
end

local function entries(v, h)
  local list = {}
  local function entry(class, sample, text, points)
    if #points > 0 then list[#list + 1] = { class = class, sample = sample, text = text:format(#points) } end
  end
  entry("line DATA", "line", "cwnd", v.cwnd)
  entry("dashed line ssthresh", "line", "ssthresh", v.ssthresh)
  entry("fine flight", "line", "flight", h.flight)
  entry("cross lost", "cross", "loss events: %d", v.losses)
  for _, reason in ipairs(REASONS) do entry("head " .. reason[2], "triangle", reason[3], with_reason(v.marked, reason[1])) end
  entry("tint", "tint", "recovery", v.recovery)
  entry("head DATA", "dot", "RTT samples: %d", v.sample)
  entry("line SYN", "line", "smoothed RTT", v.srtt)
  entry("dashed line timer", "line", "RTO", v.rto)
  return list
end

local function paint(picture, events, h, y)
  local v = clip(read(events, h), h)
  windows(picture, y, v, h)
  local lower = y + UPPER + BETWEEN
  times(picture, lower, v, h)
  return chart.legend(picture, lower + LOWER + 56, entries(v, h)), v
end

local function described(h, v)
  return ("%s, %.3f s to %.3f s: cwnd %d bytes at most, loss events %d, RTT samples %d"):format(direction.whose(h), h.from, h.to,
    extreme(0, math.max, v.cwnd), #v.losses, #v.sample)
end

---Draws events as a congestion plot of one half of one connection.
---@param events table[] plain, oldest first
---@param options table  as view.read gave them; width in pixels
---@param lost integer   how many earlier events are gone
---@return string text the file
function congestion.draw(events, options, lost)
  local picture, h = svg.new(options.width or 900), direction.read(events, options)
  local y = chart.head(picture, "Congestion plot", h and direction.whose(h) or "no segments were traced", lost)
  local v
  if h then y, v = paint(picture, events, h, y) end
  picture:reach(y)
  return picture:document("TCP congestion plot", h and described(h, v) or "No segments were traced.")
end

return congestion
