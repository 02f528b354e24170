-- SPDX-License-Identifier: MIT
-- Commands in backticks: interpreted against the stack, never executed.

local sysctl = require "tcplab.packetdrill.sysctl"
local verdict = require "tcplab.packetdrill.verdict"

local command = {}

-- ---- words ----

-- A line's words, its quotes taken off.
local function words_of(line)
  local words, word, quote = {}, nil, nil
  for letter in line:gmatch "." do
    if quote then
      if letter == quote then quote = nil else word = word .. letter end
    elseif letter == '"' or letter == "'" then
      quote, word = letter, word or ""
    elseif letter:find "%s" then
      if word then words[#words + 1] = word end
      word = nil
    else
      word = (word or "") .. letter
    end
  end
  if word then words[#words + 1] = word end
  return words
end

-- Where its output goes says nothing here.
local function without_redirections(line) return (line:gsub("[12&]?>+%s*&?[%w/_.]+", " ")) end

-- ---- the commands ----

local commands = {}

function commands.sysctl(run, words)
  for i = 2, #words do
    local name, value = words[i]:match "^([%w_.]+)=(.*)$"
    if name then
      sysctl.set(run, name, value)
    elseif words[i]:sub(1, 1) ~= "-" then
      verdict.unsupported("the command %s", table.concat(words, " "))
    end
  end
end

-- The file of Linux's scripts that sets a usual state: what it sets is what the profile has, but for these.
commands["defaults.sh"] = function(run)
  for _, pair in ipairs(sysctl.DEFAULTS) do sysctl.set(run, pair[1], pair[2]) end
end

commands["set_sysctls.py"] = function(run, words)
  for i = 2, #words do
    local path, value = words[i]:match "^/proc/sys/([%w_./]+)=(.*)$"
    if not path then verdict.unsupported("the command %s", table.concat(words, " ")) end
    sysctl.set(run, path:gsub("/", "."), value)
  end
end

local function nothing() end

-- The lab is new for each script: there is nothing to restore, no cache to be emptied and no queue to be chosen.
local PASSED_OVER <const> = { nstat = nothing, ["true"] = nothing, ethtool = nothing, sleep = nothing }
for name, f in next, PASSED_OVER do commands[name] = f end

function commands.ip(_, words)
  local text = table.concat(words, " ")
  if text:find "tcp_metrics flush" then return end
  verdict.unsupported("the command %s", text)
end

function commands.tc(_, words)
  local text = table.concat(words, " ")
  if text:find "^tc qdisc %a+ dev %S+ root pfifo$" or text:find "^tc qdisc delete" then return end
  verdict.unsupported("the command %s", text)
end

function commands.tcpdrop(run, words)
  if words[2] ~= "-s" then verdict.unsupported("the command %s", table.concat(words, " ")) end
  local state = words[3]:gsub("_", "-")
  for _, conn in ipairs(run.stage.host:connections()) do
    if conn.state == state then run:drop(conn) end
  end
end

-- ---- sockstat | grep ----

local STATES <const> = { SYN_RCVD = "SYN-RECEIVED", FIN_WAIT_1 = "FIN-WAIT-1", FIN_WAIT_2 = "FIN-WAIT-2" }

local function count_state(run, word)
  local state, count = STATES[word] or word:gsub("_", "-"), 0
  for _, conn in ipairs(run.stage.host:connections()) do
    if conn.state == state then count = count + 1 end
  end
  if state == "CLOSED" then count = count + run:count_closed() end
  return count
end

-- "sockstat ... | grep -c STATE | grep N": as many connections are in that state.
local function sockstat(run, line)
  local state, number = line:match "grep %-c ([%u_%d]+)%s*|%s*grep (%d+)%s*$"
  if not state then verdict.unsupported("the command %s", line) end
  local count = count_state(run, state)
  if not tostring(count):find(number, 1, true) then
    verdict.failed("the command fails", ("%s connections in %s"):format(number, state), ("%d connections in %s"):format(count, state))
  end
end

-- ---- all ----

local function run_line(run, line)
  if line:find "^sockstat%s" then return sockstat(run, line) end
  local plain = without_redirections(line)
  if plain:find "^nstat" then return end
  if plain:find "[|&$()<>*?{}]" and not plain:find "sysctl_restore_" then verdict.unsupported("the command %s", line:sub(1, 100)) end
  local words = words_of(plain)
  local name = words[1] and words[1]:match "[^/]+$"
  if not name or name:find "^sysctl_restore_" then return end
  local known = commands[name] or verdict.unsupported("the command %s", name)
  known(run, words)
end

---Interprets a command, line by line.
---@param run tcplab.packetdrill.run
---@param text string
function command.run(run, text)
  for line in text:gsub("\\\n", " "):gmatch "[^\n;]+" do
    line = line:gsub("%s#.*$", ""):match "^%s*(.-)%s*$"
    if line ~= "" and not line:find "^#" then run_line(run, line) end
  end
end

return command
