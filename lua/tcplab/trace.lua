-- SPDX-License-Identifier: MIT
-- What happened in a network: a bounded record of segments, state changes, timers, samples and errors, oldest first.

local check = require "tcplab.check"
local core = require "tcplab.core"
local file = require "tcplab.file"
local formats = require "tcplab.formats"
local connection = require "tcplab.connection"
local ladder = require "tcplab.ladder"

local trace = {}

---A network's record of what happened, `net.trace`.
---@class tcplab.trace
---@field lost integer events that newer ones have overwritten
local trace_methods = {}
local trace_mt = { __name = "tcplab.trace" }

---What `events` picks; every field given must agree.
---@class tcplab.trace.filter
---@field host? tcplab.host|string       the host, or its name
---@field conn? tcplab.connection        the connection, at its own host
---@field moment? tcplab.moment          any but "data", which the trace does not keep
---@field link? tcplab.link|string       the link, or its name: segments alone

local filters = { host = true, conn = true, moment = true, link = true }
local kept = { accept = true, congestion = true, error = true, rtt = true, segment = true, state = true, timer = true, urgent = true }

local function check_self(self, method)
  check.self(self, trace_mt, method)
  self._network:_check_open()
end

-- A conn, as an argument, of this network.
local function check_connection(network, conn, name)
  if getmetatable(conn) ~= connection.class or conn.network ~= network then
    check.fail("%s: a connection of this network expected, got %s", name, check.shown(conn))
  end
  return conn
end

local function has_link(network, wanted)
  for _, link in ipairs(network._links) do
    if link == wanted or link.name == wanted then return true end
  end
  return false
end

local function check_parts(network, filter)
  if filter.conn ~= nil then check_connection(network, filter.conn, "events: conn") end
  if filter.host ~= nil then network:_node(filter.host, "events: host") end
  if filter.link ~= nil and not has_link(network, filter.link) then
    check.fail("events: link: a link of this network, or its name, expected, got %s", check.shown(filter.link))
  end
end

local function check_filter(filter)
  for name in pairs(filter) do -- any one of several mistakes will do
    if not filters[name] then check.fail("events: unknown field %s; there are conn, host, link and moment", check.shown(name)) end
  end
  if filter.moment ~= nil and not kept[filter.moment] then
    check.fail("events: moment: the trace keeps no %s; it keeps accept, congestion, error, rtt, segment, state, timer and urgent",
      check.shown(filter.moment))
  end
end

local function is(thing, wanted) return wanted == nil or thing == wanted or (type(thing) == "table" and thing.name == wanted) end

local function fits(event, filter)
  if filter.conn ~= nil and event.conn ~= filter.conn then return false end
  return is(event.host, filter.host) and is(event.link, filter.link)
end

---Steps through what is kept, oldest first.
---@param filter? tcplab.trace.filter
---@return fun(): tcplab.event?
function trace_methods:events(filter)
  check_self(self, "events")
  filter = check.type(filter or {}, "table", "events: filter")
  check_filter(filter)
  local network, at = self._network, 0
  check_parts(network, filter)
  return function()
    network:_check_open()
    while at do
      local raw
      at, raw = core.trace_next(network._core, at)
      if raw and (filter.moment == nil or raw.moment == filter.moment) then
        local event = network:_wrap(raw)
        if fits(event, filter) then return event end
      end
    end
  end
end

-- ---- for drawing and saving: names instead of objects, so that looking makes none ----

local function names_by_id(lookup, handle)
  return setmetatable({}, {
    __index = function(known, id)
      local named = { id = id, name = lookup(handle, id) }
      known[id] = named
      return named
    end,
  })
end

local function conn_key(host, ref) return ("%d %d"):format(host, ref) end

local function name_parts(event, nodes, links)
  event.conn = event.conn and event.host and conn_key(event.host, event.conn)
  event.host = event.host and nodes[event.host]
  if event.moment ~= "segment" then return event end
  event.link = event.link and links[event.link]
  event.from = event.from and nodes[event.from]
  event.to = event.to and nodes[event.to]
  event.sender = event.sender and nodes[event.sender]
  return event
end

-- Every event as plain data, oldest first. Private.
function trace_methods:_plain()
  local handle = self._network._core
  local nodes, links = names_by_id(core.name, handle), names_by_id(core.link_name, handle)
  local list = {}
  local at, raw = core.trace_next(handle, 0)
  while at do
    list[#list + 1] = name_parts(raw, nodes, links)
    at, raw = core.trace_next(handle, at)
  end
  return list
end

-- The same options, their connection named as the plain events name it.
local function by_key(self, options, method)
  if type(options) ~= "table" or options.conn == nil then return options end
  local wanted = {}
  for name, value in pairs(options) do wanted[name] = value end
  local conn = check_connection(self._network, options.conn, method .. ": conn")
  wanted.conn = conn_key(conn.host.id, conn._ref)
  return wanted
end

---Draws the trace: the hosts at the sides with their states, segments as arrows, losses and timers where they happened.
---@param options? tcplab.ladder.options
---@return string text lines that end in a newline, 80 columns at most unless width says otherwise
function trace_methods:ladder(options)
  check_self(self, "ladder")
  return ladder.draw(self:_plain(), by_key(self, options, "ladder"), self.lost)
end

---Writes the trace to a file, in the format that the name's extension says: `.pcapng`. The file appears whole or not at all.
---@param path string
---@param options? table  for formats that take some
---@return true? ok
---@return string? message
---@return string? code "ENOSPC", "EACCES" ...
function trace_methods:save(path, options)
  check_self(self, "save")
  check.type(path, "string", "save: path")
  local write, message = formats.writer(path)
  if not write then check.fail("save: %s", message) end
  local record = { events = self:_plain(), lost = self.lost, network = self._network }
  return file.replace(path, write(record, by_key(self, options, "save")))
end

---A number that stands for every event ever traced, overwritten ones too: equal for equal runs.
---@return string hash 16 hexadecimal digits
function trace_methods:hash()
  check_self(self, "hash")
  return ("%016x"):format(core.trace_hash(self._network._core))
end

---Forgets what is kept; the hash goes on.
function trace_methods:clear()
  check_self(self, "clear")
  core.trace_clear(self._network._core)
end

function trace_mt:__index(name)
  if name ~= "lost" then return trace_methods[name] end
  self._network:_check_open()
  return core.trace_lost(self._network._core)
end

function trace_mt:__tostring()
  if core.closed(self._network._core) then return "trace of a closed network" end
  return ("trace %s, %d events overwritten"):format(self:hash(), self.lost)
end

---The trace of a network. Scripts find it as `net.trace`.
---@param network tcplab.network
---@return tcplab.trace
function trace.new(network) return setmetatable({ _network = network }, trace_mt) end

return trace
