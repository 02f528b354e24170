-- SPDX-License-Identifier: MIT
-- usage: lua5.4 spec/tools/readme.lua      Does what README.md and examples/README.md tell their reader to do, in a folder made for it, and puts
-- what the commands print into the blocks that show it.
--
-- A block of Lua is saved under the name that the words above it tell ("as `mine.lua`"), or else goes on with the file before. A block of sh is
-- run; a block of text or Mermaid below it is what it prints. A block of sh with the word "fails" in it exits with 1. Nothing is run that
-- installs or builds.
-- As a module: documents, follow(path).

local readme = { documents = { "README.md", "examples/README.md" } }

local build = os.getenv "TCPLAB_BUILD" or "build"

local function write(path, text, mode)
  local file <close> = assert(io.open(path, mode or "w"))
  assert(file:write(text))
end

local function output_of(command)
  local pipe = assert(io.popen(command))
  local output = pipe:read "a"
  local _, _, code = pipe:close()
  return output, code
end

---@class readme.step
---@field kind "lua"|"sh"|"text"|"mermaid"
---@field text string
---@field line integer   where the text begins
---@field name? string   of the file that a block of Lua begins

-- The blocks of a document, in order.
local function steps_of(path)
  local steps, step, prose, number = {}, nil, "", 0
  for line in io.lines(path) do
    number = number + 1
    local fence = line:match "^```(%a*)"
    if step and fence then
      steps[#steps + 1], step, prose = step, nil, ""
    elseif fence then
      step = { kind = fence, text = "", line = number + 1, name = prose:match "as `([%w_.-]+%.lua)`" }
    elseif step then
      step.text = step.text .. line .. "\n"
    else
      prose = prose .. line .. " "
    end
  end
  return steps
end

-- A folder that looks like the checkout to those in it, and leaves the checkout alone.
local function new_folder()
  os.execute("mkdir -p " .. build .. "/tmp")
  local folder = output_of("mktemp -d " .. build .. "/tmp/readme.XXXXXX"):gsub("\n", "")
  local link = 'for part in lua spec examples .busted .luacheckrc; do ln -s "$PWD/$part" %s/$part; done; ln -s "$PWD/%s" %s/build'
  assert(os.execute(link:format(folder, build, folder)))
  return folder
end

local function is_there(path)
  local file <close> = io.open(path)
  return file ~= nil
end

-- What installs, builds, or needs a program that is not here.
local function is_left_out(command)
  if command:find "%f[%a]make%f[%A]" or command:find "luarocks" or command:find "%f[%a]git%f[%A]" then return true end
  local busted = command:match "%S+/bin/busted"
  return busted ~= nil and not is_there(busted)
end

local function run(folder, command)
  write(folder .. "/command.sh", "set -e\n" .. command)
  return output_of(("cd %s && TCPLAB_BUILD=build LC_ALL=C.UTF-8 NO_COLOR=1 sh command.sh 2>&1 </dev/null"):format(folder))
end

---Does what a document says. Answers what was run: { line, command, output, code, fails (whether it should), shown (its text), shown_at (line) }.
---@param path string
---@return table[]
function readme.follow(path)
  local folder, file, done = new_folder(), nil, {}
  for _, step in ipairs(steps_of(path)) do
    if step.kind == "lua" then
      file = step.name or assert(file, path .. ": a block of Lua without a name")
      write(folder .. "/" .. file, step.text, step.name and "w" or "a")
    elseif step.kind == "sh" and not is_left_out(step.text) then
      local output, code = run(folder, step.text)
      local fails = step.text:find "%f[%a]fails%f[%A]" ~= nil
      done[#done + 1] = { line = step.line, command = step.text, output = output, code = code, fails = fails }
    elseif step.kind == "text" or step.kind == "mermaid" then
      local last = done[#done]
      last.shown, last.shown_at = step.text, step.line
    end
  end
  return done
end

-- Puts what was printed where it is shown, from the end so that the lines above keep their numbers.
local function update(path)
  local lines, done = {}, readme.follow(path)
  for line in io.lines(path) do lines[#lines + 1] = line end
  for i = #done, 1, -1 do
    local step = done[i]
    assert(step.code == (step.fails and 1 or 0), ("%s:%d: %s"):format(path, step.line, step.output))
    if step.shown then
      local stop = step.shown_at
      while lines[stop] ~= "```" do stop = stop + 1 end
      local before, after = table.concat(lines, "\n", 1, step.shown_at - 1), table.concat(lines, "\n", stop)
      lines = {}
      for line in (before .. "\n" .. step.output .. after .. "\n"):gmatch "(.-)\n" do lines[#lines + 1] = line end
    end
  end
  write(path, table.concat(lines, "\n") .. "\n")
end

if arg and (arg[0] or ""):match "readme%.lua$" then
  for _, path in ipairs(readme.documents) do update(path) end
end
return readme
