-- SPDX-License-Identifier: MIT
-- Pictures of a trace: which one is meant, what it may be asked, and its file.

local check = require "tcplab.base.check"
local ladder = require "tcplab.draw.ladder"
local mermaid = require "tcplab.draw.mermaid"
local view = require "tcplab.draw.view"

local picture = {}

---What a saved picture shows.
---@class tcplab.picture.options: tcplab.view
---@field picture? "ladder"|"sequence"|"congestion"  an .svg's: segments between two lifelines; data, acknowledgements, losses and the window over
---time; cwnd, ssthresh, flight and round-trip times over time. Default: what a double extension says (`x.sequence.svg`), else the ladder. The two
---plots are of one connection, seen from the host of `conn`, else from the one that sent the most
---@field width? integer  pixels, 600 at least; default 900. Not for .mmd

local modules = { ladder = "tcplab.draw.ladder.svg", sequence = "tcplab.draw.graph.sequence", congestion = "tcplab.draw.graph.congestion" }

local own = {
  picture = function(value, label)
    if not modules[value] then check.fail("%s: %s is not one of congestion, ladder and sequence", label, check.shown(value)) end
  end,
  width = function(value, label)
    check.type(value, "number", label)
    check.integer(value, label, 600, 10000)
  end,
}

---The picture that a file's double extension names.
---@param path string
---@return string? name
function picture.meant_by(path)
  local name = path:match "%.([^./]+)%.[^./]+$"
  return modules[name] and name
end

---Draws an .svg.
---@param record tcplab.record
---@param options? tcplab.picture.options
---@param path string its name, which may tell the picture
---@return string text
function picture.svg(record, options, path)
  local read = view.read(options, "save", own)
  local name = read.picture or picture.meant_by(path) or "ladder"
  return require(modules[name]).draw(record.events, read, record.lost)
end

---Draws a .txt: the ladder, without colours.
---@param record tcplab.record
---@param options? tcplab.ladder.options
---@return string text
function picture.txt(record, options)
  local plain = { color = false }
  for name, value in pairs(options or {}) do plain[name] = value end -- each to its own name: order does not show
  return ladder.draw(record.events, plain, record.lost)
end

---Draws an .mmd.
---@param record tcplab.record
---@param options? tcplab.view
---@return string text
function picture.mmd(record, options) return mermaid.draw(record.events, view.read(options, "save", {}), record.lost) end

return picture
