-- SPDX-License-Identifier: MIT
-- Results of scripts as JSON, one in each line, as they come.

local json = require "tcplab.base.json"
local output = require "tcplab.command.output"

local jsonl = {}

jsonl.ORDER = { "path", "verdict", "line", "column", "time", "message", "expected", "actual", "ladder" }

function jsonl.begin() end

function jsonl.one(result)
  output.write((json.text(result, jsonl.ORDER):gsub("\n%s*", "")), "\n")
  io.stdout:flush()
end

function jsonl.finish() end

return jsonl
