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

local function port_of(run, call, to, given)
  if to.deferred then return to.deferred end
  local port = expression.field(given, "sin_port", "sin6_port")
  return port and call:value(port) or run.settings.connect_port
end

-- Opens with a text, of which the SYN takes what it can; what is left is handed over by him who waits.
local function open_with(run, call, to, text, port)
  local taken, errno = to:open(port, text)
  if not taken then return nil, errno end
  run:follow(to, port)
  call.taken = taken
  if taken == #text then return taken end
  return hand_over(call, to, text:sub(taken + 1))
end

local USUAL <const> = { [4] = 1460 - 40, [6] = 1440 - 40 } -- bytes of text on a SYN to one of whom nothing is known

-- Linux: text goes with the SYN where a cookie is known, and no more of it than the SYN can carry is taken from one who does not wait. Where none
-- is, the SYN asks for one, and the text waits for the handshake, or is left to him.
local function send_linux(run, call, to, size, port)
  local room = to:room_on_syn(port)
  if room == 0 and run.fast_open_bare then room = USUAL[run.settings.family] end
  local waits = not (to.nonblocking or call.waits_not)
  local text = run.stage:zeros(room == 0 and 0 or waits and size or math.min(size, room))
  local taken, errno = to:open(port, text)
  if not taken then return nil, errno end
  run:follow(to, port)
  if not waits then
    if taken == 0 then return nil, "EINPROGRESS" end
    return taken
  end
  call.opening, call.taken, call.text = true, taken, run.stage:zeros(size - taken)
  return nil, "EAGAIN"
end

-- A SYN that may carry text along: MSG_FASTOPEN, a connect that was put off, or FreeBSD's option TCP_FASTOPEN.
local function send_first(run, call, to, size, given)
  local port = port_of(run, call, to, given)
  to.deferred = nil
  if to.fast_open then return open_with(run, call, to, run.stage:zeros(size), port) end
  if run.fast_open and run.fast_open & 1 == 0 then return nil, "EOPNOTSUPP" end
  return send_linux(run, call, to, size, port)
end

local function opens_by_sending(to, flags, given)
  if to.conn then return false end
  return to.deferred ~= nil or given ~= nil and (flags & FASTOPEN ~= 0 or to.fast_open)
end

local function send(run, call, size, flags, given)
  local to = call:endpoint(1)
  check_flags(call, flags, SENDING)
  if opens_by_sending(to, flags, given) then return send_first(run, call, to, size, given) end
  if to.listener then return nil, "EPIPE" end
  if to:is_opening() and not call.text then
    call.opening = true
  end
  if call.opening and to:is_opening() then return nil, "EAGAIN" end
  local failed = call.opening and to:take_error()
  if failed then return nil, failed end
  call.opening = false
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
