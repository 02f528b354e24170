-- SPDX-License-Identifier: MIT
-- The conversations that a hand keeps, by their ends: begun, found, forgotten.

local core = require "tcplab.core"
local addresses = require "tcplab.net.address"
local check = require "tcplab.base.check"
local conversation = require "tcplab.net.hand.conversation"
local near = require "tcplab.base.near"

local conversations = {}

---@class tcplab.hand
local methods = { __name = "tcplab.hand" }
conversations.methods = methods

local LOW_PORT <const>, PORTS <const> = 49152, 16384

local function key(address, port, remote, remote_port) return ("%s %d %s %d"):format(address, port, remote, remote_port) end

local function key_of(talk) return key(talk.local_address, talk.local_port, talk.address, talk.port) end

---The conversation that a segment is for, or that an ICMP error is about. What names none is for the one there is.
---@param self tcplab.hand
---@param what tcplab.Segment|string
---@return tcplab.hand_conversation?
function conversations.meant(self, what)
  local quoted = what.quoted
  if quoted then return self._by_ends[key(quoted.source, quoted.source_port, quoted.destination, quoted.destination_port)] end
  if type(what) == "string" or what.kind == "ICMP" then return #self._conversations == 1 and self._conversations[1] or nil end
  return self._by_ends[key(what.destination, what.destination_port, what.source, what.source_port)]
end

-- The initial number moves on as RFC 9293 3.4.1 says, by one each 4 us.
function methods:_begin(address, port, remote, remote_port, iss)
  iss = iss or self._draw + self._network:_present() // 4000 & 0xffffffff
  return conversation.new(self, { local_address = address, local_port = port, address = remote, port = remote_port }, iss)
end

---What was said in it is taken as meant: it is one of the hand's from now on.
function methods:_keep(talk)
  if not talk then return end
  local known = self._by_ends[key_of(talk)]
  if known == talk then return end
  if known then known:close() end
  self._by_ends[key_of(talk)] = talk
  table.insert(self._conversations, talk)
end

function methods:_forget(talk)
  if self._by_ends[key_of(talk)] ~= talk then return end
  self._by_ends[key_of(talk)] = nil
  for i, each in ipairs(self._conversations) do
    if each == talk then return table.remove(self._conversations, i) end
  end
end

---The conversations there are, the oldest first.
---```lua
---local hand = net:hand("hand", { address = "10.0.0.9" })
---for port = 80, 82 do hand:conversation(server, port) end
---for _, talk in ipairs(hand:conversations()) do talk:send { flags = "S" } end
---print(#hand:conversations())  --> 3
---```
---@return tcplab.hand_conversation[]
function methods:conversations()
  self:_check_open "conversations"
  return table.move(self._conversations, 1, #self._conversations, 1, {})
end

local function ephemeral(self, address, remote, remote_port)
  for _ = 1, PORTS do
    self._port = (self._port + 1) % PORTS
    if not self._by_ends[key(address, LOW_PORT + self._port, remote, remote_port)] then return LOW_PORT + self._port end
  end
  check.fail("conversation: every port from %d on is in use", LOW_PORT)
end

local OPTIONS <const> = {
  conversation = { "local_address", "local_port", "seq", "window" },
  connect = { "local_address", "local_port", "options", "seq", "timeout", "window" },
  accept = { "options", "seq", "timeout", "window" },
}

---The options of a method; raises for one that there is not.
function methods:_options(given, method)
  self:_check_open(method)
  for name in pairs(check.type(given or {}, "table", "options")) do -- any one of several mistakes will do
    local known = false
    for _, each in ipairs(OPTIONS[method]) do known = known or each == name end
    if not known then check.fail("%s: unknown option %s%s", method, check.shown(name), near.hint(name, OPTIONS[method])) end
  end
  return given or {}
end

---Options of a hand's conversation, connect and accept.
---@class tcplab.hand_options
---@field local_address? string  this end's, one of the hand's own; without: the first of the family
---@field local_port? integer  this end's; an ephemeral one without
---@field seq? integer         the initial sequence number, as in the header; without: a clock's
---@field window? integer      what its segments announce, as in the header; 65535 without
---@field options? table       connect and accept: the SYN's TCP options; without: the MSS of the way there
---@field timeout? number      connect and accept: seconds; without: as settimeout says

---Begins a conversation in which nothing has been said.
---```lua
---local hand = net:hand("hand", { address = "10.0.0.9" })
---local talk = hand:conversation(server, 80, { local_port = 4000, seq = 1000 })
---print(talk.local_port, talk.snd.iss, talk.snd.nxt, talk.rcv.irs)  --> 4000 1000 0 nil
---```
---@param address string|tcplab.host  the other end's: an address, a host, or a host's name
---@param port integer  the other end's
---@param options? tcplab.hand_options  local_port, seq, window
---@return tcplab.hand_conversation
function methods:conversation(address, port, options)
  local talk = self:_converse(address, port, self:_options(options, "conversation"))
  self:_keep(talk)
  return talk
end

---Whether it is an address of the hand's own.
---@param self tcplab.hand
---@param address string
---@return boolean
function conversations.is_own(self, address)
  for _, prefix in ipairs(self._prefixes) do
    if core.prefix_contains(prefix, address) then return true end
  end
  return false
end

local function own_address(self, given, remote)
  if given then
    local own = core.parse_address(check.type(given, "string", "local_address"))
    if not own or not conversations.is_own(self, own) then check.fail("local_address: %s is no address of %s", check.shown(given), self._name) end
    return own
  end
  local own = core.path(self._network._core, self._id, remote) or addresses.of_family(self._addresses, addresses.family(remote))
  if not own then check.fail("address: %s has no address of the family of %s", self._name, remote) end
  return core.parse_address(own)
end

-- The same for options that may hold more.
function methods:_converse(address, port, options)
  local remote = core.parse_address(addresses.reachable(self, address, "address"))
  check.port(port, "port")
  local own = own_address(self, options.local_address, remote)
  local local_port = options.local_port and check.port(options.local_port, "local_port") or ephemeral(self, own, remote, port)
  local iss = options.seq and check.integer(options.seq, "seq", 0, 0xffffffff)
  local talk = self:_begin(own, local_port, remote, port, iss)
  if options.window then talk.rcv.wnd = check.integer(options.window, "window", 0, 0xffff) end
  return talk
end

return conversations
