-- SPDX-License-Identifier: MIT
-- How far a long run has come, on a terminal's standard error: one line, which is erased before anything else is printed and at the end.

local settings = require "tcplab.base.settings"

local PATIENCE <const> = 1.0 -- seconds of processor time before the first line
local PAUSE <const> = 0.2 -- and between two

local progress = {}
progress.__index = progress

local function on_terminal() return os.execute "test -t 2" == true end

---Takes the line away, if one stands.
function progress:erase()
  if self.shown then self.out:write "\r\27[K" end
  self.shown = false
end

function progress:_show(network)
  self.out:write(("\r\27[K%.3f s of virtual time, %d events "):format(network:now(), network:counters().events))
  self.out:flush()
  self.shown = true
end

-- What prints erases the line first.
function progress:_guard(library, name)
  local real = library[name]
  self.real[#self.real + 1] = { library, name, real }
  library[name] = function(...)
    self:erase()
    return real(...)
  end
end

function progress:_begin()
  self.wanted = self.terminal()
  if not self.wanted then return end
  self:_guard(_G, "print")
  self:_guard(io, "write")
end

-- A network has run for a while. The clock is asked now and then only.
function progress:_look(network)
  self.passes = self.passes + 1 & 15
  if self.passes ~= 0 then return end
  local now = self.clock()
  if now < self.due or self.wanted == false then return end
  if self.wanted == nil then self:_begin() end
  self.due = now + PAUSE
  if self.wanted and not network.closed then self:_show(network) end
end

---Stops watching.
function progress:finish()
  self:erase()
  settings.on_pass = nil
  for _, each in ipairs(self.real) do each[1][each[2]] = each[3] end
  self.real = {}
end

---Begins to watch the networks that run.
---@param parts? { out?: file*, clock?: fun(): number, terminal?: fun(): boolean }  what stands for standard error and os.clock
---@return table progress
local function watch(parts)
  parts = parts or {}
  local self = setmetatable({ out = parts.out or io.stderr, clock = parts.clock or os.clock, terminal = parts.terminal or on_terminal }, progress)
  self.real, self.passes = {}, 0
  self.due = self.clock() + PATIENCE
  settings.on_pass = function(network) self:_look(network) end
  return self
end

return { watch = watch }
