-- SPDX-License-Identifier: MIT
-- An inbox: what has come and was not looked at yet, oldest first, and a wait for more.

local signal = require "tcplab.base.signal"

---@class tcplab.hand.inbox
---@field first integer
---@field last integer
local inbox = {}
inbox.__index = inbox

---@param network tcplab.network
---@return tcplab.hand.inbox
local function new(network) return setmetatable({ network = network, first = 1, last = 0, signal = signal.new() }, inbox) end

---@param what tcplab.Segment|string
function inbox:put(what)
  self.last = self.last + 1
  self[self.last] = what
  self.signal:raise(self.network)
end

---The next to be taken is this one.
---@param what tcplab.Segment|string
function inbox:put_back(what)
  self.first = self.first - 1
  self[self.first] = what
end

-- Takes the first that is wanted; the others stay.
local function take_now(self, wanted)
  for at = self.first, self.last do
    local what = self[at]
    if not wanted or wanted(what) then
      table.move(self, self.first, at - 1, self.first + 1)
      self[self.first] = nil
      self.first = self.first + 1
      return what
    end
  end
end

---Waits until there is something, and takes it.
---@param until_ns? integer
---@param method string  the call, for messages
---@param wanted? fun(what: tcplab.Segment|string): boolean  others stay
---@return tcplab.Segment|string|nil taken, string? message, string? code
function inbox:take(until_ns, method, wanted)
  while true do
    local taken = take_now(self, wanted)
    if taken then return taken end
    local ok, message, code = self.network:_wait(self.signal, until_ns, method)
    if not ok then return nil, message, code end
    if self.closed then return nil, "closed", "ECANCELED" end
  end
end

---Nothing comes any more: who waits is told.
function inbox:close()
  self.closed = true
  self.signal:raise(self.network)
end

return { new = new }
