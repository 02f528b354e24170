-- SPDX-License-Identifier: MIT
-- How the command ends: its exit codes, and what it says on standard error.

local exit = {}

exit.FINE, exit.FAILED, exit.USAGE, exit.ENVIRONMENT = 0, 1, 2, 3

---Says what went wrong.
---@param text string
---@param code? integer  what the verb answers
---@return integer? code
function exit.complain(text, code)
  io.stderr:write("tcplab: ", text, "\n")
  return code
end

return exit
