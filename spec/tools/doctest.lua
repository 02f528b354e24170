-- SPDX-License-Identifier: MIT
-- usage: lua5.4 doctest.lua TOP FILE...     Runs the reference's examples, each a file in this folder, with the library of the checkout TOP.
--
-- Prints a line for each that fails, "FILE: why", and one for each function of the library that an example calls by itself, "called PATH:LINE".

local top = arg[1]
package.path = ("%s/lua/?.lua;%s/lua/?/init.lua;%s"):format(top, top, package.path)
package.cpath = ("%s/%s/lib/?.so;%s"):format(top, os.getenv "TCPLAB_BUILD" or "build", package.cpath)

local say, called = print, {}

-- What an example's own lines call, not what that calls in turn.
local function note()
  local caller = debug.getinfo(3, "S")
  if not caller or not caller.source:match "^@%d+%.lua$" then return end
  local callee = debug.getinfo(2, "S")
  local path = callee.source:match "lua/tcplab/.*"
  if path then called[path .. ":" .. callee.linedefined] = true end
end

local create = coroutine.create
function coroutine.create(f) -- luacheck: ignore 122
  local co = create(f)
  debug.sethook(co, note, "c")
  return co
end

local function words(text) return (text:gsub("%s+", " "):gsub("^ ", ""):gsub(" $", "")) end

-- What a file says that it prints; nil when it says nothing.
local function expected(path)
  local lines, any = {}, false
  for line in io.lines(path) do
    local shown = line:match "%-%->(.*)$"
    if shown then
      lines[#lines + 1] = words(shown)
      any = true
    end
  end
  return any and table.concat(lines, "\n")
end

local function run(path)
  local lines = {}
  function print(...) -- luacheck: ignore 121
    local parts = table.pack(...)
    for i = 1, parts.n do parts[i] = tostring(parts[i]) end
    for line in (table.concat(parts, " ") .. "\n"):gmatch "(.-)\n" do
      if line ~= "" then lines[#lines + 1] = words(line) end
    end
  end
  local f = assert(loadfile(path))
  debug.sethook(note, "c")
  local ok, problem = pcall(f)
  debug.sethook()
  print = say -- luacheck: ignore 121
  local wanted, printed = expected(path), table.concat(lines, "\n")
  if not ok then return say(path .. ": " .. tostring(problem)) end
  if wanted and wanted ~= printed then say(("%s: it says\n%s\nand prints\n%s"):format(path, wanted, printed)) end
end

for i = 2, #arg do run(arg[i]) end
local list = {}
for name in pairs(called) do list[#list + 1] = name end
table.sort(list)
for _, name in ipairs(list) do say("called " .. name) end
