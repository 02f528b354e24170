-- SPDX-License-Identifier: MIT
-- What a trace can be saved as, by the extension of the file's name.

local check = require "tcplab.base.check"
local jsonl = require "tcplab.save.jsonl"
local pcapng = require "tcplab.save.pcapng"
local picture = require "tcplab.draw.picture"
local pkt = require "tcplab.save.pkt"

local formats = {}

---A trace as what writes it sees it.
---@class tcplab.record
---@field events table[]              plain, oldest first
---@field lost integer                how many earlier events are gone
---@field about tcplab.trace.about    the rest that is known

-- Each looks over the options and gives a function that writes the record to an open file.
local writers = {}

function writers.jsonl(record, options)
  if options ~= nil then check.fail("save: options: a .jsonl takes none") end
  return function(out) return jsonl.write(out, record.events, record.about) end
end

local function written(text)
  return function(out) return out:write(text) end
end

function writers.mmd(record, options) return written(picture.mmd(record, options)) end

function writers.txt(record, options) return written(picture.txt(record, options)) end

function writers.pkt(record, options) return written(pkt.text(record.events, options)) end

function writers.svg(record, options, path) return written(picture.svg(record, options, path)) end

function writers.pcapng(record, options)
  if options ~= nil then check.fail("save: options: a .pcapng takes none") end
  return function(out) return pcapng.write(out, record.events, record.lost) end
end

local extensions = {}
for extension in pairs(writers) do extensions[#extensions + 1] = "." .. extension end
table.sort(extensions)

---A name of the same format with a number, or a word, before its extension, a picture's double one kept: `x.sequence.svg`, `x-2.sequence.svg`.
---@param path string
---@param number integer|string
---@return string
function formats.numbered(path, number)
  local stem, extension = path:match "^(.*)(%.[^./]*)$"
  if not stem then return ("%s-%s"):format(path, number) end
  local name = extension == ".svg" and picture.meant_by(path)
  if name then stem, extension = stem:sub(1, -#name - 2), "." .. name .. extension end
  return ("%s-%s%s"):format(stem, number, extension)
end

---Every extension there is, for messages: ".jsonl, .mmd, .pcapng, .pkt, .svg or .txt".
---@return string
function formats.names()
  local last = #extensions
  if last == 1 then return extensions[1] end
  return table.concat(extensions, ", ", 1, last - 1) .. " or " .. extensions[last]
end

---What writes a file of that name: a function of a record, the options given and the name, which raises where the options are wrong and else
---answers with a function that writes to an open file.
---@param path string
---@return (fun(record: tcplab.record, options: table?, path: string): fun(out: file*): any, string?, integer?)? writer
---@return string? message when there is no such format
function formats.writer(path)
  local write = writers[path:match "%.([^./]+)$"]
  if write then return write end
  return nil, ("%s: no such format; the name must end in %s"):format(check.shown(path), formats.names())
end

return formats
