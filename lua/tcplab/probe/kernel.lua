-- SPDX-License-Identifier: MIT
-- Questions asked of this machine's kernel: each in a network namespace of its own, many side by side, in real time.

local ask = require "tcplab.probe.ask"
local attempt = require "tcplab.probe.attempt"
local lab = require "tcplab.probe.subject.lab"
local side_by_side = require "tcplab.probe.side_by_side"
local subject = require "tcplab.probe.subject.kernel"

local kernel = {}

local LIKE <const> = "linux" -- whose answers tell how long the kernel will take
local UNKNOWN <const> = 600  -- seconds, where that cannot be told
local SHORT <const> = 60     -- seconds: one that raises within so many is asked once more, alone, with nothing that disturbs its times

---What this machine's kernel is called: "Linux 6.18.44".
---@return string
function kernel.name()
  local file <close> = io.open "/proc/sys/kernel/osrelease"
  return "Linux " .. (file and file:read "l" or "of this machine")
end

-- A slow machine is to have its time.
local function limit(seconds) return 60 + 2 * seconds end

local function seconds_of(question)
  local ran, row = attempt.call(function() return ask(question, lab.new(LIKE, question.rtt)) end)
  return ran and row.seconds or UNKNOWN
end

local function work(question, save)
  local seconds = seconds_of(question)
  return {
    seconds = seconds, limit = limit(seconds),
    begin = function()
      local made, message, code = subject.new(question.rtt)
      if not made then return nil, message, code end
      return ask(question, made, save)
    end,
  }
end

local function works_of(questions, save)
  local works = {}
  for i, question in ipairs(questions) do works[i] = work(question, save and save(question)) end
  return works
end

---How long asking will take, going by what a profile took in a lab.
---@param questions tcplab.probe.question[]
---@param jobs? integer  how many at a time
---@return number seconds
function kernel.forecast(questions, jobs) return side_by_side.forecast(works_of(questions), jobs or side_by_side.USUAL) end

---@param questions tcplab.probe.question[]
---@param ways tcplab.probe.ways
---@param told fun(number: integer, ran: boolean, row: tcplab.probe.row?, message?: string, code?: string)  of each in its turn
function kernel.ask(questions, ways, told)
  local works, again = works_of(questions, ways.save), {}
  side_by_side.run(works, ways.jobs or side_by_side.USUAL, function(number, ran, ...)
    if ran or works[number].seconds > SHORT then return told(number, ran, ...) end
    again[#again + 1] = number
  end)
  for _, number in ipairs(again) do
    side_by_side.run({ works[number] }, 1, function(_, ...) told(number, ...) end)
  end
end

return kernel
