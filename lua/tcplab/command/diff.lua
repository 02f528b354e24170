-- SPDX-License-Identifier: MIT
-- tcplab diff: where two saved traces part.

local exit = require "tcplab.command.exit"
local json = require "tcplab.base.json"
local output = require "tcplab.command.output"
local arguments = require "tcplab.command.arguments"

local diff = { summary = "Show where two saved traces part." }

diff.examples = [[
Examples:
  tcplab run handshake --save one.jsonl
  tcplab run handshake without --save two.jsonl
  tcplab diff one.jsonl two.jsonl
  tcplab diff lab.jsonl live.jsonl --tolerance 0.05 --order --ignore window,ttl

Times count from each trace's first segment, sequence numbers from the initial
ones, and ephemeral ports do not count: runs with other seeds may be equal.

Exit codes: 0 they are equal, 1 they part, 2 wrong usage or a file that is no
trace, 3 the rock dkjson is missing.]]

local function fields(text)
  local list = {}
  for name in text:gmatch "[^,]+" do list[#list + 1] = name end
  return list
end

function diff.describe(parser)
  parser:argument("first", "A trace that was saved as .jsonl.")
  parser:argument("second", "The one to compare with it.")
  parser:option("--tolerance", "Seconds that times may differ by; without it, none."):argname "SECONDS":convert(arguments.seconds "--tolerance")
  parser:option("--ignore", "Fields that do not count, such as window,options,ttl."):argname "FIELDS":convert(fields)
  parser:flag("--order", "Match connections by their order, not by hosts and port.")
  parser:flag("--timestamps", "The values of the timestamps option count too.")
  parser:flag("--ip-id", "IPv4's identification counts too.")
  parser:flag("--json", "Print the result as JSON.")
end

local function load(path)
  local trace, message, code = require("tcplab").load(path)
  if trace then return trace end
  return nil, exit.complain(message, code == "ENOTSUP" and exit.ENVIRONMENT or exit.USAGE)
end

local ORDER = {
  "equal", "segments", "connection", "what", "from", "number", "time", "before", "name", "first", "second", "fields", "others",
}

local function print_json(difference, segments)
  local result = { equal = difference == nil, segments = segments }
  for name, value in pairs(difference or {}) do result[name] = value end -- put in order as text
  output.write(json.text(result, ORDER))
end

local function print_text(difference, segments)
  if difference then
    output.write(tostring(difference))
  else
    print(("equal: %d segments"):format(segments))
  end
end

local function compare(first, second, options)
  return pcall(require("tcplab").diff, first, second, {
    tolerance = options.tolerance, names = not options.order, timestamps = options.timestamps or false, ip_id = options.ip_id or false,
    ignore = options.ignore,
  })
end

function diff.run(options)
  local first, code = load(options.first)
  if not first then return code end
  local second
  second, code = load(options.second)
  if not second then return code end
  local ok, difference, segments = compare(first, second, options)
  local mistake = not ok and tostring(difference):match "diff: (ignore: .*)"
  if mistake then return exit.complain(mistake, exit.USAGE) end
  if not ok then error(difference, 0) end
  if options.json then print_json(difference, segments) else print_text(difference, segments) end
  return difference and exit.FAILED or exit.FINE
end

return diff
