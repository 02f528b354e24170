-- SPDX-License-Identifier: MIT
-- tcplab ss: runs a script, and shows what its hosts' stacks hold at one moment.

local core = require "tcplab.core"
local exit = require "tcplab.command.exit"
local find = require "tcplab.command.find"
local json = require "tcplab.base.json"
local netstat = require "tcplab.netstat"
local output = require "tcplab.command.output"
local runner = require "tcplab.command.script"
local arguments = require "tcplab.command.arguments"

local ss = { summary = "Show the listeners and connections of a script's hosts, as ss and netstat do." }

ss.examples = [[
Examples:
  tcplab ss handshake                  when the script ends
  tcplab ss script.lua --at 0.5        after half a second of virtual time
  tcplab ss flood --at 2 --host server
  tcplab ss script.lua --json | jq '.[].rows[].state'

Recv-Q and Send-Q: bytes unread, and bytes unsent or unacknowledged; in LISTEN
the connections that wait for accept, and the backlog. A timer comes with the
seconds it has left and, behind the stroke, how often it ran out before. With
--at all that happens at that moment has happened. The script runs on to its
end; what it prints is thrown away. A network that closes, or comes to its end,
before is shown as it was then.]]

local LIMIT <const> = 10 -- rows of one state at one host

function ss.describe(parser)
  arguments.script(parser)
  parser:option("--at", "At this virtual time instead of the script's end."):argname "SECONDS":convert(arguments.seconds "--at")
  parser:option("--host", "One host alone."):argname "NAME"
  parser:flag("--all", ("All rows, not %d of each state and host."):format(LIMIT))
  parser:flag("--json", "As a JSON array of networks: { time, rows, left_out }.")
  arguments.seed(parser)
end

-- ---- looking ----

-- Calls a function when the network's time is about to leave the moment, whatever call is moving it on: all that happens then has happened.
local function at(network, moment, look)
  local pass, last = network._pass, math.floor(moment * 1e9 + 0.5)
  function network._pass(self, until_ns, events)
    if until_ns and until_ns <= last then return pass(self, until_ns, events) end
    if core.now(self._core) <= last then
      local why = pass(self, last, events)
      if why ~= "time" then return why end
    end
    self._pass = pass
    look(self)
    return pass(self, until_ns, events)
  end
end

-- Looks once at each network that is made. Answers what the script's run is to call, and what was seen: the networks' views, in the order they were
-- made, and the names of their hosts.
local function watcher(options)
  local networks, views = {}, {}
  local function see(network)
    views[network] = views[network] or netstat.read(network, { host = options.host, limit = not options.all and LIMIT or nil })
  end
  local function made(network)
    networks[#networks + 1] = network
    if options.at then at(network, options.at, see) end
  end
  local function seen()
    local list, names = {}, {}
    for i, network in ipairs(networks) do
      list[i] = views[network]
      for _, host in ipairs(network._hosts) do names[#names + 1] = host.name end
    end
    return list, names
  end
  return made, see, seen
end

-- ---- showing ----

local ORDER <const> = {
  "time", "rows", "left_out", "host", "state", "receive_queue", "send_queue", "local_address", "local_port", "remote_address", "remote_port",
  "half_open", "half_open_limit", "timer", "name", "seconds", "retries", "count",
}

local function as_json(views)
  for _, view in ipairs(views) do
    json.array(view.rows)
    json.array(view.left_out)
  end
  return json.text(json.array(views), ORDER)
end

local function as_text(views)
  local parts = {}
  for i, view in ipairs(views) do
    local name = #views > 1 and ("network %d "):format(i) or ""
    parts[i] = ("%sat %.3f s\n%s"):format(name, view.time, netstat.text(view))
  end
  return #parts > 0 and table.concat(parts, "\n") or "no network was made\n"
end

local function is_one_of(name, names)
  for _, each in ipairs(names) do
    if each == name then return true end
  end
  return false
end

-- Answers an exit code where the host that was asked for is not there.
local function show(options, views, names)
  if options.host and not is_one_of(options.host, names) then
    local there = #names > 0 and "; there are " .. table.concat(names, ", ") or ""
    return exit.complain(("there is no host '%s'%s"):format(options.host, there), exit.USAGE)
  end
  output.write((options.json and as_json or as_text)(views))
end

function ss.run(options)
  local script, message = find.script(options.script)
  if not script then return exit.complain(message, exit.USAGE) end
  local made, see, seen = watcher(options)
  local nowhere <close> = assert(io.open("/dev/null", "w"))
  return runner.script {
    script = script, arguments = options.arguments, seed = options.seed, output = nowhere, made = made, see = see,
    finish = function(_, code)
      local problem = show(options, seen())
      return code == exit.FINE and problem or code
    end,
  }
end

return ss
