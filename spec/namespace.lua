-- SPDX-License-Identifier: MIT
-- A network namespace for one function: it runs in a child process, in a namespace of its own that ends with it, as do all processes it starts.
-- Whether there can be one: helper.need "namespace".
local namespace = {}

-- Ends what hangs, on however slow a machine; in the foreground, so that Ctrl-C reaches it.
local LIMIT = "timeout --foreground -k 5 600"
local UNSHARE = { -- the first that works
  "unshare --net --pid --kill-child",
  "unshare --user --map-root-user --net --pid --kill-child",
}
local LUA = arg and arg[-1] or "lua5.4"
local WITHOUT_RIGHTS = "setpriv --bounding-set=-net_admin --inh-caps=-all --ambient-caps=-all"

local function quoted(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

local unshare -- the command that works here

local function find_unshare()
  for _, command in ipairs(UNSHARE) do
    if unshare then break end
    if os.execute(command .. " true >/dev/null 2>&1") then unshare = command end
  end
  return assert(unshare, "no right to make a network namespace")
end

-- What the child runs: the function's code with the same search paths, and its results or its error written as Lua.
local CHILD = [[
package.path, package.cpath = %q, %q
os.execute("ip link set lo up >/dev/null 2>&1")
local results, code, arguments = %q, %q, { %s }
local function described(e)
  return type(e) == "string" and debug.traceback(e, 2) or tostring(e)
end
local returned = table.pack(xpcall(assert(loadfile(code)), described, table.unpack(arguments)))
local texts = {}
for i = 1, returned.n do texts[i] = ("%%q"):format(returned[i]) end
local file = assert(io.open(results, "w"))
file:write("return ", table.concat(texts, ", "))
file:close()
os.exit(true, true)
]]

local function write(path, text)
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
end

local function check_upvalues(fn)
  for i = 1, math.huge do
    local name = debug.getupvalue(fn, i)
    if not name then return end
    if name ~= "_ENV" then error(("the function runs in another process: it cannot see %q"):format(name), 3) end
  end
end

local function run(prefix, fn, ...)
  check_upvalues(fn)
  local base = os.tmpname()
  local script, code, results = base .. ".lua", base .. ".luac", base .. ".out"
  local arguments = table.pack(...)
  for i = 1, arguments.n do arguments[i] = ("%q"):format(arguments[i]) end
  write(code, string.dump(fn))
  write(script, CHILD:format(package.path, package.cpath, results, code, table.concat(arguments, ", ")))
  local preload = "env LD_PRELOAD=" .. quoted(os.getenv "LD_PRELOAD" or "")
  local command = table.concat({ "unset LD_PRELOAD;", LIMIT, find_unshare(), prefix, preload, LUA, quoted(script) }, " ")
  local _, how, status = os.execute(command)
  local answer = loadfile(results)
  for _, path in ipairs { base, script, code, results } do os.remove(path) end
  if not answer then error(("the process in the namespace ended without an answer (%s %d)"):format(how, status), 3) end
  return answer()
end

local function passed_on(ok, ...)
  if not ok then error((...), 0) end
  return ...
end

--- Calls fn(...) in a namespace of its own and returns what it returns. It sees globals and its arguments, no locals of ours; arguments and
--- results are nil, booleans, numbers and strings; its errors are raised here.
---@param fn function
function namespace.run(fn, ...)
  return passed_on(run("", fn, ...))
end

--- The same, without the right to change the namespace's network.
---@param fn function
function namespace.run_without_rights(fn, ...)
  return passed_on(run(WITHOUT_RIGHTS, fn, ...))
end

-- Processes inside of it ------------------------------------------------------------------------------------------------------------------------

---@class namespace.process
local process = {}
process.__index = process

-- The shell that waits for the command notes how it ended.
local START = "unset LD_PRELOAD; { %s >%s.out 2>&1 </dev/null & echo $!; exec >/dev/null 2>&1; wait $!; echo $? >%s.new; mv %s.new %s.end; } &"

--- Starts a shell command, one program, in the background.
---@param command string
---@return namespace.process
function namespace.start(command)
  local base = os.tmpname()
  local pipe = assert(io.popen(START:format(command, base, base, base, base)))
  local pid = assert(math.tointeger(pipe:read "n"))
  pipe:close()
  return setmetatable({ base = base, pid = pid, command = command }, process)
end

local function read(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local text = file:read "a"
  file:close()
  return text
end

--- Its exit code; nil while it runs.
---@return integer?
function process:status()
  self.code = self.code or tonumber(read(self.base .. ".end") or "")
  return self.code
end

--- Runs the network until the program has ended.
---@return integer code   its exit code
---@return string output   what it printed, both streams
function process:wait(net)
  for _ = 1, 60000 do
    if self:status() then return self.code, self:clear() end
    net:sleep(0.01)
  end
  error("it goes on for ever: " .. self.command .. "\n" .. self:clear())
end

--- Ends it, by its id, and returns what it printed.
---@param signal? string  TERM when left out
---@return string output
function process:stop(signal)
  os.execute(("kill -%s %d"):format(signal or "TERM", self.pid))
  while not self:status() do os.execute "sleep 0.01" end
  return self:clear()
end

function process:clear()
  local output = read(self.base .. ".out") or ""
  for _, ending in ipairs { "", ".out", ".end" } do os.remove(self.base .. ending) end
  return output
end

return namespace
