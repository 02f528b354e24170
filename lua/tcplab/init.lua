-- SPDX-License-Identifier: MIT
-- tcplab: a TCP laboratory.

local check = require "tcplab.base.check"
local diff = require "tcplab.diff"
local inside = require "tcplab.uml.call"
local kernel = require "tcplab.kernel"
local lab = require "tcplab.lab"
local machine = require "tcplab.connection.machine"
local moment = require "tcplab.trace.moment"
local near = require "tcplab.base.near"
local profile = require "tcplab.connection.profile"
local tunables = require "tcplab.connection.tunables"
local segment = require "tcplab.trace.segment"
local tcb = require "tcplab.connection.tcb"
local trace = require "tcplab.net.trace"
local tun = require "tcplab.tun"
local version = require "tcplab.base.version"

---What `require "tcplab"` gives. A name that there is not raises, with the nearest.
---@class tcplab
---@field _VERSION string  "scm", or the release's number
---@field lab fun(options?: tcplab.lab_options): tcplab.network  a virtual network
---@field tun fun(options: tcplab.tun_options): tcplab.network?, string?, string?  a real one, behind a TUN device
---@field kernel fun(options?: tcplab.kernel_options): tcplab.network?, string?, string?  against a kernel of one's choice, on a virtual clock
---@field inside fun(options: tcplab.uml.options, f: fun(...): any, ...: any): any  what a function returns inside of such a kernel
---@field segment fun(fields: table): tcplab.Segment             a segment by hand
---@field parse fun(bytes: string): tcplab.Segment?, string?, string?  an IP packet as a segment; nil, message, the check that refused it
---@field load fun(path: string): tcplab.trace?, string?, string?  a trace that was saved as .jsonl; nil, message, code
---@field diff fun(first: tcplab.trace, second: tcplab.trace, options?: tcplab.diff.options): tcplab.difference?, integer  where two runs part
---@field machine tcplab.machine                                 the transition table
---@field moments tcplab.moment_description[]                    what a script can watch
---@field reasons tcplab.reason[]                               why packets are dropped, and refused
---@field options fun(): tcplab.option[]                         all tunables
---@field kernel_names fun(): tcplab.kernel_name[]              what Linux and FreeBSD call the tunables
---@field profiles fun(): string[]                               the names of the sets of tunables
---@field profile fun(name: string): tcplab.profile             what such a set is made of, with its witnesses
---@field nearest_profile fun(release: string): string           the one of Linux whose version is nearest
---@field tcb_fields fun(): table[]                              the TCB's variables
local tcplab = {
  _VERSION = version,
  lab = lab,
  tun = tun,
  kernel = kernel,
  inside = inside,
  segment = segment.new,
  parse = segment.parse,
  load = trace.load,
  diff = diff,
  machine = machine.table(),
  moments = moment.list,
  reasons = moment.reasons,
  options = tunables.list,
  kernel_names = tunables.kernel_names,
  profiles = profile.names,
  profile = profile.sheet,
  nearest_profile = profile.nearest,
  tcb_fields = tcb.fields,
}

local names = {}
for name in pairs(tcplab) do names[#names + 1] = name end
table.sort(names)

local function unknown(name)
  local meant = near.of(name, names)
  check.fail("tcplab has no %s%s There are %s", check.shown(name), meant and ("; did you mean %q?"):format(meant) or ".", table.concat(names, ", "))
end

return setmetatable(tcplab, {
  __index = function(_, name) unknown(name) end,
  __newindex = function(_, name) unknown(name) end,
})
