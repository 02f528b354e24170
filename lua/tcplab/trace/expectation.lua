-- SPDX-License-Identifier: MIT
-- Whether a trace is as a text in the notation says, and where it is not.

local caption = require "tcplab.trace.caption"
local comparison = require "tcplab.trace.comparison"
local listing = require "tcplab.trace.listing"
local notation = require "tcplab.trace.notation"

local expectation = {}

local function other(side) return side == "left" and "right" or "left" end

-- ---- one line and one item ----

-- Whether an end bears a name: its host's or its address, with or without the port.
local function bears(item, side, name)
  local address, host = item.conversation[side].address, item.conversation[side].host
  local bare, port = address:match "^(.*)(:%d+)$"
  return name == host or name == address or name == bare or "[" .. name .. "]" == bare or host ~= nil and name == host .. port
end

local function compare_packet(want, item, differs)
  local packet, f = item.packet, item.conversation
  if packet.segment then
    local seq, ack = caption.numbers(packet, f, true)
    return comparison.segment(want, packet.segment, { seq = seq, ack = ack, base = f[other(item.side)].base }, differs)
  end
  comparison.other(want, caption.labels(packet, f, true)[1], packet.event.segment, differs)
end

local function compare_fate(want, packet, differs)
  local segment = packet.segment or {}
  local is = {
    retransmission = segment.retransmission or false, probe = segment.probe or false, duplicate = packet.event.duplicated or false,
    corrupted = packet.corrupted or false, CE = packet.marked or false,
  }
  for _, name in ipairs { "retransmission", "probe", "duplicate", "corrupted", "CE" } do
    if want[name] and not is[name] then differs("remark", name, "none") end
  end
  local fates = { dropped = "lost", refused = "refused", delivered = "arrived" }
  local fate = fates[packet.fate] or "under way"
  if want.fate and want.fate ~= fate then
    differs("fate", want.fate, fate)
  elseif want.reason and want.reason ~= packet.reason then
    differs("fate", want.fate .. ": " .. want.reason, listing.fate(packet))
  end
end

-- What of a segment is not as its line says: { { name, wanted, found } ... }.
local function differences(line, item, before)
  local list = {}
  local function differs(name, wanted, found) list[#list + 1] = { name = name, wanted = wanted, found = found } end
  local message = not item.packet.segment and item.packet.event.segment or {} -- any router on the way may have sent it
  if not bears(item, item.side, line.from) and line.from ~= message.source then differs("from", line.from, listing.name(item, item.side)) end
  if not bears(item, other(item.side), line.to) and line.to ~= message.destination then
    differs("to", line.to, listing.name(item, other(item.side)))
  end
  compare_packet(line.want, item, differs)
  compare_fate(line.want, item.packet, differs)
  comparison.time(line.time, item.ns, before, differs)
  return list
end

local note_fits = {
  state = function(line, event) return event.to == line.after and (line.before == nil or event.from == line.before) end,
  timer = function(line, event) return event.timer == line.timer end,
  error = function(line, event) return line.code == nil or event.code == line.code end,
}

-- ---- all lines and all items ----

-- Segment lines with what stands before each, then what stands after the last: { notes, gap, line? }.
local function steps_of(lines)
  local steps, step = {}, { notes = {}, gap = false }
  for _, line in ipairs(lines) do
    if line.what == "gap" then
      step.gap = true
    elseif line.what == "segment" then
      step.line = line
      steps[#steps + 1], step = step, { notes = {}, gap = false }
    else
      step.notes[#step.notes + 1] = line
    end
  end
  steps[#steps + 1] = step
  return steps
end

local Search = {}
Search.__index = Search

-- The failure that got furthest is the one to tell, and of those the earliest in the trace.
function Search:fail(number, at, why)
  local best = self.failure
  if not best or number > best.number or number == best.number and at < best.at then self.failure = { number = number, at = at, why = why } end
  return false
end

-- Finds a note between two moments; later notes of the same end come later.
function Search:note(line, low, high, before, last)
  for i = (last[line.from] or 0) + 1, #self.notes do
    local item = self.notes[i]
    if item.ns > high then break end
    local fits = item.ns >= low and item.kind == line.what and bears(item, item.side, line.from)
    if fits and note_fits[line.what](line, item.event) and comparison.in_time(line.time, item.ns, before) then
      last[line.from] = i
      return item
    end
  end
end

-- Whether a step's notes stand between two segments; answers the time of the last line before the step's segment.
function Search:notes_between(step, from, to)
  local low = from and from.ns or math.mininteger
  local before, last = from and from.ns or 0, {}
  for _, line in ipairs(step.notes) do
    local item = self:note(line, low, to and to.ns or math.maxinteger, before, last)
    if not item then return nil, line end
    before = item.ns
  end
  return before
end

function Search:fits(i, at)
  local step, from = self.steps[i], self.segments[at[1]]
  local item = self.segments[at[2]]
  local before, missing = self:notes_between(step, from, item)
  local list = differences(step.line, item, before or item.ns)
  if before and #list == 0 then return true end
  return false, missing, list
end

function Search:ends(at)
  local step = self.steps[#self.steps]
  if not step.gap and at < #self.segments then
    return self:fail(self.count + 1, at + 1, { more = #self.segments - at })
  end
  local before, missing = self:notes_between(step, self.segments[at], nil)
  if before then return true end
  return self:fail(missing.number, at + 1, { missing = true })
end

function Search:next_one(i, at)
  local step = self.steps[i]
  if at == #self.segments then return self:fail(step.line.number, at + 1, { over = true }) end
  local ok, missing, list = self:fits(i, { at, at + 1 })
  if ok then return self:follows(i + 1, at + 1) end
  if #list == 0 then return self:fail(missing.number, at + 1, { missing = true }) end
  return self:fail(step.line.number, at + 1, { list = list })
end

-- Whether what fits a step does not depend on the segment before it.
local function stands_alone(step) return #step.notes == 0 and not (step.line.time and step.line.time.relative) end

-- The last segment that a step which stands alone may be; 0 when there is none.
function Search:last_fit(i)
  for to = #self.segments, 1, -1 do
    if self:fits(i, { to - 1, to }) and self:follows(i + 1, to) then return to end
  end
  return 0
end

function Search:found_after(i, at)
  if stands_alone(self.steps[i]) then
    self.last[i] = self.last[i] or self:last_fit(i)
    return self.last[i] > at
  end
  for to = at + 1, #self.segments do
    if self:fits(i, { at, to }) and self:follows(i + 1, to) then return true end
  end
  return false
end

function Search:next_any(i, at)
  if self:found_after(i, at) then return true end
  return self:fail(self.steps[i].line.number, at + 1, { none = true })
end

-- Whether the steps from the i-th on fit the segments after the given one. Asked once for each pair.
function Search:follows(i, at)
  if i == #self.steps then return self:ends(at) end
  local key = i * (#self.segments + 1) + at
  if self.known[key] == nil then
    self.known[key] = self.steps[i].gap and self:next_any(i, at) or not self.steps[i].gap and self:next_one(i, at)
  end
  return self.known[key]
end

local function new_search(parsed, items)
  local self = setmetatable({ steps = steps_of(parsed.lines), count = #parsed.source, segments = {}, notes = {}, known = {}, last = {} }, Search)
  for _, item in ipairs(items) do
    local list = item.kind == "segment" and self.segments or self.notes
    list[#list + 1] = item
  end
  return self
end

-- ---- telling ----

local SHOWN = 8 -- lines on either side of the mark

local function reason(why)
  if why.over then return "the trace has no more segments" end
  if why.none then return "no later segment is that" end
  if why.missing then return "that did not happen here" end
  if why.more then
    return ("%s more than expected; a last line ... would leave %s out"):format(why.more == 1 and "1 segment" or why.more .. " segments",
      why.more == 1 and "it" or "them")
  end
  return comparison.told(why.list)
end

local function indent_of(source)
  local least
  for _, line in ipairs(source) do
    local indent = line:match "^(%s*)%S"
    if indent and (not least or #indent < #least) then least = indent end
  end
  return least and #least or 0
end

-- Lines with one of them marked, and no more of them than one wants to read.
local function marked(lines, mark, out)
  local from, to = math.max(1, mark - SHOWN), math.min(#lines, mark + SHOWN)
  if from > 1 then out[#out + 1] = ("    (%d more before)"):format(from - 1) end
  for i = from, to do out[#out + 1] = (i == mark and "  > " or "    ") .. lines[i] end
  if mark > #lines then out[#out + 1] = "  > (nothing more)" end
  if to < #lines then out[#out + 1] = ("    (%d more after)"):format(#lines - to) end
end

local function expected_lines(source, failing)
  local indent, lines, mark = indent_of(source), {}, nil
  for number, line in ipairs(source) do
    if line:find "%S" then lines[#lines + 1] = line:sub(indent + 1) end
    if number == failing then mark = #lines end
  end
  return lines, mark or #lines + 1
end

local function position(items, item)
  for i, each in ipairs(items) do
    if each == item then return i end
  end
  return #items + 1
end

local function report(parsed, items, search)
  local failure = search.failure
  local out = { "expected:" }
  local lines, mark = expected_lines(parsed.source, failure.number)
  marked(lines, mark, out)
  out[#out + 1] = "actual:"
  marked(listing.lines(items), position(items, search.segments[failure.at]), out)
  out[#out + 1] = reason(failure.why)
  return table.concat(out, "\n")
end

---Compares a trace's events with a text in the notation.
---@param parsed tcplab.notation
---@param events table[]  a trace's, plain
---@param conn? any       one connection alone, as it stands in the events
---@return boolean met
---@return string report  where they part; where they do not, the trace as lines
function expectation.compare(parsed, events, conn)
  local items = listing.merge(listing.conversations(events, conn))
  local search = new_search(parsed, items)
  if search:follows(1, 0) then return true, table.concat(listing.lines(items), "\n") end
  return false, report(parsed, items, search)
end

---Compares a trace's events with a text.
---@param text string     in the notation of tcplab.notation
---@param events table[]
---@param conn? any
---@return boolean? met    nil: the text cannot be read
---@return string report   or what is wrong with the text
function expectation.check(text, events, conn)
  local parsed, message = notation.parse(text)
  if not parsed then return nil, message end
  return expectation.compare(parsed, events, conn)
end

return expectation
