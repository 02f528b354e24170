-- SPDX-License-Identifier: MIT
-- Many connections in some states, to each of which one segment is said: what it draws, and what state follows.

local reply = require "tcplab.probe.reply"
local state = require "tcplab.probe.state"

local acceptance = {}

---A segment that is said.
---@class tcplab.probe.case
---@field [1] string  its name
---@field [2] table   its fields, as for `hand:send`
---@field ahead? integer   how far it stands ahead of the next number
---@field beyond? integer  how far its ACK stands beyond what has come
---@field behind? integer  how far its timestamp is behind that of the SYN, in ms
---@field before? table[]  segments said before it

local function name_of(state_name, case) return ("%s_%s"):format(state_name:lower():gsub("[ -]", "_"), case[1]) end

---The names of the answers.
---@param states string[]
---@param cases tcplab.probe.case[]
---@return string[]
function acceptance.names(states, cases)
  local names = {}
  for _, state_name in ipairs(states) do
    for _, case in ipairs(cases) do names[#names + 1] = name_of(state_name, case) end
  end
  return names
end

local function copy(given)
  local fields = {}
  for name, value in pairs(given) do fields[name] = value end -- each to its own name: order does not show
  return fields
end

local function fields_of(it, case)
  local fields = copy(case[2])
  if case.ahead then fields.seq = it.talk.snd.nxt + case.ahead end
  if case.beyond then fields.ack = it.talk.rcv.nxt + case.beyond end
  if case.behind then fields.options = { timestamps = { value = it.stamp - case.behind } } end
  return fields
end

local function say(subject, door, state_name, case)
  local it = state.reach(subject, door, state_name)
  for _, fields in ipairs(case.before or {}) do it.talk:send(copy(fields)) end
  if case.before then reply.wait(subject, it.talk) end
  it.talk:send(fields_of(it, case))
  it.said = subject:now()
  return it
end

---@param subject tcplab.probe.subject
---@param states string[]
---@param cases tcplab.probe.case[]
---@return table<string, string>  by the names of the answers: what came, and the state that followed
function acceptance.ask(subject, states, cases)
  local door, all, answers = state.door(subject), {}, {}
  for _, state_name in ipairs(states) do
    for _, case in ipairs(cases) do all[#all + 1] = { name_of(state_name, case), say(subject, door, state_name, case) } end
  end
  subject:wait(reply.PATIENCE)
  for _, each in ipairs(all) do
    local it = each[2]
    local words = reply.heard(it.talk, it.said + reply.PATIENCE)
    answers[each[1]] = ("%s; %s"):format(words, state.now(it))
  end
  return answers
end

return acceptance
