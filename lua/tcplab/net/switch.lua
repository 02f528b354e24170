-- SPDX-License-Identifier: MIT
-- A switch: a node that has no stack of its own.

local core = require "tcplab.core"
local strict = require "tcplab.base.strict"

---It forwards by address, and has no stack of its own.
---@class tcplab.switch
---@field name string
---@field id integer
---@field network tcplab.network  whose it is
---@field addresses string[]  none
local switch = { __name = "tcplab.switch" }

function switch:__tostring() return ("switch: %s"):format(self._name) end

---@param network tcplab.network
---@param name string
---@return tcplab.switch
local function new(network, name)
  return setmetatable({ _name = name, _id = core.switch(network._core, name), _addresses = {}, _network = network }, switch)
end

strict.seal(switch, { what = "switch", kept = { "network", "name", "id", "addresses" } })

return { new = new, class = switch }
