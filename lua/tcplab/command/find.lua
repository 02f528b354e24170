-- SPDX-License-Identifier: MIT
-- From the word on the command line to the script: a file, or an experiment's name.

local narration = require "tcplab.narration"
local near = require "tcplab.base.near"

local find = {}

local function exists(path)
  local handle, message = io.open(path, "r")
  if not handle then return nil, message end
  local size = handle:seek "end" -- nil: a pipe, of which nothing is to be read here
  local readable = not size or size == 0 or handle:seek "set" == 0 and handle:read(0) -- a folder opens, and cannot be read
  handle:close()
  if readable then return true end
  return nil, path .. ": is no file"
end

---What to say of a name that is no experiment's.
---@param name string
---@return string
function find.unknown(name)
  local meant = near.of(name, narration.names())
  return ("there is no experiment '%s'%s (tcplab list tells them all)"):format(name, meant and ("; did you mean '%s'?"):format(meant) or "")
end

---Whether a word that is no verb may be meant for a script.
---@param word string
---@return boolean
function find.is_script(word) return narration.of(word) ~= nil or exists(word) == true end

---The script that a word means: a file, `-` for what comes on standard input, or else the experiment of that name.
---@param word string
---@return string? path
---@return string? message
function find.script(word)
  if word == "-" then return "/dev/stdin" end
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
