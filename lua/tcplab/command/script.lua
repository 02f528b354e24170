-- SPDX-License-Identifier: MIT
-- Runs a script for the command line: its errors, its output, its end.

local check = require "tcplab.base.check"
local exit = require "tcplab.command.exit"
local recorder = require "tcplab.command.recorder"
local output = require "tcplab.command.output"
local progress = require "tcplab.command.progress"
local settings = require "tcplab.base.settings"
local traceback = require "tcplab.command.traceback"

local run = {}

-- What the surroundings lack, not the script.
local LACKING = {
  "make kernel", "%(ptrace: ", "%(ulimit ", "%(TMPDIR names", "a kernel's memory", "/dev/net/tun", "CAP_NET_ADMIN",
  "%f[%w]EPERM%f[%W]", "%f[%w]ENODEV%f[%W]",
}

local function is_environment(err)
  if type(err) == "table" and (err.code == "EPERM" or err.code == "ENODEV") then return true end
  local text = type(err) == "string" and err:match "^[^\n]*" or ""
  for _, pattern in ipairs(LACKING) do
    if text:find(pattern) then return true end
  end
  return false
end

-- A table's fields that have names, in a fixed order.
local function fields_of(table_)
  local names, fields = {}, {}
  for name in pairs(table_) do
    if type(name) == "string" then names[#names + 1] = name end
  end
  table.sort(names)
  for i, name in ipairs(names) do fields[i] = name .. " = " .. check.shown(table_[name]) end
  return #fields > 0 and " { " .. table.concat(fields, ", ") .. " }" or ""
end

local function text_of(err)
  if type(err) == "string" then return err end
  if type(err) ~= "table" or (getmetatable(err) or {}).__tostring then return tostring(err == nil and "an error without a message" or err) end
  if err.message then return tostring(err.message) end
  return "an error that is a table" .. fields_of(err)
end

-- A handler, and what gives the text of what it was called with last. The error stays what it is: `load` hands its own through the handler too.
-- Lua calls none when memory is short.
local function with_traceback()
  local last, text
  local function handle(err)
    last, text = err, traceback.of(text_of(err))
    return err
  end
  return handle, function(err) return rawequal(last, err) and text or text_of(err) end
end

-- ---- the script ----

local function load_and_call(path, arguments)
  local chunk, fault = loadfile(path)
  if not chunk then return exit.FAILED, fault end
  local handle, text = with_traceback()
  local ok, trouble = xpcall(chunk, handle, table.unpack(arguments))
  if ok then return exit.FINE end
  return is_environment(trouble) and exit.ENVIRONMENT or exit.FAILED, text(trouble)
end

---What `run.script` is asked for.
---@class tcplab.run.options: tcplab.recorder.options
---@field script string
---@field arguments string[]  what the script gets as `...`
---@field seed? integer       replaces the seed of every lab
---@field color? boolean      false: none
---@field language? string    what experiments speak
---@field traced? boolean     networks that want no trace keep one all the same
---@field output? file*       where what the script prints goes instead of standard output
---@field finish? fun(kept: tcplab.recorder, code: integer, message?: string): integer?  called at the end, also when the script calls os.exit;
---may answer another code

local function exit_code(status)
  if status == nil or status == true then return exit.FINE end
  return math.tointeger(status) or exit.FAILED
end

-- Networks that nobody asks about are not kept: a script may make many.
local function keep(options)
  if options.save and options.save[1] or options.events or options.made or options.see or options.finish then return recorder.new(options) end
  return { finish = function() end }
end

-- What is to be done once when the script is over, however it ends.
local function closing(options, kept)
  local restore = options.output and output.divert(options.output) or function() end
  local watched = options.output ~= io.stderr and progress.watch() or nil
  local over = false
  return function(code, message)
    if over then return code end
    over = true
    if watched then watched:finish() end
    if message then exit.complain(message) end
    kept:finish(code)
    restore()
    if kept.failed and code == exit.FINE then code = exit.FAILED end
    return options.finish and options.finish(kept, code, message) or code
  end
end

---Runs a script in this process.
---@param options tcplab.run.options
---@return integer code an exit code
function run.script(options)
  settings.seed, settings.traced, settings.color, settings.language = options.seed, options.traced, options.color, options.language
  local kept, message = keep(options)
  if not kept then return exit.complain(message, exit.FAILED) end
  local close, real_exit = closing(options, kept), os.exit
  arg = table.move(options.arguments, 1, #options.arguments, 1, { [0] = options.script }) -- luacheck: ignore 121
  os.exit = function(status, ...) -- luacheck: ignore 122
    local asked = exit_code(status)
    local answered = output.delivered(close(asked))
    real_exit(answered ~= asked and answered or status, ...)
  end
  warn "@on" -- a script may say warn "@off"
  local code
  code, message = load_and_call(options.script, options.arguments)
  os.exit = real_exit -- luacheck: ignore 122
  return close(code, message)
end

return run
