-- SPDX-License-Identifier: MIT
-- Bytes as text, two digits each.

local hex = {}

local DIGITS <const> = "0123456789abcdefABCDEF"
local digits_of, byte_of = {}, {}
for i = 0, 255 do digits_of[string.char(i)] = ("%02x"):format(i) end
for one in DIGITS:gmatch "." do
  for two in DIGITS:gmatch "." do byte_of[one .. two] = string.char(tonumber(one .. two, 16)) end
end

---@param bytes string
---@return string text  in small letters
function hex.encode(bytes) return (bytes:gsub(".", digits_of)) end

---@param text string   in small or capital letters
---@return string? bytes  nil when it is not base 16
function hex.decode(text)
  if #text % 2 ~= 0 or text:find "%X" then return nil end
  return (text:gsub("..", byte_of))
end

return hex
