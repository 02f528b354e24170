-- SPDX-License-Identifier: MIT
-- setsockopt and getsockopt.

local fast_open_key = require "tcplab.packetdrill.fast_open_key"
local expression = require "tcplab.packetdrill.expression"
local symbol = require "tcplab.packetdrill.symbol"
local tunables = require "tcplab.connection.tunables"
local verdict = require "tcplab.packetdrill.verdict"

local calls = {}

-- What changes nothing that a script could see here.
local PASSED_OVER <const> = {
  SO_ZEROCOPY = true, TCP_INQ = true, IP_FREEBIND = true, SO_PRIORITY = true, SO_MARK = true, SO_BINDTODEVICE = true, SO_REUSEPORT_LB = true,
  IPV6_V6ONLY = true,
}

-- Options that a system measures otherwise than the table of kernels' names, which follows Linux.
local OWN <const> = {
  freebsd = {
    SO_RCVBUF = "receive_buffer", SO_SNDBUF = "send_buffer",
  },
}

local function system(run) return run.settings.profile:match "^%a+" end

-- The stack's name for an option.
local function name_of(run, name) return OWN[system(run)] and OWN[system(run)][name] or name end

-- ---- setsockopt ----

local function linger(call, it)
  local on, seconds = expression.field(it, "onoff", "l_onoff"), expression.field(it, "linger", "l_linger")
  if not on or not seconds then verdict.unsupported("%s as SO_LINGER", expression.text(it)) end
  return { call:value(on), call:value(seconds) }
end

local function value_given(call, name, it)
  if name == "SO_LINGER" then return linger(call, it.kind == "array" and expression.element(it) or it) end
  if it.kind == "string" then return expression.bytes(it) end
  local element = expression.element(it)
  return element.kind == "string" and element.value or call:value(element)
end

-- A tunable takes true and false where a kernel takes 1 and 0.
local function set(of, name, value)
  local ok, message = pcall(tunables.encode, name, value, of.stage.host:_tunables())
  if not ok then
    message = tostring(message):gsub("^[^:]+:%d+: ", "")
    if message:find "no counterpart" or message:find ": always %d+ here: " or message:find "unknown option" then
      verdict.unsupported("%s", message)
    end
    return nil, "EINVAL"
  end
  if of.conn then
    local done, _, code = of.conn:setoption(name, value)
    if not done then return nil, code == "EPIPE" and "EINVAL" or code end
  else
    of.options[name] = value
    if of.listener then of.stage.host:_set_listener(of.listener, name, value) end
  end
  return 0
end

-- FreeBSD's TCP_FASTOPEN of one that connects: a send may open it.
local function set_fast_open(run, of, value)
  of.fast_open = value ~= 0 and not run.no_fast_open
  return 0
end

local FAST_OPEN <const> = {}

function FAST_OPEN.TCP_FASTOPEN_CONNECT(_, of, value)
  of.fast_open_connect = value ~= 0
  return 0
end

-- Of a listener, before or after it listens: as far as the sysctl lets servers.
function FAST_OPEN.TCP_FASTOPEN(run, of, value)
  if (run.fast_open or 1) & 2 == 0 then return 0 end
  set(of, "fast_open_pending", value)
  return set(of, "fast_open", "both")
end

function FAST_OPEN.TCP_FASTOPEN_KEY(_, of, value)
  for name, number in next, fast_open_key.halves(value) do set(of, name, number) end -- each its own: order does not show
  return 0
end

function calls.setsockopt(run, call)
  local of, name = call:endpoint(1), expression.name(call.arguments[3])
  if not name then verdict.unsupported("the option %s", expression.text(call.arguments[3])) end
  if name == "TCP_FASTOPEN" and system(run) == "freebsd" and not of.listener then
    return set_fast_open(run, of, value_given(call, name, call.arguments[4]))
  end
  if PASSED_OVER[name] then return 0 end
  local own = FAST_OPEN[name]
  if own then return own(run, of, value_given(call, name, call.arguments[4])) end
  return set(of, name_of(run, name), value_given(call, name, call.arguments[4]))
end

-- ---- getsockopt ----

local READ <const> = {}

function READ.SO_ERROR(of) return of:take_error() or 0 end
function READ.TCP_MAXSEG(of)
  if of.conn and not of:is_opening() then return of.conn:_status(false).snd.mss end
  return of.options.TCP_MAXSEG or 536
end

function READ.SO_TYPE() return symbol.value "SOCK_STREAM" end
function READ.SO_ACCEPTCONN(of) return of.listener and 1 or 0 end

local function told(value)
  if type(value) == "boolean" then return value and 1 or 0 end
  return value
end

local function get(of, name)
  local value
  if of.conn then
    value = of.conn:getoption(name)
    if name == "receive_buffer" then value = of.conn:_status(false).receive_buffer or value end
  end
  if value == nil then value = of.options[name] end
  if value == nil then value = of.stage.host:getoption(name) end
  return told(value)
end

function calls.getsockopt(run, call)
  local of, name = call:endpoint(1), expression.name(call.arguments[3])
  if not name then verdict.unsupported("the option %s", expression.text(call.arguments[3])) end
  if not READ[name] then
    local ok, message = pcall(tunables.decode, name_of(run, name))
    if not ok then verdict.unsupported("%s", (tostring(message):gsub("^[^:]+:%d+: ", ""))) end
  end
  local value = READ[name] and READ[name](of) or not READ[name] and get(of, name_of(run, name))
  local wanted = call.arguments[4]
  if wanted.kind == "array" then call:expect(expression.element(wanted), value) end
  return 0
end

return calls
