-- SPDX-License-Identifier: MIT
-- A connection of the kernel's: one of its sockets, in the shape of ours.

local blocking = require "tcplab.connection.blocking"
local check = require "tcplab.base.check"
local ends = require "tcplab.connection.ends"
local mixin = require "tcplab.base.mixin"
local options = require "tcplab.connection.kernel.options"
local receive = require "tcplab.connection.receive"
local record = require "tcplab.connection.record"
local send = require "tcplab.connection.send"
local signal = require "tcplab.base.signal"
local strict = require "tcplab.base.strict"
local status = require "tcplab.connection.kernel.status"

local call, gone = record.call, record.gone

---A connection of the kernel's. It sends, receives and waits as ours do; ends, options and status are the kernel's.
---@class tcplab.kernel_connection: tcplab.connection, tcplab.kernel_socket
---@field host tcplab.kernel_host  whose it is
---@field network tcplab.tun_network  the host's
---@field state string    by RFC 9293's name; of what has no socket any more, TIME-WAIT too, as /proc/net/tcp has it
---@field closed boolean  whether close or abort was called
local connection = mixin({
  __name = "tcplab.kernel_connection", __like = { ["tcplab.connection"] = true, ["tcplab.kernel_socket"] = true },
}, blocking, send, receive, ends, options)

local function check_self(self, method) check.self(self, connection, method) end

local computed = {}

function computed.state(self)
  if self._network._closed then return "CLOSED" end
  local state = self._final and "CLOSED" or status.state(self)
  return state == "CLOSED" and status.listed(ends.of(self)) or state
end

-- What the core would have to be told.
function connection._own() end

---The kernel's host makes the one object for a socket.
local function new(host, ref)
  return setmetatable({
    _host = host, _network = host._network, _closed = false, _final = false, _timeout = false, _sending = false, _deaf = false,
    _ref = ref, _signal = signal.new(), _waiting = { reading = {}, writing = {} }, _sent = 0, _received = 0,
  }, connection)
end

-- ---- opening ----

local OPENING <const> = { ["SYN-SENT"] = true, ["SYN-RECEIVED"] = true }

---Waits until text may be sent: until the handshake is over, or, with TCP_FASTOPEN_CONNECT, for nothing, since the SYN waits for the text.
function connection:_await_handshake(until_ns)
  if OPENING[self.state] then
    call(self, "await", "writing", 1)
    local ok, message, code = self._network:_wait(self._signal, until_ns, "connect")
    if not ok then return nil, message, code end
    if gone(self) then return nil, "closed", "ENOTCONN" end
  end
  return call(self, "check")
end

-- ---- looking ----

---What the kernel tells of a connection: what ours tell by the same names and in the same units, as far as TCP_INFO and the socket's queues say it;
---and TCP_INFO itself. cwnd, ssthresh, sacked and lost are the kernel's counts of segments times the MSS.
---@class tcplab.kernel_status
---@field state string
---@field local_address? string
---@field local_port integer
---@field remote_address? string
---@field remote_port integer
---@field snd { mss: integer, scale: integer, wnd?: integer }  wnd: from Linux 5.4 on
---@field rcv { mss: integer, scale: integer, wnd?: integer }  wnd: from Linux 6.2 on
---@field send_queue integer         bytes unsent or unacknowledged
---@field receive_queue integer      bytes unread
---@field flight integer             bytes sent and not acknowledged
---@field congestion string          name of the congestion control
---@field phase "open"|"recovery"|"loss"
---@field cwnd integer               bytes
---@field ssthresh integer           bytes; 1 GiB: none yet
---@field pacing? integer            bits a second; nil: not paced
---@field sacked integer             bytes
---@field lost integer               bytes
---@field srtt? number               seconds, as all times
---@field rttvar? number
---@field min_rtt? number
---@field rto number
---@field retransmissions integer    in all
---@field backoff integer
---@field probes integer
---@field timestamps boolean         agreed on (RFC 7323)
---@field window_scaling boolean     agreed on (RFC 7323)
---@field sack boolean               agreed on (RFC 2018)
---@field ecn boolean                agreed on (RFC 3168)
---@field syn_data boolean           the text of a SYN was taken (RFC 7413)
---@field tcp_info table<string, integer>  what this kernel fills in of struct tcp_info, without tcpi_, in its own units

---TCP_INFO. After close: how things stood then, and the state as it is now.
---```lua live
---local net = assert(tcplab.tun { address = "10.9.0.1/24" })
---local kernel = net:host("kernel", { kernel = true })
---local listener = assert(net:host("ours", { address = "10.9.0.2" }):listen(80))
---local conn = assert(kernel:connect("10.9.0.2", 80))
---conn:send "hello"
---listener:accept():receive(5)
---local status = conn:status()
---print(status.state, status.snd.mss, status.tcp_info.snd_cwnd, conn.closed)  --> ESTABLISHED 1448 10 false
---print(conn:getpeername())  --> 10.9.0.2 80 inet
---```
---@return tcplab.kernel_status
function connection:status()
  check_self(self, "status")
  return self:_status()
end

function connection:_status()
  if not gone(self) then return status.read(self) end
  local told = { state = self.state }
  for name, value in next, self._final or {} do
    if name ~= "state" then told[name] = value end
  end
  return told
end

-- ---- ending ----

---As shutdown(2): "send" brings a FIN, and after "receive" there is nothing to be read but what has come.
---```lua live
---local net = assert(tcplab.tun { address = "10.9.0.1/24" })
---local kernel = net:host("kernel", { kernel = true })
---local listener = assert(net:host("ours", { address = "10.9.0.2" }):listen(80))
---local conn = assert(kernel:connect("10.9.0.2", 80))
---local peer = assert(listener:accept())
---conn:shutdown "send"
---print(peer:receive "*a", peer.state)  -->  CLOSE-WAIT
---peer:close()
---net:run(0.1)
---conn:close()
---print(conn.state)  --> TIME-WAIT
---```
---@param how? "send"|"receive"|"both"  "both" when left out
---@return integer? ok  1
---@return string? message
---@return string? code
function connection:shutdown(how)
  check_self(self, "shutdown")
  how = how or "both"
  if how ~= "send" and how ~= "receive" and how ~= "both" then
    check.fail('how: "send", "receive" or "both" expected, got %s', check.shown(how))
  end
  if gone(self) then return nil, "closed", "ENOTCONN" end
  local ok, message, code = call(self, "shutdown", how)
  if not ok then return nil, message, code end
  return 1
end

local function end_by(self, verb)
  self._closed = true
  if gone(self) then return 1 end
  self._network:_do(function()
    if gone(self) then return end
    receive.serve_waiting(self)
    self._final = status.read(self)
    call(self, verb)
    self._host:_forget(self)
    self._signal:raise(self._network)
  end)
  return 1
end

---As close(2): a FIN, or a RST where text is unread or SO_LINGER is 0. It never waits: a longer SO_LINGER counts as none. Does nothing the second
---time. A variable `<close>` closes it too.
---@return integer 1
function connection:close()
  check_self(self, "close")
  return end_by(self, "close")
end

---Closes it with a RST, as close(2) with a SO_LINGER of 0 does. Nothing, once it is closed.
---```lua live
---local net = assert(tcplab.tun { address = "10.9.0.1/24" })
---local kernel = net:host("kernel", { kernel = true })
---local listener = assert(net:host("ours", { address = "10.9.0.2" }):listen(80))
---assert(kernel:connect("10.9.0.2", 80)):abort()
---print(listener:accept():receive())  --> nil closed  ECONNRESET
---```
---@return integer 1
function connection:abort()
  check_self(self, "abort")
  return end_by(self, "abort")
end

connection.__close = connection.close

function connection:__tostring() return ("kernel connection: %s %s"):format(ends.text(self), self.state) end

strict.seal(connection, {
  what = "kernel connection", kept = { "host", "network", "closed" }, computed = computed,
  calls = { state = "close, shutdown and abort move it on" },
  options = options.names, option_call = 'conn:setoption("%s", value)', option_read = 'conn:getoption "%s"',
})

return { new = new, class = connection }
