-- SPDX-License-Identifier: MIT
-- usage: lua5.4 spec/tools/readme.lua      Runs the example of README.md and puts what it prints into the block that follows it.
-- As a module: read() returns the example and the output printed there; run() what it prints now, and the exit code.

local readme = {}

local build = os.getenv "TCPLAB_BUILD" or "build"

local function text_of(path)
  local file <close> = assert(io.open(path))
  return file:read "a"
end

local example_block <const> = "```lua\n(.-)```\n(.-)```text\n(.-)```"

---@return string example
---@return string output
function readme.read()
  local example, _, output = text_of "README.md":match(example_block)
  return assert(example, "README.md has no example"), output
end

---@return string output
---@return integer code
function readme.run()
  local folder = build .. "/readme"
  assert(os.execute("mkdir -p " .. folder))
  local script <close> = assert(io.open(folder .. "/example.lua", "w"))
  script:write((readme.read()))
  script:flush()
  local pipe = assert(io.popen(('tcplab=$PWD/%s/tcplab; cd %s && LC_ALL=C.UTF-8 NO_COLOR=1 "$tcplab" run example.lua 2>&1'):format(build, folder)))
  local output = pipe:read "a"
  local _, _, code = pipe:close()
  return output, code
end

local function update()
  local output, code = readme.run()
  assert(code == 0, output)
  local text = text_of "README.md"
  text = text:gsub(example_block, function(example, between)
    return "```lua\n" .. example .. "```\n" .. between .. "```text\n" .. output .. "```"
  end, 1)
  local file <close> = assert(io.open("README.md", "w"))
  file:write(text)
end

if arg and (arg[0] or ""):match "readme%.lua$" then update() end
return readme
