-- SPDX-License-Identifier: MIT
-- The name that was probably meant.

-- How many letters must be changed, added or taken away to get from a to b.
local function distance(a, b)
  local row = {}
  for j = 0, #b do row[j] = j end
  for i = 1, #a do
    local diagonal = row[0]
    row[0] = i
    for j = 1, #b do
      local same = a:byte(i) == b:byte(j)
      local best = math.min(row[j] + 1, row[j - 1] + 1, diagonal + (same and 0 or 1))
      diagonal, row[j] = row[j], best
    end
  end
  return row[#b]
end

---@param name string
---@param names string[]  the first of equally near ones wins
---@return string? nearest
---@return integer? distance  how many letters must be changed, added or taken away
local function nearest(name, names)
  local best, least
  for _, candidate in ipairs(names) do
    local d = distance(tostring(name):lower(), candidate:lower())
    if not least or d < least then best, least = candidate, d end
  end
  return best, least
end

return nearest
