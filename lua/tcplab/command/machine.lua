-- SPDX-License-Identifier: MIT
-- tcplab machine: the transition table as text, as diagrams, as JSON; and which of its cells a script runs.

local exit = require "tcplab.command.exit"
local find = require "tcplab.command.find"
local json = require "tcplab.base.json"
local output = require "tcplab.command.output"
local runner = require "tcplab.command.script"

local machine = { summary = "Show the transition table of RFC 9293, or which of its cells a script runs." }

machine.examples = [[
Examples:
  tcplab machine                        every cell: state, event, next, section
  tcplab machine --dot | dot -Tsvg > machine.svg
  tcplab machine --mermaid
  tcplab machine --coverage teardown    the cells that run, and how often
  tcplab machine --coverage stale_syn without
  tcplab machine --coverage script.lua --json

--json tells an array of cells: state, event, next, otherwise (where a cell
leads to one of two states), section and, with --coverage, count. Overrides of
a script do not change what it tells.]]

function machine.describe(parser)
  parser:mutex(parser:flag("--dot", "For Graphviz."), parser:flag("--mermaid", "For Mermaid."), parser:flag("--json", "As JSON."))
  parser:option("--coverage", "Run a script, whose output goes to standard error, and show the cells that ran."):argname "SCRIPT"
  parser:argument("arguments", "With --coverage, what the script gets as `...`."):args "*"
end

-- The cells that can occur, in the table's order; with counts, those that ran, and any other that did.
local function cells(counts)
  local rows = {}
  for _, row in ipairs(require("tcplab.connection.machine").table()) do
    local count = counts and (counts[row.state .. "/" .. row.event] or 0)
    if counts and count > 0 or not counts and row.occurs then
      local otherwise = row.otherwise ~= row.next and row.otherwise or nil
      rows[#rows + 1] = { state = row.state, event = row.event, next = row.next, otherwise = otherwise, section = row.section, count = count }
    end
  end
  return rows
end

local function occurring()
  local number = 0
  for _, row in ipairs(require("tcplab.connection.machine").table()) do number = number + (row.occurs and 1 or 0) end
  return number
end

local function print_table(rows)
  for _, row in ipairs(rows) do
    local next = row.otherwise and row.next .. " or " .. row.otherwise or row.next
    local line = ("%-13s %-26s %-28s %s"):format(row.state, row.event, next, row.section)
    print(row.count and ("%8d  %s"):format(row.count, line) or line)
  end
end

local function print_json(rows)
  output.write(json.text(json.array(rows), { "state", "event", "next", "otherwise", "section", "count" }))
end

-- Adds a network's cells to the counts.
local function counter(counts)
  return function(network)
    for _, host in ipairs(network._hosts) do
      for _, cell in ipairs(host.machine:coverage()) do
        local name = cell.state .. "/" .. cell.event
        counts[name] = (counts[name] or 0) + cell.count
      end
    end
  end
end

local function coverage(options)
  local script, message = find.script(options.coverage)
  if not script then return exit.complain(message, exit.USAGE) end
  local counts = {}
  local code = runner.script {
    script = script, arguments = options.arguments, output = io.stderr, see = counter(counts),
    finish = function()
      local rows = cells(counts)
      if options.json then return print_json(rows) end
      print_table(rows)
      print(("%d cells of %d ran"):format(#rows, occurring()))
    end,
  }
  return code
end

function machine.run(options)
  if options.coverage and (options.dot or options.mermaid) then
    return exit.complain("--coverage: it goes along with --json, not with a diagram", exit.USAGE)
  end
  if options.coverage then return coverage(options) end
  if options.arguments[1] then return exit.complain(("'%s': only a script of --coverage has arguments"):format(options.arguments[1]), exit.USAGE) end
  if options.json then
    print_json(cells())
  elseif options.dot or options.mermaid then
    local transitions = require("tcplab.connection.machine").table()
    output.write(((options.dot and transitions:dot() or transitions:mermaid()):gsub("\n*$", "\n")))
  else
    print_table(cells())
  end
  return exit.FINE
end

return machine
