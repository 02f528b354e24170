-- SPDX-License-Identifier: MIT
-- Tunables by name, in the units that scripts use: seconds, bytes, counts, true and false.

local core = require "tcplab.core"
local check = require "tcplab.base.check"
local congestion = require "tcplab.connection.congestion"
local nearest = require "tcplab.base.nearest"

---One tunable. `minimum`, `maximum` and the profiles' values are in the script's unit.
---@class tcplab.option
---@field name string
---@field unit "bytes"|"seconds"|"boolean"|"count"|"choice"
---@field doc string
---@field aliases string[]          what Linux and FreeBSD call it
---@field minimum? number|boolean   nil for a choice
---@field maximum? number|boolean
---@field choices? string[]         the names there are to choose from
---@field default table<string, number|boolean|string>  by profile

local options = {}

local rows = core.tunables()
local profiles = core.profiles()
local number_of = {} -- name or alias -> its number in the core
local scale_of = {}  -- alias -> one of its units in the core's; 0: it takes a choice's names

for number, row in ipairs(rows) do
  number_of[row.name] = number
  for _, alias in ipairs(row.aliases) do number_of[alias.name], scale_of[alias.name] = number, alias.scale end
end

for theirs, ours in next, { ["tcp-nodelay"] = "nodelay", reuseaddr = "reuse_address", reuseport = "reuse_port" } do
  number_of[theirs] = number_of[ours] -- LuaSocket's names
end

-- ---- units ----

local CONTROL = number_of.congestion
local SCRIPT = #rows[CONTROL].choices -- stands for a control that is a table of functions

local FOR_EVER = 10 ^ 18 -- ns: a range that reaches this far ends in "for ever"

local function lasts(row, value) return value == row.max and value > FOR_EVER end

local function from_core(row, value)
  if row.unit == "boolean" then return value ~= 0 end
  if row.unit == "choice" then return row.choices[value - row.min + 1] end
  if row.unit ~= "seconds" then return value end
  if value < 0 then return false end
  if lasts(row, value) then return math.huge end
  return value / 1e9
end

-- In the unit of the alias, an integer or a boolean, as the kernel's file shows it.
local function from_alias(row, value, name)
  if row.unit == "boolean" and type(value) == "boolean" then return value and 1 or 0 end
  return check.integer(value, name, 0, math.maxinteger // scale_of[name]) * scale_of[name]
end

local to_core = {
  boolean = function(_, value, name)
    if type(value) ~= "boolean" then check.fail("%s: true or false expected, got %s", name, check.shown(value)) end
    return value and 1 or 0
  end,
  -- Where it can be switched off it takes false, and LuaSocket's { on =, timeout = }.
  seconds = function(row, value, name)
    if row.min < 0 and type(value) == "table" then
      if not value.on then return row.min end
      value = value.timeout
    end
    if row.min < 0 and value == false then return row.min end
    if value == math.huge and row.max > FOR_EVER then return row.max end
    return check.span(value, name)
  end,
  count = function(_, value, name) return check.integer(value, name, math.mininteger, math.maxinteger) end,
}
to_core.bytes = to_core.count

-- A table's own values are the caller's to keep: see read and encode.
function to_core.choice(row, value, name)
  local is_control = row == rows[CONTROL]
  if is_control and type(value) == "table" then return SCRIPT end
  for i, each in ipairs(row.choices) do
    if each == value then return row.min + i - 1 end
  end
  check.fail("%s: there is no %s; there are %s%s", name, check.shown(value), table.concat(row.choices, ", "),
    is_control and ", and a table of functions" or "")
end

local function in_range(row, value, name, shown)
  if value >= row.min and value <= row.max then return value end
  check.fail("%s: %s is not between %s and %s%s", name, check.shown(shown), from_core(row, row.min), from_core(row, row.max),
    row.unit == "seconds" and " seconds" or row.unit == "bytes" and " bytes" or "")
end

-- Whether the name is an alias that counts in units of its own.
local function is_foreign(name) return (scale_of[name] or 0) > 0 end

local function value_for(row, name, value)
  if is_foreign(name) then return in_range(row, from_alias(row, value, name), name, value) end
  return in_range(row, to_core[row.unit](row, value, name), name, value)
end

-- ---- reading what a script gave ----

local function unknown(name, others)
  local all = {}
  for _, other in ipairs(others) do all[#all + 1] = other end
  local near = core.nearest(tostring(name))
  all[#all + 1] = near
  check.fail("unknown option %s; did you mean %q?", check.shown(name), nearest(name, all))
end

local function sorted_names(given)
  local names = {}
  for name in pairs(given) do
    if type(name) ~= "string" then check.fail("options: a name expected, got %s", check.shown(name)) end
    names[#names + 1] = name
  end
  table.sort(names)
  return names
end

local function is_one_of(name, list)
  for _, other in ipairs(list) do
    if name == other then return true end
  end
  return false
end

---Whether the value stands for a congestion control that is a script's.
---@param number integer
---@param value? integer
---@return boolean
function options.is_script(number, value) return options.is_control(number) and value == SCRIPT end

---@param number integer
---@return boolean
function options.is_control(number) return number == CONTROL end

---@param values? integer[]
---@return boolean  whether they name a congestion control
function options.has_control(values) return values ~= nil and values[CONTROL] ~= nil end

---The tunables among the given options, as the core takes them; nothing when there are none. Raises on names that are neither tunables
---nor in `others`.
---@param given table?
---@param others string[]  names that belong to the caller
---@return integer[]? values
---@return table? control   the congestion control, when it is a script's (see tcplab.congestion)
function options.read(given, others)
  if given == nil then return nil end
  check.type(given, "table", "options")
  local values, control
  for _, name in ipairs(sorted_names(given)) do
    local number = number_of[name]
    if number and not is_one_of(name, others) then
      values = values or {}
      values[number] = value_for(rows[number], name, given[name])
      if options.is_script(number, values[number]) then control = congestion.read(given[name]) end
    elseif not is_one_of(name, others) then
      unknown(name, others)
    end
  end
  return values, control
end

---Lays the values of one list over another.
---@param base integer[]
---@param over integer[]?
---@return integer[] base
function options.overlay(base, over)
  for number = 1, #rows do
    if over and over[number] then base[number] = over[number] end
  end
  return base
end

---@param name any
---@return integer number, table row
local function find(name)
  check.type(name, "string", "option")
  local number = number_of[name]
  if not number then unknown(name, {}) end
  return number, rows[number]
end

---@param name string
---@param value any
---@return integer number, integer value, table? control  as the core takes them; control as of read
function options.encode(name, value)
  local number, row = find(name)
  local encoded = value_for(row, name, value)
  return number, encoded, options.is_script(number, encoded) and congestion.read(value) or nil
end

---@param name string
---@return integer number, fun(value: integer): any decode
function options.decode(name)
  local number, row = find(name)
  if is_foreign(name) then return number, function(value) return value // scale_of[name] end end
  return number, function(value) return from_core(row, value) end
end

---All tunables, in order.
---```lua
---for _, option in ipairs(tcplab.options()) do
---  if option.name == "msl" then print(option.unit, option.default.rfc9293, option.default.linux) end
---end
---```
---@return tcplab.option[]
function options.list()
  local list = {}
  for i, row in ipairs(rows) do
    local default, aliases = {}, {}
    for _, alias in ipairs(row.aliases) do aliases[#aliases + 1] = alias.name end
    for _, profile in ipairs(profiles) do default[profile] = from_core(row, row.default[profile]) end
    list[i] = {
      name = row.name, unit = row.unit, doc = row.doc, aliases = aliases,
      minimum = from_core(row, row.min), maximum = from_core(row, row.max), default = default,
    }
    if row.choices then list[i].minimum, list[i].maximum, list[i].choices = nil, nil, { table.unpack(row.choices) } end
  end
  return list
end

return options
