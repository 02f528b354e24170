-- SPDX-License-Identifier: MIT
-- Calls that wait: in the main chunk they advance the network, in a task they yield, and elsewhere they are out of place.

local core = require "tcplab.core"
local check = require "tcplab.base.check"

local DEADLOCK = "nothing that could end this wait can ever happen"
local ENDLESS = "a day has gone by without an end of this wait (timers that run: %s)"

local wait = {}

---@class tcplab.network
local methods = { __name = "tcplab.network" }
wait.methods = methods

---Lets time pass up to until_ns, with nothing left to happen.
function wait.let_time_pass(self, until_ns) core.alarm(self._core, until_ns) end

---Why a run or step is out of place here; nil when it is in place. In a coroutine that the main chunk made it is.
---@return string? where
function wait.out_of_place(self)
  if self._in_hook then return ("a hook (%s)"):format(self._in_hook) end
  if self._task then return coroutine.running() == self._task._co and "a task" or "a coroutine made by a task" end
end

-- The same for a call that waits.
local function unfit_to_wait(self)
  if core.later(self._core) then return "a policy, filter or match function" end
  return wait.out_of_place(self)
end

local function may_yield(where) return where == "a task" and coroutine.isyieldable() end

-- The task that may yield here, or nil where the main chunk advances the network; raises where nobody may wait.
local function waiting_task(self, what)
  local where = unfit_to_wait(self)
  if not where then return nil end
  if may_yield(where) then return self._task end
  if where == "a task" then where = "a function called from C inside a task" end
  check.fail("%s would have to wait, which %s must not: start a task with net:spawn, or settimeout(0)", what, where)
end

---Whether a call that waits is in place here.
function methods:_may_wait()
  local where = unfit_to_wait(self)
  return not where or may_yield(where)
end

---Raises where a call that waits is out of place.
function methods:_check_may_wait(what)
  self:_check_open()
  waiting_task(self, what)
end

local FAILURES = {
  time = { "timeout", "EAGAIN" },
  idle = { DEADLOCK, "EDEADLK" },
  interrupted = { "interrupted", "EINTR" },
  closed = { "closed", "ECANCELED" },
}

local function failure(why) return nil, FAILURES[why][1], FAILURES[why][2] end

---The timers that keep coming back, for a run or a wait that met its limit: "client: keepalive".
---@return string[]
function wait.running_timers(self)
  local names = {}
  for _, owner in ipairs(self._hosts) do
    for _, name in ipairs(owner:_running_timers()) do names[#names + 1] = owner.name .. ": " .. name end
  end
  return names
end

-- The main chunk's wait: advances the network until the signal was raised. Without a limit of its own it has that of a run.
local function wait_advancing(self, on, until_ns)
  local count, last = on and on.count, until_ns or self:_limit()
  while true do
    local why = self:_advance(last)
    if self._closed then return failure "closed" end
    if on and on.count ~= count then return true end
    if why == "idle" and until_ns then
      if core.now(self._core) >= until_ns then return failure("time") end
      wait.let_time_pass(self, until_ns)
    elseif why == "time" and not until_ns then
      return nil, ENDLESS:format(table.concat(wait.running_timers(self), ", ")), "EDEADLK"
    elseif FAILURES[why] then
      return failure(why)
    end
  end
end

---Waits until the signal is raised (spurious wakings are the caller's to tell) or the time has come.
---@param on? tcplab.signal
---@param until_ns? integer
---@param what string       the call, for messages
---@return true? ok, string? message, string? code
function methods:_wait(on, until_ns, what)
  self:_check_open()
  local sleeper = waiting_task(self, what)
  if not sleeper then return wait_advancing(self, on, until_ns) end
  if sleeper:_wait(on, until_ns, what) == "raised" then return true end
  return failure(self._closed and "closed" or "time")
end

local LAST <const> = 9000000000 * 1000000000

---ns: as far as the clock goes.
wait.LAST = LAST

---The time so many seconds from now, in nanoseconds.
---@return integer
function wait.from_now(self, seconds, name)
  local span, now = check.span(seconds, name), self:_present()
  if span > LAST - now then check.fail("%s: %s seconds from now is beyond the end of the clock, 9e9 seconds", name, tostring(seconds)) end
  return now + span
end

---@param seconds? number
---@return integer? until_ns  absolute; nil without a limit
function methods:_until(seconds, name)
  if not seconds or seconds == math.huge then return nil end
  return wait.from_now(self, seconds, name)
end

function methods:_present()
  self:_catch_up()
  return core.now(self._core)
end

---Waits for some time: a task yields, the main chunk lets the network run.
---```lua
---net:sleep(0.25)
---print(net:now())  --> 0.25
---```
---@param seconds number
---@return true? ok, string? message, string? code
function methods:sleep(seconds)
  check.self(self, methods, "sleep")
  self:_check_open()
  local ok, message, code = self:_wait(nil, wait.from_now(self, seconds, "seconds"), "sleep")
  if ok or message == "timeout" then return true end
  return nil, message, code
end

return wait
