-- SPDX-License-Identifier: MIT
-- Conditions: lines between #ifdef, #ifndef, #else and #endif, left out where their symbol says so. What goes becomes spaces, so that lines and
-- columns stay.

local verdict = require "tcplab.packetdrill.verdict"

local condition = {}

local function blank(line) return (line:gsub("[^\r\n]", " ")) end

-- A directive's word and the rest of its line; nil: a line of the script.
local function directive(line)
  local word, rest = line:match "^#(%a+)%s*([^\r\n]-)%s*[\r\n]*$"
  if word == "ifdef" or word == "ifndef" or word == "else" or word == "endif" then return word, rest end
end

local function begin(open, word, rest, symbols, number)
  if not rest:find "^[%a_][%w_]*$" then
    verdict.syntax(number, #word + 3, ("expected the name of a symbol behind #%s"):format(word))
  end
  local outer = open[#open]
  local holds = (symbols[rest] ~= nil) == (word == "ifdef")
  open[#open + 1] = { taken = holds and (not outer or outer.taken), holds = holds, outer = not outer or outer.taken, line = number }
end

local function turn(open, word, number)
  local inner = open[#open]
  if not inner then verdict.syntax(number, 1, ("#%s without #ifdef"):format(word)) end
  if word == "endif" then
    open[#open] = nil
  elseif inner.turned then
    verdict.syntax(number, 1, "a second #else")
  else
    inner.turned, inner.taken = true, inner.outer and not inner.holds
  end
end

---The script's text without what its conditions leave out.
---@param text string
---@param symbols table<string, any>  those that are defined
---@return string
function condition.resolve(text, symbols)
  if not text:find "#%a+" then return text end
  local lines, open, number = {}, {}, 0
  for line in text:gmatch "[^\n]*\n?" do
    number = number + 1
    local word, rest = directive(line)
    if word == "ifdef" or word == "ifndef" then
      begin(open, word, rest, symbols, number)
    elseif word then
      turn(open, word, number)
    end
    local inner = open[#open]
    lines[number] = (word or inner and not inner.taken) and blank(line) or line
  end
  if #open > 0 then verdict.syntax(open[#open].line, 1, "expected #endif before the end of the script") end
  return table.concat(lines)
end

return condition
