-- SPDX-License-Identifier: MIT
-- Results of scripts as one JSON document.

local base = require "tcplab.base.json"
local jsonl = require "tcplab.command.report.jsonl"
local output = require "tcplab.command.output"

local json = {}

local results

function json.begin() results = {} end

function json.one(result) results[#results + 1] = result end

function json.finish(counts)
  local order = { "all", "passed", "failed", "unsupported", "syntax", "scripts", table.unpack(jsonl.ORDER) }
  local document = { scripts = base.array(results) }
  for name, count in next, counts do document[name] = count end -- put in order as text
  output.write(base.text(document, order))
end

return json
