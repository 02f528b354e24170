-- SPDX-License-Identifier: MIT
-- tcplab.probe: questions asked of a TCP by a peer that is played by hand, and what two TCPs answer differently.

local catalogue = require "tcplab.probe.catalogue"
local check = require "tcplab.base.check"
local kernel = require "tcplab.probe.subject.kernel"
local lab = require "tcplab.probe.subject.lab"
local nearest = require "tcplab.base.nearest"

-- Where the question of a name stands, and what a topic's name stands for.
local modules, topics, names = {}, {}, {}
for _, list in ipairs(catalogue) do
  topics[list.topic] = list
  for _, name in ipairs(list) do
    modules[name], names[#names + 1] = ("tcplab.probe.question.%s.%s"):format(list.topic, name), name
  end
end

---A question: a conversation played by hand, and what its answer says. One of your own is a Lua file that returns such a table.
---@class tcplab.probe.question
---@field name string
---@field en string         what it asks, in a sentence
---@field zh? string        the same in Chinese
---@field rfc? string       what rules the answer
---@field values string[]   the names of an answer's values, in the order in which they are told
---@field rtt? number       seconds from the hand to the subject and back; 0 without
---@field slow? boolean     it takes minutes
---@field ask fun(subject: tcplab.probe.subject): table<string, any>  numbers, strings and lists of these by name; nil: there is no such value

---What a subject has answered.
---@class tcplab.probe.sheet
---@field subject string     the profile's name, or "kernel"
---@field left_out string[]  the questions that could not be asked of it
---@field [integer] { question: string, order: string[], values: table<string, any> }  in the order in which it was asked

---A value that two sheets have not alike.
---@class tcplab.probe.difference
---@field question string
---@field value string  its name
---@field first any
---@field second any

local probe = {}

local FIELDS <const> = {
  { "name", "string" }, { "en", "string" }, { "zh", "string|nil" }, { "rfc", "string|nil" }, { "values", "table" }, { "rtt", "number|nil" },
  { "slow", "boolean|nil" },  { "ask", "function" },
}

local function from_file(path)
  local chunk, message = loadfile(path, "t")
  if not chunk then check.fail("%s", message) end
  local question = check.type(chunk(), "table", path)
  for _, field in ipairs(FIELDS) do check.type(question[field[1]], field[2], path .. ": " .. field[1]) end
  return question
end

local function unknown(name)
  local headings = {}
  for i, list in ipairs(catalogue) do headings[i] = list.topic end
  check.fail("there is no question %s; did you mean %q? There are %s. Topics are %s", check.shown(name), nearest(name, names),
    table.concat(names, ", "), table.concat(headings, ", "))
end

local function question_of(name)
  check.type(name, "string", "question")
  if name:find "%.lua$" then return from_file(name) end
  return require(modules[name] or unknown(name))
end

local function append(list, chosen)
  for _, name in ipairs(chosen) do
    if topics[name] then append(list, topics[name]) else list[#list + 1] = question_of(name) end
  end
  return list
end

---The questions there are.
---```lua
---local probe = require "tcplab.probe"
---print(probe.questions()[1].name, probe.questions({ "abort" })[1].rfc)  --> syn RFC 9293 3.10.5
---```
---@param chosen? string[]  some of them, topics (such as "opening"), or files that end in .lua; all without
---@return tcplab.probe.question[]
function probe.questions(chosen) return append({}, check.type(chosen or names, "table", "questions")) end

-- A kernel's way is as long as it is, and its time is real.
local function can_be_asked(question, whom) return whom ~= "kernel" or not (question.slow or question.rtt) end

local function answer(question, whom)
  local made, message, code
  if whom == "kernel" then made, message, code = kernel.new() else made = lab.new(whom, question.rtt) end
  if not made then return nil, message, code end
  local subject <close> = made
  local values = check.type(question.ask(subject), "table", question.name .. ": the answer")
  return { question = question.name, order = question.values, values = values }
end

---Asks a host of a profile, in a lab of its own for each question.
---```lua
---local sheet = require("tcplab.probe").ask("rfc9293", { "syn_retries" })
---print(sheet[1].values.code, table.concat(sheet[1].values.times, " "))  --> ETIMEDOUT 1.0 3.0 7.0 15.0 31.0 63.0 123.0
---```
---@param whom string       a name of tcplab.profiles; or "kernel", this machine's, which is asked in real time over a TUN device in the network
---namespace of this process; questions that are slow, or need a longer way to it, are left out
---@param chosen? string[]  as for questions
---@return tcplab.probe.sheet?
---@return string? message  where the kernel cannot be asked
---@return string? code
function probe.ask(whom, chosen)
  check.type(whom, "string", "whom")
  local sheet = { subject = whom, left_out = {} }
  for _, question in ipairs(probe.questions(chosen)) do
    if can_be_asked(question, whom) then
      local row, message, code = answer(question, whom)
      if not row then return nil, message, code end
      sheet[#sheet + 1] = row
    else
      table.insert(sheet.left_out, question.name)
    end
  end
  return sheet
end

local function same(a, b, tolerance)
  if type(a) == "table" and type(b) == "table" then
    for i = 1, math.max(#a, #b) do
      if not same(a[i], b[i], tolerance) then return false end
    end
    return true
  end
  if math.type(a) == "float" and math.type(b) == "float" then return math.abs(a - b) <= tolerance + 1e-9 end
  return a == b
end

---Where two sheets part, of the questions that both have answered. Times are as the sheets have them, to the millisecond.
---```lua
---local probe = require "tcplab.probe"
---local first, second = probe.ask("rfc9293", { "syn" }), probe.ask("rfc9293", { "syn" })
---print(#probe.compare(first, second))  --> 0
---```
---@param first tcplab.probe.sheet
---@param second tcplab.probe.sheet
---@param tolerance? number  seconds that times may differ by; none without
---@return tcplab.probe.difference[]
function probe.compare(first, second, tolerance)
  local others, list = {}, {}
  for _, row in ipairs(second) do others[row.question] = row.values end
  for _, row in ipairs(first) do
    local other = others[row.question]
    for _, name in ipairs(other and row.order or {}) do
      if not same(row.values[name], other[name], tolerance or 0) then
        list[#list + 1] = { question = row.question, value = name, first = row.values[name], second = other[name] }
      end
    end
  end
  return list
end

return probe
