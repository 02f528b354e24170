-- SPDX-License-Identifier: MIT
-- What a script has hung into a network: a function watching a moment, or a filter on a link or at a host.
--
-- A moment's hooks stand in lists: one for each connection that has some, one for all others.

local core = require "tcplab.core"
local check = require "tcplab.base.check"
local moment = require "tcplab.trace.moment"
local segment = require "tcplab.trace.segment"
local strict = require "tcplab.base.strict"

local KINDS = core.kinds()

---Returned by `on` and `filter`. Closing it takes the function off; losing the handle does not.
---@class tcplab.hook
---@field moment string  the moment, or "filter"
---@field closed boolean
local hook = { __name = "tcplab.hook" }

---@param what string
---@param on_close fun(self: tcplab.hook)
---@param fields table
---@return tcplab.hook
local function new(what, on_close, fields)
  fields._moment, fields._closed, fields._on_close = what, false, on_close
  return setmetatable(fields, hook)
end

---Takes the function off. Does nothing the second time.
---```lua
---local hook = conn:on("data", print)
---hook:close()
---print(hook.closed)  --> true
---```
function hook:close()
  check.self(self, hook, "close")
  if self._closed then return end
  self._closed = true
  self._on_close(self)
end

hook.__close = hook.close

function hook:__tostring() return ("hook: %s%s"):format(self._moment, self._closed and " (closed)" or "") end

-- ---- the hooks of a network ----

---@class tcplab.network
local methods = { __name = "tcplab.network" }

-- How many hooks watch each kind at each host (0: all), as the core's mask.
function methods:_count_watch(id, kind, change)
  local counts = self._watched[id]
  if not counts then
    counts = {}
    self._watched[id] = counts
  end
  counts[kind] = (counts[kind] or 0) + change
  local mask = 0
  for _, each in ipairs(moment.list) do
    if (counts[each.name] or 0) > 0 then mask = mask | KINDS[each.name] end
  end
  core.watch(self._core, id, mask)
end

local OTHERS <const>, NONE <const> = 1, {}

local function hooks_at(self, name, place)
  local lists = self._hooks[name]
  return lists and lists[place] or NONE
end

-- A new list each time: an event under way goes on over the old one.
local function set_hooks(self, name, place, list)
  local lists = self._hooks[name] or {}
  self._hooks[name], lists[place] = lists, list[1] and list or nil
  self._hooked = next(lists) and self._hooked | KINDS[name] or self._hooked & ~KINDS[name]
end

local function take_off(self, off)
  local place, left = off._conn or OTHERS, {}
  for _, each in ipairs(hooks_at(self, off._moment, place)) do
    if each ~= off then left[#left + 1] = each end
  end
  set_hooks(self, off._moment, place, left)
  self:_do(function()
    if self._closed then return end
    if off._conn and off._moment ~= "segment" then
      off._conn:_watch(off._moment, -1)
    else
      self:_count_watch(off._host and off._host.id or 0, off._moment, -1)
    end
  end)
end

---Hangs a hook: for the whole network, one host, or one connection.
function methods:_hook(name, f, at_host, at_conn)
  moment.check(name)
  check.callable(f, "function")
  self._hung = self._hung + 1
  local fields = { _call = f, _host = at_host or false, _conn = at_conn or false, _number = self._hung }
  local new_hook = new(name, function(off) take_off(self, off) end, fields)
  local place = at_conn or OTHERS
  local list = hooks_at(self, name, place)
  list = table.move(list, 1, #list, 1, {})
  list[#list + 1] = new_hook
  set_hooks(self, name, place, list)
  self:_do(function()
    if at_conn and name ~= "segment" then
      at_conn:_watch(name, 1)
    else
      self:_count_watch(at_host and at_host.id or 0, name, 1)
    end
  end)
  return new_hook
end

---Calls a function at each such moment, anywhere in the network. Hooks of one moment run in the order in which they were hung.
---```lua
---local hook = net:on("state", function(event) print(event.host.name, event.from, event.to) end)
---client:open { address = server, port = 81 } --> client CLOSED SYN-SENT
---net:run(0)
---hook:close()
---```
---@param moment_name tcplab.moment  its name, as "state"
---@param f fun(event: tcplab.event)  must not wait; what it raises comes out of the call that let the network run
---@return tcplab.hook
function methods:on(moment_name, f)
  check.self(self, methods, "on")
  self:_check_open()
  return self:_hook(moment_name, f)
end

local function concerns(each, event) return not each._closed and (not each._host or each._host == event.host) end

-- Two lists as one, in the order in which the hooks were hung.
local function merged(one, other)
  local list = table.move(one, 1, #one, 1, {})
  table.move(other, 1, #other, #list + 1, list)
  table.sort(list, function(a, b) return a._number < b._number end)
  return list
end

local function hooks_for(self, event)
  local others, own = hooks_at(self, event.moment, OTHERS), event.conn and hooks_at(self, event.moment, event.conn) or NONE
  if not own[1] then return others end
  return others[1] and merged(others, own) or own
end

-- What one hook does to its event, the next does not see.
local function fresh(event)
  local twin = {}
  for name, value in next, event do twin[name] = value end
  if event.segment then twin.segment = segment.clone(event.segment) end
  return moment.event(twin)
end

-- Calls all hooks that the event concerns; the first failure is raised when all have been called.
local function call(self, event)
  local failed, problem, list = false, nil, hooks_for(self, event)
  local outer = self._in_hook
  for _, each in ipairs(list) do
    if concerns(each, event) then
      self._in_hook = event.moment
      local ok, raised = core.call(each._call, #list > 1 and fresh(event) or event)
      self._in_hook = outer
      if not ok and not failed then failed, problem = true, raised end
    end
  end
  if failed then error(problem, 0) end
end

strict.seal(hook, { what = "hook", kept = { "moment", "closed" }, calls = { count = "a fault has a count; a hook counts nothing" } })

return { new = new, class = hook, methods = methods, call = call }
