-- SPDX-License-Identifier: MIT
-- Something to wait for: tasks that wait stand in line, the main chunk compares the count.

local queue = require "tcplab.base.queue"

---@class tcplab.signal
---@field count integer  how often it was raised
local signal = {}
signal.__index = signal

---@return tcplab.signal
local function new() return setmetatable({ count = 0 }, signal) end

---@param task tcplab.task
function signal:add(task)
  self.line = self.line or queue.new()
  self.line:add(task)
end

---@param task tcplab.task
function signal:remove(task)
  if self.line then self.line:remove(task) end
end

---Wakes all that wait now, in the order they came.
---@param network tcplab.network
function signal:raise(network)
  self.count = self.count + 1
  local waiting = self.line
  if not waiting then return end
  self.line = nil
  for _, task in ipairs(waiting:list()) do network:_ready(task, "raised") end
end

return { new = new }
