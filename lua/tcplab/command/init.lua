-- SPDX-License-Identifier: MIT
-- The command line: `tcplab VERB ...`. Each verb stands in a file of its own in the folder command/, and describes itself.

local arguments = require "tcplab.command.arguments"
local exit = require "tcplab.command.exit"
local find = require "tcplab.command.find"
local output = require "tcplab.command.output"
local version = require "tcplab.base.version"

local command = {}

---What the file of a verb returns. Private.
---@class tcplab.command.verb
---@field summary string                              one line for the help
---@field examples string                             the end of the verb's own help
---@field describe fun(parser: table)                 adds its arguments and options to its parser, one of argparse's
---@field run fun(options: table, words: string[]): integer  does it; the command's words as Lua's `arg`; answers an exit code

---The verbs, in the order of the help.
---@type string[]
command.verbs = { "run", "list", "show", "machine", "pkt", "probe", "diff", "ss" }

local EXAMPLES <const> = [[
Examples:
  tcplab list                             the experiments and what they ask
  tcplab run handshake                    run one of them
  tcplab run script.lua --save s.pcapng   run a script of your own
  tcplab run --help                       the help of a verb, with examples

Exit codes: 0 fine; 1 a script or claim failed, traces differ or a file cannot
be written; 2 wrong usage; 3 the surroundings lack something: a TUN device, a
permission, a rock.]]

local function verb(name) return require("tcplab.command." .. name) end

local function show_version()
  print("tcplab " .. version)
  os.exit(output.delivered(exit.FINE), true)
end

local function new_parser(argparse)
  local parser = argparse("tcplab", "A TCP laboratory: experiments in Lua, in virtual time or against real peers.", EXAMPLES)
  parser:help_max_width(80):require_command(true):command_target "verb"
  parser:flag("--version", "Show the version and exit."):action(show_version)
  for _, name in ipairs(command.verbs) do
    local it = verb(name)
    it.describe(parser:command(name, it.summary, it.examples))
  end
  return parser
end

-- What the words ask for; nil and an exit code where they are wrong: argparse calls `error` with the parser of the verb that they got to.
local function parse(parser, words)
  function parser.error(at, message) error({ usage = at:get_usage(), message = message }, 0) end
  local ok, answer = pcall(parser.parse, parser, arguments.spelt_out(words))
  if ok then return answer end
  if type(answer) ~= "table" then error(answer, 0) end
  local message = answer.message
  local word = message:match "^unknown command '(.-)'"
  if word and find.is_script(word) then
    message = ("%s; did you mean 'tcplab run %s'?"):format(message, word)
  elseif message:find "command" then
    message = message .. " (there are " .. table.concat(command.verbs, ", ") .. ")"
  end
  io.stderr:write(answer.usage, "\n\n")
  return nil, exit.complain(message, exit.USAGE)
end

local function missing(name)
  local advice = "the Lua module %s is missing: install the rock %s (luarocks install %s), or Debian's lua-%s"
  return exit.complain(advice:gsub("%%s", name), exit.ENVIRONMENT)
end

---Does what the words of a command line ask for.
---@param words string[] as Lua's `arg`: the words from 1, the script's name at 0, the interpreter's below
---@return integer code 0 fine, 1 failed, 2 usage, 3 environment
function command.main(words)
  output.watch()
  local found, argparse = pcall(require, "argparse")
  if not found then return missing "argparse" end
  local parser = new_parser(argparse)
  local options, code = parse(parser, words)
  if not options then return code end
  if options.json and not pcall(require, "dkjson") then return missing "dkjson" end
  return output.delivered(verb(options.verb).run(options, words))
end

return command
