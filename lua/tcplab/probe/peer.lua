-- SPDX-License-Identifier: MIT
-- Questions asked of a peer, one after another: those that need no control of its program, at so many packets a second.

local ask = require "tcplab.probe.ask"
local attempt = require "tcplab.probe.attempt"
local rehearsal = require "tcplab.probe.rehearsal"
local subject = require "tcplab.probe.subject.peer"

local peer = {}

local BETWEEN <const> = 1.0 -- seconds from one question to the next: no second has packets of two

local KNOCK <const> = 3.0 -- seconds to wait for an answer

---What can be asked of a peer, what it would be, and what is left out.
---@class tcplab.probe.plan
---@field asked tcplab.probe.rehearsal[]
---@field odd tcplab.probe.rehearsal[]  what a strict peer could take for an attack
---@field left_out { question: string, message: string }[]

---@param questions tcplab.probe.question[]
---@param role "server"|"client"  what the peer is
---@return tcplab.probe.plan
function peer.plan(questions, role)
  local plan = { asked = {}, odd = {}, left_out = {} }
  for _, question in ipairs(questions) do
    local it = rehearsal.rehearse(question)
    if it.role ~= role then
      table.insert(plan.left_out, { question = question.name, message = "it is a question for a " .. (role == "server" and "client" or "server") })
    elseif it.needs then
      table.insert(plan.left_out, { question = question.name, message = "it needs " .. it.needs })
    else
      table.insert(it.odd and plan.odd or plan.asked, it)
    end
  end
  return plan
end

---Whether a server answers at all: one handshake, ended by a RST.
---@param options tcplab.probe.peer_options
---@return true? ok
---@return string? message
---@return string? code  "EAGAIN": nothing came; "ECONNREFUSED"; "EHOSTUNREACH"; or why there is no device
function peer.knock(options)
  options.rate = rehearsal.RATE
  local made, message, code = subject.new(options)
  if not made then return nil, message, code end
  local there <close> = made
  local talk
  talk, message, code = there.hand:connect(options.address, options.port, { timeout = KNOCK })
  return talk and true, message, code
end

---@param rehearsals tcplab.probe.rehearsal[]
---@param options tcplab.probe.peer_options  its rate goes by ours
---@param ways tcplab.probe.ways
---@param told fun(number: integer, ran: boolean, row: tcplab.probe.row?, message?: string, code?: string)  of each in its turn
function peer.ask(rehearsals, options, ways, told)
  options.rate = rehearsal.RATE
  for i, it in ipairs(rehearsals) do
    local made, message, code = subject.new(options, it.question.rtt)
    if not made then return told(i, true, nil, message, code) end
    if i > 1 then made:wait(BETWEEN) end
    told(i, attempt.call(ask, it.question, made, ways.save and ways.save(it.question)))
  end
end

return peer
