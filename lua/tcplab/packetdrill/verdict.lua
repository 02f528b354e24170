-- SPDX-License-Identifier: MIT
-- Verdicts that are no pass: raised where they are found, caught where the script was begun.

---@class tcplab.packetdrill.verdict
---@field kind "failed"|"unsupported"|"syntax"
---@field message string
---@field line? integer
---@field column? integer
---@field expected? string  in the script's notation
---@field actual? string
local verdict = {}
verdict.__index = verdict

---The script is not as it can be read.
function verdict.syntax(line, column, message)
  error(setmetatable({ kind = "syntax", line = line, column = column, message = message }, verdict), 0)
end

---What happened is not what the script expects.
---@param message string
---@param expected? string
---@param actual? string
function verdict.failed(message, expected, actual)
  error(setmetatable({ kind = "failed", message = message, expected = expected, actual = actual }, verdict), 0)
end

---The script asks for what is not done here.
function verdict.unsupported(message, ...)
  if select("#", ...) > 0 then message = message:format(...) end
  error(setmetatable({ kind = "unsupported", message = message }, verdict), 0)
end

---Whether a raised value is one of these.
function verdict.is(value) return getmetatable(value) == verdict end

return verdict
