-- SPDX-License-Identifier: MIT
-- Results of scripts as JUnit's XML.

local output = require "tcplab.command.output"
local plain = require "tcplab.command.report.plain"

local junit = {}

local ENTITIES <const> = { ["<"] = "&lt;", [">"] = "&gt;", ["&"] = "&amp;", ['"'] = "&quot;" }

-- What XML cannot hold becomes a question mark.
local function escaped(text)
  if not utf8.len(text) then text = text:gsub("[\x80-\xff]", "?") end
  return (text:gsub('[<>&"]', ENTITIES):gsub("[\0-\8\11\12\14-\31]", "?"))
end

local cases

function junit.begin() cases = {} end

local function class_of(path) return (path:match "^(.*)/[^/]*$" or "."):gsub("%.", "_"):gsub("/", ".") end

function junit.one(result)
  local head = ('  <testcase classname="%s" name="%s"'):format(escaped(class_of(result.path)), escaped(result.path:match "[^/]+$"))
  if result.verdict == "passed" then
    cases[#cases + 1] = head .. "/>"
    return
  end
  local element = result.verdict == "failed" and "failure" or "error"
  cases[#cases + 1] = ('%s>\n    <%s type="%s" message="%s">%s</%s>\n  </testcase>'):format(head, element, result.verdict, escaped(result.message),
    escaped(plain.text(result)), element)
end

function junit.finish(counts)
  local errors = counts.unsupported + counts.syntax
  output.write('<?xml version="1.0" encoding="UTF-8"?>\n',
    ('<testsuite name="tcplab pkt" tests="%d" failures="%d" errors="%d">\n'):format(counts.all, counts.failed, errors),
    table.concat(cases, "\n"), "\n</testsuite>\n")
end

return junit
