-- SPDX-License-Identifier: MIT
-- Expressions: what the arguments and results of calls mean, and how they are written.

local symbol = require "tcplab.packetdrill.symbol"
local verdict = require "tcplab.packetdrill.verdict"

local expression = {}

local forms = {}

---The number that an expression means; an errno's name stands for itself. Raises "unsupported" for what has none.
---@param it table  of the grammar
---@param defined? table<string, string>  symbols of the command line
---@return integer|string
function expression.value(it, defined)
  local form = forms[it.kind]
  if not form then verdict.unsupported("%s where a number is expected", expression.text(it)) end
  return form(it, defined)
end

function forms.number(it) return it.negative and -it.value or it.value end

forms["or"] = function(it, defined)
  local sum = 0
  for _, each in ipairs(it) do
    local value = expression.value(each, defined)
    if math.type(value) ~= "integer" then verdict.unsupported("%s is no set of flags", expression.text(it)) end
    sum = sum | value
  end
  local left = expression.value(it.left, defined)
  if math.type(left) ~= "integer" then verdict.unsupported("%s is no set of flags", expression.text(it)) end
  return sum | left
end

function forms.name(it, defined)
  if it.name == "htons" or it.name == "htonl" then
    if it.arguments and #it.arguments == 1 then return expression.value(it.arguments[1], defined) end
  end
  local text = defined and defined[it.name]
  if text then return math.tointeger(tonumber(text)) or text end
  local value = not it.arguments and (symbol.value(it.name) or symbol.is_errno(it.name) and it.name)
  if not value then verdict.unsupported("the symbol %s", it.name) end
  return value
end

---The name that an expression is, if it is one; else nil.
function expression.name(it) return it and it.kind == "name" and not it.arguments and it.name or nil end

---The only element of an array.
function expression.element(it)
  if not it or it.kind ~= "array" or not it[1] then verdict.unsupported("%s where [value] is expected", it and expression.text(it) or "nothing") end
  return it[1]
end

local ESCAPES <const> = { n = "\n", r = "\r", t = "\t", ["0"] = "\0" }

---The bytes of a string, its escapes read.
function expression.bytes(it)
  local plain = it.value:gsub("\\x(%x%x)", function(digits) return "\\" .. ("%03d"):format(tonumber(digits, 16)) end)
  return (plain:gsub("\\(%d%d%d)", function(digits) return string.char(tonumber(digits)) end):gsub("\\(.)", ESCAPES))
end

---A structure's field, by one of its names.
---@param it table
---@param ... string
---@return table?
function expression.field(it, ...)
  if not it or it.kind ~= "struct" then return nil end
  for _, name in ipairs { ... } do
    for _, each in ipairs(it) do
      if each.kind == "name" and each.name == name then return each.equals end
    end
  end
end

-- ---- how they are written ----

local texts = {}

local function listed(list, separator)
  local shown = {}
  for i, each in ipairs(list) do shown[i] = expression.text(each) end
  return table.concat(shown, separator or ", ")
end

function texts.any() return "..." end
function texts.number(it) return tostring(it.negative and -it.value or it.value) end
function texts.string(it) return ('"%s"'):format(it.value) end
function texts.array(it) return "[" .. listed(it) .. "]" end
function texts.struct(it) return "{" .. listed(it) .. "}" end
texts["or"] = function(it) return expression.text(it.left) .. "|" .. listed(it, "|") end

function texts.name(it)
  local text = it.name
  if it.arguments then text = text .. "(" .. listed(it.arguments) .. ")" end
  if it.equals then text = text .. "=" .. expression.text(it.equals) end
  return text
end

---@param it table
---@return string
function expression.text(it) return texts[it.kind](it) end

return expression
