-- SPDX-License-Identifier: MIT
-- Where a trace that was read from a file gets its events from.

local check = require "tcplab.base.check"
local file = require "tcplab.base.file"
local jsonl = require "tcplab.save.jsonl"
local moments = require "tcplab.trace.moment"
local segment = require "tcplab.trace.segment"

local saved = {}
saved.__index = saved

local function read_file(path, json)
  local opened, message, code = file.open(path)
  if not opened then return nil, message, code end
  local unread <close> = opened
  local read, line, what = jsonl.read(unread:lines(), json)
  if not read then return nil, ("%s:%d: %s"):format(path, line, what), "EBADMSG" end
  return read
end

---Reads a file.
---@param path string
---@return table? source   for a trace
---@return string? message
---@return string? code
function saved.open(path)
  local there, json = pcall(require, "dkjson")
  if not there then return nil, path .. ": reading a trace needs the rock dkjson", "ENOTSUP" end
  local read, message, code = read_file(path, json)
  if not read then return nil, message, code end
  return setmetatable({ header = read.header, list = read.events, conns = read.conns }, saved)
end

function saved.closed() return false end
function saved.check_open() end
function saved:lost() return self.header.lost end
function saved:hash() return self.header.hash end
function saved:clear() self.list = {} end

-- ---- what a script may name ----

local function find(list, wanted)
  for _, thing in ipairs(list) do
    if thing == wanted or thing.name == wanted then return thing end
  end
end

function saved:check_host(given, name)
  if find(self.header.hosts, given) then return end
  check.fail("%s: a host or switch of this trace, or its name, expected, got %s", name, check.shown(given))
end

function saved:has_link(wanted) return find(self.header.links, wanted) ~= nil end

function saved:key(conn, name)
  local known = find(self.conns, conn)
  if not known then check.fail("%s: a connection of this trace, or its name, expected, got %s", name, check.shown(conn)) end
  return known
end

-- ---- events ----

local function fresh(event)
  local twin = {}
  for name, value in next, event do twin[name] = value end
  if event.segment then twin.segment = segment.wrap(segment.clone(event.segment)) end
  return moments.event(twin)
end

function saved:events(moment)
  local at = 0
  return function()
    while at < #self.list do
      at = at + 1
      local event = self.list[at]
      if moment == nil or event.moment == moment then return fresh(event) end
    end
  end
end

function saved:plain() return table.move(self.list, 1, #self.list, 1, {}) end

function saved:about()
  local header, hosts, links = self.header, {}, {}
  for i, host in ipairs(header.hosts) do hosts[i] = { name = host.name, kind = host.kind, addresses = host.addresses } end
  for i, link in ipairs(header.links) do links[i] = { name = link.name, a = link.a.name, b = link.b.name } end
  return {
    tcplab = header.tcplab, seed = header.seed, ns = header.ns, lost = header.lost, hash = header.hash, hosts = hosts, links = links,
  }
end

return saved
