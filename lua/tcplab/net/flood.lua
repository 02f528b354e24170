-- SPDX-License-Identifier: MIT
-- Floods: segments by the million, made where they enter a link.

local core = require "tcplab.core"
local check = require "tcplab.base.check"
local near = require "tcplab.base.near"
local strict = require "tcplab.base.strict"

---A flood enters the link at the end from which the way to `to` leads over it, and meets the link's troubles, faults and filters. Answers to
---addresses that nobody owns are dropped, "no-route".
---@class tcplab.flood_options
---@field to tcplab.host|string      whom it is for: a host, its name, or an address
---@field port integer               where they go
---@field kind? "SYN"|"RST"|"ACK"|"DATA"  a client's SYN (the default), a bare RST or ACK, or 64 bytes of text
---@field rate number                segments a second, up to 1e9
---@field seconds? number            how long; or count
---@field count? integer             how many in all, up to 2^32
---@field from? tcplab.host|string   whose address they bear, or a prefix out of which each draws its own; "198.18.0.0/15" (or "2001:2::/48")
---@field from_port? integer         drawn for each without
---@field sequence? "drawn"|"spread" the sequence numbers: each drawn, or round the whole space once in even steps; acknowledgment numbers are drawn
---@field shown? integer             hooks and the trace are shown every so-manieth, from the first on (1000); 0: none

---A flood under way. It ends by itself, or when it is closed.
---@class tcplab.flood
---@field kind "SYN"|"RST"|"ACK"|"DATA"
---@field link tcplab.link
---@field count integer   segments sent so far
---@field closed boolean  it was ended
local flood = { __name = "tcplab.flood" }

local OPTIONS = { "to", "port", "kind", "rate", "seconds", "count", "from", "from_port", "sequence", "shown" }
local KINDS = { "SYN", "RST", "ACK", "DATA" }
local RATE_MAX, COUNT_MAX = 1000000000, 1 << 32
local STRANGERS = { [4] = "198.18.0.0/15", [6] = "2001:2::/48" } -- RFC 2544, RFC 5180: for benchmarks

local function one_of(list, value, name)
  for _, each in ipairs(list) do
    if each == value then return value end
  end
  check.fail("%s: there is no %s%s", name, check.shown(value), near.hint(value, list))
end

local function check_names(options)
  for name in pairs(options) do
    local known = false
    for _, each in ipairs(OPTIONS) do known = known or each == name end
    if not known then check.fail("unknown flood option %s%s", check.shown(name), near.hint(name, OPTIONS)) end
  end
end

-- An address's text and its family.
local function target(network, given)
  local text = type(given) == "string" and core.parse_address(given)
  if not text then
    local node = network:_node(given, "to")
    text = node.addresses and node.addresses[1] or check.fail("to: %s has no address", node.name)
  end
  return text, select(2, core.parse_address(text))
end

local function sources(network, given, family)
  if given == nil then return STRANGERS[family] end
  if type(given) == "string" and core.prefix_text(given) then return given end
  local node = network:_node(given, "from")
  for _, text in ipairs(node.addresses or {}) do
    if select(2, core.parse_address(text)) == family then return text end
  end
  check.fail("from: %s has no address of IPv%d", node.name, family)
end

local function rate(value)
  if type(value) ~= "number" or not (value >= 1 and value <= RATE_MAX) then
    check.fail("rate: 1 to %d segments a second expected, got %s", RATE_MAX, check.shown(value))
  end
  return math.tointeger(value // 1)
end

local function count(options, per_second)
  if (options.count == nil) == (options.seconds == nil) then check.fail "count: how many, or how many seconds, one of the two" end
  if options.count ~= nil then return check.integer(options.count, "count", 1, COUNT_MAX) end
  local many = check.span(options.seconds, "seconds") / 1e9 * per_second
  if many > COUNT_MAX then check.fail("seconds: that is more than %d segments", COUNT_MAX) end
  return math.tointeger(many // 1)
end

local function read(network, options)
  check.type(options, "table", "options")
  check_names(options)
  local to, family = target(network, options.to)
  local per_second = rate(options.rate)
  return {
    to = to, port = check.port(options.port, "port"), kind = one_of(KINDS, options.kind or "SYN", "kind"), rate = per_second,
    count = count(options, per_second), from = sources(network, options.from, family),
    from_port = options.from_port and check.port(options.from_port, "from_port") or 0,
    spread = one_of({ "drawn", "spread" }, options.sequence or "drawn", "sequence") == "spread",
    shown = check.integer(options.shown or 1000, "shown", 0, COUNT_MAX),
  }
end

---Called by link:flood.
---@param on tcplab.link
---@param options tcplab.flood_options
---@return tcplab.flood
local function new(on, options)
  local network = on.network
  network:_check_open()
  local into = read(network, options)
  local id, message, code = core.flood(network._core, on.id, into)
  if code == "ENETUNREACH" then check.fail("to: the way to %s does not lead over %s", into.to, on.name) end
  if code == "EINVAL" then check.fail("from: %s and %s are not of one family", into.from, into.to) end
  if not id then check.fail("%s", message) end
  return setmetatable({ _kind = into.kind, _link = on, _closed = false, _id = id, _sent = 0 }, flood)
end

local function refresh(self)
  if self._closed or self._link._network.closed then return end
  self._sent = core.flood_count(self._link._network._core, self._id) or self._sent
end

local computed = {}

function computed.count(self)
  refresh(self)
  return self._sent
end

---Ends the flood; its count stays. Does nothing the second time.
---```lua
---local flood = link:flood { to = server, port = 80, rate = 1000, count = 1000000, kind = "RST", from = client }
---net:run(1)
---flood:close()
---print(flood.count, flood.closed)  --> 1001 true
---```
function flood:close()
  check.self(self, flood, "close")
  if self._closed then return end
  refresh(self)
  self._closed = true
  local network = self._link._network
  network:_do(function()
    if not network.closed then core.flood_close(network._core, self._id) end
  end)
end

flood.__close = flood.close

function flood:__tostring()
  return ("flood: %s on %s, %d so far%s"):format(self._kind, self._link._name, self.count, self._closed and " (closed)" or "")
end

strict.seal(flood, { what = "flood", kept = { "kind", "link", "closed" }, computed = computed })

return { new = new, class = flood }
