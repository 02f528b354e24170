-- SPDX-License-Identifier: MIT
-- Receiving on a connection: a line, a number of bytes, or all.

local core = require "tcplab.core"
local blocking = require "tcplab.connection.blocking"
local check = require "tcplab.base.check"
local record = require "tcplab.connection.record"

local CODES = core.codes()
local ALL = math.maxinteger
local LONG = 1 << 17 -- bytes that hardly come at once

local call, gone = record.call, record.gone
local begin, stream_error, wait = blocking.begin, blocking.stream_error, blocking.wait

local receive = {}

---@class tcplab.connection
local methods = { __name = "tcplab.connection" }
receive.methods = methods

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
  local network = this.conn._network
  this.gather, network._gather = network._gather or core.gather(), nil
  if this.text then core.gather_add(this.gather, this.text) end
end

local function give_back(this)
  local text = core.gather_take(this.gather)
  this.conn._network._gather, this.gather = this.gather, nil
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

---Attempts until it has what it wants, or nothing is left to take. Answers why. What came while it waited in vain is taken too.
function receive.take_all(self, this)
  self._network:_catch_up()
  while not this.done do
    local message, code = take(self, this)
    if code == CODES.closing and this.pattern == "a" then this.done = true end
    if message then return message, code end
  end
end

---Before the end: what came for those who wait to read is theirs, and what a waiting send could not place was not sent.
function receive.serve_waiting(self)
  for _, reader in ipairs(self._waiting.reading) do receive.take_all(self, reader) end
  if self._sending then blocking.recall(self, self._sending) end
end

local function receive_all(self, this)
  while true do
    local message, code = receive.take_all(self, this)
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
---
---Its values beside those of LuaSocket's `receive`, whose messages are the same; the code stands fourth, where LuaSocket has nothing:
---
---| what happens | LuaSocket | here |
---|---|---|
---| all of it has come | `data` | `data` |
---| the peer's FIN first | `nil, "closed", partial` | `nil, "closed", partial, "ENOTCONN"` |
---| the FIN, with "*a" | `data` | `data` |
---| a reset first | `nil, "closed", partial` | `nil, "closed", partial, "ECONNRESET"` |
---| the time is over | `nil, "timeout", partial` | `nil, "timeout", partial, "EAGAIN"` |
---| nobody could ever send it | it waits | `nil, message, partial, "EDEADLK"` |
---
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
function methods:receive(pattern, prefix)
  check.self(self, methods, "receive")
  pattern = read_pattern(pattern)
  prefix = prefix == nil and "" or tostring(prefix)
  local missing = math.type(pattern) == "integer" and pattern - #prefix or ALL
  if missing <= 0 then return prefix end
  if self._closed or self._deaf then return nil, "closed", prefix, CODES.closed end
  self._network:_check_open()
  local this <close> = begin(self, {
    side = "reading", what = "receive", wish = pattern == "l" and 1 or nil, give_up = receive.take_all,
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
function methods:dirty()
  check.self(self, methods, "dirty")
  return not gone(self) and (call(self, "readable") or 0) > 0
end

return receive
