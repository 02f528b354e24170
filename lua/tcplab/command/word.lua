-- SPDX-License-Identifier: MIT
-- What several verbs read alike: argparse's converters for their options.

local formats = require "tcplab.formats"
local narration = require "tcplab.narration"

local word = {}

---@param text string
---@return integer?
---@return string? message
function word.integer(text)
  local n = math.tointeger(tonumber(text))
  if n then return n end
  return nil, ("'%s' is not an integer"):format(text)
end

---The name of a file that a trace can be saved as.
---@param text string
---@return string?
---@return string? message
function word.trace_file(text)
  local writer, message = formats.writer(text)
  if writer then return text end
  return nil, "cannot write " .. message
end

---Adds the option --lang to a verb's parser.
---@param parser table
function word.language(parser)
  local known = table.concat(narration.languages, " or ")
  parser:option("--lang", "The language of the experiments: " .. known .. "; else what the locale says."):argname "L":choices(narration.languages)
end

return word
