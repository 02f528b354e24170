-- SPDX-License-Identifier: MIT
-- A connection, in LuaSocket's stream shape and RFC 9293's words.

local core = require "tcplab.core"
local blocking = require "tcplab.connection.blocking"
local check = require "tcplab.base.check"
local close = require "tcplab.connection.close"
local ends = require "tcplab.connection.ends"
local mixin = require "tcplab.base.mixin"
local options = require "tcplab.connection.options"
local receive = require "tcplab.connection.receive"
local record = require "tcplab.connection.record"
local send = require "tcplab.connection.send"
local signal = require "tcplab.base.signal"
local strict = require "tcplab.base.strict"
local tcb = require "tcplab.connection.tcb"
local tunables = require "tcplab.connection.tunables"

local KINDS = core.kinds()
local CODES = core.codes()
local TIMERS = require "tcplab.trace.moment".timers

local call, gone = record.call, record.gone

---One end of a connection, in the shape of LuaSocket's streams. What the network does comes back as nil, message and code, as does what a closed
---handle is asked; `send` and `receive` have LuaSocket's third value before the code.
---@class tcplab.connection
---@field host tcplab.host  whose it is
---@field network tcplab.network  the host's
---@field state "CLOSED"|"LISTEN"|"SYN-SENT"|"SYN-RECEIVED"|"ESTABLISHED"|"FIN-WAIT-1"|"FIN-WAIT-2"|"CLOSE-WAIT"|"CLOSING"|"LAST-ACK"|"TIME-WAIT"
---@field tcb tcplab.tcb    the TCB's variables, live
---@field urgent integer    bytes from the first unread one to the urgent pointer; 0: not in urgent mode
---@field closed boolean    whether this handle was closed
local connection = mixin({ __name = "tcplab.connection" }, blocking, send, receive, close, options, ends)

local computed = {}

function computed.state(self)
  if gone(self) then return "CLOSED" end
  return call(self, "state")
end

function computed.tcb(self) return tcb.new(self) end

function computed.urgent(self)
  if gone(self) then return 0 end
  return call(self, "urgent")
end

local function check_self(self, method) check.self(self, connection, method) end

-- ---- what the core is asked to tell ----

local function set_mask(self)
  if gone(self) then return end
  local mask = KINDS.state | KINDS.ready
  for name, count in pairs(self._watched) do
    if count > 0 then mask = mask | KINDS[name] end
  end
  core.watch_connection(self._network._core, self._host._id, self._ref, mask)
end

---One more, or one less, who wants to know of this moment.
function connection:_watch(name, change)
  local before = self._watched[name] or 0
  self._watched[name] = before + change
  if before == 0 or before + change == 0 then set_mask(self) end
end

---The connection is the script's now: its end is to be noticed, so that the record can go.
function connection:_own() set_mask(self) end

-- ---- opening ----

---RFC 9293's OPEN on a connection that exists: from LISTEN to SYN-SENT; an error in every other state.
---```lua
---local conn = server:open { local_port = 81, passive = true }
---conn:open { address = client, port = 4000 }
---print(conn.state)  --> SYN-SENT
---```
---@param opts { address?: string|tcplab.host, port?: integer, passive?: boolean }
---@return true? ok
---@return string? message
---@return string? code
function connection:open(opts)
  check_self(self, "open")
  check.type(opts, "table", "options")
  local values, control = tunables.read(opts, { "address", "port", "passive" }, self._host:_tunables())
  local address = opts.address and self._host:_address(opts.address, "address")
  local port = opts.port and check.port(opts.port, "port")
  self._network:_check_open()
  if self._final then return nil, "closed", CODES.closed end
  self._network:_catch_up()
  local ok, message, code = call(self, "reopen", not opts.passive, nil, nil, address, port, values)
  if not ok then return nil, message, code end
  if tunables.has_control(values) then self._host._controls[self._ref] = control end
  return true
end

-- ---- looking ----

local function seconds(ns) return ns and ns / 1e9 end

-- The core's table in the script's units.
local function in_seconds(self, raw)
  raw.srtt = raw.srtt ~= 0 and seconds(raw.srtt) or nil
  raw.rttvar = raw.srtt and seconds(raw.rttvar) or nil
  raw.rto = seconds(raw.rto)
  raw.user_timeout = raw.user_timeout ~= 0 and seconds(raw.user_timeout) or nil
  raw.min_rtt = raw.min_rtt ~= 0 and seconds(raw.min_rtt) or nil
  raw.pacing = raw.pacing ~= 0 and raw.pacing or nil
  if raw.congestion == "script" then raw.congestion = self._host:_control_of(self._ref).name or raw.congestion end
  for _, name in ipairs(TIMERS) do raw.timers[name] = seconds(raw.timers[name]) end
  raw.listener = raw.listener ~= 0 and self._host:_listener(raw.listener) or nil
  return raw
end

local function copy(value)
  if type(value) ~= "table" or getmetatable(value) then return value end
  local twin = {}
  for name, inner in next, value do twin[name] = copy(inner) end
  return twin
end

local function nothing_known() return { state = "CLOSED", record = "none", snd = {}, rcv = {}, timers = {} } end

function connection:_status(counted)
  if self._final then return copy(self._final) end
  if self._network._closed then return nothing_known() end
  local raw = call(self, "status", counted)
  return raw and in_seconds(self, raw) or nothing_known()
end

---What status() tells. Windows and queues in bytes, times in seconds. What is not known is nil: of a connection in TIME-WAIT that nobody holds what
---was measured, of one that ended badly what was outstanding, of a handle whose network is closed all but the state.
---@class tcplab.status
---@field state string
---@field record "none"|"half-open"|"full"|"time-wait"|"listener"  what the stack keeps of it
---@field local_address? string
---@field local_port integer
---@field remote_address? string
---@field remote_port integer
---@field listener? tcplab.listener  whose child it is, while that listener is open
---@field passive boolean            it was opened by the peer
---@field accepted boolean            the script has it
---@field fin_sent boolean            this end has closed
---@field fin_received boolean        the peer has closed
---@field urgent boolean             the urgent pointer is ahead of what was read
---@field timestamps boolean         agreed on (RFC 7323)
---@field window_scaling boolean     agreed on (RFC 7323)
---@field sack boolean               agreed on (RFC 2018)
---@field ecn boolean                agreed on (RFC 3168)
---@field fast_open? "requested"|"accepted"|"rejected"  what came of Fast Open: it was asked for; a SYN's text was taken; ours was not (RFC 7413)
---@field receive_buffer? integer    bytes; more than the option says when it has grown (receive_buffer_max)
---@field user_timeout? number       in force, the peer's option taken into account; nil: none
---@field snd table<string, integer>  una, nxt, wnd, up, wl1, wl2, iss, max_wnd, mss, scale: the sending half by RFC 9293's names
---@field rcv table<string, integer>  nxt, wnd, up, irs, mss, scale: the receiving half
---@field send_queue? integer        bytes unsent or unacknowledged
---@field receive_queue integer      bytes unread
---@field out_of_order? integer      bytes held beyond a gap
---@field congestion? string         name of the congestion control
---@field phase? "open"|"recovery"|"loss"  nothing is known to be lost; a loss is being mended; the retransmission timer ran out
---@field cwnd? integer              congestion window
---@field ssthresh? integer          slow-start threshold; 1 GiB: none yet
---@field pacing? integer            bits a second; nil: not paced
---@field flight integer             SND.NXT - SND.UNA
---@field pipe? integer              of it in the network, as recovery sees it
---@field sacked? integer            of it reported by SACK
---@field lost? integer              of it judged lost and to be sent again
---@field srtt? number               smoothed round-trip time; nil before the first measurement
---@field rttvar? number              variation of the round-trip time
---@field min_rtt? number            the smallest round-trip time of late
---@field rto? number                retransmission timeout, back-off included
---@field retransmissions? integer   in all
---@field backoff integer            retransmissions of what is outstanding now
---@field probes integer             probes, of keep-alive or of a closed window, without an answer
---@field ts_recent integer          TS.Recent of RFC 7323
---@field timers table<string, number>  each running timer's deadline, by name; of retransmission, probe, reorder and persist one at most
---@field message? string            why it ended, when it ended badly
---@field code? string              with the message

---RFC 9293's STATUS. Windows and queues in bytes, times in seconds; timers gives each running timer's deadline.
---After CLOSED it tells how things stood at the end, with message and code when it was a bad one.
---```lua
---conn:send "hello"
---local status = conn:status()
---print(status.snd.nxt - status.snd.una, status.rto, status.cwnd)  --> 5 1.0 14480
---```
---@return tcplab.status status
function connection:status()
  check_self(self, "status")
  return self:_status(true)
end

-- ---- the TCB ----

function connection:_tcb_get(name)
  if self._final then return self._tcb and self._tcb[name] end
  if self._network._closed then return nil end
  return (call(self, "tcb_get", name))
end

function connection:_tcb_set(name, value)
  self._network:_check_open()
  if self._final then check.fail("tcb: the connection is CLOSED") end
  local ok, message = call(self, "tcb_set", name, value)
  if not ok then check.fail("tcb: %s cannot be %d: %s", name, value, message) end
end

local function all_variables(self)
  local values = {}
  for _, name in ipairs(tcb.names) do values[name] = call(self, "tcb_get", name) end
  return values
end

---The connection is CLOSED: keeps what it was and gives its record back, unless something in it is still to be read.
---@param unread? boolean  what is unread does not count
function connection:_retire(unread)
  if gone(self) then return end
  if not unread and not self._closed and (call(self, "readable") or 0) > 0 then return end
  local final = self:_status(false)
  self._tcb = all_variables(self)
  call(self, "release")
  self._host:_forget_control(self._ref)
  self._final = final
end

-- ---- watching ----

---Calls a function at each such moment of this connection.
---```lua
---peer:on("data", function(event) print(event.bytes) end)  --> 5
---conn:send "hello"
---net:run(1)
---```
---@param moment tcplab.moment  its name, as "data"
---@param f fun(event: tcplab.event)  must not wait; what it raises comes out of the call that let the network run
---@return tcplab.hook
function connection:on(moment, f)
  check_self(self, "on")
  self._network:_check_open()
  return self._network:_hook(moment, f, self._host, self)
end

function connection:__tostring()
  return ("connection: %s %s"):format(ends.text(self), self.state)
end

---The host makes the one object for a reference.
local function new(host, ref, last_ends)
  local self = setmetatable({
    _host = host, _network = host._network, _closed = false, _final = false, _timeout = false, _sending = false, _deaf = false,
    _ref = ref, _ends = last_ends, _signal = signal.new(), _watched = {}, _waiting = { reading = {}, writing = {} }, _sent = 0, _received = 0,
  }, connection)
  ends.of(self)
  return self
end

local TCB <const> = {}
for _, name in ipairs(tcb.names) do
  if not name:find(".", 1, true) then TCB[name] = true end
end

local calls = {
  state = "close, shutdown and abort move it on, and conn.tcb.state = ... writes it as it is",
  peer = "conn:getpeername() tells the other end", address = "conn:getsockname() and conn:getpeername() tell the ends",
  port = "conn:getsockname() and conn:getpeername() tell the ends", timeout = "conn:settimeout(seconds) sets it",
  snd = "conn.tcb.snd has the variables", rcv = "conn.tcb.rcv has the variables",
}
for _, name in ipairs { "cwnd", "ssthresh", "srtt", "rttvar", "rto", "flight", "pipe", "min_rtt", "retransmissions", "timers", "phase", "send_queue",
  "receive_queue" } do
  calls[name] = ("conn:status().%s tells it%s"):format(name, TCB[name] and (", conn.tcb.%s = ... writes it"):format(name) or "")
end

strict.seal(connection, {
  what = "connection", kept = { "host", "network", "closed" }, computed = computed, calls = calls,
  options = tunables.names, option_call = 'conn:setoption("%s", value)', option_read = 'conn:getoption "%s"',
  lenient = function(self) return rawget(self, "_lenient") end,
})

return { new = new, class = connection }
