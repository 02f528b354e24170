-- SPDX-License-Identifier: MIT
-- A hand: a host without a stack, for scripts that speak segments themselves. It keeps conversations, and hands each what comes for it.

local core = require "tcplab.core"
local addresses = require "tcplab.net.address"
local check = require "tcplab.base.check"
local conversations = require "tcplab.net.hand.conversations"
local draft = require "tcplab.net.hand.draft"
local handshake = require "tcplab.net.hand.handshake"
local hearing = require "tcplab.net.hand.hearing"
local inbox = require "tcplab.net.hand.inbox"
local mixin = require "tcplab.base.mixin"
local pace = require "tcplab.net.hand.pace"
local segment = require "tcplab.trace.segment"
local strict = require "tcplab.base.strict"

---A host played by hand: it has addresses and no stack. Nothing answers for it, no RST and no ACK; what it says the script says, segment by segment.
---Its own `send`, `receive`, `expect` and `quiet` speak for the one conversation there is, or begin one; where there are several they raise.
---```lua
---local hand = net:hand("hand", { address = "10.0.0.9" })
---net:link(hand, server, { delay = 0.010 })
---hand:send { flags = "S", seq = 0, destination = server, destination_port = 80, options = { mss = 1460 } }
---hand:expect { flags = "S.", ack = 1 }
---hand:send {}
---hand:send { payload = "hello" }
---hand:expect "ACK ack=6"
---print(listener:accept():receive(5))  --> hello
---```
---@class tcplab.hand
---@field name string  as it was given
---@field id integer   its number in the network, from 1
---@field network tcplab.network  whose it is
---@field addresses string[]  in the order in which they were given
---@field closed boolean  whether close was called
local hand = mixin({ __name = "tcplab.hand" }, { methods = { _address = addresses.methods._address } }, conversations, handshake, pace)

-- ---- making one ----

---Called by net:hand.
local function new(network, name, given)
  network:_check_open()
  given = check.type(given or {}, "table", "options")
  for option in pairs(given) do
    if option ~= "address" and option ~= "rate" then check.fail("hand: unknown option %s; there are address and rate", check.shown(option)) end
  end
  local list, own_pace = addresses.list(network, given.address), pace.new(given.rate)
  local id, draw = core.hand(network._core, name)
  local self = setmetatable({
    _network = network, _name = name, _id = id, _addresses = {}, _closed = false, _prefixes = list, _pace = own_pace,
  }, hand)
  self._draw, self._port = draw, draw >> 40
  self._conversations, self._by_ends = {}, {}
  self._strangers = inbox.new(network)
  for _, prefix in ipairs(list) do network:_own(self, prefix) end
  return self
end

function hand:_check_open(method)
  check.self(self, hand, method)
  self._network:_check_open()
  if self._closed then check.fail("%s: the hand is closed", method) end
end

-- ---- what comes ----

---Called by the network: a packet has come.
---@param event tcplab.event
function hand:_arrived(event)
  if self._closed or event.point ~= "delivered" then return end
  local what = event.segment and segment.clone(event.segment) or event.bytes
  if event.segment then what.time = event.time end
  local talk = conversations.meant(self, what)
  local box = talk and talk._inbox or self._strangers
  box:put(what)
end

-- A stranger's segment, and the conversation that it would begin.
function hand:_next(until_ns, method)
  local what, message, code = self._strangers:take(until_ns, method)
  if not what then return nil, message, code end
  if type(what) == "string" or what.kind == "ICMP" then return what end
  local talk = self:_begin(what.destination, what.destination_port, what.source, what.source_port)
  talk:_count(what)
  return what, talk
end

-- The name of who has an address, or the address.
function hand:_name_of(address)
  for _, node in ipairs(self._network._nodes) do
    for _, own in ipairs(node.addresses or {}) do
      if core.parse_address(own) == address then return node.name end
    end
  end
  return address
end

-- Where the hand's own calls listen: at its one conversation, or to whoever comes.
local function source_of(self, method)
  if #self._conversations > 1 then check.fail("%s: this hand keeps %d conversations; say of which", method, #self._conversations) end
  return self._conversations[1] or self
end

local function fits(talk, port, remote, remote_port)
  return (port == nil or port == talk.local_port) and (remote == nil or remote == talk.address) and (remote_port == nil or remote_port == talk.port)
end

-- The conversation that a segment's own words mean; nil: a new one.
local function named(self, given)
  local remote = given.destination and core.parse_address(self:_address(given.destination, "destination"))
  local found
  for _, talk in ipairs(self._conversations) do
    if fits(talk, given.source_port, remote, given.destination_port) then
      if found then check.fail("send: this hand keeps %d conversations; say of which", #self._conversations) end
      found = talk
    end
  end
  return found
end

-- The conversation that a segment is sent in.
local function talk_for(self, given)
  local talk = named(self, given)
  if talk then return talk end
  if not (given.destination and given.destination_port) then
    check.fail "send: there is no such conversation yet; destination and destination_port begin one"
  end
  local iss = draft.is_segment(given) and given.seq or nil
  local own = given.source and conversations.is_own(self, given.source) and given.source or nil
  return self:_converse(given.destination, given.destination_port, { local_address = own, local_port = given.source_port, seq = iss })
end

---A timestamp's value: milliseconds.
function hand:_stamp() return (self._draw >> 32) + self._network:_present() // 1000000 & 0xffffffff end

-- ---- saying and hearing ----

function hand:_inject(bytes, talk)
  self._network:_catch_up()
  local iss = talk and talk.snd.iss
  local ok, message, code = core.inject(self._network._core, self._id, bytes, iss, iss and (talk.rcv.irs or 0))
  self._network:_finish()
  if ok then self:_keep_pace() end
  return ok, message, code
end

-- A segment in another's name, and a message that belongs to no conversation, go as they are.
local function stands_alone(self, given)
  if draft.is_segment(given) and given.source and not conversations.is_own(self, given.source) then return true end
  return given.kind == "ICMP" and given.destination ~= nil and not named(self, given)
end

local function send_alone(self, given)
  local fields = {}
  for name, value in pairs(given) do fields[name] = value end -- each to its own name: order does not show
  fields.destination = core.parse_address(self:_address(given.destination, "destination"))
  fields.source = given.source or addresses.of_family(self._addresses, addresses.family(fields.destination))
  local whole = segment.new(fields)
  local ok, message, code = self:_inject(whole:bytes())
  if not ok then return nil, message, code end
  return whole
end

---Sends a segment in the conversation that its ends name, in the one there is, or in a new one that it begins: see conversation:send.
---```lua
---local hand = net:hand("hand", { address = "10.0.0.9" })
---net:link(hand, server)
---hand:send(tcplab.segment { flags = "S", seq = 1000, source_port = 4000, destination = "10.0.0.2", destination_port = 80 })
---print(hand:expect("SYN-ACK ack=1").ack)  --> 1001
---```
---@param given table|tcplab.Segment|string  a segment's fields, a segment, or the bytes of an IP packet
---@return tcplab.Segment|true|nil sent  as it left; nil, message and code when there is no way to go
---@return string? message
---@return string? code
function hand:send(given)
  self:_check_open "send"
  if type(given) == "string" then return self:_inject(given) end
  check.type(given, "table|string", "segment")
  if stands_alone(self, given) then return send_alone(self, given) end
  local talk = talk_for(self, given)
  local sent, message, code = talk:send(given)
  if sent then self:_keep(talk) end
  return sent, message, code
end

---Waits for a segment of the one conversation, or of whoever comes, which begins one: see conversation:receive.
---```lua
---local hand = net:hand("hand", { address = "10.0.0.9" })
---net:link(client, hand)
---client:open { address = hand, port = 80 }
---print(hand:receive("SYN", 1).destination_port, hand:receive(0.5))  --> 80 nil timeout EAGAIN
---```
---@param match? table|string|fun(segment: tcplab.Segment): boolean
---@param timeout? number  seconds; without: as settimeout says
---@return tcplab.Segment|string|nil received
---@return string? message
---@return string? code
function hand:receive(match, timeout)
  self:_check_open "receive"
  return hearing.receive(self, source_of(self, "receive"), match, timeout)
end

---Waits for the next segment, which must fit: see conversation:expect.
---```lua
---local hand = net:hand("hand", { address = "10.0.0.9" })
---net:link(client, hand)
---client:open { address = hand, port = 80 }
---hand:expect { flags = "S", seq = 0, destination_port = 80 }
---hand:send { flags = "R.", seq = 0 }
---```
---@param match table|string|fun(segment: tcplab.Segment): boolean
---@param timeout? number  seconds; without: as settimeout says
---@return tcplab.Segment|string received
function hand:expect(match, timeout)
  self:_check_open "expect"
  return hearing.expect(self, source_of(self, "expect"), match, timeout)
end

---Lets time pass in which nothing may come; raises what came.
---```lua
---local hand = net:hand("hand", { address = "10.0.0.9" })
---net:link(hand, server)
---hand:send { flags = "R", seq = 0, destination = server, destination_port = 80 }
---hand:quiet(1)
---```
---@param seconds number
---@return true
function hand:quiet(seconds)
  self:_check_open "quiet"
  return hearing.quiet(self, source_of(self, "quiet"), seconds)
end

---Limits how long its calls and those of its conversations wait, in seconds. Over a real device it is 5 s until told otherwise, in a lab there is no
---limit.
---```lua
---local hand = net:hand("hand", { address = "10.0.0.9" })
---hand:settimeout(0.5)
---print(hand:receive())  --> nil timeout EAGAIN
---```
---@param seconds? number  0: what is there; nil or negative: no limit
---@return integer 1
function hand:settimeout(seconds)
  check.self(self, hand, "settimeout")
  self._timeout = check.timeout(seconds, "seconds")
  return 1
end

-- ---- its end ----

---Forgets all conversations, and hears nothing any more. Does nothing the second time.
---```lua
---local hand <close> = net:hand("hand", { address = "10.0.0.9" })
---hand:close()
---print(hand.closed)  --> true
---```
function hand:close()
  check.self(self, hand, "close")
  if self._closed then return end
  self._closed = true
  for _, talk in ipairs(table.move(self._conversations, 1, #self._conversations, 1, {})) do talk:close() end
  self._strangers:close()
end

hand.__close = hand.close

function hand:__tostring()
  local count = #self._conversations
  local talks = count == 0 and "" or (": %d conversation%s"):format(count, count == 1 and "" or "s")
  return ("hand: %s (%s)%s%s"):format(self._name, table.concat(self._addresses, ", "), self._closed and " (closed)" or "", talks)
end

strict.seal(hand, { what = "hand", kept = { "network", "name", "id", "addresses", "closed" } })

return { new = new, class = hand }
