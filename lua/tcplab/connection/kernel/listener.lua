-- SPDX-License-Identifier: MIT
-- A listening socket of the kernel's, in the shape of our listeners.

local accept = require "tcplab.connection.accept"
local check = require "tcplab.base.check"
local mixin = require "tcplab.base.mixin"
local options = require "tcplab.connection.kernel.options"
local record = require "tcplab.connection.record"
local signal = require "tcplab.base.signal"
local strict = require "tcplab.base.strict"

local call, gone = record.call, record.gone

---A listening socket of the kernel's. It accepts as our listeners do.
---@class tcplab.kernel_listener: tcplab.listener, tcplab.kernel_socket
---@field host tcplab.kernel_host  whose it is
---@field network tcplab.tun_network  the host's
---@field port integer    the one it listens at
---@field address? string the one address it listens at; nil: all
---@field closed boolean  no connection comes to it any more
local listener = mixin({
  __name = "tcplab.kernel_listener", __like = { ["tcplab.listener"] = true, ["tcplab.kernel_socket"] = true },
}, accept, options)

---The kernel's host makes the one object for a socket.
local function new(host, ref, address)
  local self = setmetatable({
    _host = host, _network = host._network, _closed = false, _final = false, _timeout = false, _address = address, _ref = ref, _signal = signal.new(),
  }, listener)
  self._port = select(2, call(self, "ends"))
  return self
end

function listener:_take()
  if gone(self) then return nil, "closed", "ENOTCONN" end
  local ref, message, code = call(self, "accept")
  if not ref then return nil, message, code end
  return self._host:_adopt(ref)
end

function listener:_expect() call(self, "await", "reading", 1) end

---Where it listens; "0.0.0.0" stands for every address.
---@return string address, integer port, string family
function listener:getsockname()
  check.self(self, listener, "getsockname")
  local address = self._address or "0.0.0.0"
  return address, self._port, address:find(":", 1, true) and "inet6" or "inet"
end

---How full its queue is.
---```lua live
---local net = assert(tcplab.tun { address = "10.9.0.1/24" })
---local kernel = net:host("kernel", { kernel = true })
---local listener <close> = assert(kernel:listen(0, { address = "10.9.0.1", backlog = 5 }))
---local ours = net:host("ours", { address = "10.9.0.2" })
---ours:connect("10.9.0.1", listener.port)
---net:run(0.1)
---local status = listener:status()
---print(status.waiting, status.backlog, listener:getsockname() == "10.9.0.1")  --> 1 5 true
---print(listener:getoption "SO_ACCEPTCONN", #kernel:listeners())  --> 1 1
---```
---@return { waiting: integer, backlog: integer, port: integer, address?: string }?  connections that wait for accept, and how many may; nil
---once it is closed
function listener:status()
  check.self(self, listener, "status")
  local info = not gone(self) and call(self, "info")
  return info and { waiting = info.unacked, backlog = info.sacked, port = self._port, address = self._address } or nil
end

---Stops listening: connections that wait for accept are reset, accepted ones live on. Does nothing the second time.
---@return integer 1
function listener:close()
  check.self(self, listener, "close")
  self._closed = true
  if gone(self) then return 1 end
  self._network:_do(function()
    if gone(self) then return end
    self._final = true
    call(self, "close")
    self._host:_forget(self)
    self._signal:raise(self._network)
  end)
  return 1
end

listener.__close = listener.close

function listener:__tostring()
  local told = self:status()
  local queue = told and (" waiting %d/%d"):format(told.waiting, told.backlog)
  return ("kernel listener: %s:%d%s"):format(self._address or "*", self._port, queue or " (closed)")
end

strict.seal(listener, {
  what = "kernel listener", kept = { "host", "network", "port", "address", "closed" },
  options = options.names, option_call = 'listener:setoption("%s", value)', option_read = 'listener:getoption "%s"',
})

return { new = new, class = listener }
