-- SPDX-License-Identifier: MIT
-- What --kernel=VERSION asks for: the verb goes on inside of that kernel.

local exit = require "tcplab.command.exit"
local uml = require "tcplab.uml.enter"

local inside = {}

---What --kernel says when it stands alone: this machine's kernel.
inside.HERE = "here"

---Goes on inside of the kernel that the options ask for, and returns there; or where they ask for none.
---@param options { kernel?: string, seed?: integer }
---@return integer? code an exit code where there can be none
function inside.enter(options)
  if not options.kernel or options.kernel == inside.HERE then return nil end
  local ok, message = uml.enter { version = options.kernel, seed = options.seed }
  if not ok then return exit.complain(message, message:find "^standard output" and exit.FAILED or exit.ENVIRONMENT) end
end

return inside
