-- SPDX-License-Identifier: MIT
-- What the stacks of a network hold at one moment, as rows and as a table: the view of netstat and ss.

local columns = require "tcplab.base.columns"
local core = require "tcplab.core"
local moment = require "tcplab.trace.moment"

local netstat = {}

---One listener or connection. Of a listener receive_queue counts the connections that wait for accept, send_queue how many there may be.
---@class tcplab.netstat_row
---@field host string
---@field state string
---@field receive_queue integer     bytes unread
---@field send_queue integer        bytes unsent or unacknowledged
---@field local_address? string     nil: any
---@field local_port integer
---@field remote_address? string
---@field remote_port? integer
---@field timer? { name: string, seconds: number, retries: integer }  the one due next: how soon, and how often in vain before
---@field half_open? integer        of a listener
---@field half_open_limit? integer

---The listeners and connections of a network's hosts. A host's rows come by state, in the machine's order, and by their places in the stack.
---@class tcplab.netstat
---@field time number  seconds
---@field host? string  the one host it is of, when one was asked for
---@field rows tcplab.netstat_row[]
---@field left_out { host: string, state: string, count: integer }[]  how many more there are in a state than were asked for

-- ---- reading ----

local RETRIES = { retransmission = "backoff", persist = "backoff", keepalive = "probes" }

local function next_timer(status, now)
  local name, due
  for _, timer in ipairs(moment.timers) do
    local deadline = status.timers[timer]
    if deadline and (not due or deadline < due) then name, due = timer, deadline end
  end
  return name and { name = name, seconds = (due - now) / 1e9, retries = RETRIES[name] and status[RETRIES[name]] or 0 }
end

local function listener_row(host, ref)
  local status = core.listener_status(host.network._core, host.id, ref)
  return {
    host = host.name, state = "LISTEN", receive_queue = status.waiting, send_queue = status.backlog,
    local_address = status.address, local_port = status.port, half_open = status.half_open, half_open_limit = status.half_open_limit,
  }
end

local function connection_row(host, ref)
  local status = core.status(host.network._core, host.id, ref, false)
  return {
    host = host.name, state = status.state, receive_queue = status.receive_queue, send_queue = status.send_queue,
    local_address = status.local_address, local_port = status.local_port,
    remote_address = status.remote_address, remote_port = status.remote_port ~= 0 and status.remote_port or nil,
    timer = next_timer(status, core.now(host.network._core)),
  }
end

local PAGE <const> = 1024

-- The host's references, a page at a time, each with whether it is a listener's.
local function references(host)
  return coroutine.wrap(function()
    local at = 0
    while at do
      local refs, listens, after = core.connections(host.network._core, host.id, at, PAGE)
      for i, ref in ipairs(refs) do coroutine.yield(ref, listens[i]) end
      at = after
    end
  end)
end

-- Rows and counts by state. What is beyond the limit is counted only.
local function by_state(host, limit)
  local rows, counts = {}, {}
  for ref, listens in references(host) do
    local state = core.state(host.network._core, host.id, ref)
    counts[state] = (counts[state] or 0) + 1
    rows[state] = rows[state] or {}
    if counts[state] <= limit then table.insert(rows[state], (listens and listener_row or connection_row)(host, ref)) end
  end
  return rows, counts
end

local function read_host(view, host, limit)
  local rows, counts = by_state(host, limit)
  for _, state in ipairs(core.states()) do
    if rows[state] and state ~= "CLOSED" then
      table.move(rows[state], 1, #rows[state], #view.rows + 1, view.rows)
      local more = counts[state] - #rows[state]
      if more > 0 then table.insert(view.left_out, { host = host.name, state = state, count = more }) end
    end
  end
end

---@param network tcplab.network
---@param wanted? { host?: string, limit?: integer }  one host; so many rows of each host and state, all without
---@return tcplab.netstat
function netstat.read(network, wanted)
  wanted = wanted or {}
  local view = { time = core.now(network._core) / 1e9, host = wanted.host, rows = {}, left_out = {} }
  for _, host in ipairs(network._hosts) do
    if not wanted.host or wanted.host == host.name then read_host(view, host, wanted.limit or math.maxinteger) end
  end
  return view
end

-- ---- showing ----

local HEAD <const> = { "Host", "State", "Recv-Q", "Send-Q", "Local", "Peer", "Timer" }
local RIGHT <const> = { [3] = true, [4] = true } -- numbers

local function socket(address, port)
  if address and address:find(":", 1, true) then address = "[" .. address .. "]" end
  return ("%s:%s"):format(address or "*", port or "*")
end

local function timer_text(row)
  if row.half_open then return ("half-open %d%s"):format(row.half_open, row.half_open_limit and "/" .. row.half_open_limit or "") end
  local timer = row.timer
  if not timer then return "" end
  return ("%s %.3fs%s"):format(timer.name, timer.seconds, timer.retries > 0 and "/" .. timer.retries or "")
end

local function cells(row)
  return {
    row.host, row.state, tostring(row.receive_queue), tostring(row.send_queue), socket(row.local_address, row.local_port),
    socket(row.remote_address, row.remote_port), timer_text(row),
  }
end

-- All lines of cells, with what was left out behind the last row of its host and state.
local function grid(view)
  local lines, after = { HEAD }, {}
  for _, left in ipairs(view.left_out) do after[left.host .. " " .. left.state] = left.count end
  for i, row in ipairs(view.rows) do
    lines[#lines + 1] = cells(row)
    local following = view.rows[i + 1]
    local last = not following or following.host ~= row.host or following.state ~= row.state
    local more = last and after[row.host .. " " .. row.state]
    if more then lines[#lines + 1] = { row.host, row.state, tail = ("... and %d more"):format(more) } end
  end
  return lines
end

local function widths(lines)
  local width = {}
  for _, line in ipairs(lines) do
    for i, cell in ipairs(line) do width[i] = math.max(width[i] or 0, columns.width(cell)) end
  end
  return width
end

local function line_text(line, width, first)
  local parts = {}
  for i = first, #line do
    local padding = (" "):rep(width[i] - columns.width(line[i]))
    parts[#parts + 1] = RIGHT[i] and padding .. line[i] or line[i] .. padding
  end
  parts[#parts + 1] = line.tail
  return (table.concat(parts, " "):gsub(" +$", ""))
end

---A table as netstat and ss print it; that of one host does without its name. Timers in seconds until they run out, and behind the stroke how
---often what they wait for was sent in vain.
---@param view tcplab.netstat
---@return string
function netstat.text(view)
  if #view.rows == 0 then return "nothing listens, nothing is connected\n" end
  local lines = grid(view)
  local width, out = widths(lines), {}
  for i, line in ipairs(lines) do out[i] = line_text(line, width, view.host and 2 or 1) end
  return table.concat(out, "\n") .. "\n"
end

return netstat
