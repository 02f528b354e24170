-- SPDX-License-Identifier: MIT
-- What specs share: paths, skipping, temporary folders, a seeded generator, and a lab in a known state in one call.

local helper = {}

helper.build = os.getenv "TCPLAB_BUILD" or "build"

local function add_path(template)
  if not (";" .. package.path .. ";"):find(";" .. template .. ";", 1, true) then package.path = template .. ";" .. package.path end
end
add_path "./lua/?/init.lua"
add_path "./lua/?.lua"
local module = "./" .. helper.build .. "/lib/?.so"
if not package.cpath:find(module, 1, true) then package.cpath = module .. ";" .. package.cpath end

-- Programs -----------------------------------------------------------------------------------------------------------------------------------

function helper.quote(word) return "'" .. tostring(word):gsub("'", "'\\''") .. "'" end

--- Runs a shell command. Returns what it printed (both streams) and its exit code.
function helper.shell(command)
  local pipe = assert(io.popen("{ " .. command .. "\n} 2>&1 </dev/null"))
  local output = pipe:read "a"
  local _, _, code = pipe:close()
  return output, code
end

local function has_program(name)
  return os.execute("PATH=$PATH:/usr/sbin:/sbin command -v " .. helper.quote(name) .. " >/dev/null 2>&1") == true
end

-- What is no program but a right or a device: how to look whether it is there.
local rights = {
  namespace = function()
    local output, code = helper.shell "spec/tools/live true"
    return code == 0, output:gsub("%s+$", "")
  end,
  settings = function()
    local _, code = helper.shell "spec/tools/live test -w /proc/sys/net/ipv4/tcp_syncookies"
    return code == 0, "the kernel's settings may not be written here"
  end,
}

-- Whether a kernel that `make kernel` has built runs here.
function rights.kernel()
  local output, code = helper.shell(helper.build .. "/tcplab run spec/tools/kernel/possible.lua --kernel=any")
  return code == 0, output:gsub("%s+$", "")
end

--- Skips the spec, saying why.
function helper.skip(message)
  require "busted.core"().pending(message) -- what `pending` is inside of an `it`, here reached from outside
end

--- Skips the spec, naming what is missing, unless `what` is there: a program's name, or "namespace" (a network namespace with a TUN device),
--- "settings" (its net.ipv4 may be written; a container may have them read-only), "kernel" (one of ours, on a virtual clock).
--- With CI set a missing program fails instead: there nothing may go unlooked at for want of a package. `how` tells how to get it.
function helper.need(what, how)
  local there, why
  if rights[what] then
    there, why = rights[what]()
  else
    there, why = has_program(what), "the program " .. what .. " is missing"
  end
  if there then return end
  local message = "needs " .. what .. ": " .. (why or "") .. (how and " (" .. how .. ")" or "")
  if os.getenv "CI" and not rights[what] then error(message, 2) end
  helper.skip(message)
end

--- Compiles a C program that is part of a spec, with the protocol alone. Returns where it is.
function helper.program(source)
  helper.need "cc"
  local program = helper.build .. "/" .. source:gsub("[/.]", "_")
  local sanitize = os.getenv "TCPLAB_PRELOAD" and " -fsanitize=address,undefined" or ""
  local output, code = helper.shell(("unset LD_PRELOAD; cc -std=c11 -Icsrc%s -o %s %s %s"):format(
    sanitize, helper.quote(program), helper.quote(source), helper.quote(helper.build .. "/libtcplab-tcp.a")))
  assert(code == 0, output)
  return "unset LD_PRELOAD; ASAN_OPTIONS=detect_leaks=0 " .. helper.quote(program)
end

--- How many files this process has open.
function helper.descriptors()
  local pipe = assert(io.popen "ls /proc/$PPID/fd 2>/dev/null | wc -l")
  local count = tonumber(pipe:read "l")
  pipe:close()
  return count
end

-- Files --------------------------------------------------------------------------------------------------------------------------------------

--- A new empty folder under the build folder.
function helper.folder()
  local pipe = assert(io.popen(("mkdir -p %s/tmp && mktemp -d %s/tmp/spec.XXXXXX"):format(helper.build, helper.build)))
  local path = pipe:read "l"
  pipe:close()
  return assert(path, "no temporary folder could be made")
end

function helper.read(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read "a"
end

function helper.write(path, bytes)
  local file <close> = assert(io.open(path, "wb"))
  assert(file:write(bytes))
  return path
end

--- The files under a folder whose names match a Lua pattern, sorted.
function helper.files(folder, pattern)
  local files = {}
  local pipe = assert(io.popen("find " .. helper.quote(folder) .. " -type f | LC_ALL=C sort"))
  for path in pipe:lines() do
    if path:match(pattern) then files[#files + 1] = path end
  end
  pipe:close()
  return files
end

-- The command --------------------------------------------------------------------------------------------------------------------------------

--- Runs the command. Returns what it printed (both streams) and its exit code.
function helper.tcplab(arguments, environment)
  return helper.shell(("%s %s/tcplab %s"):format(environment or "", helper.build, arguments))
end

--- Writes a script. Returns its path, quoted for a shell.
function helper.script(text) return helper.quote(helper.write(helper.folder() .. "/script.lua", text)) end

-- Chance -------------------------------------------------------------------------------------------------------------------------------------

--- A generator of its own: the same numbers on every machine. random(n) is in 1..n, random(a, b) in a..b.
function helper.random(seed)
  local state = seed or 1
  return function(low, high)
    if not high then low, high = 1, low end
    state = state * 6364136223846793005 + 1442695040888963407
    return low + ((state >> 33) % (high - low + 1))
  end
end

--- size bytes, seeded.
function helper.bytes(size, seed)
  local random, parts = helper.random(seed or 1), {}
  for i = 1, size do parts[i] = string.char(random(0, 255)) end
  return table.concat(parts)
end

-- Labs ---------------------------------------------------------------------------------------------------------------------------------------

--- Two hosts and a link: net, client, server, link. options: seed, trace, link, client, server (the options of each).
function helper.lab(options)
  options = options or {}
  local function with(defaults, more)
    for name, value in pairs(more or {}) do defaults[name] = value end
    return defaults
  end
  local net = require "tcplab".lab { seed = options.seed or 7, trace = options.trace }
  local client = net:host("client", with({ address = "10.0.0.1" }, options.client))
  local server = net:host("server", with({ address = "10.0.0.2" }, options.server))
  local link = net:link(client, server, with({ delay = 0.010, rate = 100e6, queue = 64 }, options.link))
  return net, client, server, link
end

--- A lab whose client is connected to port 80 of its server: conn, peer, and { net =, client =, server =, link =, listener = }.
function helper.established(options)
  local net, client, server, link = helper.lab(options)
  local listener = server:listen(80)
  local conn = assert(client:connect("10.0.0.2", 80))
  local peer = assert(listener:accept())
  return conn, peer, { net = net, client = client, server = server, link = link, listener = listener }
end

return helper
