-- SPDX-License-Identifier: MIT
-- A switch: a node that has no stack of its own.

local core = require "tcplab.core"

---It forwards by address, and has no stack of its own.
---@class tcplab.switch
---@field name string
---@field id integer
local switch = { __name = "tcplab.switch" }
switch.__index = switch

function switch:__tostring() return ("switch: %s"):format(self.name) end

---@param network tcplab.network
---@param name string
---@return tcplab.switch
local function new(network, name)
  return setmetatable({ name = name, id = core.switch(network._core, name), network = network }, switch)
end

return { new = new, class = switch }
