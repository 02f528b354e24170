-- SPDX-License-Identifier: MIT
-- A subject whose program is this one: a host that connects, listens and waits at a word, and the hand that plays its peer.

local check = require "tcplab.base.check"

---What a question is asked of: a TCP that connects, listens and waits at a word, and a hand to speak with it. Its connections and listeners have
---send, receive, accept, shutdown, close, abort, settimeout, status, setoption and getoption as those of tcplab do. Socket options by their C names
---("TCP_NODELAY") and settings by Linux's ("net.ipv4.tcp_sack") mean the same everywhere: a host in a lab takes them for its own options.
---@class tcplab.probe.subject
---@field hand tcplab.hand  the peer
---@field address string    the subject's own
---@field rtt number        seconds from the hand to the subject and back: what the question said, 0 without
local subject = {}
subject.__index = subject

---@param network tcplab.network
---@param host tcplab.host|tcplab.kernel_host
---@param hand tcplab.hand
---@param ways { rtt?: number, options?: table }  options: of all its connections and listeners, unless a question says otherwise
---@return tcplab.probe.subject
local function new(network, host, hand, ways)
  return setmetatable({
    hand = hand, address = host.addresses[1], rtt = ways.rtt or 0, _network = network, _host = host, _options = ways.options or {},
  }, subject)
end

local function merged(...)
  local all = {}
  for _, options in ipairs { ... } do
    for name, value in pairs(options) do all[name] = value end -- each to its own name: order does not show
  end
  return all
end

---Its program listens, at its address.
---@param port integer
---@param options? table  backlog, and socket options by their C names
---@return tcplab.listener
function subject:listen(port, options)
  return assert(self._host:listen(port, merged(self._options, options or {}, { address = self.address })))
end

---Its program begins to connect to the hand, and does not wait. A port of its own is bound together with its address.
---@param port integer
---@param options? table  local_port, and socket options by their C names
---@return tcplab.connection?
---@return string? message  where it may not
---@return string? code
function subject:connect(port, options)
  local local_address = options and options.local_port and self.address
  return self._host:open(merged(self._options, options or {}, { address = self.hand.addresses[1], port = port, local_address = local_address }))
end

---Changes a setting of the subject's, for what it opens from now on. Raises where it has no such setting, or nobody may change it.
---@param name string  Linux's, as of sysctl(8): "net.ipv4.tcp_sack"
---@param value integer|boolean|string  several numbers as one text: "4096 131072 6291456"
function subject:set(name, value)
  local _, message = self._host:setoption(name, value)
  if message then check.fail("%s", message) end
end

---@return number seconds
function subject:now() return self._network:now() end

---@param seconds number
function subject:wait(seconds) self._network:sleep(seconds) end

---Waits until a connection is over.
---@param conn tcplab.connection
---@param seconds number  how long at most
---@return string? code   what it failed with; nil when it is not over by then
---@return number? time
function subject:outcome(conn, seconds)
  conn:settimeout(seconds)
  local text, message, _, code = conn:receive(1)
  if not text and message ~= "timeout" then return code, self:now() end
end

---Saves what was said so far.
---@param path string  as for `trace:save`
---@return true? ok
---@return string? message
function subject:save(path) return self._network.trace:save(path) end

---Leaves nothing behind.
function subject:close() self._network:close() end

subject.__close = subject.close

return { new = new }
