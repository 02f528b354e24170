-- SPDX-License-Identifier: MIT
-- Results of scripts as the Test Anything Protocol has them, version 13.

local output = require "tcplab.command.output"
local plain = require "tcplab.command.report.plain"

local tap = {}

local number

function tap.begin(total)
  number = 0
  output.write("TAP version 13\n1..", total, "\n")
end

function tap.one(result)
  number = number + 1
  local passed = result.verdict == "passed"
  output.write(passed and "ok " or "not ok ", number, " - ", (result.path:gsub("#", "\\#")), "\n")
  if passed then return end
  output.write("  ---\n  verdict: ", result.verdict, "\n  message: |\n")
  for line in plain.text(result):gmatch "[^\n]+" do output.write("    ", line, "\n") end
  output.write "  ...\n"
end

function tap.finish(counts) output.write("# ", plain.sum(counts), "\n") end

return tap
