-- SPDX-License-Identifier: MIT
-- Files written whole or not at all, and files opened: failures have codes.

local check = require "tcplab.base.check"

local file = {}

local CODES = {
  [1] = "EPERM", [2] = "ENOENT", [5] = "EIO", [12] = "ENOMEM", [13] = "EACCES", [17] = "EEXIST", [20] = "ENOTDIR", [21] = "EISDIR",
  [24] = "EMFILE", [27] = "EFBIG", [28] = "ENOSPC", [30] = "EROFS", [36] = "ENAMETOOLONG", [122] = "EDQUOT",
}

local function failure(message, number) return nil, message, CODES[number] or "EIO" end

-- The system would read a path up to its first zero byte, and take another file.
local function has_zero(path) return path:find("\0", 1, true) ~= nil end

local function zero_in(path) return nil, ("%s: a path has no zero byte"):format(check.shown(path)), "EINVAL" end

---Opens a file for reading.
---@param path string
---@return file*? file
---@return string? message  names the file
---@return string? code     "ENOENT", "EISDIR" ...; "EINVAL": it has a zero byte
function file.open(path)
  if has_zero(path) then return zero_in(path) end
  local opened, message, number = io.open(path, "rb")
  if not opened then return failure(message, number) end
  local _, trouble, why = opened:read(0) -- a directory opens, but cannot be read
  if not trouble then return opened end
  opened:close()
  return failure(path .. ": " .. trouble, why)
end

local function write_and_close(out, write)
  local ok, message, number = write(out)
  if not ok then
    out:close()
    return nil, message, number
  end
  return out:close() -- what was buffered may fail here
end

---Writes a file under a temporary name beside it and puts it in its place when all of it is there.
---@param path string
---@param write fun(out: file*): any, string?, integer? answers as file:write does
---@return true? ok
---@return string? message
---@return string? code "ENOSPC", "EACCES" ...
function file.replace(path, write)
  if has_zero(path) then return zero_in(path) end
  local part = path .. ".part"
  local out, message, number = io.open(part, "wb")
  if not out then return failure((message:gsub("%.part: ", ": ", 1)), number) end
  local ok
  ok, message, number = write_and_close(out, write)
  if ok then ok, message, number = os.rename(part, path) end
  if ok then return true end
  os.remove(part)
  if not message:find(path, 1, true) then message = path .. ": " .. message end
  return failure(message, number)
end

return file
