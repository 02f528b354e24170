-- SPDX-License-Identifier: MIT
-- tcplab machine: the transition table, as text and as diagrams.

local exit = require "tcplab.command.exit"

local machine = { summary = "Show the transition table of RFC 9293." }

machine.examples = [[
Examples:
  tcplab machine                                every cell: state, event, next state, section
  tcplab machine --dot | dot -Tsvg > machine.svg
  tcplab machine --mermaid]]

function machine.describe(parser)
  parser:mutex(parser:flag("--dot", "For Graphviz."), parser:flag("--mermaid", "For Mermaid."))
end

local function print_table(transitions)
  for _, row in ipairs(transitions) do
    if row.occurs then
      local next = row.otherwise == row.next and row.next or row.next .. " or " .. row.otherwise
      print(("%-13s %-26s %-28s %s"):format(row.state, row.event, next, row.section))
    end
  end
end

function machine.run(options)
  local transitions = require("tcplab.machine").table()
  if options.dot or options.mermaid then
    local text = options.dot and transitions:dot() or transitions:mermaid()
    io.stdout:write((text:gsub("\n*$", "\n")))
  else
    print_table(transitions)
  end
  return exit.FINE
end

return machine
