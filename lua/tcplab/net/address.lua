-- SPDX-License-Identifier: MIT
-- A host's addresses, and addresses given as text, as a host, or as a host's name.

local core = require "tcplab.core"
local check = require "tcplab.base.check"

local address = {}

---@class tcplab.host
local methods = { __name = "tcplab.host" }
address.methods = methods

-- One address, or a prefix without a host's bits.
local function check_prefix(text)
  local own, length, _, _, first = core.prefix_text(text)
  if not own then check.fail("address: %q is neither an IP address nor a prefix", text) end
  if own ~= first then
    check.fail('address: %q is neither one address nor a whole prefix; %q is the host alone, "%s/%d" all that the prefix has', text, own, first,
      length)
  end
end

---The option address of a new host, as a list.
---@return string[]
function address.list(network, given)
  if given == nil then check.fail 'address: a host needs one, as in { address = "10.0.0.1" }' end
  local list = type(given) == "table" and given or { given }
  if #list == 0 then check.fail 'address: a host needs one, as in { address = "10.0.0.1" }, got an empty list' end
  for i, text in ipairs(list) do
    check.type(text, "string", "address")
    check_prefix(text)
    network:_check_free(text)
    for j = 1, i - 1 do
      if list[j] == text then check.fail("address: %q is there twice", text) end
    end
  end
  return list
end

---@return 4|6|nil
function address.family(text) return select(2, core.parse_address(text)) end

---The first of these addresses that is of a family, or the first of all.
---@param addresses string[]
---@param wanted? 4|6
---@return string?
function address.of_family(addresses, wanted)
  for _, text in ipairs(addresses) do
    if wanted == nil or address.family(text) == wanted then return text end
  end
end

---Whether it stands for an address.
---@param given any
---@return boolean
function methods:_resolves(given)
  if type(given) ~= "string" then return true end
  return core.parse_address(given) ~= nil or self._network._resolved[given] ~= nil or self._network._names[given] ~= nil
end

---An address given as text, as a host, as a host's name, or as one that the network resolves.
---@param given any
---@param argument string
---@param wanted? integer  4 or 6: of a host's addresses
---@return string
function methods:_address(given, argument, wanted)
  if type(given) == "string" then
    local text = core.parse_address(given) or self._network._resolved[given]
    if text then return text end
  end
  local node = self._network:_node(given, argument)
  local text = node.addresses and address.of_family(node.addresses, wanted)
  if not text then check.fail("%s: %s has no address%s", argument, node.name, wanted and " of IPv" .. wanted or "") end
  return text
end

---The address of `given` in a family that this host has too, where it can be chosen.
---@return string
function address.reachable(self, given, argument)
  local mine = self._addresses[1] and address.family(self._addresses[1])
  if type(given) == "table" and address.of_family(rawget(given, "_addresses") or {}, mine) then return self:_address(given, argument, mine) end
  return self:_address(given, argument)
end

return address
