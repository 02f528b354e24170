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

local probe = { summary = "Ask a profile or the kernel how it behaves, packet by packet; compare." }

probe.examples = [[
Examples:
  tcplab probe --list
  tcplab probe --profile linux
  tcplab probe opening window --profile linux
  tcplab probe syn data_timeout --profile linux --against rfc9293
  tcplab probe mine.lua --json
  sudo tcplab probe --kernel --against linux

Each question is a conversation that a hand plays against a host of the
profile, in a lab of its own; or against this machine's kernel, in a network
namespace of its own, many side by side. Times are in seconds, to the
millisecond; sequence numbers count from the initial ones. A question of your
own is a file that returns such a table as those below lua/tcplab/probe/question.
The kernel's times may differ by 20 ms.

Exit codes: 0 asked, or nothing differs; 1 with --against, something differs,
or a question failed; 2 wrong usage; 3 there can be no TUN device.]]

local TOLERANCE <const> = 0.02 -- seconds: a kernel's timers and this process have a grain

function probe.describe(parser)
  parser:argument("questions", "Their names, topics (such as opening), or Lua files; all there are without."):args "*"
  parser:mutex(
    parser:option("--profile", "Whom to ask.", "rfc9293"):argname "NAME",
    parser:flag("--kernel", "Ask this machine's kernel, in real time, over TUN devices in network namespaces.")
  )
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
  local words, count = {}, 0
  for i, each in ipairs(value) do
    count = count + 1
    if each ~= value[i + 1] then
      words[#words + 1], count = (count > 2 and count .. " x " or (word(each) .. ", "):rep(count - 1)) .. word(each), 0
    end
  end
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
  return json.text({ subject = sheet.subject, answers = answers, failed = json.array(sheet.failed) },
    { "subject", "answers", "failed", "question", "values", "message" })
end

local function differences_as_json(differences, first, second)
  local rows = json.array {}
  for i, it in ipairs(differences) do
    rows[i] = { question = it.question, value = it.value, first = plain(it.first), second = plain(it.second) }
  end
  local told = { subject = first, against = second, differences = rows }
  return json.text(told, { "subject", "against", "differences", "question", "value", "first", "second" })
end

local function show(options, sheet)
  if options.json then output.write(sheet_as_json(sheet)) else print_sheet(sheet) end
  return #sheet.failed > 0 and exit.FAILED or exit.FINE
end

local function show_against(options, sheet, other)
  local differences = questions.compare(sheet, other, options.kernel and TOLERANCE)
  if options.json then
    output.write(differences_as_json(differences, sheet.subject, options.against))
  else
    print_differences(differences, sheet.subject, options.against)
  end
  return #differences + #sheet.failed > 0 and exit.FAILED or exit.FINE
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
  local sheet, message = questions.ask(options.kernel and "kernel" or options.profile, names)
  if not sheet then return nil, nil, message end
  return sheet, options.against and questions.ask(options.against, names)
end

function probe.run(options)
  local names = #options.questions > 0 and options.questions or nil
  local asked, wrong = read(options, names)
  if not asked then return exit.complain(wrong, exit.USAGE) end
  if options.list then
    list(options, asked)
    return exit.FINE
  end
  local ok, sheet, other, message = pcall(ask, options, names)
  if not ok then return exit.complain(tostring(sheet), exit.FAILED) end
  if not sheet then return exit.complain(message, exit.ENVIRONMENT) end
  for _, it in ipairs(sheet.failed) do exit.complain(("%s: %s"):format(it.question, it.message)) end
  if other then return show_against(options, sheet, other) end
  return show(options, sheet)
end

return probe
