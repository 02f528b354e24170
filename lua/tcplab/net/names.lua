-- SPDX-License-Identifier: MIT
-- The names that a network resolves, as a machine's file of hosts does: its option hosts.

local core = require "tcplab.core"
local check = require "tcplab.base.check"

local names = {}

---Looks the option over.
---@param given? table<string, string>
---@return table<string, string> addresses  by name
function names.read(given)
  local known = {}
  for name, address in pairs(check.type(given or {}, "table", "hosts")) do -- each by itself: order does not show
    check.type(name, "string", "hosts: a name")
    if core.parse_address(name) then check.fail("hosts: %q is an address, and no name", name) end
    known[name] = core.parse_address(check.type(address, "string", ("hosts[%q]"):format(name)))
    if not known[name] then check.fail("hosts[%q]: %q is no IP address", name, address) end
  end
  return known
end

return names
