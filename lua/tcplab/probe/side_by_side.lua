-- SPDX-License-Identifier: MIT
-- Work in processes of its own, each in a network namespace of its own, so many side by side. Whatever happens, none is left.

local namespace = require "tcplab.net.namespace"

local side_by_side = {}

---How many there are at a time unless somebody says otherwise. They wait most of the time, and the longest lasts as long as many short ones; but each
---is to read its clock in time.
side_by_side.USUAL = 8

local PAUSE <const> = 0.2 -- seconds between two looks at the clock

---A piece of work.
---@class tcplab.probe.work
---@field seconds number  how long it will take, as far as is known
---@field limit number    seconds after which it is given up
---@field begin fun(): any  what is done in the namespace: answers plain values, or nil, message, code

-- Ends all that still run when it is closed.
local function pool() return setmetatable({}, { __close = function(self) for _, each in ipairs(self) do each.run:close() end end }) end

-- The longest first, so that the last to end began early.
local function longest_first(works)
  local order = {}
  for i in ipairs(works) do order[i] = i end
  table.sort(order, function(a, b)
    if works[a].seconds ~= works[b].seconds then return works[a].seconds > works[b].seconds end
    return a < b
  end)
  return order
end

---How long the whole will take.
---@param works tcplab.probe.work[]
---@param jobs integer
---@return number seconds
function side_by_side.forecast(works, jobs)
  local free, last = {}, 0
  for i = 1, math.min(jobs, #works) do free[i] = 0 end
  for _, number in ipairs(longest_first(works)) do
    local first = 1
    for i = 2, #free do
      if free[i] < free[first] then first = i end
    end
    free[first] = free[first] + works[number].seconds
    last = math.max(last, free[first])
  end
  return last
end

local function begin(running, number, work)
  local run, message, code = namespace.start(work.begin)
  if not run then return nil, message, code end
  table.insert(running, { number = number, run = run, until_time = os.time() + math.ceil(work.limit) })
  return true
end

-- One of those that run which has an answer, or is out of time.
local function next_over(running)
  while true do
    local runs, now = {}, os.time()
    for i, each in ipairs(running) do
      if each.until_time < now then return table.remove(running, i), true end
      runs[i] = each.run
    end
    local i = namespace.first(runs, PAUSE)
    if i then return table.remove(running, i), false end
  end
end

local function answer_of(over, work, late)
  if not late then return pcall(over.run.answer, over.run) end
  over.run:close()
  return false, ("given up after %d s"):format(math.ceil(work.limit))
end

---Does all of it.
---@param works tcplab.probe.work[]
---@param jobs integer
---@param told fun(number: integer, ok: boolean, answer: any, message?: string, code?: string)  of each in its turn: what it answered, or raised
function side_by_side.run(works, jobs, told)
  local waiting, running <close> = longest_first(works), pool()
  while #waiting > 0 or #running > 0 do
    while #waiting > 0 and #running < jobs do
      local number = table.remove(waiting, 1)
      local ok, message, code = begin(running, number, works[number])
      if not ok then told(number, true, nil, message, code) end
    end
    if #running > 0 then
      local over, late = next_over(running)
      told(over.number, answer_of(over, works[over.number], late))
    end
  end
end

return side_by_side
