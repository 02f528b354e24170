-- SPDX-License-Identifier: MIT
-- Connections brought to a state, by what a hand says and the subject's program does.

local conversation = require "tcplab.probe.conversation"

local state = {}

local FIRST_PORT <const> = 30000 -- of what the program connects from: no ephemeral one

---A listener of the subject's program, and what it has accepted, by the hand's port.
---@class tcplab.probe.door
---@field port integer
---@field listener tcplab.listener
---@field conns table<integer, tcplab.connection>

---@param subject tcplab.probe.subject
---@param port? integer  80 without
---@return tcplab.probe.door
function state.door(subject, port) return { port = port or 80, listener = subject:listen(port or 80), conns = {} } end

-- The program's end of a conversation; nil: there is none within so many seconds.
local function accepted(door, talk, seconds)
  door.listener:settimeout(seconds)
  while not door.conns[talk.local_port] do
    local conn = door.listener:accept()
    if not conn then return nil end
    local _, port = conn:getpeername()
    if port then door.conns[port] = conn end
  end
  return door.conns[talk.local_port]
end

-- Both numbers are 1 behind the handshake, and 2 behind a FIN.
local bring = {}

---@class tcplab.probe.in_state
---@field name string
---@field door tcplab.probe.door
---@field talk tcplab.hand_conversation
---@field conn? tcplab.connection  the program's; none where it has not got it yet
---@field stamp? integer  the timestamp of the hand's SYN
---@field last? integer   TIME-WAIT: that of its FIN

local function begun(subject, door, offered)
  local talk = subject.hand:conversation(subject.address, door and door.port or 80)
  local syn = talk:send { flags = "S", seq = 0, options = offered or conversation.offer() }
  return talk, nil, syn.options.timestamps and syn.options.timestamps.value
end

bring["LISTEN"] = function(subject) return subject.hand:conversation(subject.address, 80) end

bring["SYN-SENT"] = function(subject)
  local port = FIRST_PORT + #subject.hand:conversations()
  local talk = subject.hand:conversation(subject.address, port, { local_port = 80 })
  local conn = assert(subject:connect(80, { local_port = port }))
  talk:expect("SYN", 2)
  return talk, conn
end

bring["SYN-RECEIVED"] = function(subject, door, offered)
  local talk, _, stamp = begun(subject, door, offered)
  talk:expect("SYN-ACK", 2)
  return talk, nil, stamp
end

bring["ESTABLISHED"] = function(subject, door, offered)
  local talk, _, stamp = bring["SYN-RECEIVED"](subject, door, offered)
  talk:send {}
  return talk, assert(accepted(door, talk, 2)), stamp
end

bring["CLOSE-WAIT"] = function(subject, door)
  local talk, conn, stamp = bring["ESTABLISHED"](subject, door)
  talk:send { flags = "F." }
  talk:expect({ flags = "." }, 2)
  return talk, conn, stamp
end

bring["FIN-WAIT-1"] = function(subject, door)
  local talk, conn, stamp = bring["ESTABLISHED"](subject, door)
  conn:shutdown "send"
  talk:expect("FIN", 2)
  return talk, conn, stamp
end

bring["FIN-WAIT-2"] = function(subject, door)
  local talk, conn, stamp = bring["FIN-WAIT-1"](subject, door)
  talk:send {}
  return talk, conn, stamp
end

-- The program is gone, too.
bring["FIN-WAIT-2 orphan"] = function(subject, door)
  local talk, conn, stamp = bring["ESTABLISHED"](subject, door)
  conn:close()
  talk:expect("FIN", 2)
  talk:send {}
  return talk, conn, stamp
end

bring["CLOSING"] = function(subject, door)
  local talk, conn, stamp = bring["FIN-WAIT-1"](subject, door)
  talk:send { flags = "F.", ack = 1 }
  talk:expect({ flags = "." }, 2)
  return talk, conn, stamp
end

bring["LAST-ACK"] = function(subject, door)
  local talk, conn, stamp = bring["CLOSE-WAIT"](subject, door)
  conn:close()
  talk:expect("FIN", 2)
  return talk, conn, stamp
end

bring["TIME-WAIT"] = function(subject, door, offered)
  local talk, conn, stamp = bring["ESTABLISHED"](subject, door, offered)
  conn:close()
  talk:expect("FIN", 2)
  local fin = talk:send { flags = "F." }
  talk:expect({ flags = "." }, 2)
  return talk, conn, stamp, fin.options.timestamps and fin.options.timestamps.value
end

---@param subject tcplab.probe.subject
---@param door tcplab.probe.door
---@param name string  the state's
---@param offered? table  SYN-RECEIVED, ESTABLISHED, TIME-WAIT: the options of the hand's SYN, where it does not offer all
---@return tcplab.probe.in_state
function state.reach(subject, door, name, offered)
  local talk, conn, stamp, last = bring[name](subject, door, offered)
  return { name = name, door = door, talk = talk, conn = conn, stamp = stamp, last = last }
end

-- A half-open connection takes the ACK of its SYN-ACK, and where there is none that draws a RST.
local function of_half_open(it)
  local conn = accepted(it.door, it.talk, 0)
  if conn then return conn.state end
  it.talk:send { seq = 1, ack = 1 }
  return it.talk:receive("RST", 0.035) and "CLOSED" or "SYN-RECEIVED"
end

---The state that it is in now.
---@param it tcplab.probe.in_state
---@return string
function state.now(it)
  if it.conn then return it.conn.state end
  return it.name == "LISTEN" and "LISTEN" or of_half_open(it)
end

return state
