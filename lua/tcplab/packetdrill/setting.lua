-- SPDX-License-Identifier: MIT
-- Settings: the lines of a script that begin with --, over those of the command line.

local verdict = require "tcplab.packetdrill.verdict"

---@class tcplab.packetdrill.settings
---@field profile string
---@field family 4|6
---@field local_address string
---@field remote_address string
---@field mtu integer
---@field tolerance number        seconds
---@field percent number          of the time that is waited for, when that is more
---@field tick? integer           microseconds of one tick of the peer's timestamps, where they are to be checked
---@field strict boolean          segments are not put together
---@field bind_port integer
---@field connect_port integer
---@field non_fatal table<string, boolean>
local setting = {}

local ADDRESSES <const> = { [4] = { "192.168.0.1", "192.0.2.1" }, [6] = { "fd3d:fa7b:d17d::1", "2001:db8::1" } }
local FAMILIES <const> = { ipv4 = 4, ipv6 = 6, ["ipv4-mapped-ipv6"] = 4 }

local function number(least, most)
  return function(text, fail)
    local value = tonumber(text)
    if not value or value < least or value > most then fail(("a number from %d to %d"):format(least, most)) end
    return value
  end
end

local function integer(least, most)
  return function(text, fail)
    local value = math.tointeger(tonumber(text))
    if not value or value < least or value > most then fail(("an integer from %d to %d"):format(least, most)) end
    return value
  end
end

local function address(text, fail)
  local plain = text:match "^[%x:.]+$" and text
  if not plain then fail "an address" end
  return plain
end

local function yes(text, fail)
  if text ~= "" then fail "nothing" end
  return true
end

local function as_it_is(text) return text end

-- Its field, and what reads its value; nil: it says nothing that counts here.
local KNOWN <const> = {
  ip_version = { "family", function(text, fail) return FAMILIES[text] or fail "ipv4, ipv6 or ipv4-mapped-ipv6" end },
  local_ip = { "local_address", address },
  remote_ip = { "remote_address", address },
  mtu = { "mtu", integer(68, 65535) },
  tolerance_usecs = { "tolerance", function(text, fail) return number(0, 1e12)(text, fail) / 1e6 end },
  tolerance_percent = { "percent", number(0, 1e6) },
  tcp_ts_tick_usecs = { "tick", integer(0, 1000000) },
  tcp_ts_ecr_scaled = { "scaled", yes },
  strict_segments = { "strict", yes },
  bind_port = { "bind_port", integer(1, 65535) },
  connect_port = { "connect_port", integer(1, 65535) },
  mss = { "gso", integer(1, 65535) },
  non_fatal = { "non_fatal", as_it_is },
  gateway_ip = {}, netmask_ip = {}, speed = {}, verbose = {}, dry_run = {}, debug = {}, init_scripts = {}, is_anyip = {}, no_tunnel = {},
  send_omit_free = {}, use_lock = {}, code_command = {}, code_format = {}, code_sockopt = {}, dump_stack = {},
}

---What holds where a script says nothing.
---@param profile string
---@return tcplab.packetdrill.settings
function setting.defaults(profile)
  return {
    profile = profile, family = 4, mtu = 1500, tolerance = 0.004, percent = 0, strict = false, bind_port = 8080, connect_port = 8080, non_fatal = "",
  }
end

---One option's value, put into settings; fail(expected) raises.
---@return boolean known
function setting.set(settings, name, text, fail)
  local known = KNOWN[name]
  if not known then return false end
  if known[1] then settings[known[1]] = known[2](text or "", fail) end
  return true
end

---The script's own settings over the given ones.
---@param options table[]  of the grammar
---@param settings tcplab.packetdrill.settings
---@param where fun(position: integer): integer, integer
function setting.read(options, settings, where)
  for _, option in ipairs(options) do
    local function fail(expected)
      local line, column = where(option.position)
      verdict.syntax(line, column, ("--%s: expected %s, not '%s'"):format(option.name, expected, option.value or ""))
    end
    if not setting.set(settings, option.name, option.value, fail) then verdict.unsupported("the option --%s", option.name) end
  end
  local usual = ADDRESSES[settings.family]
  settings.local_address = settings.local_address or usual[1]
  settings.remote_address = settings.remote_address or usual[2]
  return settings
end

return setting
