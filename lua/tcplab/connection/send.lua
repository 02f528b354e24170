-- SPDX-License-Identifier: MIT
-- Sending on a connection: text, urgent text, and what connect sends with the handshake.

local core = require "tcplab.core"
local blocking = require "tcplab.connection.blocking"
local check = require "tcplab.base.check"
local record = require "tcplab.connection.record"

local CODES = core.codes()

local call, gone = record.call, record.gone
local begin, stream_error, wait = blocking.begin, blocking.stream_error, blocking.wait

---@class tcplab.connection
local methods = { __name = "tcplab.connection" }

local function range(data, i, j)
  local size = #data
  i = check.integer(i or 1, "i", math.mininteger, math.maxinteger)
  j = check.integer(j or -1, "j", math.mininteger, math.maxinteger)
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
  self._network:_catch_up()
  local from = math.min(this.first, #this.data + 1)
  local taken, message, code = call(self, "send", this.data, from, math.max(this.last, from - 1), this.urgent, may_run_ahead(self, this))
  if not taken and code ~= CODES.again then return message, code end
  self._network:_finish()
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
    side = "writing", what = "send", wish = 1, give_up = blocking.recall,
    data = data, first = first, last = last, missing = last - first + 1, urgent = urgent,
  }
end

local function send(self, data, i, j, urgent)
  if type(data) == "number" then data = tostring(data) end
  check.type(data, "string", "data")
  local first, last = range(data, i, j)
  if self._closed then return nil, "closed", first - 1, CODES.closed end
  self._network:_check_open()
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
function methods:send(data, i, j)
  check.self(self, methods, "send")
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
function methods:send_urgent(data, i, j)
  check.self(self, methods, "send_urgent")
  return send(self, data, i, j, true)
end

-- ---- what connect has to send ----

local OPENING = { ["SYN-SENT"] = true, ["SYN-RECEIVED"] = true }

-- An open that came to nothing.
local function failed_open(self, status)
  self:_retire()
  return nil, status.message or "closed", status.code or CODES.closed
end

---Waits until the handshake is over.
local function await_handshake(self, until_ns)
  while OPENING[self.state] do
    local ok, message, code = self._network:_wait(self._signal, until_ns, "connect")
    if not ok then
      self:abort()
      return nil, message, code
    end
  end
  if self.state == "CLOSED" then return failed_open(self, self:_status(false)) end
  return self
end

---Waits until the handshake is over, and until what is left of the data after so many bytes is sent.
---@param until_ns? integer
---@param data string
---@param taken integer
function methods:_await_open(until_ns, data, taken)
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

return { methods = methods }
