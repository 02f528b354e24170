-- SPDX-License-Identifier: MIT
-- A subject whose program is not ours: a server at some address and port, or whoever calls, over a TUN device and this machine's routes.

local attempt = require "tcplab.probe.attempt"
local tun = require "tcplab.tun"

local PATIENCE <const> = 60 -- seconds for a caller to come
local FAREWELL <const> = 0.05 -- seconds for what was said last to leave

---@class tcplab.probe.peer: tcplab.probe.subject
local peer = {}
peer.__index = peer

---Where a peer is, and how politely it is asked.
---@class tcplab.probe.peer_options
---@field device string    the device's address and prefix length
---@field hand string      the hand's own address, within it
---@field rate integer     packets a second at most, over any second
---@field address? string  a server's; nil: whoever calls
---@field port integer     a server's, or the one that is called

-- The ports at which a question has the subject listen are one of the peer's.
local function speak_to(self, port)
  local hand, listened = self.hand, self._listened
  for _, verb in ipairs { "connect", "conversation" } do
    local real = hand[verb]
    rawset(hand, verb, function(it, address, asked, options) return real(it, address, listened[asked] and port or asked, options) end)
  end
end

---@param options tcplab.probe.peer_options
---@param rtt? number  seconds that the way is longer than it is
---@return tcplab.probe.peer?
---@return string? message
---@return string? code
local function new(options, rtt)
  local network, message, code = tun { address = options.device }
  if not network then return nil, message, code end
  attempt.watch(network)
  if rtt then network.link:set { delay = rtt / 2 } end
  local hand = network:hand("hand", { address = options.hand, rate = options.rate })
  local self = setmetatable({
    hand = hand, address = options.address, rtt = rtt or 0, _network = network, _listened = {},
  }, peer)
  if options.address then speak_to(self, options.port) else hand:settimeout(PATIENCE) end
  return self
end

local function not_ours() error("the subject's program is not ours", 0) end

-- What a program would hold: nothing of it can be asked for.
local function program() return setmetatable({}, { __index = not_ours, __close = function() end }) end

---The peer listens already, at the one port there is.
---@param port integer
---@return tcplab.listener
function peer:listen(port)
  self._listened[port] = true
  local function settimeout() return 1 end -- a connection is there as soon as the hand has it
  return setmetatable({ port = port, accept = program, settimeout = settimeout }, { __index = not_ours, __close = function() end })
end

---Whoever calls, calls by itself.
---@return tcplab.connection
function peer.connect() return program() end

function peer:now() return self._network:now() end

function peer:wait(seconds) self._network:sleep(seconds) end

function peer:save(path) return self._network.trace:save(path) end

-- A peer is left with no connection that nobody ends.
local function hang_up(self)
  for _, talk in ipairs(self.hand:conversations()) do
    if talk.rcv.irs then talk:send { flags = "R", seq = talk.snd.nxt } end
  end
  self._network:sleep(FAREWELL)
end

---Ends its connections by a RST each, and leaves nothing behind.
function peer:close()
  pcall(hang_up, self)
  self._network:close()
end

peer.__close = peer.close

return { new = new }
