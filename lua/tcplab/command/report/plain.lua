-- SPDX-License-Identifier: MIT
-- Results of scripts for people: what did not pass, and a sum.

local output = require "tcplab.command.output"

local plain = {}

local WORDS <const> = { failed = "FAILED", unsupported = "UNSUPPORTED", syntax = "SYNTAX" }

-- "path:line:column", as editors jump to it.
local function place(result)
  local text = result.path
  if result.line then text = text .. ":" .. result.line end
  if result.column then text = text .. ":" .. result.column end
  return text
end

---What a result says, in lines.
---@param result tcplab.packetdrill.result
---@return string
function plain.text(result)
  local lines = { ("%s: %s"):format(place(result), result.message) }
  if result.expected then
    lines[#lines + 1] = "  expected  " .. result.expected
    lines[#lines + 1] = "  actual    " .. result.actual
  end
  if result.ladder and result.ladder ~= "" then lines[#lines + 1] = result.ladder:gsub("\n*$", "") end
  return table.concat(lines, "\n")
end

function plain.begin() end

function plain.one(result)
  if result.verdict ~= "passed" then output.write(WORDS[result.verdict], " ", plain.text(result), "\n") end
end

---How many of each verdict there are.
---@param counts table<string, integer>
---@return string
function plain.sum(counts)
  return ("%d scripts: %d passed, %d failed, %d unsupported, %d with errors of syntax"):format(counts.all, counts.passed, counts.failed,
    counts.unsupported, counts.syntax)
end

function plain.finish(counts) output.write(plain.sum(counts), "\n") end

return plain
