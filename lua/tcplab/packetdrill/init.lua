-- SPDX-License-Identifier: MIT
-- packetdrill's scripts, run against a profile in virtual time: their text from beginning to verdict.

local condition = require "tcplab.packetdrill.condition"
local folder = require "tcplab.base.folder"
local grammar = require "tcplab.packetdrill.grammar"
local run = require "tcplab.packetdrill.run"
local setting = require "tcplab.packetdrill.setting"
local verdict = require "tcplab.packetdrill.verdict"

local packetdrill = {}

local LARGEST <const> = 1 << 20 -- bytes of a script

---How scripts are run.
---@class tcplab.packetdrill.options
---@field profile? string                  the host's; "linux"
---@field settings? table<string, string>  the options of a script that hold where it does not say otherwise, as { tolerance_usecs = "10000" }
---@field defined? table<string, string>   symbols, for #ifdef and for cookies and values
---@field ladder? boolean                  a script that fails is run once more with a trace, and the result has the ladder up to there
---@field see? fun(net: tcplab.network)    gets the network when the script has ended; a trace is kept then

---What became of a script.
---@class tcplab.packetdrill.result
---@field verdict "passed"|"failed"|"unsupported"|"syntax"
---@field path string
---@field line? integer
---@field column? integer   of what cannot be read
---@field time? number      the script's, in seconds
---@field message? string
---@field expected? string  in the script's notation
---@field actual? string
---@field ladder? string

-- The symbols that a profile defines.
local SYMBOLS <const> = { freebsd = "FreeBSD", linux = "Linux" }

local function symbols(profile, defined)
  local all = { [SYMBOLS[profile:match "^%a+"] or "STANDARD"] = "1" }
  for name, value in next, defined or {} do all[name] = value end -- each to its own name: order does not show
  return all
end

local function settings_of(script, options, profile, where)
  local settings = setting.defaults(profile)
  for name, value in next, options.settings or {} do
    setting.set(settings, name, value, function(expected) error(("--%s: expected %s, not '%s'"):format(name, expected, value), 0) end)
  end
  return setting.read(script.options, settings, where)
end

local function read(text, defined)
  if #text > LARGEST then verdict.syntax(1, 1, ("expected a script of at most %d bytes"):format(LARGEST)) end
  if text:find "\0" then verdict.syntax(1, 1, "expected a text, not a zero byte") end
  local script, line, column, message = grammar.read(condition.resolve(text, defined))
  if not script then verdict.syntax(line, column, message) end
  for _, event in ipairs(script.events) do
    if event.name and not event.kind then
      table.insert(script.options, event)
    end
  end
  return script
end

local function whole(text, options, see)
  local profile = options.profile or "linux"
  local defined = symbols(profile, options.defined)
  local script = read(text, defined)
  local function where(position) return grammar.position(text, position) end
  local settings = settings_of(script, options, profile, where)
  return run.script(script, settings, defined, see)
end

---Runs a script.
---```lua
---local result = require "tcplab.packetdrill".run_text("0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 listen(3, 1) = 0\n")
---print(result.verdict)  --> passed
---```
---@param text string
---@param options? tcplab.packetdrill.options
---@param path? string  how messages call it
---@return tcplab.packetdrill.result
function packetdrill.run_text(text, options, path)
  options = options or {}
  local ok, found = pcall(whole, text, options, options.see)
  if not ok and not verdict.is(found) then error(found, 0) end
  local result = { verdict = found and found.kind or "passed", path = path or "script" }
  if not found then return result end
  result.line, result.column, result.message, result.time = found.line, found.column, found.message, found.time
  result.expected, result.actual = found.expected, found.actual
  if not result.line and found.position then result.line = grammar.position(text, found.position) end
  if options.ladder and result.verdict == "failed" then
    whole(text, options, function(net) result.ladder = tostring(net.trace:ladder()) end)
  end
  return result
end

---Runs a script's file.
---```lua
---print(require "tcplab.packetdrill".run "missing.pkt")  --> nil missing.pkt: No such file or directory
---```
---@param path string
---@param options? tcplab.packetdrill.options
---@return tcplab.packetdrill.result? result
---@return string? message  when the file cannot be read
function packetdrill.run(path, options)
  local handle, message = io.open(path, "rb")
  local text = handle and handle:read(LARGEST + 1)
  if handle then handle:close() end
  if not text then return nil, message or path .. ": it cannot be read" end
  return packetdrill.run_text(text, options, path)
end

-- A result that is no pass, in lines.
local function text_of(result)
  local place = ("%s:%s%s: "):format(result.path, result.line or "?", result.column and ":" .. result.column or "")
  local text = place .. result.verdict .. ": " .. (result.message or "")
  if not result.expected then return text end
  return ("%s\n  expected  %s\n  actual    %s\n%s"):format(text, result.expected, result.actual, result.ladder or "")
end

---In a spec of busted: makes of each script below a folder an `it` that bears its path.
---```lua
---require "tcplab.packetdrill".specs(".", { profile = "linux" }) -- in a file such as spec/scripts_spec.lua
---```
---@param path string  a folder, or one script
---@param options? tcplab.packetdrill.options
function packetdrill.specs(path, options)
  local files = assert(folder.files(path, ".pkt"))
  local found, busted = pcall(require, "busted")
  if not found then error("specs needs busted: run the spec with it, or install the rock busted", 2) end
  local it, luassert = busted.it, select(2, pcall(require, "luassert"))
  local how = { ladder = true }
  for name, value in next, options or {} do how[name] = value end -- each to its own name: order does not show
  for _, script in ipairs(files) do
    it(script, function()
      local result = assert(packetdrill.run(script, how))
      luassert.message(text_of(result)).is_true(result.verdict == "passed")
    end)
  end
end

return packetdrill
