-- SPDX-License-Identifier: MIT
-- Sheets of answers as JSON, written and read.

local check = require "tcplab.base.check"
local json = require "tcplab.base.json"
local questions = require "tcplab.probe.questions"

local sheet = {}

---What a subject has answered.
---@class tcplab.probe.sheet
---@field subject string  the profile's name, "Linux 6.18.44", "server", or as a file says it
---@field real? boolean   the answers' times are those of a real clock
---@field failed { question: string, message: string }[]    the questions that raised, and what
---@field left_out { question: string, message: string }[]  the questions that could not be asked, and why
---@field [integer] tcplab.probe.row  in the order in which it was asked

local function plain(value) return type(value) == "table" and json.array(value) or value end

local KEYS <const> = { "subject", "real", "answers", "failed", "left_out", "question", "message", "values" }

---@param it tcplab.probe.sheet
---@return string json
function sheet.text(it)
  local answers = json.array {}
  for i, row in ipairs(it) do
    local values = {}
    for name, value in pairs(row.values) do values[name] = plain(value) end -- the keys are sorted when they are written
    answers[i] = { question = row.question, values = json.object(values) }
  end
  local whole = { subject = it.subject, real = it.real, answers = answers, failed = json.array(it.failed), left_out = json.array(it.left_out) }
  return json.text(whole, KEYS)
end

-- ---- reading ----

local function is_list(value)
  if type(value) ~= "table" then return false end
  local count = 0
  for _ in pairs(value) do count = count + 1 end
  return count == #value
end

local function described(value)
  if value == nil then return "nothing" end
  return type(value) == "table" and (is_list(value) and "a list" or "an object") or check.shown(value)
end

-- Raises, in words for a message, unless it is as expected.
local function expect(holds, name, expected, value)
  if not holds then error({ ("%s: %s expected, got %s"):format(name, expected, described(value)) }, 0) end
  return value
end

local function text_at(value, name) return expect(type(value) == "string" and utf8.len(value) ~= nil, name, "a text", value) end

local function list_at(value, name) return expect(is_list(value), name, "a list", value) end

local function object_at(value, name) return expect(type(value) == "table" and (#value == 0), name, "an object", value) end

local function is_plain(value)
  if type(value) == "string" then return true end
  return type(value) == "number" and value == value and math.abs(value) < math.huge
end

local function value_at(value, name)
  if type(value) ~= "table" then return expect(is_plain(value), name, "a number, a text or a list of these", value) end
  for i, each in ipairs(list_at(value, name)) do expect(is_plain(each), ("%s[%d]"):format(name, i), "a number or a text", each) end
  return table.move(value, 1, #value, 1, {})
end

-- The order in which a question tells its values; of one that is not known here, by the alphabet.
local function order_of(name, values)
  local known, question = pcall(function() return questions { name }[1] end)
  local order, told = {}, {}
  for _, each in ipairs(known and question.values or {}) do order[#order + 1], told[each] = each, true end
  local others = {}
  for each in pairs(values) do
    if not told[each] then others[#others + 1] = each end
  end
  table.sort(others)
  return table.move(others, 1, #others, #order + 1, order)
end

local function row_at(given, name, met)
  object_at(given, name)
  local question = text_at(given.question, name .. ".question")
  expect(not question:find "%.lua$" and not met[question], name .. ".question", "each question once, by its name", question)
  met[question] = true
  local values = {}
  for value_name, value in pairs(object_at(given.values, name .. ".values")) do -- each to its own name; any one of several mistakes will do
    values[text_at(value_name, name .. ".values")] = value_at(value, ("%s.values.%s"):format(name, value_name))
  end
  return { question = question, order = order_of(question, values), values = values }
end

local function notes_at(given, name)
  local notes = {}
  for i, each in ipairs(list_at(given or {}, name)) do
    local at = ("%s[%d]"):format(name, i)
    object_at(each, at)
    notes[i] = { question = text_at(each.question, at .. ".question"), message = text_at(each.message, at .. ".message") }
  end
  return notes
end

local function whole(given)
  object_at(given, "the file")
  local it, met = { subject = text_at(given.subject, "subject"), real = given.real }, {}
  expect(given.real == nil or type(given.real) == "boolean", "real", "true or false", given.real)
  for i, row in ipairs(list_at(given.answers, "answers")) do it[i] = row_at(row, ("answers[%d]"):format(i), met) end
  it.failed, it.left_out = notes_at(given.failed, "failed"), notes_at(given.left_out, "left_out")
  return it
end

local function decoded(text)
  local ran, value, at, message = pcall(require("dkjson").decode, text, 1, nil, nil)
  if not ran then error({ "no JSON: it is nested too deeply" }, 0) end
  if message then error({ "no JSON: " .. message }, 0) end
  local rest = text:find("%S", at)
  if rest then error({ ("no JSON: something stands behind its end, at byte %d"):format(rest) }, 0) end
  return value
end

---Reads what `text` wrote; every field is looked at.
---@param text string
---@return tcplab.probe.sheet? sheet
---@return string? message  what is wrong with it
function sheet.parse(text)
  local ran, answer = pcall(function() return whole(decoded(text)) end)
  if ran then return answer end
  if type(answer) ~= "table" then error(answer, 0) end
  return nil, answer[1]
end

---@param path string
---@return tcplab.probe.sheet? sheet
---@return string? message
function sheet.read(path)
  local file, message = io.open(path, "rb")
  if not file then return nil, message end
  local text, trouble = file:read "a"
  file:close()
  if not text then return nil, ("%s: %s"):format(path, trouble) end
  local it, wrong = sheet.parse(text)
  if not it then return nil, ("%s is no sheet of answers: %s"):format(path, wrong) end
  return it
end

return sheet
