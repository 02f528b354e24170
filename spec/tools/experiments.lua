-- SPDX-License-Identifier: MIT
-- The list of experiments in examples/README.md, made from the narration. spec/tools/rockspec.lua brings it up to date with the other lists.
-- Returns { table(), shown(), update() }.
require "spec.helper" -- where the library is
local narration = require "tcplab.narration"

local experiments = {}

local README <const> = "examples/README.md"
local PLACE <const> = "(## A walk through\n\n)(.-)(\n## )"

local function text_of(path)
  local file <close> = assert(io.open(path))
  return file:read "a"
end

local function row(entry)
  local without = entry.without and narration.fill(entry.without) or ""
  return ("| [%s](%s.lua) | %s | %s |"):format(entry.name, entry.name, narration.fill(entry.question), without)
end

--- What the list should be.
---@return string
function experiments.table()
  local lines = { "| | the question | `without` |", "|---|---|---|" }
  for _, chapter in ipairs(narration.chapters "en") do
    if #chapter > 0 then lines[#lines + 1] = ("| | **%s** | |"):format(chapter.chapter) end
    for _, entry in ipairs(chapter) do lines[#lines + 1] = row(entry) end
  end
  return table.concat(lines, "\n") .. "\n"
end

--- What it is.
---@return string
function experiments.shown()
  local _, list = text_of(README):match(PLACE)
  return assert(list, README .. " has no place for the list")
end

--- Writes it.
function experiments.update()
  local text = text_of(README):gsub(PLACE, function(before, _, after) return before .. experiments.table() .. after end, 1)
  local file <close> = assert(io.open(README, "w"))
  file:write(text)
end

return experiments
