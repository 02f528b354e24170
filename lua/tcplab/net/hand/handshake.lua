-- SPDX-License-Identifier: MIT
-- The handshake by hand, from either side.

local core = require "tcplab.core"
local check = require "tcplab.base.check"

---@class tcplab.hand
local methods = { __name = "tcplab.hand" }

local V4_HEADERS <const>, V6_HEADERS <const> = 40, 60

local function has(what, letter) return type(what) == "table" and what.flags ~= nil and what.flags:find(letter, 1, true) ~= nil end

-- The options that a SYN has when nothing else is said: how large a segment the way there takes.
local function usual_options(self, talk)
  local _, mtu = core.path(self._network._core, self._id, talk.address)
  return { mss = (mtu or 1500) - (talk.address:find(":", 1, true) and V6_HEADERS or V4_HEADERS) }
end

local function until_of(self, options) return self._network:_until(options.timeout == nil and self._timeout or options.timeout, "timeout") end

local function give_up(talk, ...)
  talk:close()
  return nil, ...
end

-- How an ICMP error ends a connect: as it does a host's.
local function icmp_error(what)
  if what.meaning ~= "hard" then return nil end
  if what.code == 3 and what.type == 3 or what.code == 4 and what.type == 1 then return "connection refused", "ECONNREFUSED" end
  return "destination unreachable", "EHOSTUNREACH"
end

-- Why a SYN came to nothing, if what has come says so.
local function refused(talk, what)
  if type(what) == "string" then return nil end
  if what.kind == "ICMP" then return icmp_error(what) end
  if has(what, "R") and has(what, ".") and what.relative.ack == talk.snd.nxt then return "connection refused", "ECONNREFUSED" end
end

---A handshake by hand: sends a SYN, waits for the SYN-ACK, sends the ACK. What else comes meanwhile is passed over; nothing is sent twice.
---```lua
---local hand = net:hand("hand", { address = "10.0.0.9" })
---net:link(hand, server)
---local talk = assert(hand:connect(server, 80, { local_port = 4000, seq = 1000, options = { mss = 536, window_scale = 7, timestamps = true } }))
---print(talk.snd.nxt, talk.rcv.nxt, talk.snd.scale)  --> 1 1 3
---print(hand:connect(server, 81))  --> nil connection refused ECONNREFUSED
---```
---@param address string|tcplab.host  an address, a host, or a host's name
---@param port integer                 1 to 65535
---@param options? tcplab.hand_options
---@return tcplab.hand_conversation? conversation
---@return string? message  "connection refused", "timeout" ...
---@return string? code     "ECONNREFUSED" ...
function methods:connect(address, port, options)
  options = self:_options(options, "connect")
  local until_ns = until_of(self, options)
  self._network:_check_may_wait "connect"
  local talk = self:_converse(address, port, options)
  self:_keep(talk)
  local ok, message, code = talk:send { flags = "S", seq = 0, options = options.options or usual_options(self, talk) }
  while ok do
    local what
    what, message, code = talk:_next(until_ns, "connect")
    if not what then break end
    if has(what, "S") and has(what, ".") and what.relative.ack == talk.snd.nxt then
      talk:send {}
      return talk
    end
    message, code = refused(talk, what)
    if message then break end
  end
  return give_up(talk, message, code)
end

local function is_syn_for(port)
  return function(what) return has(what, "S") and not has(what, ".") and not has(what, "R") and what.destination_port == port end
end

-- Waits for the ACK of our SYN. One that brings more is still to be received.
local function await_ack(talk, until_ns)
  while true do
    local what, message, code = talk:_next(until_ns, "accept")
    if not what then return nil, message, code end
    if has(what, "R") then return nil, "connection reset", "ECONNRESET" end
    if has(what, ".") and not has(what, "S") and what.relative.ack == talk.snd.nxt then
      if what.payload ~= "" or has(what, "F") then talk._inbox:put_back(what) end
      return true
    end
  end
end

---The other side of a handshake by hand: waits for a SYN to the port, sends the SYN-ACK, waits for the ACK. Nothing is sent twice.
---```lua
---local hand = net:hand("hand", { address = "10.0.0.9" })
---net:link(client, hand)
---local conn = client:open { address = hand, port = 80 }
---local talk = assert(hand:accept(80, { options = { mss = 536 } }))
---conn:send "hello"
---talk:expect { payload = "hello" }
---talk:send { flags = "F." }
---talk:expect "ACK ack=2"
---```
---@param port integer  1 to 65535
---@param options? tcplab.hand_options  without the local ends, which the SYN says
---@return tcplab.hand_conversation? conversation
---@return string? message  "timeout" ...
---@return string? code
function methods:accept(port, options)
  options = self:_options(options, "accept")
  check.port(port, "port")
  local until_ns = until_of(self, options)
  local syn, message, code = self._strangers:take(until_ns, "accept", is_syn_for(port))
  if not syn then return nil, message, code end
  local talk = self:_converse(syn.source, syn.source_port, {
    local_address = syn.destination, local_port = port, seq = options.seq, window = options.window,
  })
  self:_keep(talk)
  talk:_count(syn)
  local ok
  ok, message, code = talk:send { flags = "S.", seq = 0, options = options.options or usual_options(self, talk) }
  if ok then ok, message, code = await_ack(talk, until_ns) end
  if not ok then return give_up(talk, message, code) end
  return talk
end

return { methods = methods }
