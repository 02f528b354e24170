-- SPDX-License-Identifier: MIT
-- Whose answers are wanted: a profile's, this machine's kernel's, a peer's, or those of a file.

local peer = require "tcplab.command.probe.peer"
local formats = require "tcplab.save.formats"
local questions = require "tcplab.probe"
local waiting = require "tcplab.command.probe.waiting"

local asking = {}

---Where what was said is saved: by the name given, with the question's in it where there are several.
---@param path? string
---@param count integer
---@return (fun(question: tcplab.probe.question): string)?
local function saving(path, count)
  if not path then return nil end
  return function(question) return count == 1 and path or formats.numbered(path, question.name) end
end

local function is_file(text) return text:find "%.json$" ~= nil end

---@param text? string
---@return string?  the text, where it is no file's name
function asking.profile_of(text) return text and not is_file(text) and text or nil end

local function of_file(path, names)
  local sheet, message = questions.read(path)
  if not sheet or not names then return sheet, message end
  local kept, wanted = { subject = sheet.subject, real = sheet.real, failed = {}, left_out = {} }, {}
  for _, question in ipairs(questions.questions(names)) do wanted[question.name] = true end
  for _, row in ipairs(sheet) do
    if wanted[row.question] then kept[#kept + 1] = row end
  end
  return kept
end

local function of_kernel(names, count, ways)
  local seconds = questions.forecast(names, ways.jobs)
  waiting.announce(count, "this machine's kernel, in namespaces of their own", seconds)
  local line <close> = waiting.line(count)
  ways.on_answer = line.told
  return questions.ask("kernel", names, ways)
end

---The answers of whom the options name.
---@param options table  the command's
---@param names? string[]  of questions; all without
---@param count integer    how many these are
---@return tcplab.probe.sheet? sheet
---@return string? message
---@return string? code    nil: what the options name is wrong
function asking.subject(options, names, count)
  local ways = { jobs = options.jobs, save = saving(options.save, count) }
  if options.sheet then return of_file(options.sheet, names) end
  if options.server or options.client then return peer.ask(options, names, ways) end
  if options.kernel then return of_kernel(names, count, ways) end
  return questions.ask(options.profile, names, ways)
end

---The answers that the subject's are held against.
---@param sheet tcplab.probe.sheet  the subject's
---@param against string   a profile's name, or a file
---@param names? string[]
---@return tcplab.probe.sheet? sheet
---@return string? message
function asking.other(sheet, against, names)
  if is_file(against) then return of_file(against, names) end
  return questions.ask(against, names or questions.known(sheet))
end

return asking
