-- SPDX-License-Identifier: MIT
-- usage: lua5.4 spec/tools/types.lua       Makes lua/tcplab/types.lua, the types that editors know of the tunables and of the TCB's variables, from
-- the library, which must have been built. As a module: PATH, text().
require "spec.helper" -- where the library is
local columns = require "tcplab.base.columns"

local types = { PATH = "lua/tcplab/types.lua" }

local HEAD <const> = [[
-- SPDX-License-Identifier: MIT
-- What editors know of the tunables and of the TCB's variables. Nothing loads it; spec/tools/types.lua makes it from the library.
---@meta tcplab.types
]]

local LUA_TYPES <const> = { bytes = "integer", count = "integer", boolean = "boolean", seconds = "number" }

local function quoted(choices) return '"' .. table.concat(choices, '"|"') .. '"' end

local function type_of(option)
  if option.name == "congestion" then return quoted(option.choices) .. "|tcplab.congestion_control" end
  if option.choices then return quoted(option.choices) end
  return LUA_TYPES[option.unit] .. (option.unit == "seconds" and option.minimum == false and "|false" or "")
end

local function shown(value) return math.type(value) == "float" and ("%.15g"):format(value) or tostring(value) end

local function range_of(option)
  if option.choices or option.unit == "boolean" then return "" end
  return (", %s to %s"):format(shown(option.minimum), shown(option.maximum))
end

local function add_comment(lines, text)
  for line in columns.wrap(text, 140):gmatch "[^\n]+" do lines[#lines + 1] = "---" .. line end
end

local function add_options(lines)
  add_comment(lines, "The tunables: options of net:host, of connect, listen and open, and of setoption. Defaults are those of rfc9293.")
  lines[#lines + 1] = "---@class tcplab.tunables"
  local names = {}
  for i, option in ipairs(require "tcplab".options()) do
    add_comment(lines, ("%s (%s%s; default %s)"):format(option.doc, option.unit, range_of(option), shown(option.default.rfc9293)))
    lines[#lines + 1] = ("---@field %s? %s"):format(option.name, type_of(option))
    names[i] = option.name
  end
  lines[#lines + 1] = "\n---The name of a tunable; Linux's and FreeBSD's are known too.\n---@alias tcplab.tunable\n---| string"
  for _, name in ipairs(names) do lines[#lines + 1] = ('---| "%s"'):format(name) end
end

local function type_of_variable(field)
  if field.name == "state" then return "string" end
  return field.doc:find "seconds" and "number" or "integer"
end

local function add_variables(lines)
  local groups, order = {}, { "tcplab.tcb" }
  for _, field in ipairs(require "tcplab".tcb_fields()) do
    local group, name = field.name:match "^(.-)%.(.*)$"
    local class = group and "tcplab.tcb." .. group or "tcplab.tcb"
    if not groups[class] then
      groups[class] = {}
      if group then order[#order + 1] = class end
    end
    table.insert(groups[class], { name = name or field.name, doc = field.doc .. (field.writable and "" or "; can only be read") })
  end
  for _, class in ipairs(order) do
    lines[#lines + 1] = "\n---@class " .. class
    for _, field in ipairs(groups[class]) do
      add_comment(lines, field.doc)
      lines[#lines + 1] = ("---@field %s %s"):format(field.name, type_of_variable(field))
    end
  end
end

--- What the file should be.
---@return string
function types.text()
  local lines = {}
  add_options(lines)
  add_variables(lines)
  return HEAD .. "\n" .. table.concat(lines, "\n") .. "\n"
end

if arg and (arg[0] or ""):match "types%.lua$" then
  local file <close> = assert(io.open(types.PATH, "w"))
  file:write(types.text())
end
return types
