-- SPDX-License-Identifier: MIT
-- Where an error came from, in the script's own frames: neither the library's that it called, nor those of the command below it.

local check = require "tcplab.base.check"

local HEADING <const> = "stack traceback:"
local library <const> = check.library

local traceback = {}

-- The library's file that a frame in a text stands in, if it does. Lua shows long paths by their ends alone.
local function library_file(line)
  local path = line:match "^(.-):%d+:"
  local file = path and path:match ".*tcplab/(.-)$"
  if not file or file:find "^examples/" then return nil end
  local ending = path:gsub("^%.%.%.", "")
  return (library .. file):sub(-#ending) == ending and file or nil
end

-- A message and the tracebacks below it, as hooks and tasks leave them: the message itself, and the script's frames.
local function split(text)
  local message, list, below = {}, nil, false
  for line in (text .. "\n"):gmatch "(.-)\n" do
    local frame = line:gsub("^%s+", "")
    if line == HEADING then
      list, below = list or {}, false
    elseif not list then
      message[#message + 1] = line
    elseif library_file(frame) == "command/script.lua" then
      below = true
    elseif not (below or library_file(frame) or frame:find "^%[C%]" or frame:find "^%(%.%.%.tail calls") then
      list[#list + 1] = frame
    end
  end
  return table.concat(message, "\n"), list or {}
end

local function position(text) return text:match "^(.-:%d+:)" end

---The text of an error in the handler of an xpcall: the message, and the script's frames where they tell more than the message.
---@param text string  may have tracebacks appended
---@return string
function traceback.of(text)
  local message, list = split(text)
  local _, own = split(debug.traceback("", 3)) -- above this function and the handler
  if list[#list] ~= own[#own] then table.move(own, 1, #own, #list + 1, list) end
  if #list == 0 or (#list == 1 and position(list[1]) == position(message)) then return message end
  return message .. "\n" .. HEADING .. "\n\t" .. table.concat(list, "\n\t")
end

return traceback
