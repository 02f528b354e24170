-- SPDX-License-Identifier: MIT
-- Keeps what a script's networks saw and its experiments claimed, for the command line: each network is looked at once, when it closes or when the
-- script ends.

local exit = require "tcplab.command.exit"
local formats = require "tcplab.save.formats"
local json = require "tcplab.base.json"
local narration = require "tcplab.narration"
local settings = require "tcplab.base.settings"
local transcript = require "tcplab.command.transcript"

---What to keep.
---@class tcplab.recorder.options
---@field save? string[]                           where each network's trace goes: name.pcapng, of further networks name-2.pcapng ...
---@field events? string                           a file for the events as text
---@field made? fun(network: tcplab.network)       called with each network when it has been made
---@field see? fun(network: tcplab.network)        called with each network when it closes or the script ends

---@class tcplab.recorder
---@field failed? boolean  something could not be saved
local recorder = {}
recorder.__index = recorder

local function write_events(out, network, i)
  local count = 0
  out:write(("network %d\n"):format(i))
  for _, event in ipairs(network.trace:_plain()) do
    count = count + 1
    out:write(transcript.line(event), "\n")
  end
  return out:write(("end of network %d: %d events, %d overwritten, hash %s\n"):format(i, count, network.trace.lost, network.trace:hash()))
end

function recorder:_save(network, i)
  local files = json.array {}
  for _, path in ipairs(self.options.save or {}) do
    local name = i == 1 and path or formats.numbered(path, i)
    local ok, message = network.trace:save(name)
    if ok then
      files[#files + 1] = name
    else
      exit.complain(message)
      self.failed = true
    end
  end
  return files
end

-- Sees to one network. A second call changes nothing.
function recorder:_keep(network)
  local i = self.index[network]
  if not i or self.networks[i].told or not network.trace then return end
  self.networks[i].told = {
    hash = network.trace:hash(), events = network:counters().events, packets = network:counters().packets, ended = network:now(),
    idle = network:deadline() == nil, overwritten = network.trace.lost, saved = self:_save(network, i),
  }
  if self.events then write_events(self.events, network, i) end
  if self.options.see then self.options.see(network) end
end

---Looks at what is left.
---@param code integer  what the script ended with
function recorder:finish(code)
  for _, each in ipairs(self.networks) do self:_keep(each.network) end
  if code == exit.FINE and #self.networks == 0 and (self.options.save or {})[1] then
    exit.complain "no network was made: there is nothing to save"
    self.failed = true
  end
  if self.events then self.events:close() end
  self.events = nil
  settings.on_network, settings.on_close, settings.on_experiment = nil, nil, nil
end

local function plain(list)
  local rows = json.array {}
  for i, each in ipairs(list) do rows[i] = { key = each.key, text = each.text, holds = each.holds, values = json.object(each.values) } end
  return rows
end

local function told_of(it)
  return {
    name = it.name, question = narration.fill(it.narration.question), with = it.with, said = plain(it.said), claims = plain(it.claims),
  }
end

---What there is to tell of networks and experiments, as plain data.
---@return { networks: table[], experiments: table[] }
function recorder:document()
  local networks, experiments = json.array {}, json.array {}
  for i, each in ipairs(self.networks) do networks[i] = each.told end
  for i, it in ipairs(self.experiments) do experiments[i] = told_of(it) end
  return { networks = networks, experiments = experiments }
end

---Begins to keep.
---@param options tcplab.recorder.options
---@return tcplab.recorder? recorder
---@return string? message  when the file for the events cannot be written
local function new(options)
  local self = setmetatable({ options = options, networks = {}, index = {}, experiments = {} }, recorder)
  if options.events then
    local message
    self.events, message = io.open(options.events, "w")
    if not self.events then return nil, message end
  end
  settings.on_network = function(network)
    self.networks[#self.networks + 1] = { network = network }
    self.index[network] = #self.networks
    if options.made then options.made(network) end
  end
  settings.on_close = function(network) self:_keep(network) end
  settings.on_experiment = function(it) self.experiments[#self.experiments + 1] = it end
  return self
end

return { new = new }
