-- SPDX-License-Identifier: MIT
-- Runs a script for the command line: its errors, its output, its end.

local exit = require "tcplab.command.exit"
local keeper = require "tcplab.keeper"
local progress = require "tcplab.progress"
local settings = require "tcplab.settings"
local traceback = require "tcplab.traceback"

local run = {}

-- What the surroundings lack, not the script.
local LACKING = { "/dev/net/tun", "CAP_NET_ADMIN", "%f[%w]EPERM%f[%W]", "%f[%w]ENODEV%f[%W]" }

local function is_environment(err)
  if type(err) == "table" and (err.code == "EPERM" or err.code == "ENODEV") then return true end
  local text = type(err) == "string" and err:match "^[^\n]*" or ""
  for _, pattern in ipairs(LACKING) do
    if text:find(pattern) then return true end
  end
  return false
end

local function text_of(err)
  if type(err) == "table" and not (getmetatable(err) or {}).__tostring and err.message then return tostring(err.message) end
  return tostring(err)
end

local function with_traceback(err) return { error = err, text = traceback.of(text_of(err)) } end

-- ---- the script ----

local function load_script(path)
  local handle, message = io.open(path, "r")
  if not handle then return nil, "cannot open the script: " .. message, exit.USAGE end
  handle:close()
  local chunk, fault = loadfile(path)
  if not chunk then return nil, fault, exit.FAILED end
  return chunk
end

local function call(chunk, arguments)
  local ok, trouble = xpcall(chunk, with_traceback, table.unpack(arguments))
  if ok then return exit.FINE end
  return is_environment(trouble.error) and exit.ENVIRONMENT or exit.FAILED, trouble.text
end

-- What the script prints goes to standard error; answers the way back.
local function divert()
  local real_print, real_stdout, real_output = print, io.stdout, io.output()
  function print(...) -- luacheck: ignore 121
    local words = table.pack(...)
    for i = 1, words.n do words[i] = tostring(words[i]) end
    io.stderr:write(table.concat(words, "\t"), "\n")
  end
  io.output(io.stderr)
  io.stdout = io.stderr -- luacheck: ignore 122
  return function()
    print, io.stdout = real_print, real_stdout -- luacheck: ignore 121 122
    io.output(real_output)
  end
end

---What `run.script` is asked for.
---@class tcplab.run.options: tcplab.keeper.options
---@field script string
---@field arguments string[]  what the script gets as `...`
---@field seed? integer       replaces the seed of every lab
---@field color? boolean      false: none
---@field language? string    what experiments speak
---@field quiet? boolean      what the script prints goes to standard error
---@field finish? fun(kept: tcplab.keeper, code: integer, message?: string)  called at the end, also when the script calls os.exit

local function exit_code(status)
  if status == nil or status == true then return exit.FINE end
  return math.tointeger(status) or exit.FAILED
end

-- Networks that nobody asks about are not kept: a script may make many.
local function keep(options)
  if options.save and options.save[1] or options.events or options.see or options.finish then return keeper.new(options) end
  return { finish = function() end }
end

-- What is to be done once when the script is over, however it ends.
local function closing(options, kept)
  local restore = options.quiet and divert() or function() end
  local watched = not options.quiet and progress.watch() or nil
  local over = false
  return function(code, message)
    if over then return code end
    over = true
    if watched then watched:finish() end
    if message then exit.complain(message) end
    kept:finish()
    restore()
    if kept.failed and code == exit.FINE then code = exit.FAILED end
    if options.finish then options.finish(kept, code, message) end
    return code
  end
end

---Runs a script in this process.
---@param options tcplab.run.options
---@return integer code an exit code
function run.script(options)
  local chunk, message, code = load_script(options.script)
  if not chunk then return exit.complain(message, code) end
  settings.seed, settings.color, settings.language = options.seed, options.color, options.language
  local kept
  kept, message = keep(options)
  if not kept then return exit.complain(message, exit.FAILED) end
  local close, real_exit = closing(options, kept), os.exit
  arg = table.move(options.arguments, 1, #options.arguments, 1, { [0] = options.script }) -- luacheck: ignore 121
  os.exit = function(status, ...) -- luacheck: ignore 122
    local asked = exit_code(status)
    local answered = close(asked)
    real_exit(answered ~= asked and answered or status, ...)
  end
  code, message = call(chunk, options.arguments)
  os.exit = real_exit -- luacheck: ignore 122
  return close(code, message)
end

return run
