-- SPDX-License-Identifier: MIT
-- Plain values as Lua text: nil, booleans, numbers, strings, and tables of these that are no part of themselves. The same value gives the same text.

local check = require "tcplab.base.check"

local function number(value)
  if value ~= value then return "0/0" end
  if value == math.huge or value == -math.huge then return value > 0 and "1e9999" or "-1e9999" end
  if math.type(value) == "integer" then return ("%q"):format(value) end
  local short = ("%.14g"):format(value)
  if tonumber(short) ~= value then short = ("%.17g"):format(value) end
  return short:find "[.e]" and short or short .. ".0"
end

local RESERVED <const> = {}
for word in ([[and break do else elseif end false for function goto if in local nil not or repeat return then true until while]]):gmatch "%a+" do
  RESERVED[word] = true
end

local function key_text(key, literal)
  if type(key) == "string" and key:find "^[%a_][%w_]*$" and not RESERVED[key] then return key end
  return "[" .. literal(key) .. "]"
end

local function before(a, b)
  if type(a) ~= type(b) then return type(a) < type(b) end
  return a < b
end

-- The keys behind the list's, in order.
local function other_keys(value, count)
  local keys = {}
  for key in pairs(value) do
    if not (math.type(key) == "integer" and key >= 1 and key <= count) then keys[#keys + 1] = key end
  end
  table.sort(keys, before)
  return keys
end

local literal

local function fields(value, list)
  for _, each in ipairs(value) do list[#list + 1] = literal(each) end
  for _, key in ipairs(other_keys(value, #list)) do list[#list + 1] = key_text(key, literal) .. " = " .. literal(value[key]) end
  return #list > 0 and "{ " .. table.concat(list, ", ") .. " }" or "{}"
end

---@param value any
---@return string  what `load("return " .. text)` answers
function literal(value)
  local kind = type(value)
  if kind == "number" then return number(value) end
  if kind == "string" then return (("%q"):format(value):gsub("\\\n", "\\n")) end
  if kind == "table" then return fields(value, {}) end
  if kind == "nil" or kind == "boolean" then return tostring(value) end
  check.fail("no plain value: %s", check.shown(value))
end

return literal
