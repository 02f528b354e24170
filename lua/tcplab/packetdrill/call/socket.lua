-- SPDX-License-Identifier: MIT
-- The calls that make, name and end sockets.

local endpoint = require "tcplab.packetdrill.endpoint"
local expression = require "tcplab.packetdrill.expression"
local symbol = require "tcplab.packetdrill.symbol"
local verdict = require "tcplab.packetdrill.verdict"

local calls = {}

local NONBLOCK <const> = symbol.value "O_NONBLOCK"

function calls.socket(run, call)
  local kind = call:integer(2)
  local protocol = call:value(call.arguments[3])
  if kind & 0xff == symbol.value "SOCK_STREAM" and protocol == symbol.value "IPPROTO_UDP" then return nil, "EPROTONOSUPPORT" end
  if kind & 0xff ~= symbol.value "SOCK_STREAM" then verdict.unsupported("a socket that is no stream of TCP") end
  local made = endpoint.new(run.stage)
  made.nonblocking = kind & NONBLOCK ~= 0
  run.endpoint = made
  return run.descriptors:open(made, call)
end

function calls.bind(run, call)
  local given = call.arguments[2]
  local port = expression.field(given, "sin_port", "sin6_port")
  call:endpoint(1).port = port and call:value(port) or run.settings.bind_port
  run.listening = run.listening or { port = call:endpoint(1).port }
  return 0
end

function calls.listen(run, call)
  local listening = call:endpoint(1)
  local zero, errno = listening:listen(math.max(call:integer(2), 1))
  if not zero then return nil, errno end
  run:turn_to(listening, nil)
  return 0
end

function calls.accept(run, call)
  local accepted, errno = call:endpoint(1):accept()
  if not accepted then return nil, errno end
  local flags = call.name == "accept4" and call:integer(4) or 0
  accepted.nonblocking = flags & NONBLOCK ~= 0
  accepted.flow, run.endpoint = run.flow, accepted
  return run.descriptors:open(accepted, call)
end

calls.accept4 = calls.accept

-- Where a connection goes: the script's own port, or the usual one.
local function port_of(run, call, given)
  local port = expression.field(given, "sin_port", "sin6_port")
  return port and call:value(port) or run.settings.connect_port
end

-- Begins to open.
local function begin(run, call, opening, given)
  local taken, errno = opening:open(port_of(run, call, given), opening.ask and "" or nil)
  if not taken then return nil, errno end
  run:follow(opening, port_of(run, call, given))
  return taken
end

function calls.connect(run, call)
  local opening = call:endpoint(1)
  if opening.listener then return nil, "EISCONN" end
  if opening.conn and not call.begun then
    if opening:is_opening() then return nil, "EALREADY" end
    local code = opening:take_error()
    if code then return nil, code end
    return nil, opening:state() == "CLOSED" and "ECONNABORTED" or "EISCONN"
  end
  if not call.begun and opening.fast_open_connect then
    local port = port_of(run, call, call.arguments[2])
    if opening:room_on_syn(port) > 0 or run.fast_open_bare then
      opening.deferred = port -- its SYN leaves with the first text
      return 0
    end
    opening.ask = true
  end
  if not call.begun then
    local taken, errno = begin(run, call, opening, call.arguments[2])
    if not taken then return nil, errno end
    call.begun = true
    if opening.nonblocking then return nil, "EINPROGRESS" end
  end
  if opening:is_opening() then return nil, "EAGAIN" end
  local code = opening:take_error()
  if code then return nil, code end
  return 0
end

local WAYS <const> = { SHUT_RD = "receive", SHUT_WR = "send", SHUT_RDWR = "both" }
local WAYS_BY_NUMBER <const> = { [0] = "receive", "send", "both" }

function calls.shutdown(_, call)
  local how = WAYS[expression.name(call.arguments[2])] or WAYS_BY_NUMBER[call:integer(2)]
  if not how then return nil, "EINVAL" end
  return call:endpoint(1):shutdown(how)
end

function calls.close(run, call)
  local closed = run.descriptors:take(call:integer(1))
  if not closed then return nil, "EBADF" end
  if closed.close then closed:close() end
  return 0
end

function calls.fcntl(_, call)
  local of, command = call:endpoint(1), call:integer(2)
  if command == symbol.value "F_GETFL" then return symbol.value "O_RDWR" | (of.nonblocking and NONBLOCK or 0) end
  if command == symbol.value "F_SETFL" then
    of.nonblocking = call:integer(3) & NONBLOCK ~= 0
    return 0
  end
  if command == symbol.value "F_GETFD" or command == symbol.value "F_SETFD" then return 0 end
  verdict.unsupported("fcntl's command %s", expression.text(call.arguments[2]))
end

return calls
