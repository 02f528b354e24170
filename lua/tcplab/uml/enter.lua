-- SPDX-License-Identifier: MIT
-- This process goes on inside of a kernel that runs as a program: its command line is begun anew there, and it ends as that one ends.

local core = require "tcplab.core"
local image = require "tcplab.uml.image"

local end_process = os.exit -- the command puts its own in this place while a script runs

local MEMORY <const> = 1 << 30 -- bytes: what is not used is not taken; with less, Linux makes its receive windows smaller

-- When the kernel's clock starts, ns: 2026-01-01. Each run is at the same time.
local START <const> = 1767225600 * 1000000000

---What a kernel is asked for.
---@class tcplab.uml.options
---@field version string  as image.find reads it
---@field seed? integer   what its chance is drawn from; 0 without

---The release of the kernel of ours that this process is inside of.
---@return string? release
local function inside() return os.getenv "TCPLAB_KERNEL" end

-- ---- what is handed in ----

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read "a"
  file:close()
  return text
end

-- The texts that each end in a zero byte.
local function texts(bytes)
  local list = {}
  for text in bytes:gmatch "([^\0]*)\0" do list[#list + 1] = text end
  return list
end

-- The script that the kernel's first process runs.
local INIT <const> = [[
package.path, package.cpath = %q, %q
require "tcplab.uml.guest" {
  program = %q, folder = %q, output = %q, errors = %q, input = %s, offset = %d, files = %d, mask = %d, arguments = { %s }, environment = { %s },
}
]]

local function quoted(list)
  local words = {}
  for i, text in ipairs(list) do words[i] = ("%q"):format(text) end
  return table.concat(words, ", ")
end

local function absolute(templates, folder)
  return (templates:gsub("[^;]+", function(template) return template:sub(1, 1) == "/" and template or folder .. "/" .. template end))
end

local function init_of(here, words)
  return INIT:format(absolute(package.path, here.folder), absolute(package.cpath, here.folder), here.program, here.folder, "output",
    here.apart and "errors" or "output", here.input and ("%q"):format(here.input) or "nil", here.offset, here.files, here.mask,
    quoted(words), quoted(texts(read "/proc/self/environ")))
end

-- ---- the kernel ----

-- Nothing here changes from one run to the next, nor with the machine: the kernel mixes it into its chance. Its root is this machine's; while that
-- has its own /proc there, /proc/self is the kernel's program, whose folder is the run's.
local ARGUMENTS <const> = {
  "linux", ("mem=%dM"):format(MEMORY >> 20), "time-travel=inf-cpu", ("time-travel-start=%d"):format(START), "root=none", "rootfstype=hostfs", "rw",
  "uml_dir=.", "umid=tcplab", "con=null", "con0=null,fd:1", "ssl=null", "ssl0=fd:3,null", "ssl1=fd:4,null", "thash_entries=8192",
  "sysctl.net.core.fb_tunnels_only_for_init_net=2", "quiet", "panic=-1", "init=/proc/self/cwd/lua", "--", "/proc/self/cwd/init.lua",
}

local function environment_of(options, memory)
  local path = os.getenv "PATH" or "/usr/bin:/bin"
  return { "TCPLAB_CHANCE=" .. ((options.seed or 0) & math.maxinteger), "TMPDIR=" .. memory, "HOME=/", "PATH=" .. path }
end

-- Where the kernel's memory can be kept: what TMPDIR names, or the first that will do.
local function memory_folder()
  local asked = os.getenv "TMPDIR"
  if asked and asked ~= "" then
    local ok, message, code = core.uml_may_map(asked, MEMORY)
    return ok and asked, message, code
  end
  if core.uml_may_map("/dev/shm", MEMORY) then return "/dev/shm" end
  local ok, message, code = core.uml_may_map("/tmp", MEMORY)
  return ok and "/tmp", message, code
end

---Whether a kernel can run here at all.
---@return string? folder   where its memory can be kept
---@return string? message  what forbids it
---@return string? code
local function possible()
  local ok, message, code = core.uml_may_trace()
  if not ok then return nil, message, code end
  return memory_folder()
end

-- What the kernel said, where the command inside did not get to its end.
local function complaint(console)
  local words = console:gsub("[^\n]*setup_one_line[^\n]*\n", ""):gsub("%s+$", "")
  return "the kernel ended before the command inside of it did" .. (words ~= "" and ":\n" .. words or "")
end

-- Runs a command inside: this program's, with these words. Answers its exit code.
local function run_in(program, memory, options, words)
  local here, message, code = core.uml_here()
  if not here then return nil, message, code end
  program, memory = absolute(program, here.folder), absolute(memory, here.folder)
  local ended
  ended, message, code = core.uml_run {
    image = program, base = memory, interpreter = here.program, init = init_of(here, words), arguments = ARGUMENTS,
    environment = environment_of(options, memory), relay = not here.input, apart = here.apart,
  }
  if not ended then return nil, message, code end
  local status = ended.code or ended.interrupted and 128 + ended.interrupted
  if not status then return nil, complaint(ended.console), "EIO" end
  return status
end

---Runs this program inside of such a kernel, with other words; waits for its end.
---@param options tcplab.uml.options
---@param words string[]  its command line, from its own name on
---@return integer? code    its exit code
---@return string? message  why there can be none
---@return string? code
local function run(options, words)
  local program, message, code = image.find(options.version)
  if not program then return nil, message, code end
  local memory
  memory, message, code = possible()
  if not memory then return nil, message, code end
  io.stdout:flush()
  return run_in(program, memory, options, words)
end

---Goes on inside of such a kernel. Returns there; outside, the process ends with what it ends with inside.
---@param options tcplab.uml.options
---@return true? ok
---@return string? message  why there can be none
---@return string? code
local function enter(options)
  local release = inside()
  if release then
    if options.version:find "/" or image.is_of(release, options.version) then return true end
    return nil, ("this process is inside of Linux %s already, and cannot be inside of %s"):format(release, options.version), "EBUSY"
  end
  local status, message, code = run(options, texts(read "/proc/self/cmdline"))
  if not status then return nil, message, code end
  end_process(status)
end

return { enter = enter, run = run, inside = inside, possible = possible }
