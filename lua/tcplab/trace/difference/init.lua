-- SPDX-License-Identifier: MIT
-- A difference between two traces, as a script gets it: the place where they part first, what came before, and the fields that differ.

local listing = require "tcplab.trace.listing"
local strict = require "tcplab.base.strict"

---Where two traces part, as text in the ladder's words: `tostring(difference)`.
---@class tcplab.difference
---@field connection string   "client > server:80"
---@field what "segment"|"state"|"error" what parts
---@field from string         the host that sent it, or whose state it is
---@field number integer      which of that host's segments, states or errors on this connection, from 1
---@field time number         seconds, in the first trace; in the second where the first has nothing
---@field before string[]     what happened before on the connection, in the first trace: lines
---@field first? string       the line of the first trace; nil: it has no more
---@field second? string      the line of the second trace; nil: it has no more
---@field fields tcplab.difference.field[]  what differs; empty where one trace has no more
---@field others integer      further connections that part
local difference = { __name = "tcplab.difference" }

---A field that differs: of a segment `port` (the one that was called), `kind`, `flags`, `seq`, `ack`, `size`, `window`, `urgent`, `options`,
---`payload`, `ecn`, `dscp`, `ttl`, `ip_id`, `retransmission`, `probe`, `duplicated`, `corrupted`, `marked`, `fate`, `time` (when it was sent) or
---`arrival`; of a state `from`, `to` or `time`; of an error `code` or `time`.
---@class tcplab.difference.field
---@field name string
---@field first string  as text
---@field second string
local CONTEXT = 3 -- lines shown before the difference

local function time_of(item) return item and item.ns / 1e9 end

-- The last lines before a parting: of the conversation's items in the first trace, those before its item, or before its end.
local function context(parting)
  local before = {}
  for _, item in ipairs(parting.items) do
    if item == parting.one then break end
    if parting.one or item.ns <= parting.two.ns then before[#before + 1] = item end
  end
  return table.move(before, math.max(1, #before - CONTEXT + 1), #before, 1, {})
end

-- All lines of the difference in one layout.
local function lines_of(parting)
  local items = context(parting)
  local count = #items
  items[#items + 1] = parting.one
  items[#items + 1] = parting.two
  local lines = listing.lines(items, false)
  local before = table.move(lines, 1, count, 1, {})
  return before, parting.one and lines[count + 1], parting.two and lines[#lines]
end

---@param parting table   where a connection parts
---@param others integer  how many more do
---@return tcplab.difference
local function new(parting, others)
  local before, first, second = lines_of(parting)
  local names = { conversation = parting.conversation }
  return setmetatable({
    connection = listing.name(names, "left") .. " > " .. listing.name(names, "right", true), what = parting.kind,
    from = listing.name(names, parting.side), number = parting.number, time = time_of(parting.one) or time_of(parting.two), before = before,
    first = first, second = second, fields = parting.fields, others = others,
  }, difference)
end

local function ordinal(n)
  local last = n % 100 // 10 ~= 1 and n % 10 or 0
  return n .. (({ "st", "nd", "rd" })[last] or "th")
end

---The difference as text: what came before, the two lines, and the fields that differ. Lines end in a newline.
---@return string
function difference:__tostring()
  local whose = self.what == "segment" and "segment from " or self.what .. " of "
  local lines = { ("%s: parts at the %s %s%s"):format(self.connection, ordinal(self.number), whose, self.from) }
  for _, line in ipairs(self.before) do lines[#lines + 1] = "          " .. line end
  lines[#lines + 1] = "  first:  " .. (self.first or "(nothing more)")
  lines[#lines + 1] = "  second: " .. (self.second or "(nothing more)")
  for _, field in ipairs(self.fields) do lines[#lines + 1] = ("  %s: first %s, second %s"):format(field.name, field.first, field.second) end
  if self.others == 1 then lines[#lines + 1] = "1 more connection parts too" end
  if self.others > 1 then lines[#lines + 1] = self.others .. " more connections part too" end
  return table.concat(lines, "\n") .. "\n"
end

strict.value(difference, {
  what = "difference", fields = { "connection", "what", "from", "number", "time", "before", "first", "second", "fields", "others" },
})

return { new = new }
