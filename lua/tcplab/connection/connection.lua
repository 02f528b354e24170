-- SPDX-License-Identifier: MIT
-- A connection, in LuaSocket's stream shape and RFC 9293's words.

local core = require "tcplab.core"
local check = require "tcplab.base.check"
local options = require "tcplab.connection.tunables"
local signal = require "tcplab.base.signal"
local tcb = require "tcplab.connection.tcb"

local KINDS = core.kinds()
local CODES = core.codes()
local ALL = math.maxinteger
local LONG = 1 << 17 -- bytes that hardly come at once
local TIMERS = require "tcplab.trace.moment".timers

---One end of a connection, in the shape of LuaSocket's streams. What the network does comes back as nil, message and code, as does what a closed
---handle is asked; `send` and `receive` have LuaSocket's third value before the code.
---@class tcplab.connection
---@field host tcplab.host  whose it is
---@field network tcplab.network  the host's
---@field state "CLOSED"|"LISTEN"|"SYN-SENT"|"SYN-RECEIVED"|"ESTABLISHED"|"FIN-WAIT-1"|"FIN-WAIT-2"|"CLOSE-WAIT"|"CLOSING"|"LAST-ACK"|"TIME-WAIT"
---@field tcb tcplab.tcb    the TCB's variables, live
---@field urgent integer    bytes from the first unread one to the urgent pointer; 0: not in urgent mode
---@field closed boolean    whether this handle was closed
local connection = { __name = "tcplab.connection" }

local computed = {}

function connection:__index(name)
  local compute = computed[name]
  if compute then return compute(self) end
  return connection[name]
end

local function call(self, verb, ...) return core[verb](self.network._core, self.host.id, self._ref, ...) end

local function gone(self) return self._final or self.network.closed end

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
  core.watch_connection(self.network._core, self.host.id, self._ref, mask)
end

---One more, or one less, who wants to know of this moment.
function connection:_watch(name, change)
  local before = self._watched[name] or 0
  self._watched[name] = before + change
  if before == 0 or before + change == 0 then set_mask(self) end
end

---The connection is the script's now: its end is to be noticed, so that the record can go.
function connection:_own() set_mask(self) end

-- ---- waiting ----

local CLOSED_MESSAGE = {}
for _, name in ipairs { "closed", "closing", "reset", "aborted", "overflow", "rebooted", "timed_out", "user_timeout", "refused", "unreachable" } do
  CLOSED_MESSAGE[CODES[name]] = true
end

-- LuaSocket says "closed" for every way a stream can have ended; the code tells which.
local function stream_error(message, code) return CLOSED_MESSAGE[code] and "closed" or message, code end

-- A call that may have to wait is a table: its side, how many bytes are missing, its wish, if it can go on with fewer, and what it does when it has
-- waited in vain. It stands among those who wait from its first wait to its end, also when that is an error, or its task is closed.
-- The core is asked to tell when it can go on for good, not at each segment; what it reads meanwhile counts as read, so that nobody's window closes.

-- What does not fit was not sent.
local function recall(self, this)
  if self._sending ~= this or gone(self) then return end
  local count = call(self, "recall")
  this.first, this.missing = this.first - count, this.missing + count
  self._sent = self._sent - count
end

local waiting_call = {}

function waiting_call.__close(this)
  if not this.waits then return end
  local self = this.conn
  local line = self._waiting[this.side]
  for i = #line, 1, -1 do
    if line[i] == this then table.remove(line, i) end
  end
  self.network:_do(function()
    recall(self, this)
    if self._sending == this then self._sending = nil end
    if #line == 0 and not gone(self) then call(self, "await", this.side, 0) end
  end)
end

-- Until when all its waits may last together is fixed when it begins; one that goes on with another's wait is told.
local function begin(self, this, until_ns)
  this.conn = self
  this.until_ns = until_ns or self._timeout ~= 0 and self.network:_until(self._timeout, "timeout") or nil
  return setmetatable(this, waiting_call)
end

-- Takes its place among those who wait.
local function queue(self, this)
  self.network:_check_may_wait(this.what)
  this.waits = true
  local line = self._waiting[this.side]
  line[#line + 1] = this
  self:_own()
  call(self, "hold") -- also one that is not accepted yet is to tell why it ended
end

-- With settimeout(0) nothing waits: not even where waiting would be out of place. The connection's end is noticed in any case.
local function wait(self, this)
  if self._timeout == 0 then return nil, "timeout", CODES.again end
  if not this.waits then queue(self, this) end
  call(self, "await", this.side, this.wish or this.missing)
  local ok, message, code = self.network:_wait(self._signal, this.until_ns, this.what)
  if ok and self.closed then return nil, "closed", CODES.closed end
  if not ok and not self.network.closed then this.give_up(self, this) end
  return ok, message, code
end

---Limits how long a call waits, in seconds. 0: calls do not wait; nil or negative: no limit.
---```lua
---conn:settimeout(0.5)
---print(conn:receive())  --> nil timeout  EAGAIN
---```
---@param seconds? number
---@param mode? "b"|"t"  LuaSocket's; both limit the whole call
---@return integer 1
function connection:settimeout(seconds, mode)
  check_self(self, "settimeout")
  if mode ~= nil and mode ~= "b" and mode ~= "t" then check.fail('mode: "b" or "t" expected, got %s', check.shown(mode)) end
  if seconds ~= nil and check.type(seconds, "number", "seconds") < 0 then seconds = nil end
  if seconds and seconds ~= math.huge then check.span(seconds, "seconds") end
  self._timeout = seconds
  return 1
end

---What settimeout was told; nil: no limit.
---```lua
---print(conn:gettimeout())  --> nil
---```
---@return number? seconds
function connection:gettimeout()
  check_self(self, "gettimeout")
  return self._timeout
end

local OPENING = { ["SYN-SENT"] = true, ["SYN-RECEIVED"] = true }

-- An open that came to nothing.
local function failed_open(self, status)
  self:_retire()
  return nil, status.message or "closed", status.code or CODES.closed
end

---Waits until the handshake is over.
local function await_handshake(self, until_ns)
  while OPENING[self.state] do
    local ok, message, code = self.network:_wait(self._signal, until_ns, "connect")
    if not ok then
      self:abort()
      return nil, message, code
    end
  end
  if self.state == "CLOSED" then return failed_open(self, self:_status(false)) end
  return self
end

-- ---- sending ----

local function range(data, i, j)
  local size = #data
  i, j = math.tointeger(i or 1), math.tointeger(j or -1)
  if not i then check.fail("i: an integer expected") end
  if not j then check.fail("j: an integer expected") end
  if i < 0 then i = math.max(size + i + 1, 1) elseif i == 0 then i = 1 end
  if j < 0 then j = size + j + 1 elseif j > size then j = size end
  return i, j
end

local function fail_send(last, message, code)
  message, code = stream_error(message, code)
  return nil, message, last, code
end

-- Once it waits, the core may take more than fits, so that it needs not be asked at each ACK. One call at a time has this.
local function may_run_ahead(self, this)
  if not this.waits or this.urgent or self._sending and self._sending ~= this then return false end
  self._sending = this
  return true
end

-- Whether it left something with the core that does not fit yet.
local function is_ahead(self, this) return self._sending == this and not gone(self) and call(self, "ahead") > 0 end

-- One attempt. Answers nothing, or why no more can be sent.
local function offer(self, this)
  if self._final then return "closed", self._final.code or CODES.closing end
  self.network:_catch_up()
  local from = math.min(this.first, #this.data + 1)
  local taken, message, code = call(self, "send", this.data, from, math.max(this.last, from - 1), this.urgent, may_run_ahead(self, this))
  if not taken and code ~= CODES.again then return message, code end
  self.network:_finish()
  taken = taken or 0
  self._sent = self._sent + taken
  this.first = this.first + taken
  this.missing = this.last - this.first + 1
end

local function send_all(self, this)
  while true do
    local message, code = offer(self, this)
    if message then return fail_send(this.first - 1, message, code) end
    if this.missing <= 0 and not is_ahead(self, this) then return this.first - 1 end
    local ok
    ok, message, code = wait(self, this)
    if not ok then return nil, message, this.first - 1, code end
  end
end

local function sending(data, first, last, urgent)
  return {
    side = "writing", what = "send", wish = 1, give_up = recall,
    data = data, first = first, last = last, missing = last - first + 1, urgent = urgent,
  }
end

local function send(self, data, i, j, urgent)
  if type(data) == "number" then data = tostring(data) end
  check.type(data, "string", "data")
  local first, last = range(data, i, j)
  if self.closed then return nil, "closed", first - 1, CODES.closed end
  self.network:_check_open()
  local this <close> = begin(self, sending(data, first, last, urgent))
  return send_all(self, this)
end

---Sends data[i..j]: waits until TCP has taken all of it.
---```lua
---print(conn:send "hello\n")  --> 6
---print(conn:send("hello", 2, 4))  --> 4
---```
---@param data string
---@param i? integer        the first byte; 1
---@param j? integer        the last byte; the last there is. Negative ones count from the end
---@return integer? last     the index of the last byte sent
---@return string? message   "closed", "timeout" ...
---@return integer? last_sent
---@return string? code
function connection:send(data, i, j)
  check_self(self, "send")
  return send(self, data, i, j, false)
end

---The same, and the last byte is urgent: the peer is told to hurry up to there.
---```lua
---conn:send_urgent "stop!"
---net:run(1)
---print(peer.urgent)  --> 5
---```
---@param data string
---@param i? integer        the first byte; 1
---@param j? integer        the last byte; the last there is. Negative ones count from the end
---@return integer? last
---@return string? message
---@return integer? last_sent
---@return string? code
function connection:send_urgent(data, i, j)
  check_self(self, "send_urgent")
  return send(self, data, i, j, true)
end

---Waits until the handshake is over, and until what is left of the data after so many bytes is sent.
---@param until_ns? integer
---@param data string
---@param taken integer
function connection:_await_open(until_ns, data, taken)
  self:_own()
  self._sent = taken
  local conn, message, code = await_handshake(self, until_ns)
  if not conn or taken == #data then return conn, message, code end
  local this <close> = begin(self, sending(data, taken + 1, #data), until_ns)
  local last, why, _, reason = send_all(self, this)
  if last then return self end
  self:abort()
  return nil, why, reason
end

-- ---- receiving ----

-- "l", "a" or a count
local function read_pattern(pattern)
  if pattern == nil then return "l" end
  local count = math.tointeger(pattern)
  if count then return check.integer(count, "pattern", 0, ALL) end
  local letter = type(pattern) == "string" and pattern:match("^%*?([la])")
  if not letter then check.fail('pattern: "*l", "*a" or a number of bytes expected, got %s', check.shown(pattern)) end
  return letter
end

-- What comes in several pieces is gathered in a buffer, which is used again.
local function borrow(this)
  local network = this.conn.network
  this.gather, network._gather = network._gather or core.gather(), nil
  if this.text then core.gather_add(this.gather, this.text) end
end

local function give_back(this)
  local text = core.gather_take(this.gather)
  this.conn.network._gather, this.gather = this.gather, nil
  return text
end

-- The line feed and carriage returns are no part of a line.
local function result(this)
  local text = this.gather and give_back(this) or this.text or ""
  if this.found then text = text:sub(1, -2) end
  if this.pattern == "l" then text = text:gsub("\r", "") end
  return this.prefix .. text
end

-- One attempt: takes what is there, and tells whether that was all that was wanted. Answers nothing, or why nothing came.
local function take(self, this)
  if self._final then return "closed", self._final.code or CODES.closing end
  if not this.gather and (this.text or this.missing >= LONG and this.waits) then borrow(this) end
  local chunk, found, last = call(self, "receive", this.missing, this.pattern == "l", this.gather)
  if not chunk then return found, last end
  if last then self:_retire() end
  if not this.gather then
    this.text = chunk
    chunk = #chunk
  end
  self._received = self._received + chunk
  this.missing = this.missing - chunk
  this.found = found
  this.done = found or this.missing == 0
end

-- Attempts until it has what it wants, or nothing is left to take. Answers why. What came while it waited in vain is taken too.
local function take_all(self, this)
  self.network:_catch_up()
  while not this.done do
    local message, code = take(self, this)
    if code == CODES.closing and this.pattern == "a" then this.done = true end
    if message then return message, code end
  end
end

local function receive_all(self, this)
  while true do
    local message, code = take_all(self, this)
    local ok = code == CODES.again
    if ok then ok, message, code = wait(self, this) end
    if this.done then return result(this) end
    if not ok then
      message, code = stream_error(message, code)
      return nil, message, result(this), code
    end
  end
end

---Receives: "*l" a line without its end, "*a" all up to the peer's FIN, a number so many bytes. Waits until all of it is there.
---```lua
---conn:send "one\ntwo\nthree"
---conn:shutdown "send"
---print(peer:receive())  --> one
---print(peer:receive(2))  --> tw
---print(#peer:receive "*a")  --> 7
---```
---@param pattern? "*l"|"*a"|"l"|"a"|integer  "*l" when left out
---@param prefix? string       put before what is received; counts against a number
---@return string? data
---@return string? message     "closed", "timeout"
---@return string? partial     what had come
---@return string? code
function connection:receive(pattern, prefix)
  check_self(self, "receive")
  pattern = read_pattern(pattern)
  prefix = prefix == nil and "" or tostring(prefix)
  local missing = math.type(pattern) == "integer" and pattern - #prefix or ALL
  if missing <= 0 then return prefix end
  if self.closed or self._deaf then return nil, "closed", prefix, CODES.closed end
  self.network:_check_open()
  local this <close> = begin(self, {
    side = "reading", what = "receive", wish = pattern == "l" and 1 or nil, give_up = take_all,
    pattern = pattern, missing = missing, prefix = prefix,
  })
  return receive_all(self, this)
end

---Whether something is there that receive would answer at once.
---```lua
---conn:send "x"
---net:run(1)
---print(conn:dirty(), peer:dirty())  --> false true
---```
---@return boolean
function connection:dirty()
  check_self(self, "dirty")
  return not gone(self) and (call(self, "readable") or 0) > 0
end

-- ---- ending ----

---Ends one direction, or both. "send" is RFC 9293's CLOSE: a FIN follows what was sent. "receive" makes receive answer "closed".
---```lua
---conn:shutdown "send"
---net:run(1)
---print(conn.state, peer.state)  --> FIN-WAIT-2 CLOSE-WAIT
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
  if self.closed or gone(self) then return nil, "closed", CODES.closed end
  if how ~= "send" then self._deaf = true end
  if how == "receive" then return 1 end
  self.network:_catch_up()
  if self._sending then recall(self, self._sending) end
  local ok, message, code = call(self, "shutdown")
  if not ok then return nil, message, code end
  return 1
end

-- Before the end: what came for those who wait to read is theirs, and what a waiting send could not place was not sent.
local function serve_waiting(self)
  for _, reader in ipairs(self._waiting.reading) do take_all(self, reader) end
  if self._sending then recall(self, self._sending) end
end

-- A record that is CLOSED at once can go at once, unread or not: nobody can read it any more.
local function end_by(self, verb)
  if self.closed then return end
  self.closed = true
  if gone(self) then return end
  self.network:_catch_up()
  self.network:_do(function()
    if not gone(self) then serve_waiting(self) end
    if gone(self) then return end
    call(self, verb)
    self._signal:raise(self.network)
    if call(self, "state") == "CLOSED" then self:_retire(true) end
  end)
end

-- Where nothing of ours waits for an acknowledgment any more, or was never sent.
local SETTLED = { ["CLOSED"] = true, ["LISTEN"] = true, ["SYN-SENT"] = true, ["FIN-WAIT-2"] = true, ["TIME-WAIT"] = true }

-- How long close is to wait, in seconds; nil: not at all.
local function patience(self)
  local linger = not (self.closed or gone(self) or SETTLED[self.state]) and self:getoption "linger"
  if not linger or linger == 0 then return nil end
  return math.min(linger, self._timeout or linger)
end

local function await_settled(self, until_ns)
  while not SETTLED[self.state] do
    local ok, message, code = self.network:_wait(self._signal, until_ns, "close")
    if not ok then return nil, message, code end
  end
  local code = self._final and self._final.code
  if code then return nil, "closed", code end
  return 1
end

---Closes both directions: a FIN follows what was sent, and unread or later data draws a RST. The handle then answers "closed"; state, status and
---tcb keep working. Returns at once, unless the option linger says otherwise: with 0 a RST ends the connection, and what is queued is dropped; with
---more it waits so many seconds, or settimeout's if they are fewer, until all that was sent, the FIN included, is acknowledged. After "timeout" the
---connection goes on closing by itself: what TCP has taken it tries to deliver. Does nothing the second time. A variable `<close>` closes it the same
---way, but without waiting where nothing may wait, as in a task that is being ended.
---```lua
---peer:close()
---net:run(1)
---conn:close()
---net:run(1)
---print(peer.state, conn.state)  --> TIME-WAIT CLOSED
---```
---@return integer? ok       1
---@return string? message   "timeout", or "closed": it ended badly before all was acknowledged
---@return string? code
function connection:close()
  check_self(self, "close")
  local seconds = patience(self)
  if seconds and seconds > 0 then self.network:_check_may_wait "close" end
  end_by(self, "close_both")
  if not seconds then return 1 end
  if seconds == 0 and not SETTLED[self.state] then return nil, "timeout", CODES.again end
  self:_own()
  return await_settled(self, self.network:_until(seconds, "linger"))
end

---RFC 9293's ABORT: a RST, and nothing more.
---```lua
---conn:abort()
---print(peer:receive())  --> nil closed  ECONNRESET
---```
---@return integer 1
function connection:abort()
  check_self(self, "abort")
  local closed_before = self.closed
  self.closed = false
  end_by(self, "abort")
  self.closed = closed_before or self.closed
  return 1
end

-- Of a variable in a task that is being ended, say: where nothing can wait, what was sent is on its own.
function connection:__close()
  if gone(self) or self.network:_may_wait() then self:close() else end_by(self, "close_both") end
end

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
  local values, control = options.read(opts, { "address", "port", "passive" })
  local address = opts.address and self.host:_address(opts.address, "address")
  local port = opts.port and check.port(opts.port, "port")
  self.network:_check_open()
  if self._final then return nil, "closed", CODES.closed end
  self.network:_catch_up()
  local ok, message, code = call(self, "reopen", not opts.passive, nil, nil, address, port, values)
  if not ok then return nil, message, code end
  if options.has_control(values) then self.host._controls[self._ref] = control end
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
  if raw.congestion == "script" then raw.congestion = self.host:_control_of(self._ref).name or raw.congestion end
  for _, name in ipairs(TIMERS) do raw.timers[name] = seconds(raw.timers[name]) end
  raw.listener = raw.listener ~= 0 and self.host:_listener(raw.listener) or nil
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
  if self.network.closed then return nothing_known() end
  local raw = call(self, "status", counted)
  return raw and in_seconds(self, raw) or nothing_known()
end

---What status() tells. Windows and queues in bytes, times in seconds; what a half-open connection or one in TIME-WAIT does not keep is 0 or nil.
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
---@field receive_buffer integer     bytes; more than the option says when it has grown (receive_buffer_max)
---@field user_timeout? number       in force, the peer's option taken into account; nil: none
---@field snd table<string, integer>  una, nxt, wnd, up, wl1, wl2, iss, max_wnd, mss, scale: the sending half by RFC 9293's names
---@field rcv table<string, integer>  nxt, wnd, up, irs, mss, scale: the receiving half
---@field send_queue integer         bytes unsent or unacknowledged
---@field receive_queue integer      bytes unread
---@field out_of_order integer       bytes held beyond a gap
---@field congestion string          name of the congestion control
---@field phase "open"|"recovery"|"loss"  nothing is known to be lost; a loss is being mended; the retransmission timer ran out
---@field cwnd integer               congestion window
---@field ssthresh integer           slow-start threshold; 1 GiB: none yet
---@field pacing? integer            bits a second; nil: not paced
---@field flight integer             SND.NXT - SND.UNA
---@field pipe integer               of it in the network, as recovery sees it
---@field sacked integer             of it reported by SACK
---@field lost integer               of it judged lost and to be sent again
---@field srtt? number               smoothed round-trip time; nil before the first measurement
---@field rttvar? number              variation of the round-trip time
---@field min_rtt? number            the smallest round-trip time of late
---@field rto number                 retransmission timeout, back-off included
---@field retransmissions integer    in all
---@field backoff integer            retransmissions of what is outstanding now
---@field probes integer             probes, of keep-alive or of a closed window, without an answer
---@field ts_recent integer          TS.Recent of RFC 7323
---@field timers table<string, number>  each running timer's deadline, by name
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

local function name_of(address, port)
  if not address then return nil, "not connected", "ENOTCONN" end
  return address, port, address:find(":", 1, true) and "inet6" or "inet"
end

-- The ends, or nothing where the core answered nil, message, code.
local function known(address, port, ...)
  if math.type(port) == "integer" then return address, port, ... end
end

-- Once both are known they are kept: a half-open record takes its own along when it goes.
local function ends(self)
  if not gone(self) then
    local near, near_port, far, far_port = known(call(self, "ends"))
    if far then self._ends = { near, near_port, far, far_port } end
    if near_port then return near, near_port, far, far_port end
  end
  local final = self._final
  if final and final.local_port then return final.local_address, final.local_port, final.remote_address, final.remote_port end
  if self._ends then return table.unpack(self._ends, 1, 4) end
end

---The other end.
---```lua
---print(conn:getpeername())  --> 10.0.0.2 80 inet
---```
---@return string? address, integer|string port, string family  "inet" or "inet6"; nil, message, code before there is a peer
function connection:getpeername()
  check_self(self, "getpeername")
  local _, _, address, port = ends(self)
  return name_of(address, port)
end

---Our own end.
---```lua
---local address, port = conn:getsockname()
---print(address, port > 1023)  --> 10.0.0.1 true
---```
---@return string? address, integer|string port, string family
function connection:getsockname()
  check_self(self, "getsockname")
  local address, port = ends(self)
  return name_of(address, port)
end

---What has passed.
---```lua
---conn:send "hello"
---print(conn:getstats())  --> 0 5
---```
---@return integer received, integer sent  bytes through this handle
function connection:getstats()
  check_self(self, "getstats")
  return self._received, self._sent
end

-- ---- options ----

---Changes a tunable of this connection. LuaSocket's names are known too: "tcp-nodelay", "linger" with { on =, timeout = } ...
---```lua
---conn:setoption("nodelay", true)
---conn:setoption("linger", { on = true, timeout = 2 })
---conn:setoption("congestion", "reno")
---```
---@param name tcplab.tunable  see tcplab.options
---@param value any    in its unit; what is out of its range raises
---@return integer? ok  1
---@return string? message
---@return string? code
function connection:setoption(name, value)
  check_self(self, "setoption")
  local number, encoded, control = options.encode(name, value)
  if self.closed or gone(self) then return nil, "closed", CODES.closed end
  self.network:_catch_up()
  if control then self.host:_give_control(self._ref, control) end
  local ok, message, code = call(self, "set_tunable", number, encoded)
  if not ok then return nil, message, code end
  if options.is_control(number) and not control then self.host:_forget_control(self._ref) end
  return 1
end

---A tunable's value for this connection.
---```lua
---print(conn:getoption "nodelay", conn:getoption "keepalive")  --> false false
---```
---@param name tcplab.tunable  see tcplab.options
---@return any value
---@return string? message
---@return string? code
function connection:getoption(name)
  check_self(self, "getoption")
  local number, decode = options.decode(name)
  if gone(self) then return nil, "closed", CODES.closed end
  local value, message, code = call(self, "get_tunable", number)
  if not value then return nil, message, code end
  if options.is_script(number, value) then return self.host:_control_of(self._ref).given end
  return decode(value)
end

-- ---- the TCB ----

function connection:_tcb_get(name)
  if self._final then return self._tcb and self._tcb[name] end
  if self.network.closed then return nil end
  return (call(self, "tcb_get", name))
end

function connection:_tcb_set(name, value)
  self.network:_check_open()
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
  if not unread and not self.closed and (call(self, "readable") or 0) > 0 then return end
  local final = self:_status(false)
  self._tcb = all_variables(self)
  call(self, "release")
  self.host:_forget_control(self._ref)
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
  self.network:_check_open()
  return self.network:_hook(moment, f, self.host, self)
end

local function endpoint(address, port)
  if not address then return "*" end
  if address:find(":", 1, true) then return ("[%s]:%d"):format(address, port) end
  return ("%s:%d"):format(address, port)
end

function connection:__tostring()
  local local_address, local_port, remote_address, remote_port = ends(self)
  return ("connection: %s > %s %s"):format(endpoint(local_address, local_port), endpoint(remote_address, remote_port), self.state)
end

---The host makes the one object for a reference.
local function new(host, ref, last_ends)
  local self = setmetatable({
    host = host, network = host.network, closed = false,
    _ref = ref, _ends = last_ends, _signal = signal.new(), _watched = {}, _waiting = { reading = {}, writing = {} }, _sent = 0, _received = 0,
  }, connection)
  ends(self)
  return self
end

return { new = new, class = connection }
