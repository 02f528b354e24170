-- SPDX-License-Identifier: MIT
-- Assertions for busted: `require "tcplab.busted"` adds assert.state, assert.trace and assert.eventually to luassert's.

local found, luassert = pcall(require, "luassert")
if not found then error("tcplab.busted needs luassert, which comes with busted: run the spec with busted, or install the rock luassert", 2) end

local check = require "tcplab.base.check"
local connection = require "tcplab.connection.connection"
local expectation = require "tcplab.trace.expectation"
local near = require "tcplab.base.near"
local trace = require "tcplab.net.trace"

local STATES = require "tcplab.core".states()

---The assertions, each with a message of one's own as a last argument, if wanted. Each has its contrary: `assert.is_not.state` and so on.
---
--- - `assert.state(conn, "ESTABLISHED")`: the connection is in that state.
--- - `assert.trace(net, text)`: the segments, all of them and in the order of their sending, are as the text says in the words of
---   tcplab.notation. Instead of the network stands a trace, or a connection, of which its own segments are looked at. Where it fails it shows
---   what was expected and what there is, a mark in either where they part, and what differs.
--- - `assert.eventually(net, f, seconds)`: the network runs until f answers true, for so many seconds of its own time at most; without them,
---   for a day. `assert.eventually(conn, "CLOSED", seconds)`: until the connection is in that state.
---```lua
---local assert = require "tcplab.busted" -- in a spec, where assert is luassert's already, the require is enough
---assert.state(conn, "ESTABLISHED")
---conn:send "hello"
---assert.eventually(net, function() return peer:dirty() end, 2)
---assert.eventually(conn, "ESTABLISHED", 1)
---assert.trace(net, [[
---  client > server  SYN seq=0
---  server > client  SYN-ACK seq=0 ack=1
---  ...
---]])
---```
---@class tcplab.assertions
---@field state fun(conn: tcplab.connection, state: string, message?: string)                                    the state of a connection
---@field trace fun(what: tcplab.network|tcplab.trace|tcplab.connection, text: string, message?: string)         the segments of a trace
---@field eventually fun(net: tcplab.network, f: (fun(): any), seconds?: number, message?: string)               what will come to be
local assertions = {}

local is_state = {}
for _, name in ipairs(STATES) do is_state[name] = true end

-- Misuse: blames the line of the spec.
local function misuse(level, format, ...) error(format:format(...), level + 2) end

local function check_connection(value, name, level)
  if getmetatable(value) ~= connection.class then misuse(level + 1, "%s: a connection expected, got %s", name, check.shown(value)) end
end

local function check_state(value, name, level)
  if is_state[value] then return end
  if type(value) ~= "string" then misuse(level + 1, "%s: a state's name expected, got %s", name, check.shown(value)) end
  misuse(level + 1, "%s: there is no state %q%s", name, value, near.hint(value, STATES))
end

-- The message of a failure, as luassert shows it: one's own first.
local function tell(state, arguments, at, format, ...)
  arguments.nofmt = { true, true, true, true, true }
  local own = arguments[at]
  state.failure_message = (own and tostring(own) .. "\n" or "") .. format:format(...)
end

local function history(conn)
  if conn.network.closed then return "the network is closed" end
  local parts = {}
  for event in conn.network.trace:events { conn = conn, moment = "state" } do
    if not parts[1] then parts[1] = event.from end
    parts[#parts + 1] = ("%s (%.3f)"):format(event.to, event.time)
  end
  return #parts > 0 and table.concat(parts, " -> ") or "its states were not traced"
end

function assertions.state(state, arguments, level)
  local conn, wanted = arguments[1], arguments[2]
  check_connection(conn, "assert.state", level)
  check_state(wanted, "assert.state", level)
  tell(state, arguments, 3, "state: expected %s%s, got %s\n  %s", state.mod and "" or "any but ", wanted, conn.state, history(conn))
  return conn.state == wanted
end

-- The trace of a network, a trace or a connection, and the connection as it stands in its events.
local function trace_of(value, level)
  if getmetatable(value) == connection.class then
    local whole = value.network.trace
    return whole, whole:_key(value)
  end
  local whole = trace.of(value)
  if whole then return whole end
  misuse(level + 1, "assert.trace: a network, a trace or a connection expected, got %s", check.shown(value))
end

function assertions.trace(state, arguments, level)
  local text = arguments[2]
  if type(text) ~= "string" then misuse(level, "assert.trace: a text expected, got %s", check.shown(text)) end
  local whole, conn = trace_of(arguments[1], level)
  if whole._source:closed() then misuse(level, "assert.trace: the network is closed") end
  local met, report = expectation.check(text, whole:_plain(), conn)
  if met == nil then misuse(level, "assert.trace: %s", report) end
  if whole.lost > 0 then report = ("%s\n(%d earlier events were overwritten)"):format(report, whole.lost) end
  if met then
    tell(state, arguments, 3, "the trace is what it should not be:\n%s", report)
  else
    tell(state, arguments, 3, "the trace is not as expected\n%s", report)
  end
  return met
end

-- Network, condition, who should have done what.
local function wish_of(arguments, level)
  local subject, wish, seconds = arguments[1], arguments[2], arguments[3]
  if seconds ~= nil and (type(seconds) ~= "number" or seconds < 0 or seconds ~= seconds) then
    misuse(level + 1, "assert.eventually: seconds expected, got %s", check.shown(seconds))
  end
  if getmetatable(subject) == connection.class then
    check_state(wish, "assert.eventually", level + 1)
    return subject.network, function() return subject.state == wish end, "the connection", "come to " .. wish
  end
  if trace.is(subject) or not trace.of(subject) then
    misuse(level + 1, "assert.eventually: a network or a connection expected, got %s", check.shown(subject))
  end
  if type(wish) ~= "function" then misuse(level + 1, "assert.eventually: a function expected, got %s", check.shown(wish)) end
  return subject, wish, "it", "become so"
end

local function why_not(net, why)
  local words = { idle = "nothing is left to happen", limit = "the time is over", stopped = "the network was stopped" }
  return ("%s at %.6f s"):format(words[why] or tostring(why), net:now())
end

function assertions.eventually(state, arguments, level)
  local net, wish, who, what = wish_of(arguments, level)
  local met, why = net:run_until(wish, arguments[3])
  local span = arguments[3] and (" within %g s"):format(arguments[3]) or ""
  if met then
    tell(state, arguments, 4, "%s should not have %s%s: it is so at %.6f s", who, what, span, net:now())
  else
    local states = getmetatable(arguments[1]) == connection.class and "\n  " .. history(arguments[1]) or ""
    tell(state, arguments, 4, "%s should have %s%s: %s%s", who, what, span, why_not(net, why), states)
  end
  return met
end

for _, name in ipairs { "state", "trace", "eventually" } do luassert:register("assertion", name, assertions[name]) end

-- luassert has a function of that name for itself, which it calls without an argument. The module may be loaded again for another spec file.
local fresh_state = rawget(luassert, "_tcplab_state") or rawget(luassert, "state")
luassert._tcplab_state = fresh_state
luassert.state = function(...)
  if select("#", ...) == 0 then return fresh_state() end
  return fresh_state().state(...)
end

return luassert
