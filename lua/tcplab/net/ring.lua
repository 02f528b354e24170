-- SPDX-License-Identifier: MIT
-- Where a network's trace gets its events from: the core's ring, in which newer events overwrite older ones.

local check = require "tcplab.base.check"
local connection = require "tcplab.connection.connection"
local core = require "tcplab.core"
local version = require "tcplab.base.version"

local ring = {}
ring.__index = ring

---@param network tcplab.network
---@return table source  for a trace
function ring.new(network) return setmetatable({ network = network }, ring) end

function ring:closed() return core.closed(self.network._core) end
function ring:check_open() self.network:_check_open() end
function ring:lost() return core.trace_lost(self.network._core) end
function ring:hash() return ("%016x"):format(core.trace_hash(self.network._core)) end
function ring:clear() core.trace_clear(self.network._core) end

-- ---- what a script may name ----

---Raises unless it is a host of this network, or the name of one.
function ring:check_host(given, name) self.network:_node(given, name) end

---@return boolean
function ring:has_link(wanted)
  for _, link in ipairs(self.network._links) do
    if link == wanted or link.name == wanted then return true end
  end
  return false
end

local function conn_key(host, ref) return ("%d %d"):format(host, ref) end

---What stands for a connection in `plain`.
function ring:key(conn, name)
  if getmetatable(conn) ~= connection.class or conn.network ~= self.network then
    check.fail("%s: a connection of this network expected, got %s", name, check.shown(conn))
  end
  return conn_key(conn.host.id, conn._ref)
end

-- ---- events ----

---Steps through the events of a moment, or all, with the network's own objects.
---@param moment? string
---@return fun(): tcplab.event?
function ring:events(moment)
  local network, at = self.network, 0
  return function()
    network:_check_open()
    while at do
      local raw
      at, raw = core.trace_next(network._core, at)
      if raw and (moment == nil or raw.moment == moment) then return network:_wrap(raw) end
    end
  end
end

local function names_by_id(lookup, handle)
  return setmetatable({}, {
    __index = function(known, id)
      local named = { id = id, name = lookup(handle, id) }
      known[id] = named
      return named
    end,
  })
end

local function name_parts(event, nodes, links)
  event.conn, event.ends = event.conn and event.host and conn_key(event.host, event.conn), nil
  event.host = event.host and nodes[event.host]
  if event.moment ~= "segment" then return event end
  event.link = event.link and links[event.link]
  event.from = event.from and nodes[event.from]
  event.to = event.to and nodes[event.to]
  event.sender = event.sender and nodes[event.sender]
  return event
end

---Every event, oldest first, with names instead of objects, so that looking makes none.
---@return table[]
function ring:plain()
  local handle = self.network._core
  local nodes, links = names_by_id(core.name, handle), names_by_id(core.link_name, handle)
  local list = {}
  local at, raw = core.trace_next(handle, 0)
  while at do
    list[#list + 1] = name_parts(raw, nodes, links)
    at, raw = core.trace_next(handle, at)
  end
  return list
end

---What is to be known besides the events.
---@return tcplab.trace.about
function ring:about()
  local network = self.network
  local hosts, links = {}, {}
  for i, node in ipairs(network._nodes) do
    hosts[i] = { name = node.name, kind = node._kind or node.__name:match "[^.]+$", addresses = node.addresses or {} }
  end
  for i, link in ipairs(network._links) do links[i] = { name = link.name, a = link.a.name, b = link.b.name } end
  return {
    tcplab = version, seed = network._seed, ns = core.now(network._core), lost = self:lost(), hash = self:hash(),
    hosts = hosts, links = links,
  }
end

return ring
