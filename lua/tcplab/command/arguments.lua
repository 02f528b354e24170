-- SPDX-License-Identifier: MIT
-- What several verbs read alike: arguments, options, and argparse's converters for them.

local formats = require "tcplab.save.formats"
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

return arguments
