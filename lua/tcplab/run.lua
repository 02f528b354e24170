-- SPDX-License-Identifier: MIT
-- Runs a script for the command line, and keeps what its networks saw.

local settings = require "tcplab.settings"
local transcript = require "tcplab.transcript"

local run = {}

run.FINE, run.FAILED, run.USAGE, run.ENVIRONMENT = 0, 1, 2, 3

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

-- The script's own frames: not those of the command below it.
local function with_traceback(err)
  local text = debug.traceback(text_of(err), 2)
  local cut = text:find("\n%s*%[C%]: in function 'xpcall'", 1)
  return { error = err, text = cut and text:sub(1, cut - 1) or text }
end

-- ---- what was seen ----

local function numbered(path, i)
  if i == 1 then return path end
  local stem, extension = path:match "^(.*)(%.[^./]*)$"
  if not stem then return path .. "-" .. i end
  return ("%s-%d%s"):format(stem, i, extension)
end

local function complain(text) io.stderr:write("tcplab: ", text, "\n") end

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
    local ok, message = network.trace:save(numbered(self.save, i))
    if not ok then
      complain(message)
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
  if not handle then return nil, "cannot open the script: " .. message, run.USAGE end
  handle:close()
  local chunk, fault = loadfile(path)
  if not chunk then return nil, fault, run.FAILED end
  return chunk
end

local function call(chunk, arguments)
  local ok, trouble = xpcall(chunk, with_traceback, table.unpack(arguments))
  if ok then return run.FINE end
  complain(trouble.text)
  return is_environment(trouble.error) and run.ENVIRONMENT or run.FAILED
end

---What `run.script` is asked for.
---@class tcplab.run.options
---@field script string
---@field arguments string[]  what the script gets as `...`
---@field seed? integer       replaces the seed of every lab
---@field save? string        where each network's trace goes when the script ends or the network closes: name.pcapng, name-2.pcapng ...
---@field events? string      a file for the events as text
---@field color? boolean      false: none

---Runs a script in this process.
---@param options tcplab.run.options
---@return integer code an exit code
function run.script(options)
  local chunk, message, code = load_script(options.script)
  if not chunk then
    complain(message)
    return code
  end
  settings.seed, settings.color = options.seed, options.color
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
    if k.failed and code == run.FINE then code = run.FAILED end
  end
  return code
end

---Whether a capture of that name could be written: its format is known.
---@param path string
---@return boolean
function run.can_save(path) return path:find "%.pcapng$" ~= nil end

return run
