-- SPDX-License-Identifier: MIT
-- Where two texts part, line by line.

local comparison = {}

local CONTEXT = 3 -- equal lines shown before the difference

local function remember(before, line)
  before[#before + 1] = line
  if #before > CONTEXT then table.remove(before, 1) end
end

---Reads two texts side by side up to their first difference.
---@param first fun(): string?  the next line of the first text
---@param second fun(): string? the next line of the second
---@return table? difference nil when they are equal; else { line = number, before = lines, first = line?, second = line? }
---@return integer lines how many lines were equal
function comparison.first_difference(first, second)
  local before, count = {}, 0
  while true do
    local one, two = first(), second()
    if one ~= two then return { line = count + 1, before = before, first = one, second = two }, count end
    if one == nil then return nil, count end
    count = count + 1
    remember(before, one)
  end
end

---A difference as text.
---@param difference table what first_difference returned
---@return string text lines that end in a newline
function comparison.describe(difference)
  local lines = {}
  for i, line in ipairs(difference.before) do
    lines[#lines + 1] = ("%6d    both: %s"):format(difference.line - #difference.before + i - 1, line)
  end
  lines[#lines + 1] = ("%6d   first: %s"):format(difference.line, difference.first or "(ends here)")
  lines[#lines + 1] = ("%6d  second: %s"):format(difference.line, difference.second or "(ends here)")
  return table.concat(lines, "\n") .. "\n"
end

return comparison
