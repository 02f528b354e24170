-- SPDX-License-Identifier: MIT
-- What several verbs read alike: arguments, options, and argparse's converters for them.

local formats = require "tcplab.save.formats"
local inside = require "tcplab.command.inside"
local narration = require "tcplab.narration"

local arguments = {}

-- argparse does not say which option a converter has refused a word of.
local function converter(option, read, expected)
  return function(text)
    local value = read(text)
    if value ~= nil then return value end
    return nil, ("%s: '%s' is not %s"):format(option, text, expected)
  end
end

local function integer(text) return math.tointeger(tonumber(text)) end

local function seconds(text)
  local number = tonumber(text)
  return number and number >= 0 and number <= 9e9 and number or nil
end

---Reads the seconds that an option is given.
---@param option string  its name
---@return fun(text: string): number?, string?
function arguments.seconds(option) return converter(option, seconds, "a time in seconds") end

local function positive(text)
  local number = integer(text)
  return number and number >= 1 and number or nil
end

---Reads the count that an option is given, 1 at least.
---@param option string  its name
---@return fun(text: string): integer?, string?
function arguments.count(option) return converter(option, positive, "a count") end

local function port(text)
  local number = integer(text)
  return number and number >= 1 and number <= 65535 and number or nil
end

---Reads the port that an option is given.
---@param option string  its name
---@return fun(text: string): integer?, string?
function arguments.port(option) return converter(option, port, "a port") end

---The name of a file that a trace can be saved as.
---@param text string
---@return string?
---@return string? message
function arguments.trace_file(text)
  local writer, message = formats.writer(text)
  if writer then return text end
  return nil, "--save: cannot write " .. message
end

---Adds a script and its arguments to a verb's parser.
---@param parser table
function arguments.script(parser)
  parser:argument("script", "A Lua file, or an experiment's name.")
  parser:argument("arguments", "What the script gets as `...`; put -- before those that begin with a dash."):args "*"
end

---Adds the option --seed to a verb's parser.
---@param parser table
function arguments.seed(parser)
  parser:option("--seed", "Replaces the seed of every lab."):argname "N":convert(converter("--seed", integer, "an integer"))
end

---Adds the option --lang to a verb's parser.
---@param parser table
function arguments.language(parser)
  local known = table.concat(narration.languages, " or ")
  parser:option("--lang", "The language of the experiments: " .. known .. "; else what the locale says."):argname "L":choices(narration.languages)
end

---Command words as argparse is to read them. A version is always written after a `=`: --kernel alone takes no word after it.
---@param words string[]
---@return string[]
function arguments.spelt_out(words)
  local list = {}
  for i, word in ipairs(words) do
    if word == "--" then return table.move(words, i, #words, i, list) end
    list[i] = word == "--kernel" and "--kernel=" .. inside.HERE or word
  end
  return list
end

local function version(text)
  if text:find "^%d[%d.]*$" or text == "any" or text:find "/" then return text end
  return nil, ("--kernel: '%s' is no version (6.1, 6.1.192), not 'any', and no path with a slash in it"):format(text)
end

local function version_alone(text)
  if text == inside.HERE then return nil, "--kernel: write --kernel=VERSION, as --kernel=6.1 or --kernel=any" end
  return version(text)
end

---Adds the option --kernel=VERSION to a verb's parser: a kernel that the verb runs inside of.
---@param parser table
function arguments.kernel(parser)
  parser:option("--kernel", "Inside of a Linux kernel that `make kernel` has built, on a virtual clock: its version, any for the newest, or a path.")
    :argname("VERSION"):convert(version_alone)
end

---Adds the option --kernel or --kernel=VERSION: this machine's kernel, or one that the verb runs inside of.
---@param parser table
---@param summary string
---@return table option
function arguments.kernel_or_here(parser, summary)
  return parser:option("--kernel", summary):argname("VERSION"):convert(function(text) return text == inside.HERE and text or version(text) end)
end

return arguments
