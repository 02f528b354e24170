-- SPDX-License-Identifier: MIT
-- tcplab.probe: questions asked of a TCP by a peer that is played by hand, and what two TCPs answer differently.

local answer = require "tcplab.probe.answer"
local check = require "tcplab.base.check"
local compare = require "tcplab.probe.compare"
local kernel = require "tcplab.probe.kernel"
local lab = require "tcplab.probe.subject.lab"
local questions = require "tcplab.probe.questions"

---What a subject has answered.
---@class tcplab.probe.sheet
---@field subject string     the profile's name, or "kernel"
---@field failed { question: string, message: string }[]  the questions that raised, and what
---@field [integer] tcplab.probe.row  in the order in which it was asked

local probe = {}

---The questions there are.
---```lua
---local probe = require "tcplab.probe"
---print(probe.questions()[1].name, probe.questions({ "abort" })[1].rfc)  --> syn RFC 9293 3.10.5
---```
---@param chosen? string[]  some of them, topics (such as "opening"), or files that end in .lua; all without
---@return tcplab.probe.question[]
function probe.questions(chosen) return questions(chosen) end

local function ask_in_labs(asked, profile, told)
  for i, question in ipairs(asked) do
    told(i, pcall(function() return answer(question, lab.new(profile, question.rtt)) end))
  end
end

-- What was told of each, as a sheet; nil, message, code where one could not be asked at all.
local function sheet_of(subject, asked, rows, failures)
  local sheet = { subject = subject, failed = {} }
  for i, question in ipairs(asked) do
    if rows[i] then
      sheet[#sheet + 1] = rows[i]
    else
      table.insert(sheet.failed, { question = question.name, message = tostring(failures[i]) })
    end
  end
  return sheet
end

---How asking goes on.
---@class tcplab.probe.ways
---@field jobs? integer  of the kernel: how many at a time; 32 without
---@field on_answer? fun(question: tcplab.probe.question, count: integer)  called after each: how many have answered or failed by now

---Asks a host of a profile, in a lab of its own for each question; or this machine's kernel, in real time, in a process and a network namespace of its
---own for each, many side by side.
---```lua
---local sheet = require("tcplab.probe").ask("rfc9293", { "syn_retries" })
---print(sheet[1].values.code, table.concat(sheet[1].values.times, " "))  --> ETIMEDOUT 1.0 3.0 7.0 15.0 31.0 63.0 123.0
---```
---@param whom string|table  a name of tcplab.profiles, or "kernel"; or a table of options, as `net:host` takes one for a profile
---@param chosen? string[]  as for questions
---@param ways? tcplab.probe.ways
---@return tcplab.probe.sheet?
---@return string? message  where the kernel cannot be asked
---@return string? code
function probe.ask(whom, chosen, ways)
  check.type(whom, "string|table", "whom")
  ways = ways or {}
  local asked, rows, failures, count, refused = questions(chosen), {}, {}, 0, nil
  local function told(i, ran, row, message, code)
    if ran and not row then refused = refused or { message, code } end
    rows[i], failures[i], count = ran and row, not ran and row, count + 1
    if ways.on_answer then ways.on_answer(asked[i], count) end
  end
  if whom == "kernel" then kernel.ask(asked, ways.jobs, told) else ask_in_labs(asked, whom, told) end
  if refused then return nil, refused[1], refused[2] end
  return sheet_of(type(whom) == "string" and whom or "options", asked, rows, failures)
end

---How long asking this machine's kernel will take.
---```lua
---local probe = require "tcplab.probe"
---print(probe.forecast { "syn_retries", "fin_timeout" } > 100)  --> true
---```
---@param chosen? string[]  as for questions
---@param jobs? integer     how many at a time; 32 without
---@return number seconds
function probe.forecast(chosen, jobs) return kernel.forecast(questions(chosen), jobs) end

---Where two sheets part, of the questions that both have answered. Times are as the sheets have them, to the millisecond.
---```lua
---local probe = require "tcplab.probe"
---local first, second = probe.ask("rfc9293", { "syn" }), probe.ask("rfc9293", { "syn" })
---print(#probe.compare(first, second))  --> 0
---```
---@param first tcplab.probe.sheet
---@param second tcplab.probe.sheet
---@param tolerance? number|fun(a: number, b: number): boolean  seconds that times may differ by, none without; or a rule
---@return tcplab.probe.difference[]
function probe.compare(first, second, tolerance) return compare(first, second, tolerance) end

return probe
