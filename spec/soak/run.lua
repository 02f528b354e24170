-- SPDX-License-Identifier: MIT
-- usage: lua5.4 spec/soak/run.lua [NAME [ARGUMENT...]]
--
-- Runs every figure, or the one that is named, each a program build/soak/NAME or a script spec/soak/NAME.lua; `kernel` needs the right
-- to make a network namespace and says so where it has none. Fails when a figure is not as wanted. TCPLAB_BUILD names the build folder.

local build = os.getenv "TCPLAB_BUILD" or "build"
local lua = arg[-1] or "lua5.4"

local NAMES = {
  "goodput", "bdp", "transfers", "needless", "reordering", "tail", "cubic", "fairness", "schedules", "tunables", "forged", "flood", "idle", "blind",
  "kernel",
}
local SCRIPTS = { kernel = "spec/soak/kernel.lua" }

local function quote(word) return "'" .. word:gsub("'", "'\\''") .. "'" end

local function run(name, arguments)
  local words = SCRIPTS[name] and { quote(lua), SCRIPTS[name] } or { quote(build .. "/soak/" .. name) }
  for _, word in ipairs(arguments) do words[#words + 1] = quote(word) end
  return os.execute(table.concat(words, " ")) == true
end

local function known(name)
  for _, other in ipairs(NAMES) do
    if other == name then return true end
  end
  return false
end

io.stdout:setvbuf "line"
local names = NAMES
if arg[1] then
  if not known(arg[1]) then
    io.stderr:write(("soak: there is no %q; there are %s\n"):format(arg[1], table.concat(NAMES, ", ")))
    os.exit(2)
  end
  names = { arg[1] }
end
local short = {}
for _, name in ipairs(names) do
  if not run(name, table.move(arg, 2, #arg, 1, {})) then short[#short + 1] = name end
end
if #short > 0 then print("not as wanted: " .. table.concat(short, ", ")) end
os.exit(#short == 0)
