-- SPDX-License-Identifier: MIT
-- The scheduler of a network does one thing at a time, the first of these that there is to do: deliver a notice (hooks, waiting tasks), resume a
-- ready task, run the core. Whoever waits in the main chunk calls `_advance` again and again until what he waits for has come; a task that waits
-- yields to it.

local core = require "tcplab.core"
local check = require "tcplab.base.check"
local deferral = require "tcplab.net.deferral"
local hook = require "tcplab.net.hook"
local settings = require "tcplab.base.settings"
local task = require "tcplab.net.task"

local SLICE = 4096 -- events run before Lua has its turn, so that Ctrl-C works

local scheduler = {}

---@class tcplab.network
local methods = { __name = "tcplab.network" }
scheduler.methods = methods

-- ---- delivering notices ----

-- Wakes who waits for what the notice tells.
local function wake(self, name, owner, ref, gist)
  if name == "alarm" then
    local sleeper = self._alarms[gist]
    self._alarms[gist] = nil
    if sleeper then
      sleeper._alarm = nil
      self:_ready(sleeper, "time")
    end
  elseif name == "accept" then
    owner:_accepting(gist)
  elseif ref ~= 0 then
    owner:_changed(ref)
  end
end

-- Delivers what core.notice answered; false when that was nothing. A connection that has come to CLOSED is retired when its hooks have run.
local function deliver(self, name, id, ref, gist, event)
  if not name then return false end
  local owner = self._nodes[id]
  wake(self, name, owner, ref, gist)
  local ok, problem = true, nil
  if event then
    self:_wrap(event)
    if owner and owner._arrived and name == "segment" then owner:_arrived(event) end
    ok, problem = pcall(hook.call, self, event)
  end
  if gist == true and not self._closed then owner:_retire(ref) end
  if not ok then error(problem, 0) end
  return true
end

-- ---- tasks ----

---Puts a task at the end of those that are ready.
function methods:_ready(sleeper, why)
  sleeper:_wake(why)
  self:_enqueue(sleeper)
end

function methods:_enqueue(ready)
  self._queue:add(ready)
  if not self._closed then core.later(self._core) end -- where a filter made it ready, the run stops after the event
end

function methods:_unready(given) self._queue:remove(given) end

function methods:_forget_task(over) self._tasks:remove(over) end

function methods:_set_alarm(until_ns, sleeper)
  local id = core.alarm(self._core, until_ns)
  self._alarms[id] = sleeper
  return id
end

function methods:_cancel_alarm(id)
  self._alarms[id] = nil
  self:_do(function()
    if not self._closed then core.alarm_cancel(self._core, id) end
  end)
end

local function resume(self, ready)
  self._task = ready
  local ok, problem = ready:_resume()
  self._task = false
  if not ok then error(problem, 0) end
end

---Starts a task: it runs beside the script at the next step of the present time, and may wait.
---```lua
---local task = net:spawn(function(name)
---  net:sleep(0.5)
---  return name .. " slept"
---end, "it")
---print(task:join())  --> it slept
---```
---@param f function  what it does; it may wait
---@param ... any  its arguments
---@return tcplab.task
function methods:spawn(f, ...)
  check.self(self, methods, "spawn")
  self:_check_open()
  check.callable(f, "function")
  self._spawned = self._spawned + 1
  local started = task.new(self, self._spawned, f, ...)
  self._tasks:add(started)
  self:_enqueue(started)
  return started
end

-- ---- one thing ----

---Does one thing: delivers a notice, resumes a task, or runs the core up to until_ns.
---@param until_ns? integer
---@param events? integer
---@return "notice"|"task"|"slice"|"idle"|"time"|"interrupted"|"closed" what
function methods:_advance(until_ns, events)
  if self._closed then return "closed" end
  if deferral.settle(self) then return self._closed and "closed" or "notice" end
  if deliver(self, core.notice(self._core, self._hooked)) then return "notice" end
  local ready = self._queue:take()
  if ready then
    resume(self, ready)
    return "task"
  end
  local why = self:_pass(until_ns, events or SLICE)
  if settings.on_pass then settings.on_pass(self) end
  return why
end

---Delivers notices and resumes ready tasks until there are none.
function scheduler.settle(self)
  while not self._closed do
    if not deferral.settle(self) and not deliver(self, core.notice(self._core, self._hooked)) then
      local ready = self._queue:take()
      if not ready then return end
      resume(self, ready)
    end
  end
end

return scheduler
