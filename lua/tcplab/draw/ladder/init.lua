-- SPDX-License-Identifier: MIT
-- A trace as a text ladder: one conversation's two ends at the sides, its segments as arrows between them, states, losses and timers where they
-- happened.
--
-- Each side has its own clock column, so that an arrow can tell when it left and when it came.

local check = require "tcplab.base.check"
local diagram = require "tcplab.draw.ladder.diagram"
local text = require "tcplab.draw.ladder.text"
local settings = require "tcplab.base.settings"
local view = require "tcplab.draw.view"

local ladder = {}

---Options of the ladder in text.
---@class tcplab.ladder.options: tcplab.view
---@field width? integer      columns, 60 at least; default 80. From 120 on, segments show their windows and options too
---@field color? boolean      ANSI colours; default: standard output is a terminal and NO_COLOR is not set
---@field utf8? boolean       lines and arrows beyond ASCII; default: what LC_ALL, LC_CTYPE or LANG say

local WIDE = 120

local own = {
  width = function(value, label)
    check.type(value, "number", label)
    check.integer(value, label, 60, 1000)
  end,
  color = function(value, label) check.type(value, "boolean", label) end,
  utf8 = function(value, label) check.type(value, "boolean", label) end,
}

---Whether lines, arrows and marks beyond ASCII are welcome: what LC_ALL, LC_CTYPE or LANG say.
---@return boolean
function ladder.utf8()
  local locale = os.getenv "LC_ALL" or ""
  if locale == "" then locale = os.getenv "LC_CTYPE" or "" end
  if locale == "" then locale = os.getenv "LANG" or "" end
  return locale:lower():find "utf%-?8" ~= nil
end

local on_terminal -- asked once

---Whether colours are welcome: standard output is a terminal and NO_COLOR is not set.
---@return boolean
function ladder.terminal()
  if settings.color == false or (os.getenv "NO_COLOR" or "") ~= "" then return false end
  if on_terminal == nil then on_terminal = os.execute "test -t 1" == true end
  return on_terminal
end

local function given(value, default)
  if value == nil then return default() end
  return value
end

---Draws events as a ladder, one for each connection in the order of their first packets.
---@param events table[]  a trace's events, oldest first
---@param options? tcplab.ladder.options
---@param lost? integer   how many earlier events are gone
---@return string text    lines that end in a newline, none wider than asked for
function ladder.draw(events, options, lost)
  options = view.read(options, "ladder", own)
  local style = {
    width = options.width or 80,
    relative = options.relative,
    full = (options.width or 80) >= WIDE,
    color = given(options.color, ladder.terminal),
    utf8 = given(options.utf8, ladder.utf8),
  }
  local conversations, limit = view.conversations(events, options), options.connections
  local parts = {}
  if (lost or 0) > 0 then parts[1] = text.remark(style, ("%d earlier events were overwritten"):format(lost)) end
  for i = 1, math.min(#conversations, limit) do
    parts[#parts + 1] = text.draw(conversations[i], diagram.of(conversations[i], options.fold), style)
  end
  if #conversations > limit then
    parts[#parts + 1] = text.remark(style, ("%d more connections: choose with conn = or connections ="):format(#conversations - limit))
  end
  if #conversations == 0 then parts[#parts + 1] = text.remark(style, "no segments were traced") end
  return table.concat(parts, "\n")
end

return ladder
