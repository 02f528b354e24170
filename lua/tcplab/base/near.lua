-- SPDX-License-Identifier: MIT
-- A name that may have been meant, or none.

local nearest = require "tcplab.base.nearest"

local LETTERS <const> = 2 -- that may be wrong

---@param name string
---@param names string[]  the first of equally near ones wins
---@return string? near
local function near(name, names)
  local meant, letters = nearest(name, names)
  return letters and letters <= LETTERS and meant or nil
end

return near
