-- SPDX-License-Identifier: MIT
-- The questions there are, as text and as JSON.

local columns = require "tcplab.base.columns"
local json = require "tcplab.base.json"
local narration = require "tcplab.narration"
local output = require "tcplab.command.output"

local function as_json(asked)
  local rows = json.array {}
  for i, it in ipairs(asked) do rows[i] = { name = it.name, en = it.en, zh = it.zh, rfc = it.rfc, values = it.values } end
  return json.text(rows, { "name", "en", "zh", "rfc", "values" })
end

---@param asked tcplab.probe.question[]
---@param options { json?: boolean, lang?: string }
return function(asked, options)
  if options.json then return output.write(as_json(asked)) end
  local width, language = 0, options.lang or narration.language()
  for _, it in ipairs(asked) do width = math.max(width, columns.width(it.name)) end
  for _, it in ipairs(asked) do print(columns.entry(it.name, width, (it[language] or it.en) .. (it.rfc and " (" .. it.rfc .. ")" or ""))) end
end
