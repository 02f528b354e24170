-- SPDX-License-Identifier: MIT
-- The calls that hand text over, to the stack and from it.

local expression = require "tcplab.packetdrill.expression"
local symbol = require "tcplab.packetdrill.symbol"
local verdict = require "tcplab.packetdrill.verdict"

local calls = {}

local LONGEST <const> = 1 << 26 -- bytes of one call

local function flag(name) return symbol.value(name) end

local PEEK <const>, FASTOPEN <const>, ERRQUEUE <const> = flag "MSG_PEEK", flag "MSG_FASTOPEN", flag "MSG_ERRQUEUE"
local DONTWAIT <const> = flag "MSG_DONTWAIT"
local PASSED_OVER <const> = flag "MSG_NOSIGNAL" | flag "MSG_ZEROCOPY" | flag "MSG_CMSG_CLOEXEC" | DONTWAIT
local SENDING <const> = PASSED_OVER | FASTOPEN
local RECEIVING <const> = PASSED_OVER | PEEK | flag "MSG_WAITALL"

local function check_flags(call, flags, known)
  if flags & ~known ~= 0 then verdict.unsupported("the flags of %s", call.name) end
  if flags & DONTWAIT ~= 0 then call.waits_not = true end
end

local function is_null(it) return expression.name(it) == "NULL" end

local function size_of(call, number)
  if number < 0 or number > LONGEST then verdict.unsupported("%s: %d bytes", call.name, number) end
  return number
end

-- ---- sending ----

-- Hands over what is left of a text, and tells how much that was in all. A socket that waits takes nothing less than all of it.
local function hand_over(call, to, text)
  call.text = call.text or text
  local taken, errno = to:send(call.text)
  if not taken then
    if call.taken and errno ~= "EAGAIN" then return call.taken end
    return nil, errno
  end
  call.taken = (call.taken or 0) + taken
  call.text = call.text:sub(taken + 1)
  if #call.text > 0 and not (to.nonblocking or call.waits_not) then return nil, "EAGAIN" end
  return call.taken
end

-- A SYN that may carry text along: MSG_FASTOPEN, or FreeBSD's option TCP_FASTOPEN.
local function send_first(run, call, to, size, given)
  local port = expression.field(given, "sin_port", "sin6_port")
  port = port and call:value(port) or run.settings.connect_port
  local text = run.stage:zeros(size)
  local taken, errno = to:open(port, text)
  if not taken then return nil, errno end
  run:follow(to, port)
  call.taken = taken
  if taken == size then return taken end
  return hand_over(call, to, text:sub(taken + 1))
end

local function opens_by_sending(to, flags) return not to.conn and (flags & FASTOPEN ~= 0 or to.fast_open) end

local function send(run, call, size, flags, given)
  local to = call:endpoint(1)
  check_flags(call, flags, SENDING)
  if given and opens_by_sending(to, flags) then return send_first(run, call, to, size, given) end
  if to.listener then return nil, "EPIPE" end
  if to:is_opening() and not call.text then
    call.opening = true
  end
  if call.opening and to:is_opening() then return nil, "EAGAIN" end
  return hand_over(call, to, call.text or run.stage:zeros(size))
end

function calls.write(run, call)
  if is_null(call.arguments[2]) then return nil, "EFAULT" end
  return send(run, call, size_of(call, call:integer(3)), 0)
end

function calls.send(run, call)
  if is_null(call.arguments[2]) then return nil, "EFAULT" end
  return send(run, call, size_of(call, call:integer(3)), call:integer(4))
end

function calls.sendto(run, call)
  if is_null(call.arguments[2]) then return nil, "EFAULT" end
  return send(run, call, size_of(call, call:integer(3)), call:integer(4), call.arguments[5])
end

-- The sum of the sizes of an array of { ..., size }.
local function sizes(call, list)
  local sum = 0
  for _, each in ipairs(list or {}) do
    if each.kind ~= "struct" or not each[2] then verdict.unsupported("%s in a list of buffers", expression.text(each)) end
    sum = sum + size_of(call, call:value(each[2]))
  end
  return size_of(call, sum)
end

-- "msg_iov(2) = [{..., 10}, {..., 20}]" of a message.
local function vector(call, message)
  local list = expression.field(message, "msg_iov")
  if not list then verdict.unsupported("%s without msg_iov", call.name) end
  return sizes(call, list)
end

function calls.writev(run, call) return send(run, call, sizes(call, call.arguments[2]), 0) end

function calls.sendmsg(run, call)
  local message = call.arguments[2]
  return send(run, call, vector(call, message), call:integer(3), expression.field(message, "msg_name"))
end

-- ---- receiving ----

local function receive(call, size, flags)
  local from = call:endpoint(1)
  if flags & ERRQUEUE ~= 0 then verdict.unsupported "the error queue of a socket" end
  check_flags(call, flags, RECEIVING)
  if from.listener then return nil, "ENOTCONN" end
  if size == 0 then return 0 end
  local text, errno = from:receive(size, flags & PEEK ~= 0)
  if not text then return nil, errno end
  return #text
end

function calls.read(_, call)
  if is_null(call.arguments[2]) then return nil, "EFAULT" end
  return receive(call, size_of(call, call:integer(3)), 0)
end

function calls.recv(_, call)
  if is_null(call.arguments[2]) then return nil, "EFAULT" end
  return receive(call, size_of(call, call:integer(3)), call:integer(4))
end

calls.recvfrom = calls.recv

function calls.readv(_, call) return receive(call, sizes(call, call.arguments[2]), 0) end

local INQ <const> = "TCP_CM_INQ"

-- The control messages that a script expects beside the text: of TCP alone TCP_CM_INQ.
local function check_controls(call, from, message)
  for _, each in ipairs(expression.field(message, "msg_control") or {}) do
    if expression.name(expression.field(each, "cmsg_type")) ~= INQ then verdict.unsupported("the control message %s", expression.text(each)) end
    local wanted, unread = call:value(expression.field(each, "cmsg_data")), from:readable()
    if unread == 0 and from:can_read() then unread = 1 end
    if wanted ~= unread then
      verdict.failed("TCP_CM_INQ is not as expected", ("cmsg_data=%d"):format(wanted), ("cmsg_data=%d"):format(unread))
    end
  end
end

function calls.recvmsg(_, call)
  local message = call.arguments[2]
  local got, errno = receive(call, vector(call, message), call:integer(3))
  if got then check_controls(call, call:endpoint(1), message) end
  return got, errno
end

-- ---- counts ----

function calls.ioctl(_, call)
  local of, request = call:endpoint(1), call:integer(2)
  local answers = { [symbol.value "SIOCINQ"] = of:readable() }
  if of.conn then
    local status = of.conn:_status(false)
    answers[symbol.value "SIOCOUTQ"] = status.send_queue or 0
    answers[symbol.value "SIOCOUTQNSD"] = math.max((status.send_queue or 0) - (status.flight or 0), 0)
  end
  local answer = answers[request]
  if not answer then verdict.unsupported("ioctl's request %s", expression.text(call.arguments[2])) end
  call:expect(expression.element(call.arguments[3]), answer)
  return 0
end

return calls
