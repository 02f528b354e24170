-- SPDX-License-Identifier: MIT
-- usage: lua5.4 spec/tools/scorecard.lua [REPORT]     Prints, per RFC, what of spec/requirements.tsv is proven, declared or open.
-- REPORT is what the last run of all specs left, build/specs.txt. An id is proven when specs named #ID ran and all of them passed; it is
-- declared when spec/deviations.lua gives a reason for doing otherwise; it is open when neither is so. Cells are named #cell:STATE/EVENT.
-- As a module: requirements(), cells(), claims(), declared(), proven(report), cards(proven, declared).

local deviations = require "spec.deviations"

local scorecard = {}

local ID = "#(%u[%w]*%-%u?%d+)"
local CELL = "#(cell:[%u%d-]+/[%w-]+)"

local function rows_of(path)
  local rows, names = {}, nil
  for line in io.lines(path) do
    local row, at = {}, 0
    for field in (line .. "\t"):gmatch "([^\t]*)\t" do
      at = at + 1
      row[names and names[at] or at] = field
    end
    if names then rows[#rows + 1] = row else names = row end
  end
  return rows
end

--- The rows of spec/requirements.tsv, in order: { id, source, level, testable, requirement }.
function scorecard.requirements() return rows_of "spec/requirements.tsv" end

--- The rows of spec/cells.tsv, in order, each with its id, "cell:STATE/EVENT".
function scorecard.cells()
  local rows = rows_of "spec/cells.tsv"
  for _, row in ipairs(rows) do row.id = "cell:" .. row.state .. "/" .. row.event end
  return rows
end

--- The ids that specs name, with the file that does: { [id] = path }.
function scorecard.claims()
  local claims = {}
  local find <close> = assert(io.popen "find spec -name '*_spec.lua' | LC_ALL=C sort")
  for path in find:lines() do
    for line in io.lines(path) do
      for id in line:gmatch(ID) do claims[id] = claims[id] or path end
    end
  end
  return claims
end

--- What is declared: { [id] = deviation }.
function scorecard.declared()
  local declared = {}
  for _, deviation in ipairs(deviations) do
    for _, id in ipairs(deviation.ids or {}) do declared[id] = deviation end
  end
  return declared
end

--- What a report of a run proves: { [id] = true }, and the number of specs that passed in it.
function scorecard.proven(report)
  local passed, failed, count = {}, {}, 0
  for line in io.lines(report) do
    local outcome, name = line:match "^(%S+) (.*)$"
    local set = outcome == "success" and passed or (outcome == "failure" or outcome == "error") and failed
    if outcome == "success" then count = count + 1 end
    if set then
      for id in name:gmatch(ID) do set[id] = true end
      for id in name:gmatch(CELL) do set[id] = true end
    end
  end
  for id in pairs(failed) do passed[id] = nil end
  return passed, count
end

local function new_card(name) return { name = name, all = 0, proven = 0, declared = 0, open = 0, open_rows = {} } end

local function enter(card, row, proven, declared)
  local verdict = proven[row.id] and "proven" or declared[row.id] and "declared" or "open"
  card.all = card.all + 1
  card[verdict] = card[verdict] + 1
  if verdict == "open" then table.insert(card.open_rows, row) end
end

--- One card for each RFC, in order of number, and one of all: { name, all, proven, declared, open, open_rows }.
function scorecard.cards(proven, declared)
  local cards, by_name, total = {}, {}, new_card "all"
  for _, row in ipairs(scorecard.requirements()) do
    local name = "RFC " .. row.source:match "^RFC(%d+)"
    if not by_name[name] then
      by_name[name] = new_card(name)
      cards[#cards + 1] = by_name[name]
    end
    enter(by_name[name], row, proven, declared)
    enter(total, row, proven, declared)
  end
  table.sort(cards, function(a, b) return tonumber(a.name:match "%d+") < tonumber(b.name:match "%d+") end)
  return cards, total
end

local function cells_card(proven)
  local card, out = new_card "cells", {}
  for _, deviation in ipairs(deviations) do
    if deviation.event then out[deviation.event] = true end
  end
  for _, row in ipairs(scorecard.cells()) do
    if row.basis ~= "n/a" then enter(card, row, proven, { [row.id] = out[row.event] }) end
  end
  return card
end

local function print_card(card)
  print(("  %-8s  %4d of %4d proven  %4d declared  %4d open"):format(card.name, card.proven, card.all, card.declared, card.open))
end

local function print_all(report)
  local proven, count = scorecard.proven(report)
  local declared = scorecard.declared()
  local cards, total = scorecard.cards(proven, declared)
  print(("The requirements, by the %d specs that passed in the last run of all:\n"):format(count))
  for _, card in ipairs(cards) do print_card(card) end
  print_card(total)
  print_card(cells_card(proven))
  print "\nDeclared:\n"
  for _, deviation in ipairs(deviations) do
    local ids = deviation.ids and table.concat(deviation.ids, " ") or "cells of " .. deviation.event
    print(("  %s (%s): %s\n    %s"):format(deviation.name, deviation.kind, ids, deviation.reason))
  end
  print "\nOpen:\n"
  for _, row in ipairs(total.open_rows) do print(("  %-10s  %s"):format(row.id, row.requirement)) end
end

if arg and arg[0] and arg[0]:match "scorecard%.lua$" then
  local report = arg[1] or (os.getenv "TCPLAB_BUILD" or "build") .. "/specs.txt"
  local file = io.open(report)
  if not file then
    io.stderr:write("scorecard: there is no report of a run of all specs, ", report, ": `make spec` makes one\n")
    os.exit(1)
  end
  file:close()
  print_all(report)
end

return scorecard
