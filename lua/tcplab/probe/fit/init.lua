-- SPDX-License-Identifier: MIT
-- What answers determine: the options over a profile with which a host in a lab answers as they say. They are found by trying: an option counts when
-- with it an answer comes nearer and the whole does; the question whose answer that was is its witness.

local ask = require "tcplab.probe.ask"
local attempt = require "tcplab.probe.attempt"
local candidates = require "tcplab.probe.fit.candidates"
local distance = require "tcplab.probe.fit.distance"
local lab = require "tcplab.probe.subject.lab"
local profiles = require "tcplab.connection.profile"
local questions = require "tcplab.probe.questions"

local LEAST <const> = 1e-6 -- what counts as nearer
local STEP <const>, ENOUGH <const> = 1000, 1000000 -- instructions
local LOOKED_AT <const> = 4 -- of what brings one answer nearer, how many are held against all

---An option that answers determine.
---@class tcplab.probe.determined
---@field option string
---@field value any
---@field question string  the witness

---@class tcplab.probe.fit
---@field profile table    base, and the options by name
---@field determined tcplab.probe.determined[]  in the order in which they were found
---@field differences tcplab.probe.difference[]  what such a host answers otherwise all the same
---@field count integer    how many values were compared
local fit = {}
fit.__index = fit

local function known(sheet)
  local names, rows = {}, {}
  for _, question in ipairs(questions()) do names[question.name] = question end
  for _, row in ipairs(sheet) do
    if names[row.question] then rows[#rows + 1] = { row = row, question = names[row.question] } end
  end
  return rows
end

-- The profile with one option more.
local function with(profile, option, value)
  local more = {}
  for name, each in pairs(profile) do more[name] = each end -- each to its own name: order does not show
  more[option] = value
  return more
end

local function too_long() error("the answer takes too long", 0) end

-- The answer of a host of such options; nil where it gives none within so many of Lua's instructions.
local function answer(it, profile, instructions)
  if instructions then debug.sethook(too_long, "", instructions) end
  local ran, row = attempt.call(function() return ask(it.question, lab.new(profile, it.question.rtt)) end)
  if instructions then debug.sethook() end
  return ran and row or nil
end

-- Ten times as many as the answer takes, and enough for any short one.
local function allowance(it, profile)
  local steps = 0
  debug.sethook(function() steps = steps + 1 end, "", STEP)
  answer(it, profile)
  debug.sethook()
  return math.max(ENOUGH, steps * STEP * 10)
end

function fit:_distance(it, profile) return distance.row(it.row, answer(it, profile, it.allowance), self.real) end

-- How far each answer lies, and all together; nil once the sum is above a limit.
function fit:_all(profile, limit)
  local sum, list = 0, {}
  for i, it in ipairs(self.rows) do
    list[i] = self:_distance(it, profile)
    sum = sum + list[i]
    if limit and sum >= limit then return nil end
  end
  return sum, list
end

function fit:_heeds(it, option)
  for _, value in ipairs(candidates.samples(option, self.names)) do
    local away = self:_distance(it, with(self.profile, option.name, value))
    if math.abs(away - self.distances[it.number]) > LEAST then return true end
  end
  return false
end

-- The options that this question's answer heeds at all, each with what it might be.
function fit:_heeded(it)
  if it.heeded then return it.heeded end
  it.heeded = {}
  for _, option in ipairs(candidates.options()) do
    if self:_heeds(it, option) then
      table.insert(it.heeded, { name = option.name, values = candidates.of(option, it.row, self.names) })
    end
  end
  return it.heeded
end

-- What brings one answer nearer, the nearest first.
function fit:_nearer(it)
  local list = {}
  for _, option in ipairs(self:_heeded(it)) do
    for _, value in ipairs(option.values) do
      local away = self:_distance(it, with(self.profile, option.name, value))
      if away < self.distances[it.number] - LEAST then list[#list + 1] = { option = option.name, value = value, away = away, place = #list } end
    end
  end
  table.sort(list, function(a, b)
    if a.away ~= b.away then return a.away < b.away end
    return a.place < b.place
  end)
  return list
end

-- Takes the option with which all answers together come nearest. Whether there is one.
function fit:_step(it)
  local best, limit = nil, self.sum - LEAST
  for i, each in ipairs(self:_nearer(it)) do
    if i > LOOKED_AT then break end
    local sum = self:_all(with(self.profile, each.option, each.value), limit)
    if sum then best, limit = each, sum - LEAST end
  end
  if not best then return false end
  self.profile = with(self.profile, best.option, best.value)
  self.sum, self.distances = self:_all(self.profile)
  self:_note { option = best.option, value = best.value, question = it.row.question }
  return true
end

function fit:_note(found)
  for i, each in ipairs(self.determined) do
    if each.option == found.option then table.remove(self.determined, i) break end
  end
  table.insert(self.determined, found)
end

local function work(self)
  local moved = true
  while moved do
    moved = false
    for i, it in ipairs(self.rows) do
      while self.distances[i] > LEAST and self:_step(it) do moved = true end
    end
  end
end

---@param sheet tcplab.probe.sheet  what a host is to answer
---@param base string               the profile to start from
---@param names? string[]           the profiles whose values are tried; all without
---@return tcplab.probe.fit
return function(sheet, base, names)
  local self = setmetatable({ profile = { base = base }, determined = {}, real = sheet.real, names = names or profiles.names() }, fit)
  self.rows = known(sheet)
  for i, it in ipairs(self.rows) do it.number, it.allowance = i, allowance(it, self.profile) end
  self.sum, self.distances = self:_all(self.profile)
  work(self)
  return self
end
