-- SPDX-License-Identifier: MIT
-- Which part of a trace is drawn: the options that every ladder and picture takes, and the conversations that they choose.

local check = require "tcplab.base.check"
local conversation = require "tcplab.trace.conversation"

local view = {}

---Which part of a trace is drawn, and how.
---@class tcplab.view
---@field hosts? any[]        two hosts, or their names: their connections alone, the first on the left
---@field conn? tcplab.connection one connection alone
---@field from? number        seconds: nothing earlier
---@field to? number          seconds: nothing later
---@field relative? boolean   sequence numbers count from the initial ones; default true
---@field fold? integer|false runs of plain data and acknowledgements longer than this are told in one line; default 8
---@field connections? integer how many connections are drawn; default 10

local FOLD, CONNECTIONS = 8, 10

local function at_least_one(value, label) return check.integer(value, label, 1, 1 << 31) end

local checks = {
  hosts = function(value, label)
    check.type(value, "table", label)
    if #value ~= 2 then check.fail("%s: two hosts expected, got %d", label, #value) end
  end,
  conn = function(value, label) check.type(value, "table|string", label) end,
  from = check.span,
  to = check.span,
  relative = function(value, label) check.type(value, "boolean", label) end,
  fold = function(value, label)
    if value == false then return end
    check.type(value, "number", label)
    at_least_one(value, label)
  end,
  connections = function(value, label)
    check.type(value, "number", label)
    at_least_one(value, label)
  end,
}

local function names_of(own)
  local names = {}
  for name in pairs(checks) do names[#names + 1] = name end
  for name in pairs(own) do names[#names + 1] = name end
  table.sort(names)
  local last = table.remove(names)
  return table.concat(names, ", ") .. " and " .. last
end

---Looks over options and gives them back as a table of the caller's own, defaults filled in.
---@param given table?
---@param who string   the name that errors begin with
---@param own table<string, fun(value: any, label: string)>  what is taken besides, each with its check
---@return table options
function view.read(given, who, own)
  check.type(given, "table|nil", who .. ": options")
  local options = { fold = FOLD, connections = CONNECTIONS, relative = true }
  for name, value in pairs(given or {}) do -- any one of several mistakes will do
    local looked_over = own[name] or checks[name]
    if not looked_over then check.fail("%s: unknown option %s; there are %s", who, check.shown(name), names_of(own)) end
    looked_over(value, who .. ": " .. name)
    options[name] = value
  end
  if options.from and options.to and options.from > options.to then check.fail("%s: from: %s is after to", who, tostring(options.from)) end
  return options
end

local function wants(f, options)
  if options.conn and not f.conns[options.conn] then return false end
  if not options.hosts then return true end
  local one, two = conversation.name(options.hosts[1]), conversation.name(options.hosts[2])
  if f.left.host == two and f.right.host == one then conversation.mirror(f) end
  return f.left.host == one and f.right.host == two
end

---The conversations that the options choose, whatever their time, in the order of their first packets.
---@param events table[] a trace's events, oldest first
---@param options table  as `read` gave them
---@return tcplab.conversation[]
function view.chosen(events, options)
  local conversations = {}
  for _, f in ipairs(conversation.sort(events)) do
    if wants(f, options) then conversations[#conversations + 1] = f end
  end
  return conversations
end

---The conversations that the options choose, clipped to their time; those that have nothing in it are left out.
---@param events table[] a trace's events, oldest first
---@param options table  as `read` gave them
---@return tcplab.conversation[]
function view.conversations(events, options)
  local conversations = {}
  local from = options.from and check.span(options.from, "from") or math.mininteger
  local to = options.to and check.span(options.to, "to") or math.maxinteger
  for _, f in ipairs(view.chosen(events, options)) do
    conversation.clip(f, from, to)
    if #f.steps > 0 then conversations[#conversations + 1] = f end
  end
  return conversations
end

return view
