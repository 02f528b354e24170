-- SPDX-License-Identifier: MIT
-- The profile whose answers come nearest to a sheet's.

local compare = require "tcplab.probe.compare"
local profiles = require "tcplab.connection.profile"

local nearest = {}

-- What is another's second name alone says nothing of its own.
local function is_alias(name)
  local sheet = profiles.sheet(name)
  return sheet.base ~= nil and #sheet.differences == 0
end

---The profiles, each once.
---@return string[] names
function nearest.profiles()
  local list = {}
  for _, name in ipairs(profiles.names()) do
    if not is_alias(name) then list[#list + 1] = name end
  end
  return list
end

---How near a profile's answers come to a sheet's.
---@class tcplab.probe.nearness
---@field profile string
---@field sheet tcplab.probe.sheet  the profile's
---@field differences tcplab.probe.difference[]  the profile's answers are the second
---@field count integer   how many values were compared

---@param sheet tcplab.probe.sheet
---@param ask fun(profile: string): tcplab.probe.sheet  the same questions asked of a profile
---@return tcplab.probe.nearness[]  the nearest first
function nearest.to(sheet, ask)
  local list = {}
  for i, name in ipairs(nearest.profiles()) do
    local other = ask(name)
    local differences, count = compare(sheet, other)
    list[i] = { profile = name, sheet = other, differences = differences, count = count, place = i }
  end
  table.sort(list, function(a, b)
    if #a.differences ~= #b.differences then return #a.differences < #b.differences end
    return a.place < b.place
  end)
  return list
end

return nearest
