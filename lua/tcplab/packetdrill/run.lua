-- SPDX-License-Identifier: MIT
-- A run of one script: its events one after the other, on a stage of its own.

local call = require "tcplab.packetdrill.call"
local clock = require "tcplab.packetdrill.clock"
local code = require "tcplab.packetdrill.code"
local command = require "tcplab.packetdrill.command"
local descriptors = require "tcplab.packetdrill.descriptor"
local expectation = require "tcplab.packetdrill.expectation"
local flow = require "tcplab.packetdrill.flow"
local inbound = require "tcplab.packetdrill.inbound"
local notation = require "tcplab.packetdrill.notation"
local stage = require "tcplab.packetdrill.stage"
local tcp_info = require "tcplab.packetdrill.tcp_info"
local verdict = require "tcplab.packetdrill.verdict"

---@class tcplab.packetdrill.run
---@field stage tcplab.packetdrill.stage
---@field settings tcplab.packetdrill.settings
---@field defined table<string, string>             symbols of the command line
---@field descriptors tcplab.packetdrill.descriptors
---@field flow? tcplab.packetdrill.flow             whose packets the script's are now
---@field endpoint? tcplab.packetdrill.endpoint     what the script's code looks at
---@field listening? tcplab.packetdrill.endpoint
local run = {}
run.__index = run

local FIRST_PORT <const> = 49152 -- of the peer's
local PATIENCE <const> = 10 ^ 12 -- ns: how long a packet at any time, or a call without an end, is waited for
local GRACE <const> = 10 ^ 10    -- ns beyond its time in which what comes instead is looked for

-- ---- time ----

-- Tries the call that waits once more.
local function try_pending(self)
  local waiting = self.pending
  if not waiting or waiting.done then return end
  local result, errno = waiting.call:try()
  if errno == "EAGAIN" and waiting.call:waits() then return end
  waiting.done, waiting.result, waiting.errno = self.stage:now(), result, errno
end

-- Lets time pass up to until_ns, with the call that waits.
local function pass(self, until_ns, done)
  repeat
    local target = until_ns
    if self.wake and self.wake > self.stage:now() then target = math.min(target, self.wake) end
    self.stage:advance(target, (self.pending or done) and function()
      try_pending(self)
      return done ~= nil and done()
    end or nil)
    if done and done() then return end
    if self.pending then try_pending(self) end
  until self.stage:now() >= until_ns or target == until_ns
end

---A call that waits wants to be tried again at this time.
function run:wake_at(at_ns) self.wake = at_ns < math.maxinteger and at_ns or nil end

local function shown_time(ns) return notation.time(ns / 1e9) end

-- Holds the end of a call that has waited against the script's.
local function settle_pending(self)
  local waiting = self.pending
  if not waiting then return end
  local off = clock.tolerance(self.settings, waiting.ends - waiting.began)
  if not waiting.done then pass(self, waiting.ends + off + GRACE, function() return waiting.done ~= nil end) end
  self.pending, self.event = nil, waiting.event
  if not waiting.done then
    verdict.failed(("%s does not return"):format(waiting.event.name), ("...%s %s"):format(shown_time(waiting.ends), notation.call(waiting.event)),
      ("it still waits at %s"):format(shown_time(self.stage:now())))
  end
  waiting.call:check(waiting.result, waiting.errno)
  if math.abs(waiting.done - waiting.ends) > off then
    local line = notation.call(waiting.event)
    verdict.failed(("%s returns at another time"):format(waiting.event.name), ("...%s %s"):format(shown_time(waiting.ends), line),
      ("...%s %s"):format(shown_time(waiting.done), line))
  end
end

-- ---- whose packets they are ----

---The script's packets belong to another socket from now on.
function run:turn_to(endpoint, new_flow)
  self.flow, self.endpoint = new_flow, endpoint
  endpoint.flow = new_flow
  self.listening = endpoint.listener and endpoint or self.listening
end

---The script's packets are those of an endpoint that opens, from now on.
function run:follow(endpoint, remote_port)
  local _, port = endpoint.conn:getsockname()
  self:turn_to(endpoint, flow.new(math.tointeger(port), remote_port, false))
end

-- The flow that a packet of the peer's belongs to: where there is none, it begins one with the port that is listened at.
local function flow_for(self)
  if not self.flow then
    self.ports = (self.ports or FIRST_PORT - 1) + 1
    local port = self.listening and self.listening.port or self.settings.bind_port
    self.flow = flow.new(port, self.ports, true)
  end
  return self.flow
end

-- ---- events ----

local events = {}

function events.tcp(self, event, window)
  if event.direction == ">" then return expectation.tcp(self, event, window) end
  pass(self, window.from)
  self.stage:send(inbound.segment(event, flow_for(self), self.stage, self.defined))
end

function events.icmp(self, event, window)
  if event.direction == ">" then verdict.unsupported "ICMP messages of the host's" end
  pass(self, window.from)
  if not self.flow or not self.flow.local_port then verdict.unsupported "an ICMP message before a connection" end
  self.stage:send_error(inbound.icmp(event, self.flow, self.stage, self.settings.family), self.settings.family)
end

function events.other(_, event) verdict.unsupported("packets of %s", event.protocol) end

function events.command(self, event, window)
  pass(self, window.from)
  command.run(self, event.text)
end

function events.code(self, event, window)
  pass(self, window.from)
  local system = self.settings.profile:match "^%a+"
  code.run(event.text, self.variables, function(name) return tcp_info.look(name, self.endpoint, system) end)
end

-- A call without an end of its own that waits: time passes until it returns.
local function wait_out(self, tried)
  local result, errno
  local function returned()
    result, errno = tried:try()
    return not (errno == "EAGAIN" and tried:waits())
  end
  pass(self, self.stage:now() + PATIENCE, returned)
  if errno == "EAGAIN" and tried:waits() then
    verdict.failed(("%s waits for ever"):format(tried.name), notation.call(tried.event), "nothing that it waits for comes")
  end
  return result, errno
end

function events.call(self, event, window)
  pass(self, window.from)
  settle_pending(self)
  self.event = event
  local made = call.new(self, event)
  local result, errno = made:try()
  local waits = errno == "EAGAIN" and made:waits()
  if waits and window.ends then
    self.pending = { call = made, event = event, ends = window.ends, began = window.from }
    return
  end
  if waits then result, errno = wait_out(self, made) end
  made:check(result, errno)
end

local NOW <const> = { relative = true, from = 0 }

local function play(self, event)
  local window = clock.window(event.time or NOW, self.base)
  self.event = event
  if not window.any and window.ranged and event.direction ~= ">" then verdict.unsupported "a range of times for what the script does itself" end
  local came = events[event.kind](self, event, window)
  if window.any or window.ranged then self.base = came or self.stage:now() else self.base = window.from end
end

---What a descriptor's connection is dropped without a word.
function run:drop(conn) -- luacheck: no self
  conn:abort()
end

---How many of the script's sockets are in CLOSED.
function run:count_closed()
  local count = 0
  for _, each in next, self.descriptors do -- a count: order does not show
    if each.state and each:state() == "CLOSED" then count = count + 1 end
  end
  return count
end

---What passes while a packet is waited for.
run.pass = pass
run.grace, run.patience = GRACE, PATIENCE

---Plays a script.
---@param script table  of the grammar
---@param settings tcplab.packetdrill.settings
---@param defined table<string, string>
---@param see? fun(net: tcplab.network)  gets the network at its end; then a trace is kept
---@return tcplab.packetdrill.verdict? verdict  nil: it passes
function run.script(script, settings, defined, see)
  local self = setmetatable({
    stage = stage.new(settings, see ~= nil), settings = settings, defined = defined, descriptors = descriptors.new(), variables = {}, base = 0,
  }, run)
  local ok, problem = pcall(function()
    for _, event in ipairs(script.events) do play(self, event) end
    settle_pending(self)
  end)
  if see then see(self.stage.net) end
  self.stage:close()
  if ok then return nil end
  if not verdict.is(problem) then error(problem, 0) end
  problem.position = problem.position or self.event and self.event.position
  problem.time = problem.time or self.event and self.base / 1e9
  return problem
end

return run
