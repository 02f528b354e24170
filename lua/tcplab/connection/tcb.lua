-- SPDX-License-Identifier: MIT
-- The TCB's variables by the RFC's names, live: conn.tcb.snd.una. A script may read and write them; an impossible value raises.

local core = require "tcplab.core"
local check = require "tcplab.base.check"
local near = require "tcplab.base.near"

local fields = core.tcb_fields()
local states = core.states()
local groups, known, names = {}, {}, {}

for i, field in ipairs(fields) do
  names[i] = field.name
  known[field.name] = field
  local group = field.name:match("^(.-)%.")
  if group then groups[group] = true end
end

---A view of a connection's TCB, or of one group of its variables.
---```lua
---print(conn.tcb.snd.nxt - conn.tcb.snd.iss)  --> 1
---conn.tcb.cwnd = 2920
---```
---@class tcplab.tcb
---@field snd tcplab.tcb.snd  the sending half: una, nxt, wnd, up, wl1, wl2, iss ...
---@field rcv tcplab.tcb.rcv  the receiving half: nxt, wnd, up, irs ...
local tcb = { __name = "tcplab.tcb" }

local private = setmetatable({}, { __mode = "k" }) -- a view's connection and prefix: its fields are the TCB's alone

-- ---- values: states by name, times in seconds ----

local function state_number(name)
  for i, state in ipairs(states) do
    if state == name then return i - 1 end
  end
  check.fail("tcb: there is no state %s%s", check.shown(name), near.hint(name, states))
end

local TIMES = { srtt = true, rttvar = true, rto = true }

local function from_core(full, value)
  if value == nil then return nil end
  if full == "state" then return states[value + 1] end
  return TIMES[full] and value / 1e9 or value
end

local function to_core(full, value)
  if full == "state" then return state_number(value) end
  if TIMES[full] then return check.span(value, full) end
  return check.integer(value, full, math.mininteger, math.maxinteger)
end

-- ---- the view ----

local function full_name(view, name)
  local full = private[view].prefix .. tostring(name)
  if known[full] or groups[full] then return full end
  check.fail("tcb: there is no variable %q%s", full, near.hint(full, names))
end

local function view_of(conn, prefix)
  local view = setmetatable({}, tcb)
  private[view] = { conn = conn, prefix = prefix }
  return view
end

function tcb:__index(name)
  local full = full_name(self, name)
  local conn = private[self].conn
  if groups[full] then return view_of(conn, full .. ".") end
  return from_core(full, conn:_tcb_get(full))
end

function tcb:__newindex(name, value)
  local full = full_name(self, name)
  local conn = private[self].conn
  if groups[full] then check.fail("tcb: %q is a group of variables", full) end
  if not known[full].writable then check.fail("tcb: %q can only be read", full) end
  conn:_tcb_set(full, to_core(full, value))
end

local function line(self, field)
  local value = from_core(field.name, private[self].conn:_tcb_get(field.name))
  return value and ("%s = %s"):format(field.name, value)
end

function tcb:__tostring()
  local lines = {}
  for _, field in ipairs(fields) do
    if field.name:sub(1, #private[self].prefix) == private[self].prefix then lines[#lines + 1] = line(self, field) end
  end
  return table.concat(lines, "\n")
end

---All variables: their names, whether they may be written, and what they are.
---```lua
---for _, variable in ipairs(tcplab.tcb_fields()) do
---  if variable.name == "snd.una" then print(variable.doc, variable.writable) end
---end
---```
---@return { name: string, writable: boolean, doc: string }[]
local function list()
  local all = core.tcb_fields()
  for _, field in ipairs(all) do
    field.doc = field.doc:gsub(", ns%f[%A]", ", seconds"):gsub("by number; a script reads and writes its name", "by name")
  end
  return all
end

return { new = function(conn) return view_of(conn, "") end, fields = list, names = names, class = tcb }
