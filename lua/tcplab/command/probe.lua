-- SPDX-License-Identifier: MIT
-- tcplab probe: questions asked of a TCP, packet by packet, and where two TCPs answer differently.

local arguments = require "tcplab.command.arguments"
local columns = require "tcplab.base.columns"
local exit = require "tcplab.command.exit"
local json = require "tcplab.base.json"
local narration = require "tcplab.narration"
local output = require "tcplab.command.output"
local profiles = require "tcplab.connection.profile"
local questions = require "tcplab.probe"

local probe = { summary = "Ask a profile how it behaves, packet by packet, and compare two." }

probe.examples = [[
Examples:
  tcplab probe --list
  tcplab probe --profile linux
  tcplab probe syn data_timeout --profile linux --against rfc9293
  tcplab probe mine.lua --json

Each question is a conversation that a hand plays against a host of the
profile, in a lab of its own. Times are in seconds, to the millisecond;
sequence numbers count from the initial ones. A question of your own is a file
that returns such a table as those in lua/tcplab/probe/question.

Exit codes: 0 asked, or nothing differs; 1 with --against, something differs,
or a question of your own failed; 2 wrong usage.]]

function probe.describe(parser)
  parser:argument("questions", "Their names, or Lua files; all there are without."):args "*"
  parser:option("--profile", "Whom to ask.", "rfc9293"):argname "NAME"
  parser:option("--against", "Print only where this profile answers otherwise."):argname "PROFILE"
  parser:flag("--list", "Tell the questions, and ask none.")
  parser:flag("--json", "Print as JSON.")
  arguments.language(parser)
end

-- ---- the questions ----

local function list(options, asked)
  if options.json then
    local rows = json.array {}
    for i, it in ipairs(asked) do rows[i] = { name = it.name, en = it.en, zh = it.zh, rfc = it.rfc, values = it.values } end
    return output.write(json.text(rows, { "name", "en", "zh", "rfc", "values" }))
  end
  local width, language = 0, options.lang or narration.language()
  for _, it in ipairs(asked) do width = math.max(width, columns.width(it.name)) end
  for _, it in ipairs(asked) do print(columns.entry(it.name, width, (it[language] or it.en) .. (it.rfc and " (" .. it.rfc .. ")" or ""))) end
end

-- ---- answers ----

local function word(value)
  if value == nil then return "none" end
  return math.type(value) == "float" and ("%.3f"):format(value) or tostring(value)
end

local function text_of(value)
  if type(value) ~= "table" then return word(value) end
  local words = {}
  for i, each in ipairs(value) do words[i] = word(each) end
  return #words > 0 and table.concat(words, ", ") or "never"
end

local function print_sheet(sheet)
  local width = 0
  for _, row in ipairs(sheet) do
    for _, name in ipairs(row.order) do width = math.max(width, columns.width(name)) end
  end
  for _, row in ipairs(sheet) do
    print(row.question)
    for _, name in ipairs(row.order) do print(columns.entry(name, width, text_of(row.values[name]))) end
  end
end

local function print_differences(differences, first, second)
  local width = math.max(columns.width(first), columns.width(second))
  for _, it in ipairs(differences) do
    print(it.question .. " " .. it.value)
    print(columns.entry(first, width, text_of(it.first)))
    print(columns.entry(second, width, text_of(it.second)))
  end
  if #differences == 0 then print "nothing differs" end
end

local function plain(value) return type(value) == "table" and json.array(value) or value end

local function sheet_as_json(sheet)
  local answers = json.array {}
  for i, row in ipairs(sheet) do
    local values = {}
    for _, name in ipairs(row.order) do values[name] = plain(row.values[name]) end
    answers[i] = { question = row.question, values = json.object(values) }
  end
  return json.text({ profile = sheet.profile, answers = answers }, { "profile", "answers", "question", "values" })
end

local function differences_as_json(differences, first, second)
  local rows = json.array {}
  for i, it in ipairs(differences) do
    rows[i] = { question = it.question, value = it.value, first = plain(it.first), second = plain(it.second) }
  end
  local told = { profile = first, against = second, differences = rows }
  return json.text(told, { "profile", "against", "differences", "question", "value", "first", "second" })
end

local function show(options, sheet)
  if options.json then output.write(sheet_as_json(sheet)) else print_sheet(sheet) end
  return exit.FINE
end

local function show_against(options, sheet, other)
  local differences = questions.compare(sheet, other)
  if options.json then
    output.write(differences_as_json(differences, options.profile, options.against))
  else
    print_differences(differences, options.profile, options.against)
  end
  return #differences > 0 and exit.FAILED or exit.FINE
end

-- ---- the command ----

-- A message without the place in the library that it came from.
local function message_of(trouble) return (tostring(trouble):gsub("^[^\n]-:%d+: ", "", 1)) end

-- The questions that are meant; nil and what is wrong with the words.
local function read(options, names)
  local ok, asked = pcall(questions.questions, names)
  if not ok then return nil, message_of(asked) end
  for _, name in ipairs { options.profile, options.against } do
    local known, trouble = pcall(profiles.sheet, name)
    if not known then return nil, message_of(trouble) end
  end
  return asked
end

local function ask(options, names)
  return questions.ask(options.profile, names), options.against and questions.ask(options.against, names)
end

function probe.run(options)
  local names = #options.questions > 0 and options.questions or nil
  local asked, wrong = read(options, names)
  if not asked then return exit.complain(wrong, exit.USAGE) end
  if options.list then
    list(options, asked)
    return exit.FINE
  end
  local ok, sheet, other = pcall(ask, options, names)
  if not ok then return exit.complain(tostring(sheet), exit.FAILED) end
  if other then return show_against(options, sheet, other) end
  return show(options, sheet)
end

return probe
