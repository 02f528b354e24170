-- SPDX-License-Identifier: MIT
-- Sheets of answers: one that is taken can be written again and compared; any other is answered with its file and what is wrong.

local helper = require "spec.helper"
local probe = require "tcplab.probe"

local target = {}

local path, own

---Texts that are right.
---@return string[]
function target.seeds()
  path = helper.folder() .. "/sheet.json"
  own = probe.ask("linux-6.12", { "syn", "syn_retries", "icmp", "abort" })
  return { probe.text(own), probe.text(probe.ask("rfc9293", { "syn_ack", "zero_window" })) }
end

---Reads a text; raises where the reader does what it must not.
---@param text string
---@return boolean taken
function target.read(text)
  helper.write(path, text)
  local sheet, message = probe.read(path)
  if not sheet then
    assert(message:sub(1, #path) == path and #message > #path + 2, message)
    return false
  end
  probe.text(sheet)
  probe.compare(own, sheet)
  probe.compare(sheet, own)
  return true
end

return target
