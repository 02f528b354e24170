-- SPDX-License-Identifier: MIT
-- A real network whose other side is a Linux kernel of one's choice, on a virtual clock: the kernel runs as a program, and this process inside of it.

local check = require "tcplab.base.check"
local near = require "tcplab.base.near"
local settings = require "tcplab.base.settings"
local sysctl = require "tcplab.net.sysctl"
local tun = require "tcplab.tun"
local uml = require "tcplab.uml.enter"

local OPTIONS <const> = { "version", "sysctl", "congestion", "seed", "address", "mtu", "queue", "trace" }

local function check_options(given)
  check.type(given, "table|nil", "options")
  local known = {}
  for _, name in ipairs(OPTIONS) do known[name] = true end
  for name in pairs(given or {}) do
    if not known[name] then check.fail("kernel: unknown option %s%s", check.shown(name), near.hint(name, OPTIONS)) end
  end
  return given or {}
end

local function sorted_names(values)
  local names = {}
  for name in pairs(values) do names[#names + 1] = check.type(name, "string", "sysctl: a name") end
  table.sort(names)
  return names
end

local function set_all(options)
  local values = check.type(options.sysctl or {}, "table", "sysctl")
  for _, name in ipairs(sorted_names(values)) do
    local ok, message, code = sysctl.set(name, values[name])
    if not ok then return nil, message, code end
  end
  if not options.congestion then return true end
  return sysctl.set("net.ipv4.tcp_congestion_control", check.type(options.congestion, "string", "congestion"))
end

---Options of tcplab.kernel.
---@class tcplab.kernel_options
---@field version? string           "6.1", "6.1.192": of those that `make kernel` has built; "any", as without: the newest; or a program's path
---@field sysctl? table<string, integer|boolean|string>  its settings, by their names as of sysctl(8)
---@field congestion? string        its congestion control: "cubic", "bbr" ...
---@field seed? integer             for the kernel's chance and the network's; 0 without
---@field address? string|string[]  the kernel's side with its prefix length; "10.9.0.1/24" without
---@field mtu? integer              as for tcplab.tun
---@field queue? integer            as for tcplab.tun
---@field trace? false|table        as for tcplab.lab

---A network whose other side is a kernel on a virtual clock.
---@class tcplab.kernel_network: tcplab.tun_network
---@field release string  the kernel's: "6.1.192"

---Makes a network as tcplab.tun does, whose other side is a Linux kernel on a virtual clock: nothing takes time but waiting, which passes at once,
---and the same script with the same seed gives the same trace. Needs no right. The kernel runs as a program, and this process inside of it: where it
---is outside, its command line is begun anew inside, and ends for both; so call this first. Files, words and streams are the same there.
---```lua
---local tcplab = require "tcplab"
---local net, message, code = tcplab.kernel { version = "2.4", seed = 7 }
---print(net, code)  --> nil ENOENT
---```
---@param options? tcplab.kernel_options
---@return tcplab.kernel_network? network  nil when there is no such kernel to be had
---@return string? message             what stands in the way, and what to do
---@return string? code                "ENOENT": it has not been built; "EPERM", "ENOSPC" ...: it cannot run here
local function kernel(options)
  options = check_options(options)
  local version = check.type(options.version or "any", "string", "version")
  local seed = settings.seed or options.seed and check.integer(options.seed, "seed", math.mininteger, math.maxinteger) or 0
  local ok, message, code = uml.enter { version = version, seed = seed }
  if ok then ok, message, code = set_all(options) end
  if not ok then return nil, message, code end
  local net
  net, message, code = tun {
    address = options.address or "10.9.0.1/24", mtu = options.mtu, queue = options.queue, trace = options.trace, seed = seed,
  }
  if net then net._release = uml.inside() end
  return net, message, code
end

return kernel
