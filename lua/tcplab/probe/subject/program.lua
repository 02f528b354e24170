-- SPDX-License-Identifier: MIT
-- A subject whose program is this one: a host that connects, listens and waits at a word, and the hand that plays its peer.

---What a question is asked of: a TCP that connects, listens and waits at a word, and a hand to speak with it. Its connections and listeners have
---send, receive, accept, close and abort as tcplab.connection and tcplab.listener have them.
---@class tcplab.probe.subject
---@field hand tcplab.hand  the peer
---@field address string    the subject's own
---@field listen fun(self, port: integer): tcplab.listener     its program listens
---@field connect fun(self, port: integer): tcplab.connection  its program begins to connect to the hand, and does not wait
---@field now fun(self): number      seconds
---@field wait fun(self, seconds: number)
---@field outcome fun(self, conn: tcplab.connection, seconds: number): string?, number?  waits until a connection is over: the code it failed with
---and the time; nil when it is not over within so many seconds
---@field close fun(self)   leaves nothing behind
local subject = {}
subject.__index = subject

---@param network tcplab.network
---@param host tcplab.host
---@param hand tcplab.hand
---@param address string  the host's
---@return tcplab.probe.subject
local function new(network, host, hand, address)
  return setmetatable({ hand = hand, address = address, _network = network, _host = host }, subject)
end

function subject:listen(port) return assert(self._host:listen(port, { address = self.address })) end

function subject:connect(port) return assert(self._host:open { address = self.hand.addresses[1], port = port }) end

function subject:now() return self._network:now() end

function subject:wait(seconds) self._network:sleep(seconds) end

function subject:outcome(conn, seconds)
  conn:settimeout(seconds)
  local text, message, _, code = conn:receive(1)
  if not text and message ~= "timeout" then return code, self:now() end
end

function subject:close() self._network:close() end

subject.__close = subject.close

return { new = new }
