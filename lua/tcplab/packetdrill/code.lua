-- SPDX-License-Identifier: MIT
-- The code between %{ and }%: the part of Python that scripts use to look at TCP_INFO, read and evaluated here. It has no loops, and its numbers
-- and texts are bounded.

local lpeg = require "lpeg"
local verdict = require "tcplab.packetdrill.verdict"

local P, R, S, V = lpeg.P, lpeg.R, lpeg.S, lpeg.V
local C, Cc, Cg, Cp, Ct = lpeg.C, lpeg.Cc, lpeg.Cg, lpeg.Cp, lpeg.Ct

local LARGEST <const> = 2 ^ 62
local DEEPEST <const> = 40

-- ---- reading ----

local blank = (S " \t\r" + P "\\" * P "\r" ^ -1 * P "\n") ^ 0
local comment = P "#" * (1 - P "\n") ^ 0
local line_end = (S " \t\r\n;" + comment + P "\\" * P "\r" ^ -1 * "\n") ^ 0
local letter, digit = R("az", "AZ") + "_", R "09"

local function sign(text) return P(text) * blank end
local function key(text) return P(text) * -(letter + digit) * blank end

local KEYWORD = (P "and" + "or" + "not" + "in" + "is" + "assert" + "if" + "else" + "for" + "while" + "def" + "import" + "lambda" + "from")
  * -(letter + digit)
local name = C((letter * (letter + digit) ^ 0) - KEYWORD) * blank

local function integer(text) return math.tointeger(tonumber(text)) or tonumber(text) end

local number = (C(P "0" * S "xX" * R("09", "af", "AF") ^ 1) + C(digit ^ 1 * (P "." * digit ^ 0) ^ -1 + P "." * digit ^ 1)) / integer * P "L" ^ -1
  * -letter * blank
local text = (P "'" * C((1 - S "'\n") ^ 0) * "'" + P '"' * C((1 - S '"\n') ^ 0) * '"') * blank

-- A chain of operators of one strength: { "chain", first, operator, next, ... }.
local function chain(operand, operator)
  return Ct(Cg(Cc "chain", "kind") * operand * (operator * operand) ^ 1) + operand
end

local function operators(pattern) return C(pattern) * blank end

local compared = operators(P "==" + "!=" + "<=" + ">=" + (P "<" - "<<") + (P ">" - ">>"))

local expression = P {
  "either",
  either = chain(V "both", operators(P "or" * -(letter + digit))),
  both = chain(V "negation", operators(P "and" * -(letter + digit))),
  negation = Ct(Cg(Cc "not", "kind") * key "not" * V "negation") + V "comparison",
  comparison = Ct(Cg(Cc "comparison", "kind") * V "union" * (compared * V "union") ^ 1) + V "union",
  union = chain(V "exclusive", operators(P "|")),
  exclusive = chain(V "section", operators(P "^")),
  section = chain(V "shift", operators(P "&")),
  shift = chain(V "sum", operators(P "<<" + ">>")),
  sum = chain(V "product", operators(S "+-")),
  product = chain(V "unary", operators(P "//" + S "*/%" - P "**")),
  unary = Ct(Cg(Cc "minus", "kind") * sign "-" * V "unary") + sign "+" * V "unary" + V "atom",
  atom = Ct(Cg(Cc "number", "kind") * Cg(number, "value")) + Ct(Cg(Cc "text", "kind") * Cg(text, "value"))
    + Ct(Cg(Cc "call", "kind") * Cg(name, "name") * sign "(" * Ct((V "either" * (sign "," * V "either") ^ 0) ^ -1) * sign ")")
    + Ct(Cg(Cc "name", "kind") * Cg(name, "name"))
    + Ct(Cg(Cc "tuple", "kind") * sign "(" * V "either" * (sign "," * V "either") ^ 1 * sign ")") + sign "(" * V "either" * sign ")",
}

-- An expression and its text.
local sourced = lpeg.C(expression) / function(source, tree) return { source = source, tree = tree } end

local statement = Ct(Cg(Cp(), "position") * (
  Cg(Cc "assert", "kind") * key "assert" * Cg(sourced, "value") * (sign "," * Cg(expression, "message")) ^ -1
  + Cg(Cc "add", "kind") * Cg(name, "name") * sign "+=" * Cg(expression, "value")
  + Cg(Cc "set", "kind") * Cg(name, "name") * sign "=" * -P "=" * Cg(expression, "value")
  + Cg(Cc "do", "kind") * Cg(expression, "value")))

local program = line_end * Ct((statement * (#(S ";\n#" + -P(1)) * line_end)) ^ 0) * Cp()

-- ---- evaluating ----

local function bounded(value)
  if type(value) == "number" and (value ~= value or math.abs(value) > LARGEST) then verdict.unsupported "a number beyond 2^62 in code" end
  return value
end

local function truth(value) return value ~= false and value ~= 0 and value ~= "" and value ~= nil end

local function numeric(value)
  if value == true then return 1 elseif value == false then return 0 end
  if type(value) ~= "number" then verdict.unsupported "a text where code needs a number" end
  return value
end

local function whole(value)
  return math.tointeger(numeric(value)) or verdict.unsupported "a fraction where code needs an integer"
end

local function divided(a, b)
  if numeric(b) == 0 then verdict.failed "the code divides by zero" end
  return numeric(a), numeric(b)
end

-- "rtt=%d" % value
local function formatted(format, value)
  local shown = type(value) == "table" and value or { value }
  local i = 0
  return (format:gsub("%%[-+0-9.]*[%a%%]", function(word)
    if word == "%%" then return "%" end
    i = i + 1
    return tostring(shown[i])
  end))
end

local function shift_by(value)
  local bits = whole(value)
  if bits < 0 or bits > 62 then verdict.unsupported "a shift by more than 62 bits in code" end
  return bits
end

local OPERATE <const> = {
  ["+"] = function(a, b)
    if type(a) == "string" and type(b) == "string" then return (a .. b):sub(1, 4096) end
    return numeric(a) + numeric(b)
  end,
  ["-"] = function(a, b) return numeric(a) - numeric(b) end,
  ["*"] = function(a, b)
    local x, y = numeric(a), numeric(b)
    if math.abs(x + 0.0) * math.abs(y + 0.0) > LARGEST then bounded(math.huge) end
    return x * y
  end,
  ["/"] = function(a, b)
    local x, y = divided(a, b)
    return x / y
  end,
  ["//"] = function(a, b)
    local x, y = divided(a, b)
    return x // y
  end,
  ["%"] = function(a, b)
    if type(a) == "string" then return formatted(a, b) end
    local x, y = divided(a, b)
    return x % y
  end,
  ["|"] = function(a, b) return whole(a) | whole(b) end,
  ["^"] = function(a, b) return whole(a) ~ whole(b) end,
  ["&"] = function(a, b) return whole(a) & whole(b) end,
  ["<<"] = function(a, b) return whole(a) * (1 << shift_by(b)) end,
  [">>"] = function(a, b) return whole(a) // (1 << shift_by(b)) end,
}

local COMPARE <const> = {
  ["=="] = function(a, b) return a == b end,
  ["!="] = function(a, b) return a ~= b end,
  ["<="] = function(a, b) return numeric(a) <= numeric(b) end,
  [">="] = function(a, b) return numeric(a) >= numeric(b) end,
  ["<"] = function(a, b) return numeric(a) < numeric(b) end,
  [">"] = function(a, b) return numeric(a) > numeric(b) end,
}

local function extreme(better)
  return function(list)
    local best = numeric(list[1])
    for _, each in ipairs(list) do
      if better(numeric(each), best) then best = each end
    end
    return best
  end
end

local FUNCTIONS <const> = {
  min = extreme(function(a, b) return a < b end),
  max = extreme(function(a, b) return a > b end),
  abs = function(list) return math.abs(numeric(list[1])) end,
  int = function(list) return math.tointeger(numeric(list[1]) // 1) end,
  float = function(list) return numeric(list[1]) + 0.0 end,
  str = function(list) return tostring(list[1]) end,
  print = function() return 0 end,
}

local evaluate
local forms = {}

function forms.number(it) return it.value end
forms.text = forms.number
forms["not"] = function(it, scope) return not truth(evaluate(it[1], scope)) end
function forms.minus(it, scope) return -numeric(evaluate(it[1], scope)) end

function forms.tuple(it, scope)
  local list = {}
  for i, each in ipairs(it) do list[i] = evaluate(each, scope) end
  return list
end

function forms.name(it, scope)
  local value = scope(it.name)
  if value == nil then verdict.unsupported("the name %s in code", it.name) end
  return value
end

function forms.call(it, scope)
  local f = FUNCTIONS[it.name] or verdict.unsupported("the function %s in code", it.name)
  local list = {}
  for i, each in ipairs(it[1]) do list[i] = evaluate(each, scope) end
  if it.name ~= "print" and #list == 0 then verdict.unsupported("%s of nothing in code", it.name) end
  return f(list)
end

local function lazily(it, scope)
  local value = evaluate(it[1], scope)
  for i = 2, #it, 2 do
    if truth(value) == (it[i] == "or") then return value end
    value = evaluate(it[i + 1], scope)
  end
  return value
end

function forms.chain(it, scope)
  if it[2] == "or" or it[2] == "and" then return lazily(it, scope) end
  local value = evaluate(it[1], scope)
  for i = 2, #it, 2 do value = bounded(OPERATE[it[i]](value, evaluate(it[i + 1], scope))) end
  return value
end

function forms.comparison(it, scope)
  local left = evaluate(it[1], scope)
  for i = 2, #it, 2 do
    local right = evaluate(it[i + 1], scope)
    if not COMPARE[it[i]](left, right) then return false end
    left = right
  end
  return true
end

function evaluate(it, scope) return forms[it.kind](it, scope) end

-- ---- running ----

local function shown(value)
  if value == true then return "True" elseif value == false then return "False" end
  return tostring(value)
end

local statements = {}

statements["assert"] = function(it, scope)
  if truth(evaluate(it.value.tree, scope)) then return end
  local said = it.message and shown(evaluate(it.message, scope)) or "it is false"
  verdict.failed("the assertion does not hold", "assert " .. (it.value.source:gsub("%s+$", "")), said)
end

function statements.set(it, scope, variables) variables[it.name] = evaluate(it.value, scope) end

function statements.add(it, scope, variables) variables[it.name] = bounded(OPERATE["+"](scope(it.name), evaluate(it.value, scope))) end

statements["do"] = function(it, scope) evaluate(it.value, scope) end

local function too_deep(source)
  local depth = 0
  for sign_ in source:gmatch "[()]" do
    depth = depth + (sign_ == "(" and 1 or -1)
    if depth > DEEPEST then return true end
  end
  return source:find("%-%s*%-%s*%-%s*%-") or source:find "not%s+not%s+not%s+not"
end

local code = {}

---Runs a piece of code.
---@param source string
---@param variables table<string, any>          those that the script's code has set
---@param look fun(name: string): integer|nil   what the connection tells of itself by that name
function code.run(source, variables, look)
  if too_deep(source) then verdict.unsupported "code with more than 40 brackets in one another" end
  local list, ended = program:match(source)
  if not list or ended <= #source then
    local rest = source:sub(ended or 1):match "^%s*([^\n]*)"
    verdict.unsupported("this code: %s", rest:sub(1, 60))
  end
  local function scope(wanted)
    if variables[wanted] ~= nil then return variables[wanted] end
    return look(wanted)
  end
  for _, each in ipairs(list) do statements[each.kind](each, scope, variables) end
end

return code
