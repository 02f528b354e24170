-- SPDX-License-Identifier: MIT
-- tcplab run: a script or an experiment, once or twice.

local comparison = require "tcplab.command.comparison"
local exit = require "tcplab.command.exit"
local find = require "tcplab.command.find"
local formats = require "tcplab.save.formats"
local json = require "tcplab.base.json"
local output = require "tcplab.command.output"
local process = require "tcplab.command.process"
local arguments = require "tcplab.command.arguments"
local inside = require "tcplab.command.inside"
local runner = require "tcplab.command.script"

local run = { summary = "Run a script or an experiment." }

run.examples = [[
Examples:
  tcplab run handshake               an experiment: tcplab list tells the names
  tcplab run handshake without       its point taken away: its claim fails
  tcplab run handshake --lang zh     in Chinese
  tcplab run script.lua --seed 3 --save s.pcapng
  tcplab run script.lua --twice      is it the same each time?
  tcplab run live --kernel=6.1       against Linux 6.1 on a clock of its own
  tcplab run - < script.lua          what comes on standard input
  tcplab run transfer.lua -- 1000000 --slow    what follows -- is the script's

A .svg shows the ladder; s.sequence.svg plots data, acknowledgements and losses
over time, s.congestion.svg the congestion window and round-trip times. Of
several networks the second's file is named s-2.pcapng, and so on. --save,
--twice and --json keep a trace also where a script says trace = false.

--json tells { script, arguments, exit, error, networks, experiments }. A
network has its hash, events, packets, overwritten (events that the trace has
lost), ended (seconds), idle (nothing was left to happen) and saved (files); an
experiment what it said and claimed: key, text, values and, of a claim, holds.]]

function run.describe(parser)
  arguments.script(parser)
  arguments.seed(parser)
  parser:mutex(
    parser:flag("--twice", "Run it in two processes and show where the traces part."),
    parser:flag("--json", "Print one JSON document about the run; what the script prints goes to standard error.")
  )
  arguments.language(parser)
  arguments.kernel(parser)
  parser:option("--save", "Write the trace of each network, as the name's ending says: " .. formats.names() .. ". Several are allowed.")
    :argname("FILE"):count("*"):convert(arguments.trace_file)
  parser:flag("--no-color", "No colours, even on a terminal.")
  parser:option("--events", "Write the trace as text."):argname "FILE":hidden(true)
end

-- ---- twice ----

local function once(words, options, events, quiet)
  local list = { process.program(words), "run", "--events", process.quote(events) }
  if options.seed then list[#list + 1] = "--seed " .. options.seed end
  if options.lang then list[#list + 1] = "--lang " .. options.lang end
  if options.kernel then list[#list + 1] = process.quote("--kernel=" .. options.kernel) end
  for _, path in ipairs(not quiet and options.save or {}) do list[#list + 1] = "--save " .. process.quote(path) end
  if options.no_color then list[#list + 1] = "--no-color" end
  list[#list + 1] = "-- " .. process.quote(options.script)
  for _, argument in ipairs(options.arguments) do list[#list + 1] = process.quote(argument) end
  if quiet then list[#list + 1] = ">/dev/null" end
  local _, how, code = os.execute(table.concat(list, " "))
  return how == "exit" and code or exit.FAILED
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
    output.write("the traces part:\n", comparison.describe(difference))
    return exit.FAILED
  end
  local networks, events, hash = totals(one)
  if networks == 0 then
    print "identical: no network was made"
  else
    print(("identical: %d events, hash %s"):format(events, hash))
  end
  return exit.FINE
end

local function twice(words, options)
  local one, two = os.tmpname(), os.tmpname()
  local code = once(words, options, one, false)
  if code == exit.FINE then code = once(words, options, two, true) end
  if code == exit.FINE then code = compare(one, two) end
  os.remove(one)
  os.remove(two)
  return code
end

-- ---- once ----

local ORDER <const> = {
  "script", "arguments", "exit", "error", "networks", "experiments", "name", "question", "with", "said", "claims", "key", "text", "holds", "values",
  "hash", "events", "packets", "overwritten", "ended", "idle", "saved",
}

-- Prints what is known of a run that is over.
local function print_json(options, script)
  return function(kept, code, message)
    local document = kept:document()
    document.script, document.arguments, document.exit, document.error = script, json.array(options.arguments), code, message
    output.write(json.text(document, ORDER))
  end
end

function run.run(options, words)
  local script, message = find.script(options.script)
  if not script then return exit.complain(message, exit.USAGE) end
  if options.twice and options.script:find "^/dev/" or options.twice and options.script == "-" then
    return exit.complain("--twice: what comes through a pipe can be read once", exit.USAGE)
  end
  if options.twice then return twice(words, options) end
  local code = inside.enter(options)
  if code then return code end
  local color
  if options.no_color then color = false end
  local asked = options.save[1] or options.events or options.json
  return runner.script {
    script = script, arguments = options.arguments, seed = options.seed, save = options.save, events = options.events, traced = asked ~= nil,
    color = color, language = options.lang, output = options.json and io.stderr or nil, finish = options.json and print_json(options, script) or nil,
  }
end

return run
