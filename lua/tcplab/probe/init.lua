-- SPDX-License-Identifier: MIT
-- tcplab.probe: questions asked of a TCP by a peer that is played by hand, and what two TCPs answer differently.

local ask = require "tcplab.probe.ask"
local attempt = require "tcplab.probe.attempt"
local check = require "tcplab.base.check"
local compare = require "tcplab.probe.compare"
local fitted = require "tcplab.probe.fit"
local kernel = require "tcplab.probe.kernel"
local lab = require "tcplab.probe.subject.lab"
local peers = require "tcplab.probe.peer"
local nearest = require "tcplab.probe.nearest"
local questions = require "tcplab.probe.questions"
local sheets = require "tcplab.probe.sheet"

local probe = {}

---The questions there are.
---```lua
---local probe = require "tcplab.probe"
---print(probe.questions()[1].name, probe.questions({ "abort" })[1].rfc)  --> syn RFC 9293 3.10.5
---```
---@param chosen? string[]  some of them, topics (such as "opening"), or files that end in .lua; all without
---@return tcplab.probe.question[]
function probe.questions(chosen) return questions(chosen) end

local function ask_in_labs(asked, profile, save, told)
  lab.new(profile):close() -- raises where there is no such profile
  for i, question in ipairs(asked) do
    told(i, attempt.call(function() return ask(question, lab.new(profile, question.rtt), save and save(question)) end))
  end
end

-- What was told of each, as a sheet; nil, message, code where one could not be asked at all.
local function sheet_of(subject, real, asked, rows, failures)
  local sheet = { subject = subject, real = real, failed = {}, left_out = {} }
  for i, question in ipairs(asked) do
    if rows[i] then
      sheet[#sheet + 1] = rows[i]
    else
      table.insert(sheet.failed, { question = question.name, message = (tostring(failures[i]):gsub("\nstack traceback:.*", "")) })
    end
  end
  return sheet
end

-- The sheet of what `run` tells of each question.
local function gather(subject, real, asked, ways, run)
  local rows, failures, count, refused = {}, {}, 0, nil
  run(function(i, ran, row, message, code)
    if ran and not row then refused = refused or { message, code } end
    rows[i], failures[i], count = ran and row, not ran and row, count + 1
    if ways.on_answer then ways.on_answer(asked[i], count) end
  end)
  if refused then return nil, refused[1], refused[2] end
  return sheet_of(subject, real, asked, rows, failures)
end

---How asking goes on.
---@class tcplab.probe.ways
---@field jobs? integer  of the kernel: how many at a time; 8 without
---@field save? fun(question: tcplab.probe.question): string?  the file that what was said is saved in, as by `trace:save`
---@field on_answer? fun(question: tcplab.probe.question, count: integer)  called after each: how many have answered or failed by now

---Asks a host of a profile, in a lab of its own for each question; or this machine's kernel, in real time, in a process and a network namespace of
---its own for each, many side by side. A question that raises ends none of the others.
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
  local asked = questions(chosen)
  local real = whom == "kernel" or nil
  return gather(real and kernel.name() or type(whom) == "string" and whom or "options", real, asked, ways, function(told)
    if real then kernel.ask(asked, ways, told) else ask_in_labs(asked, whom, ways.save, told) end
  end)
end

---What can be asked of a peer whose program is not ours, what each question would send, and what is left out and why.
---```lua
---local plan = require("tcplab.probe").plan("server", { "syn_ack", "closed_port", "abort" })
---print(plan.asked[1].question.name, plan.odd[1].odd, plan.left_out[1].question)  --> syn_ack a SYN to a port that nobody named abort
---```
---@param role "server"|"client"  what the peer is
---@param chosen? string[]  as for questions
---@return tcplab.probe.plan
function probe.plan(role, chosen) return peers.plan(questions(chosen), role) end

---Whether a server answers at all: one handshake, ended by a RST.
---```lua live
---local options = { device = "10.9.0.1/24", hand = "10.9.0.2", address = "10.9.0.1", port = 80 }
---print(require("tcplab.probe").knock(options))  --> nil connection refused ECONNREFUSED
---```
---@param options tcplab.probe.peer_options
---@return true? ok
---@return string? message
---@return string? code
function probe.knock(options) return peers.knock(options) end

---Asks a peer over a TUN device and this machine's routes, in real time, one question after another, at 20 packets a second at most.
---```lua live
---local probe = require "tcplab.probe"
---local options = { device = "10.9.0.1/24", hand = "10.9.0.2", address = "10.9.0.1", port = 80 }
---local sheet = probe.ask_peer(options, probe.plan("server", { "closed_port" }).odd)
---print(table.concat(sheet[1].values.syn, " "))  --> R. 0 1
---```
---@param options tcplab.probe.peer_options
---@param rehearsals tcplab.probe.rehearsal[]  out of a plan
---@param ways? tcplab.probe.ways
---@return tcplab.probe.sheet?
---@return string? message
---@return string? code
function probe.ask_peer(options, rehearsals, ways)
  local asked = {}
  for i, it in ipairs(rehearsals) do asked[i] = it.question end
  ways = ways or {}
  return gather(options.address and "server" or "client", true, asked, ways, function(told) peers.ask(rehearsals, options, ways, told) end)
end

---How long asking this machine's kernel will take.
---```lua
---local probe = require "tcplab.probe"
---print(probe.forecast { "syn_retries", "fin_timeout" } > 100)  --> true
---```
---@param chosen? string[]  as for questions
---@param jobs? integer     how many at a time; 8 without
---@return number seconds
function probe.forecast(chosen, jobs) return kernel.forecast(questions(chosen), jobs) end

---Where two sheets part, of the questions that both have answered.
---```lua
---local probe = require "tcplab.probe"
---local first, second = probe.ask("rfc9293", { "syn" }), probe.ask("rfc9293", { "syn" })
---print(#probe.compare(first, second))  --> 0
---```
---@param first tcplab.probe.sheet
---@param second tcplab.probe.sheet
---@param tolerance? number  seconds that times may differ by. Without: none between labs; where a real clock ran, what a timer wheel's grain at that
---duration makes (4 ms below 0.256 s, 32 ms below 2.048 s, 256 ms below 16.384 s, 2.048 s below 131 s ...), and 10 ms
---@return tcplab.probe.difference[]
---@return integer count  how many values were compared
function probe.compare(first, second, tolerance) return compare(first, second, tolerance) end

---The questions that a sheet answers and that there are here.
---```lua
---local probe = require "tcplab.probe"
---print(#probe.known(probe.parse '{"subject": "x", "answers": [{"question": "weather", "values": {}}]}'))  --> 0
---```
---@param sheet tcplab.probe.sheet
---@return string[] names
function probe.known(sheet)
  local known, names = {}, {}
  for _, question in ipairs(questions()) do known[question.name] = true end
  for _, row in ipairs(sheet) do
    if known[row.question] then names[#names + 1] = row.question end
  end
  return names
end

---Which profiles come near to a sheet, the nearest first.
---```lua
---local probe = require "tcplab.probe"
---local sheet = probe.ask({ base = "rfc793", ttl = 99 }, { "syn", "abort", "syn_ack_retries" })
---print(probe.nearest(sheet)[1].profile, #probe.nearest(sheet)[1].differences)  --> rfc793 0
---```
---@param sheet tcplab.probe.sheet
---@return tcplab.probe.nearness[]
function probe.nearest(sheet)
  local names = probe.known(sheet)
  return nearest.to(sheet, function(profile) return probe.ask(profile, names) end)
end

---What a sheet's answers determine: options over the profile nearest to it, with which a host in a lab answers so. They are found by trying; each has
---the question that is its witness.
---```lua
---local probe = require "tcplab.probe"
---local fit = probe.fit(probe.ask({ base = "linux", initial_window = 4 }, { "initial_window", "abort" }))
---print(fit.determined[1].option, fit.determined[1].value, fit.determined[1].question, #fit.differences)  --> initial_window 4 initial_window 0
---local net = tcplab.lab()
---print(net:host("device", { address = "10.0.0.9", profile = fit.profile }):getoption "initial_window")  --> 4
---```
---@param sheet tcplab.probe.sheet
---@param among? string[]  the profiles whose values are tried; all without
---@return tcplab.probe.fit
function probe.fit(sheet, among)
  local names, base = probe.known(sheet), nil
  for _, near in ipairs(probe.nearest(sheet)) do
    for _, name in ipairs(among or { near.profile }) do base = base or name == near.profile and name end
  end
  local fit = fitted(sheet, base, among)
  fit.differences, fit.count = compare(sheet, probe.ask(fit.profile, names))
  return fit
end

---A sheet as JSON.
---```lua
---local probe = require "tcplab.probe"
---local text = probe.text(probe.ask("rfc9293", { "abort" }))
---print(probe.parse(text)[1].values.flags)  --> R
---```
---@param sheet tcplab.probe.sheet
---@return string json
function probe.text(sheet) return sheets.text(sheet) end

---A sheet that `text` wrote. Every field is looked at.
---```lua
---print(require("tcplab.probe").parse '{"subject": "x", "answers": 5}')  --> nil answers: a list expected, got 5
---```
---@param text string
---@return tcplab.probe.sheet? sheet
---@return string? message  what is wrong with it
function probe.parse(text) return sheets.parse(text) end

---A sheet out of a file.
---```lua
---print(require("tcplab.probe").read "/nowhere/sheet.json")  --> nil /nowhere/sheet.json: No such file or directory
---```
---@param path string
---@return tcplab.probe.sheet? sheet
---@return string? message
function probe.read(path) return sheets.read(path) end

return probe
