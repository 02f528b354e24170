-- SPDX-License-Identifier: MIT
-- What kernels call the tunables: Linux's and FreeBSD's sysctls, socket options by their C names; values in the kernels' own units.

local core = require "tcplab.core"
local check = require "tcplab.base.check"
local near = require "tcplab.base.near"

---A kernel's name for one tunable or several.
---@class tcplab.kernel_name
---@field name string         "net.ipv4.tcp_rmem", "TCP_NODELAY"
---@field system "linux"|"freebsd"|"socket"  whose sysctl it is; socket: an option of sockets
---@field taken boolean       whether it can be set; if not, it has no counterpart
---@field options string[]    the tunables that it sets; none: what is always so here, or passed over
---@field values? integer[]   the few that it takes
---@field doc? string         why it has no counterpart; what is peculiar

local kernel_name = {}

local rows = core.kernel_names()
local row_of = {}
for number, row in ipairs(rows) do
  row.number = number
  row_of[row.name] = row
end

local SYSTEMS <const> = {
  { "^net%.ipv4%.", "linux" }, { "^net%.core%.", "linux" }, { "^net%.inet%.", "freebsd" }, { "^kern%.", "freebsd" },
  { "^%u[%u%d]*_[%u%d_]+$", "socket" },
}

---Whose name it would be, whether there is such a one or not.
---@param name string
---@return "linux"|"freebsd"|"socket"|nil
function kernel_name.system(name)
  for _, each in ipairs(SYSTEMS) do
    if name:match(each[1]) then return each[2] end
  end
end

---@param name string
---@return table? row  of the core
function kernel_name.find(name)
  local row = row_of[name]
  if row and row.form == "none" then check.fail("%s has no counterpart: %s", name, row.doc) end
  return row
end

---All rows, in order.
---@return table[]
function kernel_name.rows() return rows end

---@param name string
---@return boolean  whether it is the end of a sysctl of Linux's
function kernel_name.is_end(name) return row_of["net.ipv4." .. name] ~= nil end

---A name of the same system that is near, or the whole one of a sysctl's end.
---@param name string
---@return string?
function kernel_name.near(name)
  if kernel_name.is_end(name) then return "net.ipv4." .. name end
  local system, names = kernel_name.system(name), {}
  for _, row in ipairs(rows) do
    if row.form ~= "none" and kernel_name.system(row.name) == system then names[#names + 1] = row.name end
  end
  return near.of(name, names)
end

-- ---- values ----

local function integer(row, value)
  if type(value) == "boolean" and row.form ~= "numbers" then return value and 1 or 0 end
  return check.integer(value, row.name, math.mininteger, math.maxinteger)
end

-- As a file under /proc has them, or a list.
local function integers(row, value)
  local given, list = value, {}
  if type(value) == "string" then
    given = {}
    for word in value:gmatch "%S+" do given[#given + 1] = math.tointeger(tonumber(word)) or word end
  end
  if type(given) ~= "table" or #given ~= row.integers then
    check.fail("%s: %d integers expected, got %s", row.name, row.integers, check.shown(value))
  end
  for i = 1, row.integers do list[i] = integer(row, given[i]) end
  return list
end

-- LuaSocket's table, or C's two integers.
local function linger(row, value)
  check.type(value, "table", row.name)
  if value.on == nil then return { integer(row, value[1]), integer(row, value[2]) } end
  return { value.on and 1 or 0, check.integer(value.timeout or 0, row.name, 0, math.maxinteger) }
end

local function list_of(row, value)
  if row.form == "linger" then return linger(row, value) end
  if row.integers == 1 then return { integer(row, value) } end
  return integers(row, value)
end

local function refuse(row, value, low, high)
  if row.cases and not row.options[1] then check.fail("%s: always %d here: %s", row.name, row.cases[1], row.doc) end
  if row.cases then check.fail("%s: %d is none of %s", row.name, value, table.concat(row.cases, ", ")) end
  if high == math.maxinteger then check.fail("%s: %d is below %d", row.name, value, low) end
  check.fail("%s: %d is not between %d and %d", row.name, value, low, high)
end

---@param row table  whose form is not "choice"
---@param value any
---@param base integer[]  what the tunables are
---@return table<integer, integer> values  the core's by the tunables' numbers
function kernel_name.read(row, value, base)
  local list = list_of(row, value)
  local values, wrong, low, high = core.kernel_read(row.number, base, table.unpack(list))
  return values or refuse(row, list[wrong], low, high)
end

---What the kernel would show.
---@param row table  whose form is not "choice"
---@param values table<integer, integer>  the core's by the tunables' numbers
---@return integer|integer[]|{ on: boolean, timeout: integer }
function kernel_name.tell(row, values)
  local list = core.kernel_tell(row.number, values)
  if row.form == "linger" then return { on = list[1] ~= 0, timeout = list[2] } end
  return row.integers == 1 and list[1] or list
end

return kernel_name
