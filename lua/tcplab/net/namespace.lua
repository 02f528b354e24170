-- SPDX-License-Identifier: MIT
-- Network namespaces: what is done in one touches nothing outside, and leaves nothing behind. This process can move into one for good; and
-- functions can run in processes of their own, each in its namespace, many side by side.

local core = require "tcplab.core"
local check = require "tcplab.base.check"
local literal = require "tcplab.base.literal"

local namespace = {}

local entered = false -- whether this process is in one that it made

---Moves this process into a network namespace of its own, unless it is in one already. A user who may not make one does so as root of a new user
---namespace.
---@return true? ok
---@return string? message  what stands in the way
---@return string? code     "EPERM", "ENOSPC", "ENOTSUP" ...
function namespace.enter()
  if entered then return true end
  local ok, message, code = core.namespace_enter()
  entered = ok or false
  return ok, message, code
end

-- ---- functions in namespaces of their own ----

---A function that runs in a process and a network namespace of its own. Both end with this process, at the latest.
---@class tcplab.namespace.run
local run = {}
run.__index = run

local function written(...)
  local values = table.pack(...)
  for i = 1, values.n do values[i] = literal(values[i]) end
  return "return " .. table.concat(values, ", ")
end

local function described(problem) return type(problem) == "string" and debug.traceback(problem, 2) or check.shown(problem) end

local function told(ok, ...)
  if not ok then return written("raised", (...)) end
  local fits, text = pcall(written, "returned", ...)
  return fits and text or written("raised", "a function in a namespace of its own returned what is no plain value")
end

-- What the child does, and answers.
local function play(f, ...)
  local ok, message, code = core.namespace_enter()
  if not ok then return written("refused", message, code) end
  entered = true
  return told(xpcall(f, described, ...))
end

---Starts a function in a process and a namespace of its own. Networks that are open here are not there.
---@param f fun(...): any  returns nil, booleans, numbers, strings, and tables of these
---@param ... any  its arguments
---@return tcplab.namespace.run? run
---@return string? message
---@return string? code
function namespace.start(f, ...)
  check.callable(f, "function")
  local arguments = table.pack(...)
  local child, message, code = core.child_start(function() return play(f, table.unpack(arguments, 1, arguments.n)) end)
  if not child then return nil, message, code end
  return setmetatable({ _child = child }, run)
end

local function answer_of(kind, ...)
  if kind == "raised" then error((...), 0) end
  if kind == "refused" then return nil, ... end
  return ...
end

---Waits for its end.
---@return any ...  what the function returned; nil, message, code where there could be no namespace. What it raised is raised here
function run:answer()
  local text, well = core.child_answer(self._child)
  if not well or text == "" then error("the process in the namespace ended without an answer", 0) end
  return answer_of(assert(load(text, "=answer", "t", {}))())
end

---Waits for one of several that has an answer.
---@param runs tcplab.namespace.run[]  that have not answered yet
---@param seconds number  how long at most; a signal may end it before
---@return integer? number  of one whose answer() does not wait; nil: none
function namespace.first(runs, seconds)
  local children = {}
  for i, each in ipairs(runs) do children[i] = each._child end
  return core.child_first(children, seconds)
end

---Ends its process. Does nothing the second time, or once it has answered.
function run:close() core.child_kill(self._child) end

run.__close = run.close

---@return integer? pid  nil once it has ended
function run:pid() return core.child_pid(self._child) end

return namespace
