-- SPDX-License-Identifier: MIT
-- The program has closed, and the peer says no more than is told here.
local conversation = require "tcplab.probe.conversation"
local lifetime = require "tcplab.probe.lifetime"
local state = require "tcplab.probe.state"

local PATIENCE <const> = 300

local begin = {}

function begin.fin_wait_1(subject, door)
  local it = state.reach(subject, door, "ESTABLISHED")
  it.conn:close()
  return it
end

function begin.text(subject, door)
  local it = state.reach(subject, door, "ESTABLISHED")
  it.conn:send(("x"):rep(100))
  it.conn:close()
  return it
end

function begin.zero_window(subject, door)
  local it = state.reach(subject, door, "ESTABLISHED")
  it.talk:send { window = 0 }
  subject:wait(0.05)
  it.conn:send(("x"):rep(100))
  it.conn:close()
  return it
end

function begin.fin_wait_2(subject, door) return state.reach(subject, door, "FIN-WAIT-2 orphan") end

function begin.last_ack(subject, door) return state.reach(subject, door, "LAST-ACK") end

function begin.closing(subject, door)
  local it = state.reach(subject, door, "ESTABLISHED")
  it.conn:close()
  it.talk:expect("FIN", 2)
  it.talk:send { flags = "F.", ack = 1 }
  return it
end

local WAYS <const> = { "fin_wait_1", "text", "zero_window", "fin_wait_2", "last_ack", "closing" }

local function times(it)
  local list = {}
  for segment in function() return it.talk:receive(nil, 0) end do list[#list + 1] = conversation.rounded(segment.time - it.began) end
  return list
end

local names = {}
for i, way in ipairs(WAYS) do names[2 * i - 1], names[2 * i] = way, way .. "_times" end

return {
  name = "orphan",
  en = "How long does a connection live that the program has closed and the peer leaves alone: with the FIN unacknowledged, with text " ..
    "too, at a window of 0, in FIN-WAIT-2, LAST-ACK, CLOSING, and when does it send?",
  zh = "程序关闭而对方不再理会的连接存活多久：FIN 未被确认、还有数据、零窗口、在 FIN-WAIT-2、LAST-ACK、CLOSING 中，何时发送？",
  rfc = "RFC 9293 3.8.3, RFC 1122 4.2.2.13",
  values = names,
  slow = true,
  ask = function(subject)
    local door, all, answers = state.door(subject), {}, {}
    for i, way in ipairs(WAYS) do
      all[i] = begin[way](subject, door)
      all[i].began = subject:now()
    end
    for i, span in ipairs(lifetime.watch(subject, all, PATIENCE)) do
      answers[WAYS[i]], answers[WAYS[i] .. "_times"] = span, times(all[i])
    end
    return answers
  end,
}
