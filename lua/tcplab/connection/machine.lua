-- SPDX-License-Identifier: MIT
-- The transition table as data, and what one host does differently.

local core = require "tcplab.core"
local check = require "tcplab.base.check"
local near = require "tcplab.base.near"
local strict = require "tcplab.base.strict"

---One row: what an event does in a state.
---@class tcplab.transition
---@field state string      where it happens
---@field event string      a user call, a segment or a timeout ("SEG-FIN", "CLOSE", "TIMEOUT-time-wait" ...)
---@field next string       the state that follows
---@field otherwise string  where it leads under the condition that the RFC names; next again where there is none
---@field occurs boolean    false: cannot occur
---@field section string    where the rule stands

---The rows by state, then event: `for i, row in ipairs(tcplab.machine)`.
---```lua
---for _, row in ipairs(tcplab.machine) do
---  if row.state == "TIME-WAIT" and row.event == "TIMEOUT-time-wait" then print(row.next) end  --> CLOSED
---end
---print(#tcplab.machine.states)  --> 11
---```
---@class tcplab.machine
---@field [integer] tcplab.transition every cell
---@field states string[]  their names, in order
---@field events string[]  their names, in order
local machine = { __name = "tcplab.machine" }

local STATES, EVENTS = core.states(), core.events()

-- The moves of the table: from, to, and the events that make them, in order.
local function moves(self)
  local list, by_ends = {}, {}
  local function add(from, to, event)
    if from == to then return end
    local move = by_ends[from .. ">" .. to]
    if not move then
      move = { from = from, to = to, events = {} }
      by_ends[from .. ">" .. to] = move
      list[#list + 1] = move
    end
    if move.events[#move.events] ~= event then move.events[#move.events + 1] = event end
  end
  for _, row in ipairs(self) do
    if row.occurs then
      add(row.state, row.next, row.event)
      add(row.state, row.otherwise, row.event)
    end
  end
  return list
end

---The diagram for Graphviz.
---```lua
---print(tcplab.machine:dot():match "^%C+")  --> digraph tcp {
---```
---@return string
function machine:dot()
  local lines = { "digraph tcp {", "  rankdir=TB;", "  node [shape=box, style=rounded];" }
  for _, state in ipairs(STATES) do lines[#lines + 1] = ("  %q;"):format(state) end
  for _, move in ipairs(moves(self)) do
    lines[#lines + 1] = ('  "%s" -> "%s" [label="%s"];'):format(move.from, move.to, table.concat(move.events, "\\n"))
  end
  lines[#lines + 1] = "}\n"
  return table.concat(lines, "\n")
end

local function plain(state) return (state:gsub("%-", "_")) end

---The diagram for Mermaid.
---```lua
---print(tcplab.machine:mermaid():match "^%C+")  --> stateDiagram-v2
---```
---@return string
function machine:mermaid()
  local lines = { "stateDiagram-v2" }
  for _, state in ipairs(STATES) do lines[#lines + 1] = ("  %s: %s"):format(plain(state), state) end
  for _, move in ipairs(moves(self)) do
    lines[#lines + 1] = ("  %s --> %s: %s"):format(plain(move.from), plain(move.to), table.concat(move.events, ", "))
  end
  lines[#lines + 1] = ""
  return table.concat(lines, "\n")
end

function machine:__tostring() return ("machine: %d states, %d events"):format(#self.states, #self.events) end

local function table_of_transitions()
  local self = setmetatable(core.transitions(), machine)
  self._states, self._events = STATES, EVENTS
  return self
end

-- ---- a host's own ----

---What one host does differently, and which cells it has run.
---@class tcplab.host_machine
---@field host tcplab.host
local host_machine = { __name = "tcplab.host_machine" }

local function of_host(host) return setmetatable({ _host = host }, host_machine) end

local function check_name(name, names, argument)
  check.type(name, "string", argument)
  for _, known in ipairs(names) do
    if known == name then return name end
  end
  check.fail("%s: there is no %q%s", argument, name, near.hint(name, names))
end

local function check_open(self, method)
  check.self(self, host_machine, method)
  self._host._network:_check_open()
end

---Makes an event lead elsewhere on this host.
---```lua
---server.machine:override("LISTEN", "SEG-SYN", "ESTABLISHED") -- a handshake of two segments
---```
---@param state string  "LISTEN" ...
---@param event string  "SEG-SYN" ...
---@param next? string  left out: as the RFC says again
function host_machine:override(state, event, next)
  check_open(self, "override")
  check_name(state, STATES, "state")
  check_name(event, EVENTS, "event")
  if next ~= nil then check_name(next, STATES, "next") end
  core.override(self._host._network._core, self._host._id, state, event, next)
end

---Takes all overrides back.
---```lua
---server.machine:override("LISTEN", "SEG-SYN", "LISTEN")
---server.machine:clear()
---print(client:connect(server, 80).state)  --> ESTABLISHED
---```
function host_machine:clear()
  check_open(self, "clear")
  core.clear_overrides(self._host._network._core, self._host._id)
end

---How often an event was met in a state.
---```lua
---print(server.machine:count("LISTEN", "SEG-SYN"), conn.state)  --> 1 ESTABLISHED
---```
---@param state string  "LISTEN" ...
---@param event string  "SEG-SYN" ...
---@return integer
function host_machine:count(state, event)
  check_open(self, "count")
  check_name(state, STATES, "state")
  check_name(event, EVENTS, "event")
  return core.cell_count(self._host._network._core, self._host._id, state, event)
end

---The cells that have run, by state, then event.
---```lua
---conn:close()
---for _, cell in ipairs(client.machine:coverage()) do print(cell.state, cell.event, cell.count) end
---```
---@return { state: string, event: string, count: integer }[]
function host_machine:coverage()
  check_open(self, "coverage")
  local list = {}
  for _, state in ipairs(STATES) do
    for _, event in ipairs(EVENTS) do
      local count = core.cell_count(self._host._network._core, self._host._id, state, event)
      if count > 0 then list[#list + 1] = { state = state, event = event, count = count } end
    end
  end
  return list
end

function host_machine:__tostring() return ("machine of %s"):format(self._host._name) end

strict.seal(machine, { what = "machine", kept = { "states", "events" } })
strict.seal(host_machine, { what = "machine of a host", kept = { "host" } })

return { table = table_of_transitions, of_host = of_host, class = machine, host_class = host_machine }
