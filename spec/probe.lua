-- SPDX-License-Identifier: MIT
-- One host under test, and a peer of paper: what the peer says is delivered by hand, and what it is told is noted and thrown away. A connection is
-- brought to a state by segments, user calls and time; its TCB and the machine are only looked at.

require "spec.helper"
local tcplab = require "tcplab"
local reasons = require "spec.tcp.cells.reasons"
local words = require "spec.tcp.cells.words"

local LOCAL_PORT, PEER_PORT = 5000, 80

local probe = {}
probe.__index = probe

-- ---- what the peer can see ----

local function length(segment)
  local _, counted = segment.flags:gsub("[SF]", "")
  return #segment.payload + counted
end

local function after(a, b) return (a - b) & 0xffffffff < 0x80000000 end

-- SND.NXT and the receive window's edge are known from the wire alone.
local function note(self, segment)
  self.sent[#self.sent + 1] = segment
  if segment.flags:find("R", 1, true) then return end
  local stop = (segment.seq + length(segment)) & 0xffffffff
  if after(stop, self.nxt) then self.nxt = stop end
  if segment.ack then self.edge = (segment.ack + segment.window) & 0xffffffff end
end

--- numbers: { iss =, irs = }. options: of the host under test.
function probe.new(numbers, options)
  local net = tcplab.lab { seed = 7, trace = false }
  local self = setmetatable({ net = net, sent = {}, errors = {}, urgent = {}, changes = {}, peer_window = 1000 }, probe)
  self.iss, self.una, self.nxt = numbers.iss, numbers.iss, numbers.iss
  self.irs, self.rcv, self.edge = numbers.irs, numbers.irs, numbers.irs
  self.zero = 0
  local settings = { address = "10.0.0.1", timestamps = false, window_scaling = false, isn = function() return numbers.iss end }
  for name, value in pairs(options or {}) do settings[name] = value end
  self.subject = net:host("subject", settings)
  net:link(self.subject, net:hand("peer", { address = "10.0.0.2" }))
  net:on("segment", function(e)
    if e.sender == self.subject and e.point == "sent" then note(self, e.segment) end
  end)
  net:on("error", function(e)
    if not e.soft then self.errors[#self.errors + 1] = e.code end
  end)
  net:on("state", function(e) self.changes[#self.changes + 1] = { from = e.from, to = e.to, event = e.event } end)
  net:on("urgent", function(e) self.urgent[#self.urgent + 1] = e.bytes end)
  return self
end

function probe:close() self.net:close() end

function probe:run(seconds) self.net:run(seconds or 0) end

-- ---- the peer's segments ----

--- Delivers a segment. Its seq is RCV.NXT and, with an ACK flag, its ack SND.UNA where not told otherwise.
function probe:arrive(given)
  local flags = given.flags or "."
  local has_ack = flags:find(".", 1, true)
  local segment = {
    source = "10.0.0.2", source_port = PEER_PORT, destination_port = LOCAL_PORT, flags = flags, payload = given.payload or "",
    seq = words.resolve(given.seq or words.rcv(), self), ack = has_ack and words.resolve(given.ack or words.una(), self) or nil,
    window = given.window or self.peer_window, urgent = given.urgent, options = given.options,
  }
  self.seg_ack, self.seg_end = segment.ack, (segment.seq + length(segment)) & 0xffffffff
  self.reason = self.subject:deliver(segment)
  self:run()
end

function probe:syn()
  self:arrive { flags = "S", seq = words.irs(), options = { mss = 1460 } }
  self.rcv = (self.irs + 1) & 0xffffffff
end

--- An ACK of all that was sent, or up to a number.
function probe:acknowledge(up_to)
  self:arrive { ack = up_to or words.nxt() }
  self.una = words.resolve(up_to or words.nxt(), self)
end

function probe:text(payload)
  self:arrive { flags = "P.", payload = payload }
  self.rcv = (self.rcv + #payload) & 0xffffffff
end

function probe:fin()
  self:arrive { flags = "F." }
  self.rcv = (self.rcv + 1) & 0xffffffff
end

-- ---- ways to a state ----

local function take(self, conn)
  self.conn = assert(conn)
  conn:settimeout(0)
  self:run()
end

function probe:open(more)
  local given = { address = "10.0.0.2", port = PEER_PORT, local_port = LOCAL_PORT }
  for name, value in pairs(more or {}) do given[name] = value or nil end
  take(self, self.subject:open(given))
end

--- A passive OPEN, with the remote socket or, as usual, without.
function probe:open_passive(with_remote)
  local given = { passive = true, local_port = LOCAL_PORT }
  if with_remote then given.address, given.port = "10.0.0.2", PEER_PORT end
  take(self, self.subject:open(given))
end

function probe:listen() self.listener = assert(self.subject:listen(LOCAL_PORT)) end

--- The listener's half-open connection.
function probe:find_half_open() take(self, self.subject:connections()[1]) end

local function shut(self)
  assert(self.conn:shutdown "send")
  self:run()
end

local to = {}

to["CLOSED"] = {
  ["no connection"] = function() end,
  -- It came to its end with text unread, so that its record is still there for its user.
  ["ended connection"] = function(self)
    self:bring_to("ESTABLISHED", "active OPEN", {})
    self:text "ab"
    self:fin()
    shut(self)
    self:acknowledge()
  end,
}

to["LISTEN"] = {
  ["listener"] = function(self) self:listen() end,
  ["passive OPEN"] = function(self) self:open_passive() end,
  ["passive OPEN to one peer"] = function(self) self:open_passive(true) end,
}

to["SYN-SENT"] = { ["active OPEN"] = function(self) self:open() end }

to["SYN-RECEIVED"] = {
  ["listener"] = function(self)
    self:listen()
    self:syn()
    self:find_half_open()
  end,
  ["passive OPEN"] = function(self)
    self:open_passive()
    self:syn()
  end,
  ["simultaneous open"] = function(self)
    self:open()
    self:syn()
  end,
}

local function established(from)
  return function(self)
    to["SYN-RECEIVED"][from](self)
    self:acknowledge()
    if self.listener then
      self.listener:settimeout(0)
      take(self, self.listener:accept())
    end
  end
end

to["ESTABLISHED"] = {
  ["active OPEN"] = function(self)
    self:open()
    self:arrive { flags = "S.", seq = words.irs(), ack = words.iss(1), options = { mss = 1460 } }
    self.rcv, self.una = (self.irs + 1) & 0xffffffff, (self.iss + 1) & 0xffffffff
  end,
  ["listener"] = established "listener",
  ["passive OPEN"] = established "passive OPEN",
  ["simultaneous open"] = established "simultaneous open",
}

-- From one state to the next, whatever the way to the first was.
local function onward(state, step)
  return setmetatable({}, {
    __index = function(_, way)
      return function(self, variant)
        self:bring_to(state, way, variant)
        step(self, way)
      end
    end,
  })
end

to["FIN-WAIT-1"] = onward("ESTABLISHED", shut)
rawset(to["FIN-WAIT-1"], "closed early", function(self)
  to["SYN-RECEIVED"]["passive OPEN"](self)
  shut(self)
end)
to["FIN-WAIT-2"] = onward("FIN-WAIT-1", function(self) self:acknowledge() end)
to["CLOSE-WAIT"] = onward("ESTABLISHED", function(self) self:fin() end)
to["CLOSING"] = onward("FIN-WAIT-1", function(self) self:fin() end)
to["LAST-ACK"] = onward("CLOSE-WAIT", shut)
local time_wait_after = {
  fin_wait_2 = onward("FIN-WAIT-2", function(self) self:fin() end),
  closing = onward("CLOSING", function(self) self:acknowledge() end),
}
to["TIME-WAIT"] = setmetatable({}, {
  __index = function(_, way) return time_wait_after[way == "listener" and "closing" or "fin_wait_2"][way] end,
})

--- variant.established, if any, is called on the way, in ESTABLISHED.
function probe:bring_to(state, way, variant)
  to[state][way](self, variant)
  if state == "ESTABLISHED" and variant.established then variant.established(self) end
end

local SYNCHRONIZED = { "active OPEN", "listener", "passive OPEN", "simultaneous open" }
local WAYS = {
  ["CLOSED"] = { "no connection" }, ["LISTEN"] = { "listener", "passive OPEN" }, ["SYN-SENT"] = { "active OPEN" },
  ["SYN-RECEIVED"] = { "listener", "passive OPEN", "simultaneous open" },
}

--- The ways to a state that every cell is tried from.
function probe.ways(state) return WAYS[state] or SYNCHRONIZED end

-- ---- what happened ----

--- The state of what is under test: of the connection, else of the listener or what has just grown out of it.
function probe:state()
  if not self.conn and self.listener and #self.subject:connections() > 0 then self:find_half_open() end
  if self.conn then return self.conn.state end
  return self.listener and self.listener:status() and "LISTEN" or "CLOSED"
end

--- A RECEIVE that waits for more than will come; its answer is in pending_result once it has one.
function probe:start_receive()
  self.conn:settimeout(nil)
  self.net:spawn(function() self.pending_result = table.pack(self.conn:receive(100)) end)
  self:run()
end

local function counts(self, state)
  local list = {}
  for _, cell in ipairs(self.subject.machine:coverage()) do
    if cell.state == state then list[cell.event] = cell.count end
  end
  return list
end

local function shown(value)
  if type(value) == "string" then return ("%q"):format(value) end
  if type(value) ~= "table" then return tostring(value) end
  local parts = {}
  for i = 1, value.n or #value do parts[i] = shown(value[i]) end
  return "{ " .. table.concat(parts, ", ") .. " }"
end

local function same(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b end
  if (a.n or #a) ~= (b.n or #b) then return false end
  for i = 1, a.n or #a do
    if not same(a[i], b[i]) then return false end
  end
  return true
end

local function expect(what, expected, actual)
  if not same(expected, actual) then error(("%s: expected %s, got %s"):format(what, shown(expected), shown(actual)), 0) end
end
probe.expect = expect

local REPLY_FIELDS = { "window", "payload", "urgent", "retransmission", "probe" }

local function check_reply(i, wanted, got, bases)
  local function of(field) return ("reply %d, %s (%s)"):format(i, field, tostring(got)) end
  expect(of "flags", wanted.flags, got.flags)
  expect(of "seq", words.resolve(wanted.seq, bases), got.seq)
  expect(of "ack", words.resolve(wanted.ack, bases), got.ack)
  if wanted.payload == nil then expect(of "payload", "", got.payload) end
  for _, field in ipairs(REPLY_FIELDS) do
    if wanted[field] ~= nil then expect(of(field), wanted[field], got[field]) end
  end
end

local function check_replies(wanted, sent, bases)
  for i, reply in ipairs(wanted) do
    if not sent[i] then error(("reply %d: %s was expected, nothing came"):format(i, reply.name), 0) end
    check_reply(i, reply, sent[i], bases)
  end
  if #sent > #wanted then error(("%d replies too many: %s"):format(#sent - #wanted, tostring(sent[#wanted + 1])), 0) end
end

local function bases_of(self)
  local bases = {}
  for _, name in ipairs { "iss", "una", "nxt", "irs", "rcv", "edge", "zero" } do bases[name] = self[name] end
  return bases
end

-- Both sides of the deadline: nothing a moment before, then what is to happen.
local function wait(self, seconds)
  local moment = 0.001
  self:run(seconds - moment)
  expect("segments before the deadline", 0, #self.sent)
  self:run(moment)
end

local function act(self, variant)
  if variant.segment then
    self:arrive(variant.segment)
  elseif variant.call then
    self.returned = table.pack(variant.call(self))
    self:run()
  else
    wait(self, variant.wait)
  end
end

local function check_counts(row, variant, before, now)
  local family = row.event:match "^SEG%-" or row.event:match "^TIMEOUT%-"
  if not family then
    if (now[row.event] or 0) <= (before[row.event] or 0) then error("the machine did not count " .. row.event, 0) end
    return
  end
  local wanted, ran = {}, {}
  for _, event in ipairs(variant.counts or { row.event }) do wanted[event] = 1 end
  for _, event in ipairs(tcplab.machine.events) do
    local change = (now[event] or 0) - (before[event] or 0)
    if event:find(family, 1, true) == 1 and change ~= (wanted[event] or 0) then ran[#ran + 1] = ("%s %d times"):format(event, change) end
  end
  if #ran > 0 then error("the machine counted " .. table.concat(ran, ", "), 0) end
end

local function check_reason(self, row, variant)
  local possible = variant.segment and reasons.of(row, variant)
  if possible and not possible[self.reason] then error(("the segment was %s"):format(self.reason), 0) end
end

local function check_state(self, row, variant)
  local wanted = variant.next or row.state
  if wanted == "LISTEN" and row.state == "SYN-RECEIVED" and self.listener then
    expect("state of the half-open clone", "CLOSED", self:state())
    if not self.listener:status() then error("the listener is gone", 0) end
    return
  end
  expect("next state", wanted, self:state())
end

local transitions = {}
for _, row in ipairs(tcplab.machine) do transitions[row.state .. "/" .. row.event] = row end

-- All that was told of the states is one chain, every link of it a row of the table, from the state before to the one after.
local function check_changes(self, row)
  local state = row.state
  for _, change in ipairs(self.changes) do
    expect("state left", state, change.from)
    local rule = transitions[change.from .. "/" .. change.event]
    local clone_ends = self.listener and (rule.next == "LISTEN" or rule.otherwise == "LISTEN") and change.to == "CLOSED"
    if change.to ~= rule.next and change.to ~= rule.otherwise and not clone_ends then
      error(("%s on %s led to %s"):format(change.from, change.event, change.to), 0)
    end
    state = change.to
  end
  if state == self:state() then return end
  local unseen = row.event == "OPEN-passive" or (row.event == "CLOSE" and self.conn == nil) -- a listener's record is no connection
  if not unseen then error(("no change to %s was told, only to %s"):format(self:state(), state), 0) end
end

local function check_timers(self, wanted)
  if not wanted then return end
  local timers = self.conn:status().timers
  for name, seconds in pairs(wanted) do
    local deadline = timers[name]
    if type(seconds) == "boolean" then
      expect("timer " .. name, seconds, deadline ~= nil)
    else
      local left = deadline and deadline - self.net:now()
      if not left or math.abs(left - seconds) > 1e-6 then error(("timer %s: %s s left, expected %s"):format(name, left, seconds), 0) end
    end
  end
end

local function prepare(self, row, variant, way)
  self:bring_to(row.state, way, variant)
  if variant.pending then self:start_receive() end
  if variant.prepare then variant.prepare(self) end
  expect("state before", row.state, self:state())
  self.sent, self.errors, self.urgent, self.changes = {}, {}, {}, {}
end

local function check(self, row, variant)
  local bases, before = bases_of(self), counts(self, row.state)
  act(self, variant)
  bases.seg_ack, bases.seg_end = self.seg_ack, self.seg_end
  check_replies(variant.replies or {}, self.sent, bases)
  check_reason(self, row, variant)
  check_state(self, row, variant)
  check_changes(self, row)
  check_counts(row, variant, before, counts(self, row.state))
  expect("errors told", variant.errors or {}, self.errors)
  expect("urgent data told", variant.urgent or {}, self.urgent)
  if variant.returns then expect("result of the call", variant.returns, self.returned) end
  if variant.pending then expect("result of the RECEIVE under way", variant.pending, self.pending_result or { "none" }) end
  check_timers(self, variant.timers)
  if variant.later then
    self.sent = {}
    self:run(0.499)
    check_replies(variant.later, self.sent, bases)
  end
  self.bases = bases
  if variant.after then variant.after(self) end
end

--- Reaches a cell one way at one set of numbers, and checks all that is expected of it.
function probe.try(row, variant, way, numbers)
  local self <close> = probe.new(numbers, variant.options)
  prepare(self, row, variant, way)
  check(self, row, variant)
end

probe.__close = probe.close

return probe
