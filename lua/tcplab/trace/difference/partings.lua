-- SPDX-License-Identifier: MIT
-- Partings: the places where the connections of two traces part. The segments, states and errors of either end are lanes of their own, each
-- compared in its order.

local fields = require "tcplab.trace.difference.fields"
local listing = require "tcplab.trace.listing"
local pair = require "tcplab.trace.difference.pairing"

-- An end of which only the network's edge was seen: what happens there is not known.
local function is_edge(place) return place.edge ~= nil and place.host == place.edge end

local LANES = { -- in the order in which they are told apart where they part at one time
  { "segment", "left" }, { "segment", "right" }, { "state", "left" }, { "state", "right" }, { "error", "left" }, { "error", "right" },
}

local function lane_of(items, kind, side)
  local lane = {}
  for _, item in ipairs(items) do
    if item.kind == kind and item.side == side then lane[#lane + 1] = item end
  end
  return lane
end

-- The first place where one end's segments, states or errors part.
local function part_lane(first, second, settings, unknown)
  for i = 1, math.max(#first, #second) do
    local one, two = first[i], second[i]
    local differing = one and two and fields.differences(one, two, settings, unknown) or {}
    if not (one and two) or #differing > 0 then return { number = i, one = one, two = two, fields = differing } end
  end
end

local function when(parting, settings)
  local one = parting.one and parting.one.ns - settings.start.first or math.maxinteger
  local two = parting.two and parting.two.ns - settings.start.second or math.maxinteger
  return math.min(one, two)
end

-- The first place where two conversations part; nil when they do not.
local function part_conversations(first, second, settings)
  local ones, twos, best = listing.of(first), listing.of(second), nil
  local unknown = { left = is_edge(first.left) or is_edge(second.left), right = is_edge(first.right) or is_edge(second.right) }
  for _, lane in ipairs(LANES) do
    local kind, side = lane[1], lane[2]
    local known = kind == "segment" or not unknown[side]
    local parting = known and part_lane(lane_of(ones, kind, side), lane_of(twos, kind, side), settings, unknown)
    if parting then
      parting.kind, parting.side, parting.when = kind, side, when(parting, settings)
      if not best or parting.when < best.when then best = parting end
    end
  end
  if best then best.conversation, best.items = first, ones end
  return best
end

-- A connection that one trace alone has.
local function lone(f, which, settings)
  local items = lane_of(listing.of(f), "segment", f.packets[1].side)
  local parting = { kind = "segment", side = f.packets[1].side, number = 1, fields = {}, conversation = f, items = {}, [which] = items[1] }
  parting.when = when(parting, settings)
  return parting
end

---@param firsts tcplab.conversation[]
---@param seconds tcplab.conversation[]
---@param settings table  what counts as equal
---@return table[] partings  one of each connection that parts
local function partings(firsts, seconds, settings)
  local partner, taken = pair(firsts, seconds, settings)
  local list = {}
  for _, f in ipairs(firsts) do
    local parting
    if partner[f] then parting = part_conversations(f, partner[f], settings) else parting = lone(f, "one", settings) end
    list[#list + 1] = parting
  end
  for _, f in ipairs(seconds) do
    if not taken[f] then list[#list + 1] = lone(f, "two", settings) end
  end
  return list
end

return partings
