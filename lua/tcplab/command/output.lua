-- SPDX-License-Identifier: MIT
-- Standard output: what cannot be written, as on a full disk, is not to go unnoticed. Lua's own print tells nobody.

local exit = require "tcplab.command.exit"

local output = {}

local trouble -- the first, as text

local function note(ok, ...)
  trouble = trouble or not ok and ... or nil
  return ok, ...
end

---Writes texts to standard output.
---@param ... string
function output.write(...) note(io.stdout:write(...)) end

local function print_and_note(...)
  local words = table.pack(...)
  for i = 1, words.n do words[i] = tostring(words[i]) end
  output.write(table.concat(words, "\t"), "\n")
  note(io.stdout:flush())
end

local function write_and_note(...) return note(io.output():write(...)) end

---From now on, failures of `print` and `io.write` are noted.
function output.watch()
  print, io.write = print_and_note, write_and_note -- luacheck: ignore 121 122
end

---Sends what is printed to another file.
---@param file file*
---@return fun() restore  the way back
function output.divert(file)
  local real_print, real_stdout, real_output = print, io.stdout, io.output()
  io.output(file)
  print, io.stdout = print_and_note, file -- luacheck: ignore 121 122
  return function()
    print, io.stdout = real_print, real_stdout -- luacheck: ignore 121 122
    io.output(real_output)
  end
end

---Sends on what is left.
---@param code integer  what the command would answer
---@return integer code what it answers: not 0 when something could not be written
function output.delivered(code)
  if io.type(io.stdout) == "file" then note(io.stdout:flush()) end
  if not trouble then return code end
  exit.complain("standard output: " .. trouble)
  trouble = nil -- once is enough
  return code == exit.FINE and exit.FAILED or code
end

return output
