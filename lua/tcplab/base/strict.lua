-- SPDX-License-Identifier: MIT
-- Strict objects: an unknown field that is read or set raises, with the name that is near and the call that does it.
--
-- An object's own table holds private fields alone, whose names begin with "_"; these are not looked over. A public field is kept under its name
-- with "_" before it, or computed. A value (an event, a segment) is a table of its public fields.

local check = require "tcplab.base.check"
local near = require "tcplab.base.near"

local strict = {}

---What a class has besides its methods.
---@class tcplab.strict.shape
---@field what string                                  what messages call an object of it
---@field kept? string[]                               fields that stand in the object, "_" before their names
---@field computed? table<string, fun(self: any): any> fields that are asked for
---@field calls? table<string, string>                 the call that does what some would do by setting or reading a field
---@field options? fun(): string[]                     names of options, which are no fields
---@field option_call? string                          the call that sets one, "%s" for its name
---@field option_read? string                          the call that tells one
---@field lenient? fun(self: any): boolean              whether reading an unknown field is nil

local UNDERSCORE <const> = 95

local function is_private(name) return type(name) == "string" and name:byte() == UNDERSCORE end

local function sorted(set)
  local names = {}
  for name in pairs(set) do
    if not is_private(name) then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

-- ---- messages ----

-- Public fields and methods, then options.
local function names_of(class, shape)
  local set = {}
  for name in pairs(class) do set[name] = true end
  for _, name in ipairs(shape.kept or {}) do set[name] = true end
  for name in pairs(shape.computed or {}) do set[name] = true end
  return sorted(set), shape.options and shape.options() or {}
end

local function is_in(list, name)
  for _, each in ipairs(list) do
    if each == name then return true end
  end
  return false
end

local function option_text(shape, name, reading)
  local call = reading and shape.option_read or shape.option_call
  return ("it is an option: %s"):format((call:gsub("%%s", name)))
end

-- The end of the message about a name that is no field.
local function advice(class, shape, name, reading)
  local fields, options = names_of(class, shape)
  if shape.calls and shape.calls[name] then return "; " .. shape.calls[name] end
  if is_in(options, name) then return "; " .. option_text(shape, name, reading) end
  local meant
  if reading then meant = near.of(name, fields) or near.of(name, options) else meant = near.of(name, options) or near.of(name, fields) end
  if not meant and shape.calls then meant = near.of(name, sorted(shape.calls)) end
  if not meant then return reading and "" or "; for marks of your own there is a table with the object as key" end
  local call = shape.calls and not is_in(fields, meant) and shape.calls[meant]
  if call then return ("; did you mean %q? %s"):format(meant, (call:gsub("^it ", "It "))) end
  if is_in(options, meant) and not (reading and is_in(fields, meant)) then
    return ("; did you mean %q? I%s"):format(meant, option_text(shape, meant, reading):sub(2))
  end
  return ("; did you mean %q?"):format(meant)
end

local function refuse_read(class, shape, name)
  check.fail("%s: there is no field %s%s", shape.what, check.shown(name), advice(class, shape, name, true))
end

local function refuse_set(class, shape, name, is_field)
  if class[name] ~= nil then
    local option = is_in(shape.options and shape.options() or {}, name) and "; for the option: " .. shape.option_call:gsub("%%s", name) or ""
    check.fail("%s: %s is a method, and cannot be set%s", shape.what, check.shown(name), option)
  end
  if is_field then
    local call = shape.calls and shape.calls[name]
    check.fail("%s: the field %s can only be read%s", shape.what, check.shown(name), call and "; " .. call or "")
  end
  check.fail("%s: there is no field %s to set%s", shape.what, check.shown(name), advice(class, shape, name, false))
end

-- ---- objects ----

local function jsonl_text(self) return require "dkjson".quotestring(tostring(self)) end

---Makes the objects of a class strict. A class that has fields under their names with "_" before them assigns to these.
---@param class table  their metatable, and their methods
---@param shape tcplab.strict.shape
---@return table class
function strict.seal(class, shape)
  local computed = {}
  for name, compute in pairs(shape.computed or {}) do computed[name] = compute end
  for _, name in ipairs(shape.kept or {}) do
    local key = "_" .. name
    computed[name] = function(self) return rawget(self, key) end
  end
  function class.__index(self, name)
    local method = class[name]
    if method ~= nil then return method end
    local compute = computed[name]
    if compute then return compute(self) end
    if is_private(name) or math.type(name) == "integer" or shape.lenient and shape.lenient(self) then return nil end
    refuse_read(class, shape, name)
  end
  function class.__newindex(self, name, value)
    if not is_private(name) then refuse_set(class, shape, name, computed[name] ~= nil) end
    rawset(self, name, value)
  end
  class.__tojson = jsonl_text -- of dkjson
  return class
end

---Makes a table an object of a class that has few of them: with the private methods in it, where they are found at once.
---@param object table
---@param class table
---@return table object
function strict.with_private(object, class)
  for name, method in next, class do
    if is_private(name) and name:byte(2) ~= UNDERSCORE then object[name] = method end
  end
  return setmetatable(object, class)
end

-- ---- values ----

---The metatable of values: tables whose fields a script may set. Others raise, set or read.
---@param metatable table
---@param shape { what: string, fields: string[], methods?: table<string, function>, advice?: fun(name: string): string? }
---@return table metatable
function strict.value(metatable, shape)
  local known, methods = {}, shape.methods or {}
  for _, name in ipairs(shape.fields) do known[name] = true end
  local function refuse(name, format)
    local told = shape.advice and type(name) == "string" and shape.advice(name)
    check.fail(format, shape.what, check.shown(name), told and "; " .. told or near.hint(name, table.move(shape.fields, 1, #shape.fields,
      #sorted(methods) + 1, sorted(methods))))
  end
  function metatable.__index(_, name)
    local method = methods[name]
    if method or known[name] or is_private(name) or math.type(name) == "integer" then return method end
    refuse(name, "%s: there is no field %s%s")
  end
  function metatable.__newindex(self, name, value)
    if not known[name] and not is_private(name) then refuse(name, "%s: there is no field %s to set%s") end
    rawset(self, name, value)
  end
  return metatable
end

return strict
