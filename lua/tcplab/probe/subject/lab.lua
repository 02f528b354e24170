-- SPDX-License-Identifier: MIT
-- A subject in a lab: a host of some profile, and the hand that plays its peer.

local lab = require "tcplab.lab"

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

---@param profile? string|table  as of `net:host`
---@param rtt? number            seconds from the hand to the subject and back; 0 without
---@return tcplab.probe.subject
local function new(profile, rtt)
  local network = lab { seed = 1 }
  local host = network:host("subject", { address = "10.0.0.2", profile = profile })
  local hand = network:hand("hand", { address = "10.0.0.1" })
  network:link(host, hand, { delay = (rtt or 0) / 2 })
  return setmetatable({ hand = hand, address = host.addresses[1], _network = network, _host = host }, subject)
end

function subject:listen(port) return assert(self._host:listen(port)) end

function subject:connect(port) return assert(self._host:open { address = self.hand.addresses[1], port = port }) end

function subject:now() return self._network:now() end

function subject:wait(seconds) self._network:sleep(seconds) end

function subject:outcome(conn, seconds)
  local limit = self:now() + seconds
  while conn.state ~= "CLOSED" and self:now() < limit do
    self._network:run_until(function() return conn.state == "CLOSED" end, limit - self:now())
  end
  if conn.state == "CLOSED" then return conn:status().code, self:now() end
end

function subject:close() self._network:close() end

subject.__close = subject.close

return { new = new }
