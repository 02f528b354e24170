-- SPDX-License-Identifier: MIT
-- Profiles: sets of tunables, each a base and what is otherwise there.

local core = require "tcplab.core"
local check = require "tcplab.base.check"
local near = require "tcplab.base.near"
local tunables = require "tcplab.connection.tunables"

local profile = {}

local names = core.profiles()

---What a profile has otherwise than its base.
---@class tcplab.profile.difference
---@field option string    the tunable's name
---@field value number|boolean|string
---@field base number|boolean|string  the base's value
---@field witness string   how it is known

---A profile: a base and the list of its differences.
---@class tcplab.profile
---@field name string
---@field doc string       whose it is
---@field base? string     nil: its values are the defaults of the tunables
---@field differences tcplab.profile.difference[]

local function unknown(name)
  local meant = near.of(name, names)
  check.fail("profile: there is no %q%s There are %s", name, meant and ("; did you mean %q?"):format(meant) or ".", table.concat(names, ", "))
end

---The profiles' names; the first is the default.
---```lua
---print(table.concat(tcplab.profiles(), " ", 1, 3))  --> rfc9293 freebsd linux
---```
---@return string[]
function profile.names() return { table.unpack(names) } end

---What a profile is made of.
---```lua
---for _, difference in ipairs(tcplab.profile("linux-5.10").differences) do
---  if difference.option == "msl" then
---    print(difference.value, difference.base, difference.witness)  --> 30.0 120.0 measured, 5.10 to 7.3: TIME-WAIT lasts 60 s
---  end
---end
---```
---@param name string
---@return tcplab.profile
function profile.sheet(name)
  check.type(name, "string", "profile")
  local sheet = core.profile_sheet(name) or unknown(name)
  for _, difference in ipairs(sheet.differences) do
    local numbers, decode = tunables.decode(difference.option)
    difference.value, difference.base = decode { [numbers[1]] = difference.value }, decode { [numbers[1]] = difference.base }
  end
  return sheet
end

local function version_of(text)
  local major, minor = text:match "(%d+)%.(%d+)"
  return major and major * 1000 + minor
end

---The profile of Linux whose version is nearest to a kernel's.
---```lua
---print(tcplab.nearest_profile "6.18.44", tcplab.nearest_profile "6.8.0-31-generic")  --> linux-6.18 linux-6.12
---```
---@param release string  as /proc/sys/kernel/osrelease has it
---@return string name
function profile.nearest(release)
  local wanted = version_of(check.type(release, "string", "release"))
  if not wanted then check.fail("release: a version like 6.18 expected, got %s", check.shown(release)) end
  local nearest_one, least
  for _, name in ipairs(names) do
    local version = name:find("^linux%-") and version_of(name)
    local distance = version and math.abs(version - wanted)
    if distance and (not least or distance < least) then nearest_one, least = name, distance end
  end
  return nearest_one
end

-- met: the tables that it is the base of.
local function values_of(given, met)
  if given == nil then given = names[1] end
  check.type(given, "string|table", "profile")
  if type(given) == "string" then return core.profile(given) or unknown(given) end
  if met[given] then check.fail("profile: it is its own base") end
  met[given] = true
  return profile.under(given.base, given, { "base" }, met)
end

---@param base? string|table  a profile: a name, or options over those of their `base`, which is such a one in turn; the default without
---@param given table         options that go over it
---@param others string[]     names among them that belong to the caller
---@param met? table<table, boolean>
---@return integer[] values   in the core's order and units
---@return table? control     the congestion control, when it is a script's
function profile.under(base, given, others, met)
  local values, control = values_of(base, met or {})
  local own, own_control = tunables.read(given, others, function() return table.move(values, 1, #values, 1, {}) end)
  if tunables.has_control(own) then control = own_control end
  return tunables.overlay(values, own), control
end

return profile
