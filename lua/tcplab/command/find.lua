-- SPDX-License-Identifier: MIT
-- From the word on the command line to the script: a file, or an experiment's name.

local narration = require "tcplab.narration"
local nearest = require "tcplab.base.nearest"

local find = {}

local function exists(path)
  local handle, message = io.open(path, "r")
  if not handle then return nil, message end
  local readable = handle:read(0) or handle:seek "end" == 0 -- a folder opens, and cannot be read
  handle:close()
  if readable then return true end
  return nil, path .. ": is no file"
end

---What to say of a name that is no experiment's.
---@param name string
---@return string
function find.unknown(name)
  local meant = nearest(name, narration.names())
  return ("there is no experiment '%s'; did you mean '%s'? (tcplab list tells them all)"):format(name, meant)
end

---The script that a word means: a file, or else the experiment of that name.
---@param word string
---@return string? path
---@return string? message
function find.script(word)
  local there, message = exists(word)
  if there then return word end
  if word:find "^[%w_]+$" then
    if narration.of(word) then return narration.script(word) end
    return nil, "there is no file '" .. word .. "', and " .. find.unknown(word)
  end
  local stem = word:match "([^/]+)%.lua$"
  local hint = stem and narration.of(stem) and (" (there is an experiment '%s')"):format(stem) or ""
  return nil, "cannot open the script: " .. message .. hint
end

return find
