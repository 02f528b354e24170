-- SPDX-License-Identifier: MIT
-- Tasks: functions that run beside others in one network's time. A task runs until it waits; ready ones go first come, first served.

local check = require "tcplab.base.check"
local signal = require "tcplab.base.signal"
local strict = require "tcplab.base.strict"

local WAIT = {} -- what a task yields when it waits

---What net:spawn started. A call that waits lets others run; it may stand in pcall and in iterators too.
---@class tcplab.task
---@field name string    "task 1" ...
---@field state "ready"|"running"|"waiting"|"done"|"failed"|"closed" now
---@field waiting_for? string  while it waits
---@field network tcplab.network
local task = { __name = "tcplab.task" }

---@param network tcplab.network
---@param number integer
---@param f function
---@return tcplab.task
local function new(network, number, f, ...)
  local self = setmetatable({ _network = network, _name = "task " .. number, _state = "ready" }, task)
  self._co = coroutine.create(f)
  self._arguments = table.pack(...)
  self._ended = signal.new()
  return self
end

local function is_over(self) return self._state == "done" or self._state == "failed" or self._state == "closed" end

-- Leaves the wait it stands in.
local function leave_wait(self)
  if self._signal then self._signal:remove(self) end
  if self._alarm then self._network:_cancel_alarm(self._alarm) end
  self._signal, self._alarm, self._waiting_for = nil, nil, nil
end

local function finish(self, state)
  self._state = state
  self._network:_forget_task(self)
  self._ended:raise(self._network)
end

local function fail(self, problem)
  if type(problem) == "string" then problem = debug.traceback(self._co, problem) end
  coroutine.close(self._co)
  self._problem = problem
  finish(self, "failed")
  return problem
end

local YIELDED = "a task must not yield by itself: net:sleep(0) lets others run"

---Runs the task until it waits or ends.
---@return boolean ok, any problem
function task:_resume()
  self._state = "running"
  local arguments = self._arguments
  self._arguments = nil
  local ok, token
  if arguments then
    ok, token = self:_take(coroutine.resume(self._co, table.unpack(arguments, 1, arguments.n)))
  else
    ok, token = self:_take(coroutine.resume(self._co, self._why))
  end
  if not ok then return false, fail(self, token) end
  if coroutine.status(self._co) == "dead" then
    finish(self, "done")
  elseif token ~= WAIT then
    return false, fail(self, YIELDED)
  end
  return true
end

-- Keeps what the function returned.
function task:_take(ok, ...)
  if ok and coroutine.status(self._co) == "dead" then self._results = table.pack(...) end
  return ok, (...)
end

---Waits, from inside the task, until the signal is raised or the time has come.
---@param on? tcplab.signal
---@param until_ns? integer
---@param what string
---@return "raised"|"time" why
function task:_wait(on, until_ns, what)
  self._state, self._waiting_for = "waiting", what
  if on then
    self._signal = on
    on:add(self)
  end
  if until_ns then self._alarm = self._network:_set_alarm(until_ns, self) end
  return coroutine.yield(WAIT)
end

---Called by the network: what the task waits for has come.
---@param why "raised"|"time"
function task:_wake(why)
  leave_wait(self)
  self._state, self._why = "ready", why
end

---Waits until the task has ended.
---```lua
---local task = net:spawn(function() return listener:accept() end)
---client:connect(server, 80)
---print(task:join().state)  --> ESTABLISHED
---```
---@return any ...  what its function returned; nil, message and code "ECANCELED" when it failed or was closed
function task:join()
  check.self(self, task, "join")
  while not is_over(self) do
    local ok, message, code = self._network:_wait(self._ended, nil, "join of " .. self._name)
    if not ok then return nil, message, code end
  end
  if self._state == "done" then return table.unpack(self._results, 1, self._results.n) end
  if self._state == "failed" then return nil, self._problem, "ECANCELED" end
  return nil, "the task was closed", "ECANCELED"
end

---Ends a task that waits or has not started; its to-be-closed variables are closed. Does nothing when it is over.
---```lua
---local task = net:spawn(function() listener:accept() end)
---net:run(1)
---task:close()
---print(task.state)  --> closed
---```
function task:close()
  check.self(self, task, "close")
  if is_over(self) then return end
  if self._state == "running" then check.fail("close: %s is running; let its function return", self._name) end
  leave_wait(self)
  self._network:_unready(self)
  finish(self, "closed")
  local ok, problem = coroutine.close(self._co)
  if not ok then error(problem, 0) end
end

task.__close = task.close

function task:__tostring()
  return ("%s: %s%s"):format(self._name, self._state, self._waiting_for and " in " .. self._waiting_for or "")
end

strict.seal(task, {
  what = "task", kept = { "network", "name", "state", "waiting_for" },
  calls = { closed = "task.state tells", done = "task.state tells", result = "task:join() answers what its function returned" },
})

return { new = new, class = task }
