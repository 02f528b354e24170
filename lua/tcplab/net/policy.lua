-- SPDX-License-Identifier: MIT
-- Policies: options of a host that are functions, which the core asks. nil leaves the decision to the built-in rule.

local check = require "tcplab.base.check"
local segment = require "tcplab.trace.segment"

local policy = {}

---The options that are policies, but for `isn`, which may be a tunable's value too.
---@type string[]
policy.names = { "admit", "rto", "delay_ack" }

-- The option isn is a tunable when it is a name, the constant one when it is a number, and else a policy: the options without what it is not.
local function without_isn(given)
  local isn = given.isn
  if isn == nil or type(isn) == "string" then return given end
  local rest = {}
  for name, value in next, given do rest[name] = value end
  rest.isn = nil
  if type(isn) ~= "number" then return rest, check.callable(isn, "isn") end
  rest.isn, rest.isn_constant = "constant", check.integer(isn, "isn", 0, 0xffffffff)
  return rest
end

---What a host is given, apart from its tunables.
---@param given table  the host's options
---@return table policies
---@return table rest  the options without an isn that is no tunable
function policy.read(given)
  local rest, isn = without_isn(given)
  local policies = { isn = isn }
  for _, name in ipairs(policy.names) do
    if given[name] ~= nil then policies[name] = check.callable(given[name], name) end
  end
  return policies, rest
end

-- ---- the core's questions ----

local function nonsense(owner, name, expected, answer)
  check.blame(owner._policies[name], "policy %s: it must return %s, not %s", name, expected, check.shown(answer))
end

function policy.run_isn(network, id, ref)
  local owner = network._nodes[id]
  local isn = owner._policies.isn(owner:_connection(ref))
  if isn == nil then return nil end
  local whole = type(isn) == "number" and math.tointeger(isn)
  if not whole or whole < 0 or whole > 0xffffffff then nonsense(owner, "isn", "an integer from 0 to 2^32 - 1, or nothing", isn) end
  return whole
end

local ADMISSIONS = { accept = 0, drop = 1, reset = 2, cookie = 3 }

function policy.run_admit(network, id, listener_ref, _, syn)
  local owner = network._nodes[id]
  local answer = owner._policies.admit(segment.wrap(syn), owner:_listener(listener_ref))
  if answer == nil then return nil end
  return ADMISSIONS[answer] or nonsense(owner, "admit", '"accept", "drop", "reset", "cookie" or nothing', answer)
end

local function is_span(value) return type(value) == "number" and value >= 0 and value < 9e9 end

function policy.run_rto(network, id, ref, built_in)
  local owner = network._nodes[id]
  local seconds = owner._policies.rto(owner:_connection(ref), built_in / 1e9)
  if seconds == nil then return nil end
  if not is_span(seconds) or seconds == 0 then nonsense(owner, "rto", "seconds above 0, or nothing", seconds) end
  return check.span(seconds, "policy rto")
end

function policy.run_delay_ack(network, id, ref, _, seg)
  local owner = network._nodes[id]
  local seconds = owner._policies.delay_ack(owner:_connection(ref), segment.wrap(seg))
  if seconds == nil then return nil end
  if seconds == false then return 0 end
  if not is_span(seconds) then nonsense(owner, "delay_ack", "seconds, false or nothing", seconds) end
  return check.span(seconds, "policy delay_ack")
end

-- A connection under a script's congestion control is met for the first time.
function policy.run_congestion(network, id, ref) network._nodes[id]:_enter_control(ref) end

return policy
