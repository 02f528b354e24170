-- SPDX-License-Identifier: MIT
-- The questions by name, by topic and by file.

local catalogue = require "tcplab.probe.catalogue"
local check = require "tcplab.base.check"
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

---@param chosen? string[]  names, topics, or files that end in .lua; all without
---@return tcplab.probe.question[]
return function(chosen) return append({}, check.type(chosen or names, "table", "questions")) end
