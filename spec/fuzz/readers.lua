-- SPDX-License-Identifier: MIT
-- usage: lua5.4 spec/fuzz/readers.lua SECONDS     Each reader of files reads texts made wrong for so long; the first that it does not survive
-- is kept.
--
-- As a module: the readers' targets, and a round of one.

if arg and arg[0] and arg[0]:find "fuzz/readers%.lua$" then
  package.path = "./?.lua;./lua/?.lua;./lua/?/init.lua;" .. package.path
  package.cpath = (os.getenv "TCPLAB_BUILD" or "build") .. "/lib/?.so;" .. package.cpath
end

local mutation = require "spec.fuzz.mutation"

local readers = {}

---What reads a stranger's text, and the target that tries it.
---@type table<string, string>  by the file that reads
readers.targets = {
  ["lua/tcplab/save/jsonl.lua"] = "jsonl",
  ["lua/tcplab/packetdrill/code.lua"] = "pkt",
  ["lua/tcplab/packetdrill/grammar.lua"] = "pkt",
  ["lua/tcplab/probe/sheet.lua"] = "sheet",
}

---Their names, in order.
---@return string[]
function readers.names()
  local names, known = {}, {}
  for _, name in pairs(readers.targets) do -- sorted afterwards
    if not known[name] then names[#names + 1], known[name] = name, true end
  end
  table.sort(names)
  return names
end

---Reads one text made wrong after the other.
---@param name string
---@param more fun(done: integer): boolean  asked before each
---@return integer done, integer taken  how many there were, and how many were right all the same
---@return string? text, any? trouble  the one that the reader did not survive
function readers.try(name, more)
  local target = require("spec.fuzz." .. name)
  local seeds = target.seeds()
  local done, taken = 0, 0
  while more(done) do
    done = done + 1
    local text = mutation(seeds[done % #seeds + 1], done)
    local ok, answer = pcall(target.read, text)
    if not ok then return done, taken, text, answer end
    taken = taken + (answer and 1 or 0)
  end
  return done, taken
end

local function main(seconds)
  local failed = false
  for _, name in ipairs(readers.names()) do
    local last = os.clock() + seconds
    local done, taken, text, trouble = readers.try(name, function() return os.clock() < last end)
    print(("fuzz: %s read %d texts, %d of them right all the same"):format(name, done, taken))
    if text then
      local path = (os.getenv "TCPLAB_BUILD" or "build") .. "/fuzz-" .. name
      local file <close> = assert(io.open(path, "wb"))
      file:write(text)
      io.stderr:write(("fuzz: %s: %s: %s\n"):format(name, path, tostring(trouble)))
      failed = true
    end
  end
  os.exit(not failed, true)
end

if arg and arg[0] and arg[0]:find "fuzz/readers%.lua$" then main(tonumber(arg[1]) or 60) end

return readers
