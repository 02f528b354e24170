-- SPDX-License-Identifier: MIT
-- Packets at a host's door: made by hand, filtered, routed.

local core = require "tcplab.core"
local address = require "tcplab.net.address"
local check = require "tcplab.base.check"
local link = require "tcplab.net.link"
local segment = require "tcplab.trace.segment"

---@class tcplab.host
local methods = { __name = "tcplab.host" }

-- A segment as bytes; where it leaves an end open, this host's address is filled in.
local function packet(self, given, open_end)
  if type(given) == "string" then return given end
  check.type(given, "table|string", "segment")
  if given[open_end] ~= nil then return segment.wrap(given):bytes() end
  local other = open_end == "source" and given.destination or given.source
  local copy = {}
  for name, value in next, given do copy[name] = value end
  copy[open_end] = address.of_family(self._addresses, other and address.family(other))
  return segment.wrap(copy):bytes()
end

---Sends a segment as if this host had made it. Its source may be left open.
---```lua
---client:inject(tcplab.segment { kind = "SYN", seq = 1, source_port = 4000, destination = "10.0.0.2", destination_port = 80 })
---net:run(0.015)
---print(listener:status().half_open)  --> 1
---```
---@param seg tcplab.Segment|string  a segment, or the bytes of an IP packet
---@return true? ok, string? message, string? code
function methods:inject(seg)
  check.self(self, methods, "inject")
  self:_check_open "inject"
  self._network:_catch_up()
  local ok, message, code = core.inject(self._network._core, self._id, packet(self, seg, "source"))
  self._network:_finish()
  return ok, message, code
end

---Hands the host a segment as if it had arrived. Its destination may be left open.
---```lua
---local syn = tcplab.segment { kind = "SYN", seq = 1, source = "10.0.0.9", source_port = 4000, destination_port = 80 }
---print(server:deliver(syn))  --> accepted connection: 10.0.0.2:80 > 10.0.0.9:4000 SYN-RECEIVED
---```
---@param seg tcplab.Segment|string  a segment, or the bytes of an IP packet
---@return string? reason  "accepted", or the check that refused it
---@return tcplab.connection|string|nil conn  whom it was for
function methods:deliver(seg)
  check.self(self, methods, "deliver")
  self:_check_open "deliver"
  self._network:_catch_up()
  local reason, ref, code = core.deliver(self._network._core, self._id, packet(self, seg, "destination"))
  self._network:_finish()
  if not reason then return nil, ref, code end
  return reason, ref ~= 0 and self:_connection(ref) or nil
end

---Lets a function decide about every packet that comes in or goes out at this host's door; as link:filter.
---```lua
---local wall = server:filter("in", function(segment) return segment.kind == "RST" and "drop" or nil end)
---conn:abort()
---net:run(1)
---print(peer.state)  --> ESTABLISHED
---wall:close()
---```
---@param direction "in"|"out"  what comes, or what goes
---@param f fun(segment: tcplab.Segment, from: tcplab.host|tcplab.switch): nil|"drop"|{ delay?: number, duplicate?: integer }
---@return tcplab.hook
function methods:filter(direction, f)
  check.self(self, methods, "filter")
  self:_check_open "filter"
  if direction ~= "in" and direction ~= "out" then check.fail('direction: "in" or "out" expected, got %s', check.shown(direction)) end
  check.callable(f, "function")
  return link.hang_filter(self, core.host_filter(self._network._core, self._id, direction == "in"), f)
end

---Sends what goes to the prefix over this link, whatever the shortest path is.
---```lua
---local other = net:link(client, server, { delay = 0.5 })
---client:route("10.0.0.2", other)
---client:connect(server, 80)
---print(net:now())  --> 0.51
---```
---@param prefix string  "10.1.0.0/16", or an address
---@param over tcplab.link  one that the host stands at
function methods:route(prefix, over)
  check.self(self, methods, "route")
  self:_check_open "route"
  if not core.prefix_text(check.type(prefix, "string", "prefix")) then
    check.fail("prefix: %q is neither an IP address nor a prefix", prefix)
  end
  if getmetatable(over) ~= link.class or over.network ~= self._network then
    check.fail("link: a link of this network expected, got %s", check.shown(over))
  end
  local ok, message = core.route(self._network._core, self._id, prefix, over.id)
  if not ok then check.fail("route: %s", message) end
end

return { methods = methods }
