-- SPDX-License-Identifier: MIT
-- What the profiles, and the sheets of files, answer: a table a question, in Markdown, in which those that answer alike share a row.

local answers = require "tcplab.command.probe.answers"
local nearest = require "tcplab.probe.nearest"
local questions = require "tcplab.probe"

local function plain(text) return (text:gsub("|", "\\|"):gsub("%c", "?")) end

local function cell(value) return plain(answers.word(value)) end

local function row_of(sheet, name)
  for _, row in ipairs(sheet) do
    if row.question == name then return row end
  end
end

local function line(question, row)
  local cells = {}
  for i, name in ipairs(question.values) do cells[i] = cell(row.values[name]) end
  return table.concat(cells, " | ")
end

-- The lines of a question's table: who answers so, and what.
local function rows_of(question, sheets)
  local lines, by_text = {}, {}
  for _, sheet in ipairs(sheets) do
    local row = row_of(sheet, question.name)
    if row then
      local text = line(question, row)
      if not by_text[text] then
        by_text[text] = { text = text, names = {} }
        lines[#lines + 1] = by_text[text]
      end
      table.insert(by_text[text].names, plain(sheet.subject))
    end
  end
  return lines
end

local function section(question, sheets, language)
  local asked = (question[language] or question.en) .. (question.rfc and " (" .. question.rfc .. ")" or "")
  local lines = { "## " .. question.name, "", asked, "" }
  lines[#lines + 1] = "| | " .. table.concat(question.values, " | ") .. " |"
  lines[#lines + 1] = "|---" .. ("|---"):rep(#question.values) .. "|"
  for _, each in ipairs(rows_of(question, sheets)) do
    lines[#lines + 1] = ("| %s | %s |"):format(table.concat(each.names, ", "), each.text)
  end
  return table.concat(lines, "\n") .. "\n"
end

local HEAD <const> = [[
# What the profiles answer, and real kernels

Made by `tcplab probe --table`. Each question is a conversation that a peer played by hand has with a host of the profile, in a lab; what real kernels
answered comes from sheets that `tcplab probe --kernel --json` saved. Times are in seconds; sequence numbers count from the initial ones.
]]

---@param asked tcplab.probe.question[]
---@param names? string[]     of the questions; all without
---@param sheets tcplab.probe.sheet[]  of files
---@param language string
---@return string markdown
return function(asked, names, sheets, language)
  local all = {}
  for _, profile in ipairs(nearest.profiles()) do all[#all + 1] = questions.ask(profile, names) end
  for _, sheet in ipairs(sheets) do all[#all + 1] = sheet end
  local parts = { HEAD }
  for _, question in ipairs(asked) do parts[#parts + 1] = section(question, all, language) end
  return table.concat(parts, "\n")
end
