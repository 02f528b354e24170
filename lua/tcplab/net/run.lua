-- SPDX-License-Identifier: MIT
-- Runs of a network: until nothing is left to happen, for some time, until something is so, or by one event.

local core = require "tcplab.core"
local check = require "tcplab.base.check"
local scheduler = require "tcplab.net.scheduler"
local wait = require "tcplab.net.wait"

local DAY = 86400 * 1000000000

---@class tcplab.network
local methods = { __name = "tcplab.network" }

local function check_may_run(self, method)
  check.self(self, methods, method)
  self:_check_open()
  local where = wait.out_of_place(self)
  if not where then return end
  local instead = where == "a task" and "net:sleep and the calls that wait let the others run" or "start a task with net:spawn instead"
  check.fail("%s: not in %s, which runs inside the network's own step; %s", method, where, instead)
end

-- What a run that has ended leaves: the tasks that still wait, and after "limit" the timers that run.
local function remaining(self, why)
  local tasks = self._tasks:list()
  if why == "limit" then tasks.timers = wait.running_timers(self) end
  return tasks
end

-- Runs until the time, or for ever; done is asked between events.
local function run_to(self, until_ns, events, done)
  self._stopped = false
  while true do
    if done and done() then return "done" end
    if self._stopped then return "stopped" end
    local why = self:_advance(until_ns, events)
    if why == "idle" or why == "time" then return why end
    if why == "interrupted" or why == "closed" then return "stopped" end
  end
end

-- A run of so many seconds lasts so long, whether or not something happens in it.
local function run_for(self, until_ns)
  local why = run_to(self, until_ns)
  if why ~= "idle" or core.now(self._core) >= until_ns then return why end
  wait.let_time_pass(self, until_ns)
  why = run_to(self, until_ns)
  return why == "time" and not core.deadline(self._core) and "idle" or why
end

---Lets the network run: until nothing is left to happen, or for some seconds. Without seconds a virtual network stops after a day, or at
---the end of its clock, 9e9 seconds.
---```lua
---conn:close()
---peer:close()
---local why, waiting = net:run()
---print(why, #waiting, net:now())  --> idle 0 240.05
---```
---@param seconds? number  0 does all that is due
---@return "idle"|"time"|"stopped"|"limit" why
---@return tcplab.task[] waiting  the tasks that still wait; after "limit" its field timers names the timers that run
function methods:run(seconds)
  check_may_run(self, "run")
  local why
  if seconds then
    why = run_for(self, wait.from_now(self, seconds, "seconds"))
  else
    why = run_to(self, self:_limit())
    if why == "time" then why = "limit" end
  end
  return why, remaining(self, why)
end

---When a run without seconds ends at the latest.
function methods:_limit() return math.min(core.now(self._core) + DAY, wait.LAST) end

---Lets the network run until the function answers true; it is asked before each event.
---```lua
---print((net:run_until(function() return conn.state == "CLOSE-WAIT" end, 2)))  --> false
---peer:close()
---print(net:run_until(function() return conn.state == "CLOSE-WAIT" end, 2))  --> true
---```
---@param condition fun(): any  must not wait
---@param limit? number     seconds; a day without
---@return boolean met
---@return "idle"|"limit"|"stopped"|nil why  when it was not met
---@return tcplab.task[]? waiting
function methods:run_until(condition, limit)
  check_may_run(self, "run_until")
  check.callable(condition, "condition")
  local until_ns = limit and self:_until(limit, "limit") or self:_limit()
  local why = run_to(self, until_ns, 1, condition)
  if why == "done" then return true end
  if why == "time" then why = "limit" end
  return false, why, remaining(self, why)
end

---Lets one event happen, with the hooks and tasks that it wakes. On a real network it waits for one.
---```lua
---client:open { address = server, port = 80 }
---while net:step() and net:now() < 0.015 do end
---print(net:now())  --> 0.02
---```
---@return boolean happened  false: nothing is left to happen
function methods:step()
  check_may_run(self, "step")
  scheduler.settle(self)
  local due = not self._closed and core.deadline(self._core)
  if not due or due > wait.LAST then return false end
  self:_pass(due, 1)
  scheduler.settle(self)
  return true
end

---Makes the run under way return "stopped".
---```lua
---net:on("timer", function(event) if event.timer == "time-wait" then net:stop() end end)
---conn:close()
---peer:close()
---print((net:run()))  --> stopped
---```
function methods:stop()
  check.self(self, methods, "stop")
  self._stopped = true
end

return { methods = methods }
