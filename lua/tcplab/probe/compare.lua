-- SPDX-License-Identifier: MIT
-- Where two sheets part.

---A value that two sheets have not alike.
---@class tcplab.probe.difference
---@field question string
---@field value string  its name
---@field first any
---@field second any

local function same(a, b, alike)
  if type(a) == "table" and type(b) == "table" then
    for i = 1, math.max(#a, #b) do
      if not same(a[i], b[i], alike) then return false end
    end
    return true
  end
  if math.type(a) == "float" and math.type(b) == "float" then return alike(a, b) end
  return a == b
end

local function within(tolerance)
  return function(a, b) return math.abs(a - b) <= tolerance + 1e-9 end
end

---@param first tcplab.probe.sheet
---@param second tcplab.probe.sheet
---@param tolerance? number|fun(a: number, b: number): boolean  seconds that times may differ by, none without; or a rule
---@return tcplab.probe.difference[]
return function(first, second, tolerance)
  local others, list = {}, {}
  local alike = type(tolerance) == "function" and tolerance or within(tolerance or 0)
  for _, row in ipairs(second) do others[row.question] = row end
  for _, row in ipairs(first) do
    local other = others[row.question]
    for _, name in ipairs(other and other.order or {}) do
      if not same(row.values[name], other.values[name], alike) then
        list[#list + 1] = { question = row.question, value = name, first = row.values[name], second = other.values[name] }
      end
    end
  end
  return list
end
