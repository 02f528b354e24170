-- SPDX-License-Identifier: MIT
-- The calls that wait until something can be done: poll and epoll.

local expression = require "tcplab.packetdrill.expression"
local symbol = require "tcplab.packetdrill.symbol"
local verdict = require "tcplab.packetdrill.verdict"

local calls = {}

local IN <const>, OUT <const>, ERR <const>, HUP <const> = 1, 4, 8, 16
local RDHUP <const>, EDGE <const> = 0x2000, symbol.value "EPOLLET"

-- What an endpoint can do at once, as poll's bits.
local function events_of(of)
  local bits = 0
  if of.deferred then return OUT end -- a connect that waits for text
  if of:can_read() then bits = bits | IN end
  if of:has_error() then bits = bits | ERR end
  local state = of:state()
  if of.conn and not of:is_opening() and of:can_write() then bits = bits | OUT end
  if not of.listener and state == "CLOSED" then bits = bits | HUP | OUT end
  if of.conn and not of:is_opening() and (state == "CLOSED" or of.conn:_status(false).fin_received) then bits = bits | RDHUP end
  return bits
end

local function all_over(call, ready, timeout)
  if ready > 0 or timeout == 0 then return true end
  call.until_ns = call.until_ns or timeout > 0 and call.run.stage:now() + timeout * 1000000 or math.maxinteger
  call.run:wake_at(call.until_ns)
  return call.run.stage:now() >= call.until_ns
end

function calls.poll(run, call)
  local list, timeout, ready = call.arguments[1], call:integer(3), 0
  if list.kind ~= "array" then verdict.unsupported("%s as poll's list", expression.text(list)) end
  local got = {}
  for i, each in ipairs(list) do
    local of = run.descriptors:find(call:value(expression.field(each, "fd")))
    local asked = call:value(expression.field(each, "events"))
    got[i] = of and events_of(of) & (asked | ERR | HUP) or 0x20
    if got[i] ~= 0 then ready = ready + 1 end
  end
  if not all_over(call, ready, timeout) then return nil, "EAGAIN" end
  for i, each in ipairs(list) do
    local wanted = expression.field(each, "revents")
    if wanted then call:expect(wanted, got[i]) end
  end
  return ready
end

-- ---- epoll ----

local epoll = {}
epoll.__index = epoll

function calls.epoll_create(run, call) return run.descriptors:open(setmetatable({ watched = {} }, epoll), call) end

calls.epoll_create1 = calls.epoll_create

local function set_of(call, number)
  local set = call.run.descriptors:find(call:integer(number))
  if getmetatable(set) ~= epoll then error({ errno = set and "EINVAL" or "EBADF" }, 0) end
  return set
end

local function place_of(set, fd)
  for i, each in ipairs(set.watched) do
    if each.fd == fd then return i end
  end
end

function calls.epoll_ctl(run, call)
  local set, what, fd, given = set_of(call, 1), call:integer(2), call:integer(3), call.arguments[4]
  local of, place = run.descriptors:find(fd), place_of(set, fd)
  if not of then return nil, "EBADF" end
  if what == 1 and place then return nil, "EEXIST" elseif what ~= 1 and not place then return nil, "ENOENT" end
  if what == 2 then
    table.remove(set.watched, place)
    return 0
  end
  local each = place and set.watched[place] or {}
  each.fd, each.of, each.events, each.seen = fd, of, call:value(expression.field(given, "events")), nil
  if not place then table.insert(set.watched, each) end
  return 0
end

-- What an edge is seen by: what can be done, and how much has come and gone.
local function edge_of(of, bits)
  local moved = of.conn and of.conn:_status(false) or {}
  local received = moved.rcv and moved.rcv.nxt or 0
  return ("%d %d"):format(bits, received)
end

function calls.epoll_wait(_, call)
  local set, timeout, ready = set_of(call, 1), call:integer(4), {}
  for _, each in ipairs(set.watched) do
    local bits = events_of(each.of) & (each.events | ERR | HUP)
    local edge = edge_of(each.of, bits)
    if bits ~= 0 and not (each.events & EDGE ~= 0 and each.seen == edge) then
      ready[#ready + 1] = { fd = each.fd, bits = bits }
      each.seen = edge
    elseif bits == 0 then
      each.seen = nil
    end
  end
  if not all_over(call, #ready, timeout) then return nil, "EAGAIN" end
  local wanted = call.arguments[2]
  if wanted.kind == "struct" and #ready > 0 then
    local events, fd = expression.field(wanted, "events"), expression.field(wanted, "fd")
    if events then call:expect(events, ready[1].bits) end
    if fd then call:expect(fd, ready[1].fd) end
  end
  return math.min(#ready, call:integer(3))
end

return calls
