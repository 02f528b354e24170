-- SPDX-License-Identifier: MIT
-- Expectations: the packet that a script says is to leave now, waited for and held against what leaves.

local clock = require "tcplab.packetdrill.clock"
local notation = require "tcplab.packetdrill.notation"
local outbound = require "tcplab.packetdrill.outbound"
local verdict = require "tcplab.packetdrill.verdict"

local expectation = {}

local function line(ns, text) return notation.time(ns / 1e9) .. " " .. text end

-- The next packet of the flow; those of others are passed over.
local function next_of(run, until_ns)
  local stage = run.stage
  while true do
    if not stage:peek() then run:pass(until_ns, function() return stage:peek() ~= nil end) end
    local found = stage:take()
    if not found then return nil end
    if found.kind ~= "ICMP" and run.flow and run.flow:owns(found) then return found end
  end
end

local function follows(first, second)
  if second.kind == "ICMP" or #second.payload == 0 or second.flags:find "[SR]" or first.flags:find "[SRF]" then return false end
  return first.destination_port == second.destination_port and first.source_port == second.source_port
    and second.seq == first.seq + #first.payload & 0xffffffff
end

local function joined_flags(first, second)
  for letter in second:gmatch "." do
    if not first:find(letter, 1, true) then first = first .. letter end
  end
  return first
end

-- Puts segments together that a script tells as one, as a system's card would have been given them.
local function gather(run, found, wanted)
  if run.settings.strict or wanted.length <= #found.payload or #found.payload == 0 then return found end
  local stage = run.stage
  run:pass(stage:now())
  while wanted.length > #found.payload and stage:peek() and follows(found, stage:peek()) do
    local more = stage:take()
    found.payload, found.flags = found.payload .. more.payload, joined_flags(found.flags, more.flags)
    found.ack, found.window = more.ack, more.window
  end
  return found
end

-- A SYN tells with which number the host's text begins; one sent again must say the same.
local function begin(flow, wanted, found)
  if not (wanted.flags:find "S" and found.flags:find "S") then return end
  local seq = wanted.any_seq and 0 or wanted.seq
  if flow.begun == seq and not wanted.any_seq then return end
  flow.begun = seq
  flow:begin(seq, found.seq)
end

local SLACK <const> = 2 -- ticks

-- Whether a stamp has moved on as the script's has.
local function stamp_check(run)
  local tick, base = run.settings.tick, run.flow.base
  return function(script, live)
    if not tick or tick == 0 or not base then return true end
    local passed = (script - base[1]) * tick // 1000
    return math.abs(live - base[2] - passed) <= SLACK
  end
end

local function note_stamps(flow, wanted, found)
  local stamp = found.options and found.options.timestamps
  for _, each in ipairs(wanted.options or {}) do
    if each.kind == "TS" and stamp then flow:note_stamp(each.value, stamp.value) end
  end
end

local function check_time(run, event, window, found, actual)
  if window.any then return end
  local off = clock.tolerance(run.settings, window.from - run.base)
  if found._at >= window.from - off and found._at <= window.to + off then return end
  local when = window.ranged and notation.time(window.from / 1e9) .. "~" .. notation.time(window.to / 1e9) or notation.time(window.from / 1e9)
  verdict.failed("a packet leaves at another time", when .. " " .. notation.packet(event), line(found._at, actual))
end

local function check_known(event)
  if event.encapsulation then verdict.unsupported("TCP over %s", event.encapsulation) end
  for _, each in ipairs(event.options or {}) do
    if each.kind == "md5" and each.valid then verdict.unsupported "signatures of RFC 2385" end
  end
end

---Waits for the packet that an event tells of, and holds it against it.
---@param run tcplab.packetdrill.run
---@param event table
---@param window table
---@return integer came  ns
function expectation.tcp(run, event, window)
  check_known(event)
  local stage = run.stage
  local last = window.any and stage:now() + run.patience or math.max(window.to, stage:now()) + run.grace
  local found = next_of(run, last)
  local expected = window.any and "* " .. notation.packet(event) or line(window.from, notation.packet(event))
  if not found then verdict.failed("no packet leaves", expected, ("nothing leaves by %s"):format(notation.time(stage:now() / 1e9))) end
  found = gather(run, found, event)
  begin(run.flow, event, found)
  local list, actual = outbound.compare(event, found, run.flow, { defined = run.defined, stamp = stamp_check(run) })
  if #list > 0 then
    verdict.failed(("a packet is not as expected: %s"):format(table.concat(list, ", ")), expected, line(found._at, actual))
  end
  check_time(run, event, window, found, actual)
  note_stamps(run.flow, event, found)
  return found._at
end

return expectation
