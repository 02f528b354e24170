-- SPDX-License-Identifier: MIT
-- tcplab show: what an experiment asks, claims and says, and its script.

local columns = require "tcplab.base.columns"
local exit = require "tcplab.command.exit"
local find = require "tcplab.command.find"
local narration = require "tcplab.narration"
local output = require "tcplab.command.output"
local arguments = require "tcplab.command.arguments"

local show = { summary = "Show an experiment: its question, its texts, its script." }

show.examples = [[
Examples:
  tcplab show handshake
  tcplab show handshake --script > mine.lua    a copy to change]]

function show.describe(parser)
  parser:argument("name", "An experiment, as tcplab list tells them.")
  parser:flag("--script", "The script alone.")
  arguments.language(parser)
end

local function script_of(name)
  local file <close> = assert(io.open(narration.script(name)))
  return file:read "a"
end

local HEADINGS <const> = {
  en = { without = "For contrast: ", says = "What it says", claims = "What it claims", script = "Its script" },
  zh = { without = "对照：", says = "说明", claims = "论断", script = "脚本" },
}

local function print_texts(heading, texts)
  local keys = {}
  for key in pairs(texts or {}) do keys[#keys + 1] = key end
  if #keys == 0 then return end
  table.sort(keys)
  print("\n" .. heading)
  for _, key in ipairs(keys) do
    print("  - " .. columns.wrap(columns.join(texts[key]), 76):gsub("\n", "\n    "))
  end
end

function show.run(options)
  local language = options.lang or narration.language()
  local told, headings = narration.of(options.name, language), HEADINGS[language]
  if not told then return exit.complain(find.unknown(options.name), exit.USAGE) end
  if not options.script then
    print(columns.wrap(narration.fill(told.question), 80))
    if told.without then print(columns.wrap(headings.without .. narration.fill(told.without), 80)) end
    print_texts(headings.claims, told.claims)
    print_texts(headings.says, told.says)
    print(("\n%s: %s\n"):format(headings.script, narration.script(told.name)))
  end
  output.write(script_of(told.name))
  return exit.FINE
end

return show
