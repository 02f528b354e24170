-- SPDX-License-Identifier: MIT
-- What a sheet's answers determine, as a Lua table that a host takes for its profile.

local answers = require "tcplab.command.probe.answers"
local literal = require "tcplab.base.literal"
local questions = require "tcplab.probe"

-- A file's words are to stay in their comment.
local function comment(format, ...) return "-- " .. format:format(...):gsub("%c", "?") end

local function answer_of(sheet, question)
  local words = {}
  for _, row in ipairs(sheet) do
    if row.question == question then
      for _, name in ipairs(row.order) do words[#words + 1] = name .. " " .. answers.word(row.values[name]) end
    end
  end
  return table.concat(words, "; ")
end

---@param sheet tcplab.probe.sheet
---@return string text  of a Lua file
return function(sheet)
  local fit = questions.fit(sheet)
  local lines = {
    comment("What the answers of %s determine, each with the question that is its witness. To play it:", sheet.subject),
    comment 'net:host("device", { address = "10.0.0.2", profile = dofile "this file" })',
    "return {",
    ("  base = %s, "):format(literal(fit.profile.base))
      .. comment("nearest; with what follows %d of %d values come out alike", fit.count - #fit.differences, fit.count),
  }
  for _, it in ipairs(fit.determined) do
    lines[#lines + 1] = ("  %s = %s, "):format(it.option, literal(it.value)) .. comment("%s: %s", it.question, answer_of(sheet, it.question))
  end
  lines[#lines + 1] = "}"
  for _, it in ipairs(fit.differences) do
    lines[#lines + 1] = comment("not determined: %s %s: %s; played: %s", it.question, it.value, answers.word(it.first), answers.word(it.second))
  end
  return table.concat(lines, "\n") .. "\n"
end
