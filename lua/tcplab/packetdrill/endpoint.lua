-- SPDX-License-Identifier: MIT
-- An endpoint: what a descriptor of the script's stands for, a socket that becomes a listener or a connection. Its verbs never wait: where a
-- system's would, they answer EAGAIN.

local core = require "tcplab.core"
local record = require "tcplab.connection.record"

---@class tcplab.packetdrill.endpoint
---@field stage tcplab.packetdrill.stage
---@field options table<string, any>    those that were set before it became anything, by the names of the stack's
---@field listener? tcplab.listener
---@field conn? tcplab.connection
---@field flow? tcplab.packetdrill.flow
---@field port? integer                 bound
---@field nonblocking boolean
local endpoint = {}
endpoint.__index = endpoint

local call, gone = record.call, record.gone

---@return tcplab.packetdrill.endpoint
function endpoint.new(stage, conn)
  local self = setmetatable({ stage = stage, options = {}, nonblocking = false, conn = conn }, endpoint)
  if conn then conn:settimeout(0) end
  return self
end

---The state that the stack keeps of it.
function endpoint:state()
  if self.conn then return self.conn.state end
  return self.listener and not self.listener.closed and "LISTEN" or "CLOSED"
end

-- Why its connection ended, once; nil: it did not, or not badly.
local function error_of(self)
  if not self.conn or self.told or self.conn.state ~= "CLOSED" then return nil end
  local code = self.conn:_status(false).code
  if code == "ECONNABORTED" or code == nil then return nil end
  return code == "EUSERTIMEOUT" and "ETIMEDOUT" or code
end

---The error that waits to be told, and does not wait any more.
---@return string?
function endpoint:take_error()
  local code = error_of(self)
  if code then self.told = true end
  return code
end

---Whether one waits.
function endpoint:has_error() return error_of(self) ~= nil end

-- ---- becoming something ----

local function options_with(self, more)
  local given = {}
  for name, value in next, self.options do given[name] = value end -- each to its own name: order does not show
  for name, value in next, more do given[name] = value end
  return given
end

---@return integer? zero, string? errno
function endpoint:listen(backlog)
  if self.conn then return nil, "EINVAL" end
  if self.listener then return 0 end
  local listener, _, code = self.stage.host:listen(self.port or 0, options_with(self, { backlog = backlog }))
  if not listener then return nil, code end
  self.listener, self.port = listener, listener.port
  return 0
end

---How much text a SYN to that port may carry, where a cookie is known; 0: none is.
function endpoint:room_on_syn(port)
  local host = self.stage.host
  return core.fast_open_room(host.network._core, host.id, self.stage.local_address, self.stage.remote_address, port)
end

---Opens actively; with a text, "" too, its SYN asks for a cookie or takes some of it along.
---@param port integer
---@param text? string
---@return integer? taken, string? errno
function endpoint:open(port, text)
  local stage = self.stage
  local given = options_with(self, { address = stage.remote_address, port = port, local_port = self.port ~= 0 and self.port or nil })
  given.data, given.fast_open = text, text and "client" or nil
  local conn, taken, code = stage.host:open(given)
  if not conn then return nil, code end
  conn:settimeout(0)
  self.conn = conn
  return taken
end

---A connection that waits to be accepted.
---@return tcplab.packetdrill.endpoint? accepted, string? errno
function endpoint:accept()
  if not self.listener then return nil, "EINVAL" end
  local conn, _, code = self.listener:_take()
  if not conn then return nil, code end
  return endpoint.new(self.stage, conn)
end

-- ---- text ----

local OPENING <const> = { ["SYN-SENT"] = true, ["SYN-RECEIVED"] = true }

---Whether its own handshake is under way; one that was accepted early, by Fast Open, has no need to wait for its.
function endpoint:is_opening()
  if not self.conn or not OPENING[self.conn.state] then return false end
  return not self.conn:_status(false).passive
end

---Takes up to so many bytes of what has come; with `peek` they stay.
---@return string? text  "": the peer's FIN stands here
---@return string? errno
function endpoint:receive(most, peek)
  local conn = self.conn
  if not conn then return nil, "ENOTCONN" end
  if gone(conn) then
    local code = self:take_error()
    if code then return nil, code end
    return ""
  end
  local chunk, _, code = call(conn, "receive", most, false, nil, peek)
  if chunk then
    if conn.state == "CLOSED" then conn:_retire() end
    return chunk
  end
  if code == "EPIPE" or code == "ECONNABORTED" then return "" end
  if code == "EAGAIN" and conn._deaf then return "" end
  if code == "EAGAIN" then return nil, code end
  return nil, self:take_error() or code
end

---Hands over what fits of a text.
---@return integer? taken, string? errno
function endpoint:send(text)
  local conn = self.conn
  if not conn then return nil, "EPIPE" end
  local code = self:take_error()
  if code then return nil, code end
  if conn.closed or gone(conn) then return nil, "EPIPE" end
  local taken, _, why = call(conn, "send", text, 1, #text, false, false)
  if taken then return taken end
  if why == "ENOTCONN" then why = "EPIPE" end
  return nil, why
end

---How many bytes could be read at once.
function endpoint:readable() return self.conn and not gone(self.conn) and call(self.conn, "readable") or 0 end

---Whether a read would answer at once.
function endpoint:can_read()
  if self.listener then return (self.listener:status() or { waiting = 0 }).waiting > 0 end
  if not self.conn then return false end
  if self:readable() > 0 then return true end
  local state = self.conn.state
  return state == "CLOSED" or self.conn._deaf or not OPENING[state] and self.conn:_status(false).fin_received == true
end

---Whether a write would take something at once.
function endpoint:can_write()
  local conn = self.conn
  if not conn or gone(conn) then return conn ~= nil end
  local status = conn:_status(false)
  return status.send_queue ~= nil and status.send_queue < conn:getoption "send_buffer"
end

-- ---- the end ----

---@param how "send"|"receive"|"both"
---@return integer? zero, string? errno
function endpoint:shutdown(how)
  if not self.conn then return nil, "ENOTCONN" end
  local ok, _, code = self.conn:shutdown(how)
  if ok then return 0 end
  return nil, code == "EPIPE" and "ENOTCONN" or code
end

---Closes it for good; nothing is waited for.
function endpoint:close()
  if self.listener then self.listener:close() end
  if self.conn then
    self.conn:settimeout(0)
    self.conn:close()
  end
end

return endpoint
