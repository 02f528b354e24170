-- SPDX-License-Identifier: MIT
-- Tunables by name, in the units that scripts use: seconds, bytes, counts, true and false.

local core = require "tcplab.core"
local check = require "tcplab.base.check"
local congestion = require "tcplab.connection.congestion"
local kernel_name = require "tcplab.connection.kernel_name"
local near = require "tcplab.base.near"

---One tunable. `minimum`, `maximum` and the profiles' values are in the script's unit.
---@class tcplab.option
---@field name string
---@field unit "bytes"|"seconds"|"boolean"|"count"|"choice"
---@field doc string
---@field aliases string[]          what Linux and FreeBSD call it: sysctls
---@field socket_options string[]   what it is called in C
---@field minimum? number|boolean   nil for a choice
---@field maximum? number|boolean
---@field choices? string[]         the names there are to choose from
---@field long? number              of seconds: from so many on they look like milliseconds, and draw a warning
---@field default table<string, number|boolean|string>  by profile

local options = {}

local rows = core.tunables()
local profiles = core.profiles()
local number_of = {} -- name -> its number in the core

for number, row in ipairs(rows) do number_of[row.name] = number end

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

local LONGER <const>, LEAST_LONG <const>, LONG_WITHOUT <const> = 100, 5, 500 -- times, s, s

-- From how many seconds on a value looks like milliseconds: 100 times what any profile has, and 500 where none has any.
local function long(row)
  local most = 0
  for _, profile in ipairs(profiles) do
    local value = row.default[profile]
    if value < FOR_EVER then most = math.max(most, value) end
  end
  return most > 0 and math.max(LEAST_LONG, LONGER * most / 1e9) or LONG_WITHOUT
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
    local span = check.span(value, name)
    if span <= row.max then check.looks_like_seconds(value, name, long(row)) end
    return span
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
  local milliseconds = ""
  if row.unit == "seconds" and type(shown) == "number" and value > row.max and value // 1000 >= math.max(row.min, 0) and value // 1000 <= row.max then
    milliseconds = ("; %s ms are %s"):format(check.shown(shown), check.shown(shown / 1000))
  end
  check.fail("%s: %s is not between %s and %s%s%s", name, check.shown(shown), from_core(row, row.min), from_core(row, row.max),
    row.unit == "seconds" and " seconds" or row.unit == "bytes" and " bytes" or "", milliseconds)
end

local function value_for(number, name, value)
  local row = rows[number]
  return in_range(row, to_core[row.unit](row, value, name), name, value)
end

-- Values by the numbers of the tunables that a name sets; nothing when there is no such name. base: see read.
local function values_for(name, value, base)
  local number = number_of[name]
  if number then return { [number] = value_for(number, name, value) } end
  local kernels = kernel_name.find(name)
  if not kernels then return nil end
  if kernels.form ~= "choice" then return kernel_name.read(kernels, value, base()) end
  number = kernels.options[1]
  return { [number] = value_for(number, name, value) }
end

-- ---- reading what a script gave ----

---The tunables' names, in order.
---@return string[]
function options.names()
  local names = {}
  for number, row in ipairs(rows) do names[number] = row.name end
  return names
end

-- A name that is near: of the same kind first.
local function meant_by(name, others)
  local all = table.move(others, 1, #others, 1, {})
  local own = near.of(name, table.move(options.names(), 1, #rows, #all + 1, all))
  if kernel_name.system(name) or kernel_name.is_end(name) then return kernel_name.near(name) or own end
  return own or kernel_name.near(name)
end

local function unknown(name, others)
  local meant = meant_by(name, others)
  check.fail("unknown option %q%s", name, meant and ("; did you mean %q?"):format(meant) or "")
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

---@param values table<integer, integer>  by the tunables' numbers
---@return boolean  whether they name a congestion control that is a script's
function options.is_script(values) return values[CONTROL] == SCRIPT end

---@param values? integer[]
---@return boolean  whether they
---@param values? integer[]
---@return boolean  whether they name a congestion control
function options.has_control(values) return values ~= nil and values[CONTROL] ~= nil end

-- Whether the given value is a script's congestion control.
local function is_control_in(given, values) return type(given) == "table" and values[CONTROL] == SCRIPT end

---The tunables among the given options, as the core takes them; nothing when there are none. Raises on names that are neither tunables
---nor in `others`.
---@param given table?
---@param others string[]  names that belong to the caller
---@param base fun(): integer[]  a list of its own of the values that they go over: what some kernels' names mean depends on these
---@return integer[]? values
---@return table? control   the congestion control, when it is a script's (see tcplab.congestion)
function options.read(given, others, base)
  if given == nil then return nil end
  check.type(given, "table", "options")
  local values, control
  local function under() return options.overlay(base(), values) end
  for _, name in ipairs(sorted_names(given)) do
    if not is_one_of(name, others) then
      values = options.overlay(values or {}, values_for(name, given[name], under) or unknown(name, others))
      if is_control_in(given[name], values) then control = congestion.read(given[name]) end
    end
  end
  return values, control
end

---All kernels' names, in order: Linux's and FreeBSD's sysctls, then socket options.
---```lua
---for _, kernels in ipairs(tcplab.kernel_names()) do
---  if kernels.name == "net.ipv4.tcp_rmem" then print(table.concat(kernels.options, " ")) end  --> receive_buffer receive_buffer_max
---end
---```
---@return tcplab.kernel_name[]
function options.kernel_names()
  local list = {}
  for i, row in ipairs(kernel_name.rows()) do
    local names = {}
    for k, number in ipairs(row.options) do names[k] = rows[number].name end
    list[i] = { name = row.name, system = kernel_name.system(row.name), taken = row.form ~= "none", options = names, doc = row.doc }
    list[i].values = row.cases and { table.unpack(row.cases) }
  end
  return list
end

---@param get fun(number: integer): integer  a tunable's value as the core has it
---@return integer[]  all of them
function options.all(get)
  local values = {}
  for number = 1, #rows do values[number] = get(number) end
  return values
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

---@param name string
---@param value any
---@param base fun(): integer[]  as of read
---@return integer[] numbers  of the tunables that are set, in order
---@return table<integer, integer> values  by these numbers, as the core takes them
---@return table? control  as of read
function options.encode(name, value, base)
  check.type(name, "string", "option")
  local values, numbers = values_for(name, value, base) or unknown(name, {}), {}
  for number = 1, #rows do
    if values[number] then numbers[#numbers + 1] = number end
  end
  return numbers, values, is_control_in(value, values) and congestion.read(value) or nil
end

---@param name string
---@return integer[] numbers  of the tunables that it goes by
---@return fun(values: table<integer, integer>): any decode  of their values by these numbers
function options.decode(name)
  check.type(name, "string", "option")
  local kernels = not number_of[name] and (kernel_name.find(name) or unknown(name, {}))
  if kernels and kernels.form ~= "choice" then
    return kernels.reads, function(values) return kernel_name.tell(kernels, values) end
  end
  local number = kernels and kernels.options[1] or number_of[name]
  return { number }, function(values) return from_core(rows[number], values[number]) end
end

-- Kernels' names of each tunable, by its number.
local function names_by_option()
  local aliases, socket_options = {}, {}
  for number in ipairs(rows) do aliases[number], socket_options[number] = {}, {} end
  for _, row in ipairs(kernel_name.rows()) do
    local lists = kernel_name.system(row.name) == "socket" and socket_options or aliases
    for _, number in ipairs(row.options) do table.insert(lists[number], row.name) end
  end
  return aliases, socket_options
end

---All tunables, in order.
---```lua
---for _, option in ipairs(tcplab.options()) do
---  if option.name == "msl" then print(option.unit, option.default.rfc9293, option.default.linux) end
---end
---```
---@return tcplab.option[]
function options.list()
  local list, aliases, socket_options = {}, names_by_option()
  for i, row in ipairs(rows) do
    local default = {}
    for _, profile in ipairs(profiles) do default[profile] = from_core(row, row.default[profile]) end
    list[i] = {
      name = row.name, unit = row.unit, doc = row.doc, aliases = aliases[i], socket_options = socket_options[i],
      minimum = from_core(row, row.min), maximum = from_core(row, row.max), default = default,
    }
    if row.unit == "seconds" then list[i].long = long(row) end
    if row.choices then list[i].minimum, list[i].maximum, list[i].choices = nil, nil, { table.unpack(row.choices) } end
  end
  return list
end

return options
