-- SPDX-License-Identifier: MIT
-- Runs a script for the command line, and keeps what its networks saw.

local check = require "tcplab.check"
local exit = require "tcplab.command.exit"
local formats = require "tcplab.formats"
local settings = require "tcplab.settings"
local transcript = require "tcplab.transcript"

local run = {}

local real_exit = os.exit

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

local function frame(info)
  local where = ("%s:%d: in "):format(info.short_src, info.currentline)
  if info.what == "main" then return where .. "main chunk" end
  return where .. (info.name and ("function '%s'"):format(info.name) or ("function <%s:%d>"):format(info.short_src, info.linedefined))
end

-- The script's own frames: neither the library's that it called, nor those of the command below it.
local function frames()
  local list, level = {}, 3
  local info = debug.getinfo(level, "Slnf")
  while info and info.func ~= xpcall do
    if info.what ~= "C" and not check.is_library(info.source) then list[#list + 1] = frame(info) end
    level = level + 1
    info = debug.getinfo(level, "Slnf")
  end
  return list
end

-- The error, and how the script came to it where its message does not tell already.
local function with_traceback(err)
  local text, list = text_of(err), frames()
  if #list == 1 and text:sub(1, #list[1]):match "^(.-:%d+:)" == list[1]:match "^(.-:%d+:)" then list = {} end
  if #list > 0 then text = text .. "\nstack traceback:\n\t" .. table.concat(list, "\n\t") end
  return { error = err, text = text }
end

-- ---- what was seen ----

local function write_events(out, network, i)
  local count = 0
  out:write(("network %d\n"):format(i))
  for _, event in ipairs(network.trace:_plain()) do
    count = count + 1
    out:write(transcript.line(event), "\n")
  end
  return out:write(("end of network %d: %d events, %d overwritten, hash %s\n"):format(i, count, network.trace.lost, network.trace:hash()))
end

local Keeper = {}
Keeper.__index = Keeper

-- Sees to one network: its capture, its events. A second call changes nothing.
function Keeper:keep(network)
  if self.kept[network] or not network.trace then return end
  self.kept[network] = true
  local i = self.index[network]
  if self.save then
    local ok, message = network.trace:save(i == 1 and self.save or formats.numbered(self.save, i))
    if not ok then
      exit.complain(message)
      self.failed = true
    end
  end
  if self.events then write_events(self.events, network, i) end
end

function Keeper:keep_all()
  for _, network in ipairs(self.networks) do self:keep(network) end
  if self.events then self.events:close() end
  self.events = nil
end

local function keeper(options)
  local k = setmetatable({ networks = {}, index = {}, kept = {}, save = options.save }, Keeper)
  if options.events then k.events = assert(io.open(options.events, "w")) end
  settings.on_network = function(network)
    k.networks[#k.networks + 1] = network
    k.index[network] = #k.networks
  end
  settings.on_close = function(network)
    if k.index[network] then k:keep(network) end
  end
  return k
end

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
  exit.complain(trouble.text)
  return is_environment(trouble.error) and exit.ENVIRONMENT or exit.FAILED
end

---What `run.script` is asked for.
---@class tcplab.run.options
---@field script string
---@field arguments string[]  what the script gets as `...`
---@field seed? integer       replaces the seed of every lab
---@field save? string        where each network's trace goes when the script ends or the network closes: name.pcapng, name-2.pcapng ...
---@field events? string      a file for the events as text
---@field color? boolean      false: none
---@field language? string    what experiments speak

---Runs a script in this process.
---@param options tcplab.run.options
---@return integer code an exit code
function run.script(options)
  local chunk, message, code = load_script(options.script)
  if not chunk then
    exit.complain(message)
    return code
  end
  settings.seed, settings.color, settings.language = options.seed, options.color, options.language
  local k = (options.save or options.events) and keeper(options) or nil
  arg = table.move(options.arguments, 1, #options.arguments, 1, { [0] = options.script }) -- luacheck: ignore 121
  if k then
    os.exit = function(...) -- luacheck: ignore 122
      k:keep_all()
      real_exit(...)
    end
  end
  code = call(chunk, options.arguments)
  if k then
    k:keep_all()
    os.exit = real_exit -- luacheck: ignore 122
    if k.failed and code == exit.FINE then code = exit.FAILED end
  end
  return code
end

return run
