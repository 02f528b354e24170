-- SPDX-License-Identifier: MIT
-- Where two runs part: their traces compared connection by connection, segment by segment.
--
-- Each end of a connection is compared for itself: the segments it sent, in their order, and the states it went through. So it does not matter
-- how what happened at one end falls between what happened at the other, which a little more delay changes.

local check = require "tcplab.base.check"
local difference = require "tcplab.trace.difference"
local fields = require "tcplab.trace.difference.fields"
local conversation = require "tcplab.trace.conversation"
local near = require "tcplab.base.near"
local partings = require "tcplab.trace.difference.partings"
local trace = require "tcplab.net.trace"

---What counts as equal. Sequence numbers count from the initial ones and ephemeral ports do not count, whatever is given here.
---@class tcplab.diff.options
---@field tolerance? number     seconds that times may differ by; default 0. Times count from each trace's first segment
---@field names? boolean        whether connections are known by their hosts' names and the port called (default), or by their order alone
---@field timestamps? boolean   whether the values of the timestamps option count; default false
---@field ip_id? boolean        whether IPv4's identification counts; default false
---@field ignore? string[]      fields that do not count, of those that tcplab.difference names

local OPTIONS = { "tolerance", "names", "timestamps", "ip_id", "ignore" }

local function read_ignored(list)
  local known, ignored = {}, {}
  for _, name in ipairs(fields.names) do known[name] = true end
  for _, name in ipairs(check.type(list or {}, "table", "diff: ignore")) do
    if not known[name] then check.fail("diff: ignore: there is no field %s%s", check.shown(name), near.hint(name, fields.names)) end
    ignored[name] = true
  end
  return ignored
end

local function read_options(given)
  check.type(given, "table|nil", "diff: options")
  given = given or {}
  for name in pairs(given) do -- any one of several mistakes will do
    local known = false
    for _, each in ipairs(OPTIONS) do known = known or each == name end
    if not known then check.fail("diff: unknown option %s%s", check.shown(name), near.hint(name, OPTIONS)) end
  end
  for _, name in ipairs { "names", "timestamps", "ip_id" } do check.type(given[name], "boolean|nil", "diff: " .. name) end
  return {
    tolerance = check.span(given.tolerance or 0, "diff: tolerance"), names = given.names ~= false, timestamps = given.timestamps or false,
    ip_id = given.ip_id or false, ignored = read_ignored(given.ignore),
  }
end

local function events_of(value, name)
  local found = trace.of(value) or check.fail("diff: %s: a trace or a network expected, got %s", name, check.shown(value))
  return found:_plain()
end

local function start_of(conversations)
  local start
  for _, f in ipairs(conversations) do
    for _, packet in ipairs(f.packets) do
      local ns = packet.sent or packet.ended
      start = math.min(start or ns, ns)
    end
  end
  return start or 0
end

local function count_segments(conversations)
  local count = 0
  for _, f in ipairs(conversations) do count = count + #f.packets end
  return count
end

---Compares two traces. What is compared are TCP's segments with what became of them, and the states and errors of connections.
---```lua
---local function run(delay)
---  local net = tcplab.lab { seed = 7 }
---  local a, b = net:host("a", { address = "10.0.0.1" }), net:host("b", { address = "10.0.0.2" })
---  net:link(a, b, { delay = delay })
---  b:listen(80)
---  a:connect(b, 80)
---  return net
---end
---print(tcplab.diff(run(0.010), run(0.011), { tolerance = 0.01 }))  --> nil 3
---print(tcplab.diff(run(0.010), run(0.011)).what)  --> segment
---```
---@param first tcplab.trace|tcplab.network
---@param second tcplab.trace|tcplab.network
---@param options? tcplab.diff.options
---@return tcplab.difference? difference  where they part first; nil when they are equal
---@return integer segments               how many the first trace has
local function diff(first, second, options)
  local settings = read_options(options)
  local firsts, seconds = conversation.sort(events_of(first, "first")), conversation.sort(events_of(second, "second"))
  settings.start = { first = start_of(firsts), second = start_of(seconds) }
  local list, best = partings(firsts, seconds, settings), nil
  for _, parting in ipairs(list) do
    if not best or parting.when < best.when then best = parting end
  end
  return best and difference.new(best, #list - 1), count_segments(firsts)
end

return diff
