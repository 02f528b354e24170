-- SPDX-License-Identifier: MIT
-- The virtual network: its time starts at 0 and only events move it.

local check = require "tcplab.base.check"
local near = require "tcplab.base.near"
local network = require "tcplab.net.network"
local settings = require "tcplab.base.settings"

---Options of tcplab.lab.
---@class tcplab.lab_options
---@field seed? integer                               of every generator; 0
---@field trace? false|{ limit?: integer, bytes?: integer }  how many events and bytes of packets the trace keeps; false: no trace
---@field hosts? table<string, string>                 names that connect takes for addresses: { ["example.com"] = "10.0.0.2" }
---@field packet_bytes? integer                       how much memory packets under way may take; 1 GiB. More of them are dropped, "crowded"

local NAMES = { "seed", "trace", "hosts", "packet_bytes" }
local known = { seed = true, trace = true, hosts = true, packet_bytes = true }

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
    if not known[name] then check.fail("lab: unknown option %s%s", check.shown(name), near.hint(name, NAMES)) end
  end
  local seed = check.integer(settings.seed or options.seed or 0, "seed", math.mininteger, math.maxinteger)
  local packet_bytes = check.integer(options.packet_bytes or 1 << 30, "packet_bytes", 1 << 20, 1 << 50)
  return network.new { seed = seed, trace = options.trace, hosts = options.hosts, packet_bytes = packet_bytes }
end

return lab
