-- SPDX-License-Identifier: MIT
-- Notation: packets, calls and times as a script writes them.

local expression = require "tcplab.packetdrill.expression"
local script_words = require "tcplab.trace.script_words"

local notation = { packet = script_words.text, option = script_words.option }

---A call and its result.
---@param call table
---@param result? string  in place of the script's own
---@return string
function notation.call(call, result)
  local arguments = {}
  for i, each in ipairs(call.arguments) do arguments[i] = expression.text(each) end
  if not result then
    result = expression.text(call.result)
    if call.errno then result = result .. " " .. call.errno end
  end
  return ("%s(%s) = %s"):format(call.name, table.concat(arguments, ", "), result)
end

---A time as an event's first word, in seconds.
function notation.time(seconds) return ("%.6f"):format(seconds) end

return notation
