-- SPDX-License-Identifier: MIT
-- Something to wait for: tasks that wait stand in line, the main chunk compares the count.

---@class tcplab.signal
---@field count integer  how often it was raised
local signal = {}
signal.__index = signal

---@return tcplab.signal
local function new() return setmetatable({ count = 0 }, signal) end

---@param task tcplab.task
function signal:add(task)
  local line = self.line
  if not line then
    line = {}
    self.line = line
  end
  line[#line + 1] = task
end

---@param task tcplab.task
function signal:remove(task)
  for i, waiting in ipairs(self.line or {}) do
    if waiting == task then
      table.remove(self.line, i)
      return
    end
  end
end

---Wakes all that wait now, in the order they came.
---@param network tcplab.network
function signal:raise(network)
  self.count = self.count + 1
  local line = self.line
  if not line then return end
  self.line = nil
  for _, task in ipairs(line) do network:_ready(task, "raised") end
end

return { new = new }
