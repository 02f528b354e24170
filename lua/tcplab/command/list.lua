-- SPDX-License-Identifier: MIT
-- tcplab list: the experiments, by chapter, with their questions.

local columns = require "tcplab.base.columns"
local exit = require "tcplab.command.exit"
local json = require "tcplab.base.json"
local narration = require "tcplab.narration"
local output = require "tcplab.command.output"
local arguments = require "tcplab.command.arguments"

local list = { summary = "List the experiments and what they ask." }

list.examples = [[
Examples:
  tcplab list
  tcplab list --lang zh
  tcplab list --json | jq -r '.[].name']]

function list.describe(parser)
  arguments.language(parser)
  parser:flag("--json", "As a JSON array of { name, chapter, question, without, script }.")
end

local function as_json(language)
  local rows = {}
  for _, chapter in ipairs(narration.chapters(language)) do
    for _, it in ipairs(chapter) do
      rows[#rows + 1] = {
        name = it.name, chapter = chapter.chapter, question = narration.fill(it.question), without = it.without and narration.fill(it.without),
        script = narration.script(it.name),
      }
    end
  end
  output.write(json.text(json.array(rows), { "name", "chapter", "question", "without", "script" }))
end

local function name_width()
  local width = 0
  for _, name in ipairs(narration.names()) do width = math.max(width, #name) end
  return width
end

local function as_text(language)
  local width = name_width()
  for i, chapter in ipairs(narration.chapters(language)) do
    if #chapter > 0 then print((i > 1 and "\n" or "") .. chapter.chapter) end
    for _, it in ipairs(chapter) do print(columns.entry(it.name, width, narration.fill(it.question))) end
  end
end

function list.run(options)
  local language = options.lang or narration.language()
  if options.json then as_json(language) else as_text(language) end
  return exit.FINE
end

return list
