-- SPDX-License-Identifier: MIT
-- Answers, and where they differ, as text and as JSON.

local columns = require "tcplab.base.columns"
local json = require "tcplab.base.json"

local answers = {}

local function word(value)
  if value == nil then return "none" end
  return math.type(value) == "float" and ("%.3f"):format(value) or tostring(value)
end

---A value as one text: what comes again in a row once, with its count.
---@param value any
---@return string
function answers.word(value)
  if type(value) ~= "table" then return word(value) end
  local words, count = {}, 0
  for i, each in ipairs(value) do
    count = count + 1
    if each ~= value[i + 1] then
      words[#words + 1], count = (count > 2 and count .. " x " or (word(each) .. ", "):rep(count - 1)) .. word(each), 0
    end
  end
  return #words > 0 and table.concat(words, ", ") or "never"
end

---@param sheet tcplab.probe.sheet
function answers.print(sheet)
  local width = 0
  for _, row in ipairs(sheet) do
    for _, name in ipairs(row.order) do width = math.max(width, columns.width(name)) end
  end
  for _, row in ipairs(sheet) do
    print(row.question)
    for _, name in ipairs(row.order) do print(columns.entry(name, width, answers.word(row.values[name]))) end
  end
end

---@param differences tcplab.probe.difference[]
---@param first string   whose answers are the first
---@param second string
function answers.print_differences(differences, first, second)
  local width = math.max(columns.width(first), columns.width(second))
  for _, it in ipairs(differences) do
    print(it.question .. " " .. it.value)
    print(columns.entry(first, width, answers.word(it.first)))
    print(columns.entry(second, width, answers.word(it.second)))
  end
  if #differences == 0 then print "nothing differs" end
end

local function plain(value) return type(value) == "table" and json.array(value) or value end

---@param differences tcplab.probe.difference[]
---@param first string
---@param second string
---@return string json
function answers.differences_as_json(differences, first, second)
  local rows = json.array {}
  for i, it in ipairs(differences) do
    rows[i] = { question = it.question, value = it.value, first = plain(it.first), second = plain(it.second) }
  end
  local told = { subject = first, against = second, differences = rows }
  return json.text(told, { "subject", "against", "differences", "question", "value", "first", "second" })
end

return answers
