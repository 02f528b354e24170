-- SPDX-License-Identifier: MIT
-- The virtual network: its time starts at 0 and only events move it.

local check = require "tcplab.check"
local nearest = require "tcplab.nearest"
local network = require "tcplab.network"
local settings = require "tcplab.settings"

---Options of tcplab.lab.
---@class tcplab.lab_options
---@field seed? integer                               of every generator; 0
---@field trace? false|{ limit?: integer, bytes?: integer }  how many events and bytes of packets the trace keeps; false: no trace

local NAMES = { "seed", "trace" }
local known = { seed = true, trace = true }

---Makes a virtual network.
---```lua
---local mine = tcplab.lab { seed = 7, trace = { limit = 1000 } }
---print(mine:now())  --> 0.0
---```
---@param options? tcplab.lab_options
---@return tcplab.network
local function lab(options)
  options = options or {}
  check.type(options, "table", "options")
  for name in pairs(options) do
    if not known[name] then check.fail("lab: unknown option %s; did you mean %q?", check.shown(name), nearest(name, NAMES)) end
  end
  local seed = check.integer(settings.seed or options.seed or 0, "seed", math.mininteger, math.maxinteger)
  return network.new { seed = seed, trace = options.trace }
end

return lab
