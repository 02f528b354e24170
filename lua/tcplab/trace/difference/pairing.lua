-- SPDX-License-Identifier: MIT
-- Pairs of connections, one of each trace: by their hosts' names and the port called, or by their places in the order of appearance.

local conversation = require "tcplab.trace.conversation"

local function name_of(place) return place.host or place.address:match "^(.*):%d+$" end

local function key_of(f) return ("%s > %s:%s"):format(name_of(f.left), name_of(f.right), f.right.address:match ":(%d+)$") end
local function key_turned(f) return ("%s > %s:%s"):format(name_of(f.right), name_of(f.left), f.left.address:match ":(%d+)$") end
local function key_unported(f) return ("%s > %s"):format(name_of(f.left), name_of(f.right)) end
local function key_of_all() return "" end

-- Pairs what has no partner yet, in order of appearance, by what the two functions say of either.
local function pair_by(firsts, seconds, partner, taken, key_first, key_second, found)
  local waiting = {}
  for _, f in ipairs(seconds) do
    if not taken[f] then
      local key = key_second(f)
      waiting[key] = waiting[key] or {}
      table.insert(waiting[key], f)
    end
  end
  for _, f in ipairs(firsts) do
    local line = not partner[f] and waiting[key_first(f)]
    local match = line and table.remove(line, 1)
    if match then
      partner[f], taken[match] = match, true
      if found then found(match) end
    end
  end
end

---@param firsts tcplab.conversation[]
---@param seconds tcplab.conversation[]
---@param settings { names: boolean }
---@return table partner  of the first trace's, those of the second
---@return table taken    those of the second that have a partner
local function pair(firsts, seconds, settings)
  local partner, taken = {}, {}
  if settings.names then
    pair_by(firsts, seconds, partner, taken, key_of, key_of)
    pair_by(firsts, seconds, partner, taken, key_of, key_turned, conversation.mirror)
    pair_by(firsts, seconds, partner, taken, key_unported, key_unported)
  else
    pair_by(firsts, seconds, partner, taken, key_of_all, key_of_all)
  end
  return partner, taken
end

return pair
