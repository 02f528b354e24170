-- SPDX-License-Identifier: MIT
-- A function that runs inside of a kernel of ours, in a process of its own, and what it returns.

local check = require "tcplab.base.check"
local uml = require "tcplab.uml.enter"

-- nil, booleans, numbers and strings as Lua.
local function written(values)
  local words = {}
  for i = 1, values.n do words[i] = ("%q"):format(values[i]) end
  return table.concat(words, ", ")
end

-- What the process inside runs: the function's code, and its results or its error into a file.
local CHUNK <const> = [[
package.path, package.cpath = %q, %q
local function described(problem) return type(problem) == "string" and debug.traceback(problem, 2) or tostring(problem) end
local told = table.pack(xpcall(load(%q, "=inside", "b"), described %s))
local words = {}
for i = 1, told.n do words[i] = ("%%q"):format(told[i]) end
local file <close> = assert(io.open(%q, "wb"))
assert(file:write("return ", table.concat(words, ", ")))
os.exit(true, true)
]]

local function check_upvalues(f)
  for i = 1, math.huge do
    local name = debug.getupvalue(f, i)
    if not name then return end
    if name ~= "_ENV" then check.fail("function: it runs in another process, and cannot see %q", name) end
  end
end

local function answer_of(ok, ...)
  if not ok then error((...), 0) end
  return ...
end

-- The name of a file that is gone when it is closed.
local function scratch() return setmetatable({ path = os.tmpname() }, { __close = function(it) os.remove(it.path) end }) end

---Calls a function inside of a Linux kernel on a virtual clock, in a process of its own there; what it prints is printed here. It needs no right. So
---one script can ask several kernels.
---```lua
---local tcplab = require "tcplab"
---print(select(3, tcplab.inside({ version = "2.4" }, function() return require("tcplab").kernel() ~= nil end)))  --> ENOENT
---```
---@param options tcplab.uml.options  version and seed, as for tcplab.kernel
---@param f fun(...): any  sees globals and its arguments, no locals; these and what it returns are nil, booleans, numbers and strings
---@param ... any
---@return any ...  what it returned; nil, message, code where there can be no such kernel. What it raised is raised here
local function call(options, f, ...)
  check.type(options, "table", "options")
  check.type(options.version, "string", "version")
  check_upvalues(check.type(f, "function", "function"))
  local arguments = table.pack(...)
  local chunk <close> = scratch()
  local results <close> = scratch()
  local file = assert(io.open(chunk.path, "wb"))
  local passed = arguments.n > 0 and ", " .. written(arguments) or ""
  file:write(CHUNK:format(package.path, package.cpath, string.dump(f), passed, results.path))
  file:close()
  local status, message, code = uml.run(options, { "lua", chunk.path })
  if not status then return nil, message, code end
  local answer = loadfile(results.path, "t", {})
  if not answer or status ~= 0 then error("the process inside of the kernel ended without an answer", 0) end
  return answer_of(answer())
end

return call
