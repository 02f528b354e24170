-- SPDX-License-Identifier: MIT
-- A conversation played by hand: one end of what would be a connection, where the script says every segment.

local check = require "tcplab.base.check"
local core = require "tcplab.core"
local counters = require "tcplab.net.hand.counters"
local draft = require "tcplab.net.hand.draft"
local hearing = require "tcplab.net.hand.hearing"
local inbox = require "tcplab.net.hand.inbox"
local strict = require "tcplab.base.strict"

---One end of a conversation whose segments a script writes and reads one by one. It answers nothing by itself. Its counters tell what was sent and
---received so far, and are the script's to change: what a segment leaves out is taken from them.
---@class tcplab.hand_conversation
---@field hand tcplab.hand  whose it is
---@field network tcplab.network  the hand's
---@field address string    the other end's
---@field port integer      the other end's
---@field local_address string  this end's
---@field local_port integer    this end's
---@field snd { iss: integer, una: integer, nxt: integer, wnd: integer, scale: integer }  the sending half: `iss` is as in the header, `una` and `nxt`
---count from it; `wnd` is the peer's window in bytes
---@field rcv { irs?: integer, nxt: integer, wnd: integer, scale: integer }  the receiving half: `irs` is as in the header, nil before a segment came,
---`nxt` counts from it; `wnd` is what later segments announce, as in the header
---@field closed boolean    whether close was called
local conversation = { __name = "tcplab.hand_conversation" }

---@param hand tcplab.hand
---@param ends { address: string, port: integer, local_address: string, local_port: integer }
---@param iss integer
---@return tcplab.hand_conversation
local function new(hand, ends, iss)
  return setmetatable({
    _hand = hand, _network = hand._network, _closed = false,
    _address = ends.address, _port = ends.port, _local_address = ends.local_address, _local_port = ends.local_port,
    _snd = counters.sending(iss), _rcv = counters.receiving(),
    _inbox = inbox.new(hand.network), _offered = {},
  }, conversation)
end

local function check_open(self, method)
  check.self(self, conversation, method)
  self._hand:_check_open(method)
  if self._closed then check.fail("%s: the conversation is closed", method) end
end

-- ---- saying ----

---Sends a segment. In a table `seq`, `ack`, SACK blocks and what an ICMP error quotes count from the initial numbers, options stand by name
---(`timestamps = true` is the stamp that is due) or as a list, and what is left out is taken from the conversation: the ends, `seq` the next
---number (of a SYN the first), `ack` what was received, the window `rcv.wnd`, flags "." or, with a payload, "P.", timestamps where both SYNs had
---them. An ICMP error is about the last segment received that carried something. A tcplab.segment goes as it is, but for ends that it leaves open,
---and so do bytes. What follows on what was sent moves `snd.nxt`; what leaves a gap moves it when the gap is closed.
---```lua
---local hand = net:hand("hand", { address = "10.0.0.9" })
---net:link(hand, server)
---local talk = assert(hand:connect(server, 80))
---talk:send { payload = "hello" }
---talk:send { flags = "R", seq = 100 } -- in the window, and not its edge
---print(talk:expect("ACK ack=6").kind, talk.snd.nxt)  --> ACK 6
---```
---@param given table|tcplab.Segment|string  a segment's fields, a segment, or the bytes of an IP packet
---@return tcplab.Segment|true|nil sent  as it left; nil, message and code when there is no way to go
---@return string? message
---@return string? code
function conversation:send(given)
  check_open(self, "send")
  if type(given) == "string" then return self._hand:_inject(given) end
  local whole = draft.is_segment(given) and draft.closed(self, given) or draft.whole(self, given)
  local left = self._network:_present()
  local ok, message, code = self._hand:_inject(whole:bytes(), self)
  if not ok then return nil, message, code end
  self._last = left
  if whole.kind ~= "ICMP" and whole.source == self._local_address then counters.sent(self, whole) end
  return whole
end

-- ---- hearing ----

-- Counts what has come. What was before it, said or heard, is what its time may count from.
function conversation:_count(what)
  if type(what) == "string" then return end
  self._before, self._last = self._last, math.tointeger((what.time * 1e9 + 0.5) // 1)
  if what.kind == "ICMP" then return end
  counters.heard(self, what)
  if counters.length(what) > 0 then self._carried = what.seq end
end

-- The next that has come, counted, and the conversation itself; nil, message, code.
function conversation:_next(until_ns, method)
  local what, message, code = self._inbox:take(until_ns, method)
  if not what then return nil, message, code end
  self:_count(what)
  return what, self
end

---Waits for a segment that fits, and passes over others for good. What has come already is looked at first.
---```lua
---local hand = net:hand("hand", { address = "10.0.0.9" })
---net:link(hand, server)
---local talk = assert(hand:connect(server, 80))
---assert(listener:accept()):send "hello"
---print(talk:receive({ payload = "hello" }, 1).relative.seq)  --> 1
---print(talk:receive("RST", 0.1))  --> nil timeout EAGAIN
---```
---@param match? table|string|fun(segment: tcplab.Segment): boolean  fields, which are to be as given; the words of `assert.trace`; or a function
---@param timeout? number  seconds; without: as settimeout says
---@return tcplab.Segment|string|nil received  the bytes of what does not parse
---@return string? message "timeout" ...
---@return string? code
function conversation:receive(match, timeout)
  check_open(self, "receive")
  return hearing.receive(self._hand, self, match, timeout)
end

---Waits for the next segment, which must fit, whatever it is; raises what was expected above what there is, if it does not, and when none comes.
---The words are those of a line of `assert.trace` behind its ends; a time may stand before them, of the network, or with a `+` since the segment
---before, said or heard.
---```lua
---local hand = net:hand("hand", { address = "10.0.0.9" })
---net:link(hand, server)
---local talk = hand:conversation(server, 80)
---talk:send { flags = "S", seq = 0, options = { mss = 1460 } }
---talk:expect { flags = "S.", seq = 0, ack = 1, options = { mss = 1460, timestamps = false } }
---talk:send {}
---talk:send { payload = "hi" }
---talk:expect "+0.040 ACK ack=3"
---```
---@param match table|string|fun(segment: tcplab.Segment): boolean  as for receive
---@param timeout? number  seconds; without: as settimeout says
---@return tcplab.Segment|string received
function conversation:expect(match, timeout)
  check_open(self, "expect")
  return hearing.expect(self._hand, self, match, timeout)
end

---Lets time pass in which nothing may come; raises what came.
---```lua
---local hand = net:hand("hand", { address = "10.0.0.9" })
---net:link(hand, server)
---local talk = assert(hand:connect(server, 80))
---talk:quiet(2)
---```
---@param seconds number
---@return true
function conversation:quiet(seconds)
  check_open(self, "quiet")
  return hearing.quiet(self._hand, self, seconds)
end

---As the hand's, for all its conversations.
---```lua
---local hand = net:hand("hand", { address = "10.0.0.9" })
---local talk = hand:conversation(server, 80)
---talk:settimeout(0)
---print(talk:receive())  --> nil timeout EAGAIN
---```
---@param seconds? number  nil or negative: no limit
---@return integer 1
function conversation:settimeout(seconds)
  check.self(self, conversation, "settimeout")
  return self._hand:settimeout(seconds)
end

-- ---- its end ----

---Forgets the conversation, and says nothing to the peer: what comes for it is a stranger's from now on. Does nothing the second time.
---```lua
---local hand = net:hand("hand", { address = "10.0.0.9" })
---local talk <close> = hand:conversation(server, 80)
---talk:close()
---print(talk.closed, #hand:conversations())  --> true 0
---```
function conversation:close()
  check.self(self, conversation, "close")
  if self._closed then return end
  self._closed = true
  self._hand:_forget(self)
  self._inbox:close()
end

conversation.__close = conversation.close

local function endpoint(address, port) return (core.parse_address(address):find(":", 1, true) and "[%s]:%d" or "%s:%d"):format(address, port) end

function conversation:__tostring()
  local ends = ("%s > %s"):format(endpoint(self._local_address, self._local_port), endpoint(self._address, self._port))
  return ("conversation: %s%s snd %d rcv %d"):format(ends, self._closed and " (closed)" or "", self.snd.nxt, self.rcv.nxt)
end

strict.seal(conversation, {
  what = "conversation", kept = { "hand", "network", "address", "port", "local_address", "local_port", "snd", "rcv", "closed" },
})

return { new = new, class = conversation }
