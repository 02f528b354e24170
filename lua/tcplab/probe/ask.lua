-- SPDX-License-Identifier: MIT
-- One question asked of one subject, and its answer as plain values.

local check = require "tcplab.base.check"

---An answer.
---@class tcplab.probe.row
---@field question string
---@field order string[]  the names of its values, as they are told
---@field values table<string, number|string|(number|string)[]>
---@field seconds number  how long it took, by the subject's clock

local function check_values(question, values)
  check.type(values, "table", question.name .. ": the answer")
  for _, name in ipairs(question.values) do
    local value = values[name]
    for _, each in ipairs(type(value) == "table" and value or { value }) do
      check.type(each, "number|string", ("%s: %s"):format(question.name, name))
    end
  end
  return values
end

local function saving(subject, path)
  return setmetatable({}, { __close = function()
    if path then assert(subject:save(path)) end
  end })
end

---Asks, and closes the subject, whatever happens.
---@param question tcplab.probe.question
---@param made tcplab.probe.subject
---@param save? string  a file for what was said, also when the question raises
---@return tcplab.probe.row
local function ask(question, made, save)
  local subject <close> = made
  local _ <close> = saving(subject, save)
  local began = subject:now()
  local values = check_values(question, question.ask(subject))
  return { question = question.name, order = question.values, values = values, seconds = subject:now() - began }
end

return ask
