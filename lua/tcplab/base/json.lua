-- SPDX-License-Identifier: MIT
-- JSON for the command's answers: the same value gives the same text.

local check = require "tcplab.base.check"

local json = {}

local PLAIN <const> = { ["nil"] = true, boolean = true, number = true }

-- Bytes that are no UTF-8 become U+FFFD.
local function text_of(value)
  local text = type(value) == "string" and value or check.shown(value)
  return utf8.len(text) and text or text:gsub("[\x80-\xff]", "\u{FFFD}")
end

-- The value with words for what JSON cannot hold.
local function plain(value)
  local meta = getmetatable(value)
  if PLAIN[type(value)] then return value end
  if type(value) ~= "table" or (meta and meta.__tostring) then return (text_of(value)) end
  local copy = setmetatable({}, meta)
  for key, inner in pairs(value) do copy[key] = plain(inner) end
  return copy
end

local function note_keys(value, keys)
  if type(value) ~= "table" then return keys end
  for key, inner in pairs(value) do -- the keys are sorted afterwards
    if type(key) == "string" then keys[key] = true end
    note_keys(inner, keys)
  end
  return keys
end

-- The keys in the order wanted, then all others by the alphabet.
local function key_order(value, wanted)
  local keys, order, others = note_keys(value, {}), {}, {}
  for _, key in ipairs(wanted) do
    order[#order + 1], keys[key] = key, nil
  end
  for key in pairs(keys) do others[#others + 1] = key end
  table.sort(others)
  return table.move(others, 1, #others, #order + 1, order)
end

---A list that is one also when it is empty.
---@param list table
---@return table list
function json.array(list) return setmetatable(list, { __jsontype = "array" }) end

---An object that is one also when it is empty.
---@param object table
---@return table object
function json.object(object) return next(object) == nil and setmetatable({}, { __jsontype = "object" }) or object end

---The text of a value, on several lines. What JSON has no word for, such as an object of a network, becomes its `tostring`.
---@param value any
---@param order? string[]  keys that come first in each object, in this order
---@return string text     ends in a newline
function json.text(value, order)
  local shown = plain(value)
  return require("dkjson").encode(shown, { indent = true, keyorder = key_order(shown, order or {}) }) .. "\n"
end

return json
