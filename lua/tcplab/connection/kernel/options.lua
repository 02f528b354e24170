-- SPDX-License-Identifier: MIT
-- The options of the kernel's sockets: C names, the kernel's units.

local core = require "tcplab.core"
local check = require "tcplab.base.check"
local near = require "tcplab.base.near"
local record = require "tcplab.connection.record"

local call, gone = record.call, record.gone

local KINDS <const> = core.kernel and core.kernel.options() or {} -- "number", "text" or "linger" by name
local NAMES <const> = {}
for name in pairs(KINDS) do NAMES[#NAMES + 1] = name end
table.sort(NAMES)

local options = {}

---Their names, in order.
---@return string[]
function options.names() return NAMES end

---The options of a connection or listener of the kernel's.
---@class tcplab.kernel_socket
local methods = { __name = "tcplab.kernel_socket" }
options.methods = methods

local function kind_of(name, others)
  check.type(name, "string", "option")
  if KINDS[name] then return KINDS[name] end
  local all = table.move(NAMES, 1, #NAMES, 1, {})
  table.move(others, 1, #others, #all + 1, all)
  check.fail("unknown option %s of the kernel's%s", check.shown(name), near.hint(name, all))
end

local encode = {}

function encode.number(value, name)
  if type(value) == "boolean" then return value and 1 or 0 end
  return check.integer(value, name, -0x80000000, 0x7fffffff)
end

function encode.text(value, name) return check.type(value, "string", name) end

-- Seconds, or false; LuaSocket's { on =, timeout = } too.
function encode.linger(value, name)
  if type(value) == "table" then value = value.on and (value.timeout or 0) end
  return value and check.integer(value, name, 0, 0xffff) or -1
end

---The socket options among what a script gave, as a list of { name, value }, by name. Raises on names that are neither these nor in `others`.
---@param given table<string, any>
---@param others string[]
---@return table[]
function options.read(given, others)
  check.type(given, "table", "options")
  local known, list = {}, {}
  for _, name in ipairs(others) do known[name] = true end
  for name, value in pairs(given) do
    if not known[name] then list[#list + 1] = { name, encode[kind_of(name, others)](value, name) } end
  end
  table.sort(list, function(a, b) return a[1] < b[1] end)
  return list
end

---Changes an option of the kernel's socket.
---```lua live
---local net = assert(tcplab.tun { address = "10.9.0.1/24" })
---local kernel = net:host("kernel", { kernel = true })
---local listener = assert(kernel:listen(80, { SO_REUSEADDR = true }))
---local conn = assert(net:host("ours", { address = "10.9.0.2" }):connect(kernel, 80))
---local peer = assert(listener:accept())
---peer:setoption("TCP_NODELAY", true)
---peer:setoption("TCP_CONGESTION", "reno")
---print(peer:getoption "TCP_NODELAY", peer:getoption "TCP_CONGESTION", peer:getoption "SO_LINGER")  --> 1 reno false
---peer:setoption("SO_LINGER", 0)
---peer:close()
---print(conn:receive())  --> nil closed  ECONNRESET
---```
---@param name string  its C name: "SO_KEEPALIVE", "TCP_NODELAY", "IP_TTL" ...
---@param value integer|boolean|string  in the kernel's unit; SO_LINGER: seconds or false
---@return integer? ok  1
---@return string? message
---@return string? code
function methods:setoption(name, value)
  check.self(self, methods, "setoption")
  local encoded = encode[kind_of(name, {})](value, name)
  if gone(self) then return nil, "closed", "ENOTCONN" end
  local ok, message, code = call(self, "set_option", name, encoded)
  if not ok then return nil, message, code end
  return 1
end

---An option of the kernel's socket, in the kernel's unit.
---@param name string  its C name
---@return integer|string|false|nil value
---@return string? message
---@return string? code
function methods:getoption(name)
  check.self(self, methods, "getoption")
  local kind = kind_of(name, {})
  if gone(self) then return nil, "closed", "ENOTCONN" end
  local value, message, code = call(self, "get_option", name)
  if value == nil then return nil, message, code end
  return (kind ~= "linger" or value >= 0) and value
end

return options
