-- SPDX-License-Identifier: MIT
-- A trace as text, one line an event, every field in a fixed order: for comparing two runs.

local conversation = require "tcplab.trace.conversation"

local transcript = {}

local FIELDS = {
  segment = { "point", "reason", "link", "from", "to", "sender", "packet", "fault", "state", "corrupted", "marked", "duplicated" },
  state = { "from", "to", "event" },
  timer = { "timer", "action", "deadline" },
  rtt = { "sample", "srtt", "rttvar", "rto" },
  congestion = { "cwnd", "ssthresh", "flight", "pipe", "pacing", "reason" },
  error = { "code", "soft" },
  urgent = { "bytes" },
}

local NAMED = { link = true, from = true, to = true, sender = true }

local function text_of(name, value)
  if NAMED[name] and value ~= nil then value = conversation.name(value) end
  if type(value) == "number" and math.type(value) == "float" then return ("%.9f"):format(value) end
  return tostring(value)
end

local function segment_text(segment)
  if not segment then return "unreadable" end
  if segment.kind == "ICMP" then return ("ICMP %s > %s type %d code %d"):format(segment.source, segment.destination, segment.type, segment.code) end
  return ("%s %s:%d > %s:%d [%s] seq %d ack %s win %s size %d"):format(segment.kind, segment.source, segment.source_port, segment.destination,
    segment.destination_port, segment.flags or "", segment.seq, segment.ack or "-", segment.window or "-", #(segment.payload or ""))
end

-- What the fields do not show may differ too.
local function digest(bytes)
  local hash = 0xcbf29ce484222325
  for i = 1, #bytes do hash = (hash ~ bytes:byte(i)) * 0x100000001b3 end
  return ("%016x"):format(hash)
end

---One event as one line without its newline.
---@param event table
---@return string
function transcript.line(event)
  local parts = { ("%d.%09d"):format(event.ns // 1000000000, event.ns % 1000000000), conversation.name(event.host) or "-", event.moment }
  if event.moment == "segment" then parts[#parts + 1] = segment_text(event.segment) end
  for _, name in ipairs(FIELDS[event.moment] or {}) do
    local value = event[name]
    if value ~= nil and value ~= false then parts[#parts + 1] = name .. "=" .. text_of(name, value) end
  end
  if event.moment == "segment" and event.bytes then parts[#parts + 1] = "bytes=" .. digest(event.bytes) end
  return table.concat(parts, " ")
end

return transcript
