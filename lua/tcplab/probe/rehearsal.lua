-- SPDX-License-Identifier: MIT
-- A question rehearsed in a lab: what the hand would send, and what of the subject it would need.

local ask = require "tcplab.probe.ask"
local attempt = require "tcplab.probe.attempt"
local lab = require "tcplab.probe.subject.lab"

local LIKE <const> = "linux" -- who plays the peer
local RATE <const> = 20      -- packets a second, at most
local OPEN <const> = 16      -- handshakes that may be left open
local WINDOW <const> = 65535 -- as far as sequence numbers may reach beyond what was sent

---What asking a question would be.
---@class tcplab.probe.rehearsal
---@field question tcplab.probe.question
---@field packets { word: string, count: integer }[]  what the hand sends, in order; the same in a row once
---@field count integer    packets in all
---@field burst integer    packets within the second that has most
---@field seconds number   how long it takes, at the rate
---@field role? "server"|"client"  whose part the subject plays: it listens, or connects; nil: both
---@field needs? string    what the subject's program would have to do, or be told
---@field odd? string      what of it a strict peer could take for an attack

-- ---- what the subject is asked to do ----

-- A stand-in that notes the use of it. Ending it at a scope's end is nobody's answer.
local function noting(real, whose, note)
  return setmetatable({}, {
    __index = function(_, name)
      note(whose .. " " .. name)
      local value = real[name]
      if type(value) ~= "function" then return value end
      return function(_, ...) return value(real, ...) end
    end,
    __close = function() real:close() end,
  })
end

-- A listener's port, and how long to wait for a connection, are no matter of its program.
local function listening(listener, note)
  local own = { port = listener.port }
  function own.accept() return noting(assert(listener:accept()), "its program's", note) end
  function own.settimeout(_, seconds) return listener:settimeout(seconds) end
  return setmetatable(own, {
    __index = function(_, name)
      note("its listener's " .. name)
      return function(_, ...) return listener[name](listener, ...) end
    end,
    __close = function() listener:close() end,
  })
end

-- What a subject far away can be asked: the rest is noted.
local FAR <const> = { hand = true, address = true, rtt = true, now = true, wait = true, save = true, close = true }

local function far(subject, seen)
  local function note(what) seen.needs = seen.needs or what end
  local own = {}
  function own.listen(_, port, options)
    seen.listens, seen.ports[port] = true, true
    if options then note "options of its listener" end
    return listening(subject:listen(port, options), note)
  end
  function own.connect(_, port, options)
    seen.connects = true
    if options then note "options of its connection" end
    return noting(subject:connect(port, options), "its program's", note)
  end
  return setmetatable(own, {
    __index = function(_, name)
      if not FAR[name] then note("its " .. name) end
      local value = subject[name]
      return type(value) == "function" and function(_, ...) return value(subject, ...) end or value
    end,
    __close = function()
      subject:wait(0) -- what was said last is to be seen
      subject:close()
    end,
  })
end

-- ---- what is sent ----

local function ends_of(segment) return ("%s %d %d"):format(segment.destination, segment.source_port, segment.destination_port) end

-- Where a conversation stands: the numbers that its segments have reached.
local function reach(talk, segment)
  local seq = segment.relative.seq or 0
  local length = #segment.payload + (segment.flags:find "[SF]" and 1 or 0)
  if seq <= talk.next then talk.next = math.max(talk.next, seq + length) end
end

local ORDINARY <const> = { ["S"] = true, ["S."] = true, ["."] = true, ["P."] = true, ["F."] = true, ["FP."] = true, ["R"] = true, ["R."] = true }

-- Why a segment could be taken for an attack, given what its conversation said before; nil: it could not.
local function oddity(segment, talk, ports)
  local flags = segment.flags:gsub("[EW]", "")
  if not ORDINARY[flags] then return "flags " .. (segment.flags == "" and "none" or segment.flags) end
  if flags == "S" and not ports[segment.destination_port] then return "a SYN to a port that nobody named" end
  if not talk.begun then return flags ~= "S" and flags ~= "S." and flags:find "R" == nil and "a segment of no connection" or nil end
  local seq, ack = segment.relative.seq or 0, segment.relative.ack
  if flags:find "S" and (seq ~= 0 or talk.next > 1) then return "a SYN in a connection" end
  if flags:find "R" and seq ~= talk.next then return "a RST beside the connection's number" end
  if seq < 0 or seq > talk.next + WINDOW then return "numbers outside of the window" end
  if ack and (ack < 0 or ack > talk.heard) then return "an ACK of what was never sent" end
end

local function word(segment)
  if segment.kind == "ICMP" then return ("ICMP %d/%d"):format(segment.type, segment.code) end
  local length = #segment.payload
  return (segment.flags == "" and "no flags" or segment.flags) .. (length > 0 and (" %d bytes"):format(length) or "")
end

local function tell(seen, segment)
  local last = seen.packets[#seen.packets]
  if last and last.word == word(segment) then
    last.count = last.count + 1
  else
    table.insert(seen.packets, { word = word(segment), count = 1 })
  end
end

local function said(seen, segment, time)
  seen.times[#seen.times + 1] = time
  tell(seen, segment)
  if segment.kind == "ICMP" then
    seen.odd = seen.odd or "ICMP errors"
    return
  end
  local key = ends_of(segment)
  local talk = seen.talks[key] or { next = 0, heard = seen.heard[key] or 0 }
  seen.talks[key] = talk
  talk.heard = seen.heard[key] or 0
  seen.odd = seen.odd or oddity(segment, talk, seen.ports)
  talk.begun, talk.open = true, segment.flags:gsub("[EW]", "") == "S"
  reach(talk, segment)
end

local function heard(seen, segment)
  if segment.kind == "ICMP" then return end
  local key = ("%s %d %d"):format(segment.source, segment.destination_port, segment.source_port)
  local last = (segment.relative.seq or 0) + #segment.payload + (segment.flags:find "[SF]" and 1 or 0)
  seen.heard[key] = math.max(seen.heard[key] or 0, last)
  if segment.flags:find "S" and not segment.flags:find "%." then seen.talks[key] = { next = 0, begun = true, heard = last } end
end

local function watch(subject, seen)
  local hand = subject.hand
  hand.network:on("segment", function(event)
    if not event.segment then return end
    if event.point == "sent" and event.from == hand then said(seen, event.segment, event.time) end
    if event.point == "delivered" and event.to == hand then heard(seen, event.segment) end
  end)
end

-- How many SYNs of the hand's came to nothing.
local function left_open(seen)
  local count = 0
  for _, talk in pairs(seen.talks) do
    if talk.open then count = count + 1 end
  end
  return count
end

-- ---- the whole ----

local function burst(times)
  local most, first = 0, 1
  for i, time in ipairs(times) do
    while times[first] <= time - 1 do first = first + 1 end
    most = math.max(most, i - first + 1)
  end
  return most
end

local function role_of(seen)
  if seen.connects then return not seen.listens and "client" or nil end
  return "server"
end

---@param question tcplab.probe.question
---@return tcplab.probe.rehearsal
local function rehearse(question)
  local seen = { ports = {}, times = {}, packets = {}, talks = {}, heard = {} }
  local real = lab.new(LIKE, question.rtt)
  watch(real, seen)
  local ran, row = attempt.call(ask, question, far(real, seen))
  if left_open(seen) > OPEN then seen.odd = seen.odd or "a flood of SYNs" end
  return {
    question = question, packets = seen.packets, count = #seen.times, burst = burst(seen.times), role = role_of(seen),
    needs = seen.needs or not ran and "another peer than the one of the rehearsal" or nil, odd = seen.odd,
    seconds = math.max(ran and row.seconds or 0, #seen.times / RATE),
  }
end

return { rehearse = rehearse, RATE = RATE }
