-- SPDX-License-Identifier: MIT
-- The command line: tcplab run, tcplab machine.

local argparse = require "argparse"
local comparison = require "tcplab.comparison"
local run = require "tcplab.run"

local command = {}

local EXAMPLES = [[
Examples:
  tcplab run handshake.lua                       run an experiment
  tcplab run handshake.lua --seed 3 --save h.pcapng
  tcplab run handshake.lua --twice               is it the same each time?
  tcplab run transfer.lua -- 1000000 --slow      what follows -- is the script's
  tcplab machine --dot | dot -Tsvg > machine.svg

Exit codes: 0 fine, 1 the script failed or the traces differ, 2 wrong usage, 3 the surroundings lack something (TUN device, permission).]]

-- ---- the words ----

local function integer(text)
  local n = math.tointeger(tonumber(text))
  if n then return n end
  return nil, ("'%s' is not an integer"):format(text)
end

local function capture_name(text)
  if run.can_save(text) then return text end
  return nil, ("cannot write '%s': the name must end in .pcapng"):format(text)
end

local function show_version()
  print("tcplab " .. require("tcplab")._VERSION)
  os.exit(run.FINE, true)
end

local function new_parser()
  local parser = argparse("tcplab", "A TCP laboratory: experiments in Lua, in virtual time or against real peers.", EXAMPLES)
  parser:require_command(true):command_target "command"
  parser:flag("--version", "Show the version and exit."):action(show_version)

  local script = parser:command("run", "Run a script.")
  script:argument("script", "The Lua file.")
  script:argument("arguments", "What the script gets as `...`; put -- before those that begin with a dash."):args "*"
  script:option("--seed", "Replaces the seed of every lab."):argname "N":convert(integer)
  script:flag("--twice", "Run it in two processes and show where the traces part.")
  script:option("--save", "Write the trace as FILE.pcapng; of further networks as FILE-2.pcapng ..."):argname "FILE":convert(capture_name)
  script:flag("--no-color", "No colours, even on a terminal.")
  script:option("--events", "Write the trace as text."):argname "FILE":hidden(true)

  local machine = parser:command("machine", "Show the transition table of RFC 9293.")
  machine:mutex(machine:flag("--dot", "For Graphviz."), machine:flag("--mermaid", "For Mermaid."))
  return parser
end

-- ---- run --twice ----

local function quote(word) return "'" .. word:gsub("'", "'\\''") .. "'" end

-- The words that started this process, up to the name of its script.
local function program(words)
  local first, list = 0, {}
  while words[first - 1] do first = first - 1 end
  for i = first, 0 do list[#list + 1] = quote(words[i]) end
  return table.concat(list, " ")
end

local function once(words, options, events, quiet)
  local list = { program(words), "run", "--events", quote(events) }
  if options.seed then list[#list + 1] = "--seed " .. options.seed end
  if options.save and not quiet then list[#list + 1] = "--save " .. quote(options.save) end
  if options.no_color then list[#list + 1] = "--no-color" end
  list[#list + 1] = "-- " .. quote(options.script)
  for _, argument in ipairs(options.arguments) do list[#list + 1] = quote(argument) end
  if quiet then list[#list + 1] = ">/dev/null" end
  local _, how, code = os.execute(table.concat(list, " "))
  return how == "exit" and code or run.FAILED
end

local function totals(path)
  local networks, events, hashes = 0, 0, {}
  for line in io.lines(path) do
    local count, hash = line:match "^end of network %d+: (%d+) events, .* hash (%x+)$"
    if count then
      networks, events = networks + 1, events + tonumber(count)
      hashes[#hashes + 1] = hash
    end
  end
  return networks, events, table.concat(hashes, " ")
end

local function compare(one, two)
  local difference = comparison.first_difference(io.lines(one), io.lines(two))
  if difference then
    io.stdout:write("the traces part:\n", comparison.describe(difference))
    return run.FAILED
  end
  local networks, events, hash = totals(one)
  if networks == 0 then
    print "identical: no network was made"
  else
    print(("identical: %d events, hash %s"):format(events, hash))
  end
  return run.FINE
end

local function run_twice(words, options)
  local one, two = os.tmpname(), os.tmpname()
  local code = once(words, options, one, false)
  if code == run.FINE then code = once(words, options, two, true) end
  if code == run.FINE then code = compare(one, two) end
  os.remove(one)
  os.remove(two)
  return code
end

-- ---- commands ----

local commands = {}

function commands.run(options, words)
  if options.twice then return run_twice(words, options) end
  local color
  if options.no_color then color = false end
  return run.script {
    script = options.script, arguments = options.arguments, seed = options.seed, save = options.save, events = options.events, color = color,
  }
end

local function print_table(machine)
  for _, row in ipairs(machine) do
    if row.occurs then
      local next = row.otherwise == row.next and row.next or row.next .. " or " .. row.otherwise
      print(("%-13s %-26s %-28s %s"):format(row.state, row.event, next, row.section))
    end
  end
  return run.FINE
end

function commands.machine(options)
  local machine = require("tcplab.machine").table()
  if not (options.dot or options.mermaid) then return print_table(machine) end
  local text = options.dot and machine:dot() or machine:mermaid()
  io.stdout:write((text:gsub("\n*$", "\n")))
  return run.FINE
end

local function usage(parser, message)
  if message:find "^unknown command" then message = message .. " (there are machine, run)" end
  io.stderr:write(parser:get_usage(), "\n\ntcplab: ", message, "\n")
  return run.USAGE
end

---Does what the words of a command line ask for.
---@param words string[] as Lua's `arg`: the words from 1, the script's name at 0, the interpreter's below
---@return integer code 0 fine, 1 failed, 2 usage, 3 environment
function command.main(words)
  local parser = new_parser()
  local ok, options = parser:pparse(table.move(words, 1, #words, 1, {}))
  if not ok then return usage(parser, options) end
  return commands[options.command](options, words)
end

return command
