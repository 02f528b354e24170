-- SPDX-License-Identifier: MIT
-- The topology of a network: hosts and switches by name, the addresses they own, and the links between them.

local core = require "tcplab.core"
local check = require "tcplab.base.check"
local hand = require "tcplab.net.hand"
local host = require "tcplab.net.host"
local link = require "tcplab.net.link"
local near = require "tcplab.base.near"
local switch = require "tcplab.net.switch"

---@class tcplab.network
local methods = { __name = "tcplab.network" }

local function check_name(self, name, what)
  check.type(name, "string", "name")
  if name == "" then check.fail("name: a %s needs a name", what) end
  if not utf8.len(name) or name:find "%c" then check.fail("name: a line of UTF-8 text expected, got %q", name) end
  if self._names[name] then check.fail("name: there is a %s already", check.shown(name)) end
  return name
end

local function address_key(prefix) return ("%s/%d"):format(core.prefix_text(prefix)) end

---Raises unless a new node could have the address or prefix.
function methods:_check_free(prefix)
  if not select(4, core.prefix_text(prefix)) then check.fail("address: %s: no host can have it", prefix) end
  local owner = self._owners[address_key(prefix)]
  if owner then check.fail("address: %s: address already in use, by %s", prefix, owner) end
end

---Gives a node an address or prefix.
function methods:_own(node, prefix)
  assert(core.address(self._core, node.id, prefix))
  self._owners[address_key(prefix)] = node.name
  node.addresses[#node.addresses + 1] = prefix:match "^[^/]+"
end

---Gives a node another name.
function methods:_rename(node, name)
  if name == node.name then return end
  check_name(self, name, "host")
  core.rename(self._core, node.id, name)
  self._names[node.name], self._names[name] = nil, node
  for key, owner in pairs(self._owners) do
    if owner == node.name then self._owners[key] = name end
  end
  node._name = name
end

---Adds a part to the network's books.
function methods:_add_node(node)
  self._nodes[node.id] = node
  self._names[node.name] = node
  return node
end

---Adds a host with a TCP stack of its own.
---```lua
---local router = net:host("third", { address = { "10.0.0.3", "2001:db8::3" }, profile = "linux", isn = 1000 })
---print(router.addresses[2])  --> 2001:db8::3
---```
---@param name string
---@param options? tcplab.host_options
---@return tcplab.host
function methods:host(name, options)
  check.self(self, methods, "host")
  self:_check_open()
  if type(options) == "table" and options.kernel then check.fail "kernel: a lab has no kernel; hosts of tcplab.tun's networks can be it" end
  local new_host = host.new(self, check_name(self, name, "host"), options)
  self._hosts[#self._hosts + 1] = new_host
  return self:_add_node(new_host)
end

---Adds a hand: a host without a stack, for a script that speaks segments itself.
---```lua
---local hand = net:hand("hand", { address = "10.0.0.9" })
---net:link(hand, server)
---local talk = assert(hand:connect(server, 80))
---talk:send { payload = "hello" }
---talk:expect { flags = ".", ack = 6 }
---```
---@param name string
---@param options? { address?: string|string[], rate?: integer }  address: as a host's; rate: packets that it sends at most over any second, for
---which its calls wait after they have sent
---@return tcplab.hand
function methods:hand(name, options)
  check.self(self, methods, "hand")
  self:_check_open()
  return self:_add_node(hand.new(self, check_name(self, name, "hand"), options))
end

---Adds a switch: it forwards by address, along the path with the fewest links.
---```lua
---local switch = net:switch "middle"
---local third = net:host("third", { address = "10.0.0.3" })
---net:link(client, switch)
---net:link(switch, third, { rate = 1e6 })
---```
---@param name string
---@return tcplab.switch
function methods:switch(name)
  check.self(self, methods, "switch")
  self:_check_open()
  check_name(self, name, "switch")
  return self:_add_node(switch.new(self, name))
end

-- A node given as an object or by its name.
function methods:_node(given, argument)
  if type(given) == "string" then
    local node = self._names[given]
    if node then return node end
    check.fail("%s: there is no %s%s", argument, check.shown(given), near.hint(given, self:_node_names()))
  end
  if type(given) == "table" and rawget(given, "_network") == self and self._nodes[rawget(given, "_id")] == given then return given end
  check.fail("%s: a host or switch of this network expected, got %s", argument, check.shown(given))
end

function methods:_node_names()
  local names = {}
  for i, node in ipairs(self._nodes) do names[i] = node.name end
  return names
end

---Joins two hosts or switches by a link.
---```lua
---local third = net:host("third", { address = "10.0.0.3" })
---local slow = net:link(client, third, { delay = 0.1, rate = 1e6, queue = 20 }, { delay = 0.3 }) -- there, and back
---print(slow.name)  --> client-third
---```
---@param a tcplab.host|tcplab.switch|string  one end, or its name
---@param b tcplab.host|tcplab.switch|string  the other
---@param options? tcplab.link_options       both ways, or from a to b when options_back is given
---@param options_back? tcplab.link_options  from b to a
---@return tcplab.link
function methods:link(a, b, options, options_back)
  check.self(self, methods, "link")
  self:_check_open()
  local new_link = link.new(self, self:_node(a, "a"), self:_node(b, "b"), options, options_back)
  self._links[new_link.id] = new_link
  return new_link
end

---The hosts there are, hands and the kernel's end too where the script has them, in the order of their making.
---```lua
---print(#net:hosts(), net:hosts()[1].name)  --> 2 client
---```
---@return (tcplab.host|tcplab.hand|tcplab.kernel_host)[]
function methods:hosts()
  check.self(self, methods, "hosts")
  local list = {}
  for _, node in ipairs(self._nodes) do
    if node.__name ~= switch.class.__name and node._claimed ~= false then list[#list + 1] = node end
  end
  return list
end

---The links there are, in the order of their making.
---```lua
---for _, each in ipairs(net:links()) do print(each.name, each == link) end  --> client-server true
---```
---@return tcplab.link[]
function methods:links()
  check.self(self, methods, "links")
  return table.move(self._links, 1, #self._links, 1, {})
end

---The part of that name.
---```lua
---print(net:node "server" == server)  --> true
---```
---@param name string
---@return tcplab.host|tcplab.switch|nil
function methods:node(name)
  check.self(self, methods, "node")
  check.type(name, "string", "name")
  return self._names[name]
end

-- ---- net.link, which is no field of a lab ----

local function no_wire(_, name)
  check.fail("net.link.%s: net.link is the wire of a real network; in a lab net:link(a, b) makes a link: local link = net:link(a, b), then link:%s",
    tostring(name), tostring(name))
end

local link_of_lab = setmetatable({}, { __call = function(_, ...) return methods.link(...) end, __index = no_wire, __newindex = no_wire })

return { methods = methods, link = link_of_lab }
