-- SPDX-License-Identifier: MIT
-- How this process was started, for those that it starts itself.

local process = {}

---A word as the shell takes it.
---@param text string
---@return string
function process.quote(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

---The words that started this process, up to the name of its script.
---@param words string[]  as Lua's `arg`
---@return string
function process.program(words)
  local first, list = 0, {}
  while words[first - 1] do first = first - 1 end
  for i = first, 0 do list[#list + 1] = process.quote(words[i]) end
  return table.concat(list, " ")
end

return process
