-- SPDX-License-Identifier: MIT
-- A line of those who wait, each in it once: who came first is first, and leaving costs the same from anywhere.

---@class tcplab.queue
---@field count integer
local queue = {}
queue.__index = queue

---@return tcplab.queue
local function new() return setmetatable({ count = 0, _first = 1, _last = 0, _items = {}, _places = {} }, queue) end

---@param item table
function queue:add(item)
  self._last = self._last + 1
  self._items[self._last], self._places[item] = item, self._last
  self.count = self.count + 1
end

-- Closes the gaps when they have become the greater part.
local function close_up(self)
  if self._last - self._first < 2 * self.count + 32 then return end
  local list = self:list()
  self._items, self._first, self._last = list, 1, #list
  for place, item in ipairs(list) do self._places[item] = place end
end

---@param item table  nothing happens when it is not there
function queue:remove(item)
  local place = self._places[item]
  if not place then return end
  self._items[place], self._places[item] = nil, nil
  self.count = self.count - 1
  if self.count == 0 then self._first = self._last + 1 end
  close_up(self)
end

---Takes the first; nil when there is none.
---@return table?
function queue:take()
  if self.count == 0 then return nil end
  while not self._items[self._first] do self._first = self._first + 1 end
  local item = self._items[self._first]
  self:remove(item)
  return item
end

---All, the first first: a list of its own.
---@return table[]
function queue:list()
  local list = {}
  for place = self._first, self._last do list[#list + 1] = self._items[place] end
  return list
end

return { new = new }
