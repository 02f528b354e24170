-- SPDX-License-Identifier: MIT
-- The end of a connection: shutdown, close with or without lingering, abort.

local core = require "tcplab.core"
local blocking = require "tcplab.connection.blocking"
local check = require "tcplab.base.check"
local receive = require "tcplab.connection.receive"
local record = require "tcplab.connection.record"

local CODES = core.codes()

local call, gone = record.call, record.gone

---@class tcplab.connection
local methods = { __name = "tcplab.connection" }

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
function methods:shutdown(how)
  check.self(self, methods, "shutdown")
  how = how or "both"
  if how ~= "send" and how ~= "receive" and how ~= "both" then
    check.fail('how: "send", "receive" or "both" expected, got %s', check.shown(how))
  end
  if self._closed or gone(self) then return nil, "closed", CODES.closed end
  if how ~= "send" then self._deaf = true end
  self._network:_catch_up()
  if how ~= "receive" then
    if self._sending then blocking.recall(self, self._sending) end
    local ok, message, code = call(self, "shutdown")
    if not ok then return nil, message, code end
  end
  if how ~= "send" and not gone(self) then call(self, "shutdown_receive") end
  return 1
end

-- A record that is CLOSED at once can go at once, unread or not: nobody can read it any more.
local function end_by(self, verb)
  if self._closed then return end
  self._closed = true
  if gone(self) then return end
  self._network:_catch_up()
  self._network:_do(function()
    if not gone(self) then receive.serve_waiting(self) end
    if gone(self) then return end
    call(self, verb)
    self._signal:raise(self._network)
    if call(self, "state") == "CLOSED" then self:_retire(true) end
  end)
end

-- Where nothing of ours waits for an acknowledgment any more, or was never sent.
local SETTLED = { ["CLOSED"] = true, ["LISTEN"] = true, ["SYN-SENT"] = true, ["FIN-WAIT-2"] = true, ["TIME-WAIT"] = true }

-- How long close is to wait, in seconds; nil: not at all.
local function patience(self)
  local linger = not (self._closed or gone(self) or SETTLED[self.state]) and self:getoption "linger"
  if not linger or linger == 0 then return nil end
  return math.min(linger, self._timeout or linger)
end

local function await_settled(self, until_ns)
  while not SETTLED[self.state] do
    local ok, message, code = self._network:_wait(self._signal, until_ns, "close")
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
function methods:close()
  check.self(self, methods, "close")
  local seconds = patience(self)
  if seconds and seconds > 0 then self._network:_check_may_wait "close" end
  end_by(self, "close_both")
  if not seconds then return 1 end
  if seconds == 0 and not SETTLED[self.state] then return nil, "timeout", CODES.again end
  self:_own()
  return await_settled(self, self._network:_until(seconds, "linger"))
end

---RFC 9293's ABORT: a RST, and nothing more.
---```lua
---conn:abort()
---print(peer:receive())  --> nil closed  ECONNRESET
---```
---@return integer 1
function methods:abort()
  check.self(self, methods, "abort")
  local closed_before = self._closed
  self._closed = false
  end_by(self, "abort")
  self._closed = closed_before or self._closed
  return 1
end

-- Of a variable in a task that is being ended, say: where nothing can wait, what was sent is on its own.
function methods:__close()
  if gone(self) or self._network:_may_wait() then self:close() else end_by(self, "close_both") end
end

return { methods = methods }
