-- SPDX-License-Identifier: MIT
-- The first process of a kernel of ours: makes the place ready, runs the command there, and ends the kernel.

local core = require "tcplab.core"

local function leave(path, text)
  local file <close> = assert(io.open(path, "wb"))
  assert(file:write(text))
end

local function release()
  local file <close> = assert(io.open "/proc/sys/kernel/osrelease")
  return file:read "l"
end

---@param command table  as core.guest_run takes it; output and errors stand in the folder that the kernel was started in
local function run(command)
  assert(core.guest_settle())
  table.insert(command.environment, "TCPLAB_KERNEL=" .. release())
  leave("end", ("%d\n"):format(assert(core.guest_run(command))))
end

return function(command)
  local ok, trouble = xpcall(run, debug.traceback, command)
  if not ok then print(trouble) end
  core.guest_end()
end
