-- SPDX-License-Identifier: MIT
-- A call of a script's: its arguments as the functions of this folder ask for them, and its result as the script expects it.

local expression = require "tcplab.packetdrill.expression"
local notation = require "tcplab.packetdrill.notation"
local verdict = require "tcplab.packetdrill.verdict"

local FUNCTIONS <const> = {}
for _, topic in ipairs { "socket", "transfer", "option", "ready" } do
  for name, f in next, (require("tcplab.packetdrill.call." .. topic)) do FUNCTIONS[name] = f end
end

---@class tcplab.packetdrill.call
---@field name string
---@field arguments table[]
local call = {}
call.__index = call

local OPTIONAL <const> = 5 -- from this argument on a call may do without

-- The arguments; one that is asked for and is not there is what cannot be run.
local function needed(event)
  return setmetatable(table.move(event.arguments, 1, #event.arguments, 1, {}), {
    __index = function(_, number)
      if number < OPTIONAL then verdict.unsupported("%s with so few arguments", event.name) end
    end,
  })
end

---@param run tcplab.packetdrill.run
---@param event table  of the grammar
---@return tcplab.packetdrill.call
function call.new(run, event)
  local f = FUNCTIONS[event.name] or verdict.unsupported("the call %s", event.name)
  return setmetatable({ run = run, event = event, name = event.name, arguments = needed(event), f = f }, call)
end

---An argument's value.
function call:value(it)
  if not it then verdict.unsupported("%s with so few arguments", self.name) end
  return expression.value(it, self.run.defined)
end

---An argument that is an integer.
---@param number integer  which, from 1
---@return integer
function call:integer(number)
  local value = self:value(self.arguments[number])
  return math.tointeger(value) or verdict.unsupported("%s where an integer is expected", expression.text(self.arguments[number]))
end

local ELSE <const> = "EBADF"

---The endpoint that an argument stands for.
---@return tcplab.packetdrill.endpoint
function call:endpoint(number)
  local found = self.run.descriptors:find(self:integer(number))
  if not found then error({ errno = ELSE }, 0) end
  if not found.take_error then error({ errno = "ENOTSOCK" }, 0) end
  return found
end

---The result that the script expects; nil: any.
function call:result_wanted()
  local it = self.event.result
  if it.kind == "any" then return nil end
  return self:value(it)
end

---One try.
---@return integer|nil result, string? errno  EAGAIN: what it waits for has not come
function call:try()
  local ok, result, errno = pcall(self.f, self.run, self)
  if ok then return result, errno end
  if type(result) == "table" and result.errno then return nil, result.errno end
  error(result, 0)
end

local ALWAYS <const> = { poll = true, epoll_wait = true }

---Whether it waits for what has not come, rather than to answer EAGAIN.
function call:waits()
  if ALWAYS[self.name] then return true end
  if self.waits_not then return false end
  return not self:endpoint(1).nonblocking
end

-- What a call fills in, held against the script's own.
function call:expect(it, value)
  if it.kind == "any" then return end
  local wanted = self:value(it)
  local same = wanted == value
  if type(value) == "table" then
    verdict.unsupported("what %s answers", self.name)
  end
  if not same then
    verdict.failed(("%s tells another value"):format(self.name), notation.call(self.event), ("%s"):format(tostring(value)))
  end
end

local SAME <const> = { EWOULDBLOCK = "EAGAIN" }

---Holds what came of it against what the script expects.
---@param result integer?
---@param errno string?
function call:check(result, errno)
  local wanted, wanted_errno = self:result_wanted(), self.event.errno
  local value = errno and -1 or result
  local as_expected = (wanted == nil or wanted == value) and (not wanted_errno or (SAME[wanted_errno] or wanted_errno) == errno)
  if as_expected then return end
  local actual = errno and "-1 " .. errno or tostring(result)
  verdict.failed(("%s answers otherwise"):format(self.name), notation.call(self.event), notation.call(self.event, actual))
end

return call
