-- SPDX-License-Identifier: MIT
-- The kernel's own settings, those of the network namespace that this process is in, by their names as of sysctl(8).

local check = require "tcplab.base.check"

local sysctl = {}

local function path_of(name)
  check.type(name, "string", "option")
  if not name:match "^net%.[%w_.-]+$" or name:find("..", 1, true) then
    check.fail('option: a name like "net.ipv4.tcp_ecn" expected, got %s', check.shown(name))
  end
  return "/proc/sys/" .. name:gsub("%.", "/")
end

local CODES <const> = { [1] = "EPERM", [2] = "ENOENT", [13] = "EACCES", [22] = "EINVAL", [30] = "EROFS" }

local function failure(name, message, number)
  return nil, ("%s: %s"):format(name, (message:gsub("^.*: ", ""):lower())), CODES[number] or "EIO"
end

---@param name string
---@return integer|string|nil value  a number where it is one
---@return string? message
---@return string? code
function sysctl.get(name)
  local path = path_of(name)
  local file, message, number = io.open(path)
  if not file then return failure(name, message, number) end
  local text
  text, message, number = file:read "l"
  file:close()
  if not text then return failure(name, message or "it cannot be read", number) end
  return math.tointeger(tonumber(text)) or (text:gsub("\t", " "))
end

---@param name string
---@param value integer|boolean|string
---@return true? ok
---@return string? message
---@return string? code
function sysctl.set(name, value)
  local path = path_of(name)
  if type(value) == "boolean" then value = value and 1 or 0 end
  check.type(value, "number|string", name)
  local file, message, number = io.open(path, "w")
  if not file then return failure(name, message, number) end
  file:setvbuf "no"
  local ok
  ok, message, number = file:write(value)
  file:close()
  if not ok then return failure(name, message, number) end
  return true
end

return sysctl
