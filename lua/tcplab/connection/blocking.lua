-- SPDX-License-Identifier: MIT
-- A blocking call is a table: its side, how many bytes are missing, its wish, if it can go on with fewer, and what it does when it has
-- waited in vain. It stands among those who wait from its first wait to its end, also when that is an error, or its task is closed.
-- The core is asked to tell when it can go on for good, not at each segment; what it reads meanwhile counts as read, so that nobody's window closes.

local core = require "tcplab.core"
local check = require "tcplab.base.check"
local record = require "tcplab.connection.record"

local CODES = core.codes()

local call, gone = record.call, record.gone

local blocking = {}

---@class tcplab.connection
local methods = { __name = "tcplab.connection" }
blocking.methods = methods

local CLOSED_MESSAGE = {}
for _, name in ipairs { "closed", "closing", "reset", "aborted", "overflow", "rebooted", "timed_out", "user_timeout", "refused", "unreachable" } do
  CLOSED_MESSAGE[CODES[name]] = true
end

---LuaSocket says "closed" for every way a stream can have ended; the code tells which.
function blocking.stream_error(message, code) return CLOSED_MESSAGE[code] and "closed" or message, code end

---What does not fit was not sent.
function blocking.recall(self, this)
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
  self._network:_do(function()
    blocking.recall(self, this)
    if self._sending == this then self._sending = false end
    if #line == 0 and not gone(self) then call(self, "await", this.side, 0) end
  end)
end

---Until when all its waits may last together is fixed when it begins; one that goes on with another's wait is told.
function blocking.begin(self, this, until_ns)
  this.conn = self
  this.until_ns = until_ns or self._timeout ~= 0 and self._network:_until(self._timeout, "timeout") or nil
  return setmetatable(this, waiting_call)
end

-- Takes its place among those who wait.
local function queue(self, this)
  self._network:_check_may_wait(this.what)
  this.waits = true
  local line = self._waiting[this.side]
  line[#line + 1] = this
  self:_own()
  call(self, "hold") -- also one that is not accepted yet is to tell why it ended
end

---With settimeout(0) nothing waits: not even where waiting would be out of place. The connection's end is noticed in any case.
function blocking.wait(self, this)
  if self._timeout == 0 then return nil, "timeout", CODES.again end
  if not this.waits then queue(self, this) end
  call(self, "await", this.side, this.wish or this.missing)
  local ok, message, code = self._network:_wait(self._signal, this.until_ns, this.what)
  if ok and self._closed then return nil, "closed", CODES.closed end
  if not ok and not self._network._closed then this.give_up(self, this) end
  return ok, message, code
end

---Limits how long a call waits, in seconds. 0: calls do not wait; nil or negative: no limit. 500 and more draw a warning, by `warn`: they look like
---milliseconds.
---```lua
---conn:settimeout(0.5)
---print(conn:receive())  --> nil timeout  EAGAIN
---```
---@param seconds? number
---@param mode? "b"|"t"  LuaSocket's; both limit the whole call
---@return integer 1
function methods:settimeout(seconds, mode)
  check.self(self, methods, "settimeout")
  if mode ~= nil and mode ~= "b" and mode ~= "t" then check.fail('mode: "b" or "t" expected, got %s', check.shown(mode)) end
  self._timeout = check.timeout(seconds, "seconds") or false
  return 1
end

---What settimeout was told; nil: no limit.
---```lua
---print(conn:gettimeout())  --> nil
---```
---@return number? seconds
function methods:gettimeout()
  check.self(self, methods, "gettimeout")
  return self._timeout or nil
end

return blocking
