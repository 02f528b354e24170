-- SPDX-License-Identifier: MIT
-- A scanner reads along one line of the notation: what is wrong has its line and column.

---@class tcplab.scanner
---@field text string
---@field number integer  of the line
---@field at integer      of the next character
local scanner = {}
scanner.__index = scanner

---@param text string
---@param number integer
---@return tcplab.scanner
local function new(text, number) return setmetatable({ text = text, number = number, at = 1 }, scanner) end

---What is wrong is raised as a table, and comes out of `parse` as a message.
function scanner:fail(format, ...) error({ wrong = ("line %d, column %d: %s"):format(self.number, self.at, format:format(...)) }, 0) end

function scanner:word() return self.text:match("^%S+", self.at) end
function scanner:done() return self.at > #self.text end

---Takes what a pattern, anchored here, matches; answers its captures, or true.
function scanner:take(pattern)
  local found = table.pack(self.text:find("^" .. pattern, self.at))
  if not found[1] then return nil end
  self.at = found[2] + 1
  if found.n == 2 then return true end
  return table.unpack(found, 3, found.n)
end

---Notes what a word tells of a segment; two words may tell the same.
function scanner:tell(want, field, value)
  if want[field] ~= nil and want[field] ~= value then self:fail("its %s is told twice, and not as the same", field) end
  want[field] = value
end

---Takes a number between `-most` and `most`.
function scanner:within(digits, what, most)
  local value = math.tointeger(tonumber(digits))
  if not value or value > most or value < -most then self:fail("%s: %s is more than %d", what, digits, most) end
  return value
end

function scanner:skip() self.at = self.text:match("^%s*()", self.at) end

local ESCAPES = { n = "\n", r = "\r", t = "\t", ["0"] = "\0" }

---A text in double quotes.
function scanner:quoted()
  local start, stop = self.at, self.at
  repeat
    stop = self.text:find('["\\]', stop + 1)
    if not stop then self:fail "the quote has no end" end
    local escaped = self.text:sub(stop, stop) == "\\"
    if escaped then stop = stop + 1 end
  until not escaped
  self.at = stop + 1
  local text = self.text:sub(start + 1, stop - 1):gsub("\\(.)(%x?%x?)", function(c, digits)
    if c == "x" and #digits == 2 then return string.char(tonumber(digits, 16)) end
    return (ESCAPES[c] or c) .. digits
  end)
  return text
end

-- Decimal seconds as nanoseconds, and half of the last digit's worth.
local function nanoseconds(whole, fraction)
  local digits = (fraction .. "000000000"):sub(1, 9)
  local slack = #fraction < 9 and 5 * 10 ^ (8 - #fraction) // 1 or 0
  return math.tointeger(whole) * 1000000000 + math.tointeger(digits), math.tointeger(slack)
end

function scanner:time()
  local sign, whole, fraction, after = self.text:match("^(%+?)(%d+)%.?(%d*)()", self.at)
  if not whole or not self.text:find("^%s*[%s~]", after) then return nil end
  local time = { relative = sign == "+" }
  time.ns, time.slack = nanoseconds(whole, fraction)
  self.at = after
  local about, about_fraction = self.text:match("^%s*~%s*(%d+)%.?(%d*)", self.at)
  if about then
    time.slack = nanoseconds(about, about_fraction)
    self:take "%s*~%s*[%d.]+"
  end
  self:skip()
  return time
end

---An end: a name, quoted or not, or an address, with its port if there is one.
function scanner:an_end()
  local name
  if self.text:sub(self.at, self.at) == '"' then
    name = self:quoted()
  else
    name = self:take "(%[[%x:.]+%])" or self:take "(%x*:[%x:.]*:[%x.]*)" or self:take "([%w_.%-]+)"
  end
  if not name then self:fail("a host's name expected, got %s", self:word() or "the end of the line") end
  return name .. (self:take "(:%d+)" or "")
end

return { new = new }
