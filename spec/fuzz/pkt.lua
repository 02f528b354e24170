-- SPDX-License-Identifier: MIT
-- packetdrill's scripts: each comes to a verdict, and one that cannot be read is told with its line.

local helper = require "spec.helper"
local packetdrill = require "tcplab.packetdrill"

local target = {}

---Texts that are right.
---@return string[]
function target.seeds()
  local seeds = {}
  for i, path in ipairs(helper.files("spec/pkt", "%.pkt$")) do seeds[i] = helper.read(path) end
  return seeds
end

local VERDICTS <const> = { passed = true, failed = true, unsupported = true, syntax = true }

---Reads a text; raises where the reader does what it must not.
---@param text string
---@return boolean taken
function target.read(text)
  local result = packetdrill.run_text(text, { ladder = false })
  assert(VERDICTS[result.verdict], result.verdict)
  if result.verdict ~= "passed" then assert(math.type(result.line) == "integer" and result.message ~= "", result.message) end
  return result.verdict ~= "syntax"
end

return target
