-- SPDX-License-Identifier: MIT
-- A peer asked: what will be sent is printed first, what could be taken for an attack is asked about, and the way there is told, never made.

local answers = require "tcplab.command.probe.answers"
local core = require "tcplab.core"
local exit = require "tcplab.command.exit"
local questions = require "tcplab.probe"
local waiting = require "tcplab.command.probe.waiting"

local peer = {}

-- ---- where it is ----

---An address and a port, as `192.0.2.1:80` and `[2001:db8::1]:80`.
---@param text string
---@return { address: string, port: integer }?
---@return string? message
function peer.endpoint(text)
  local address, port = text:match "^%[([%x:.]+)%]:(%d+)$"
  if not address then address, port = text:match "^([%d.]+):(%d+)$" end
  local parsed, number = address and core.parse_address(address), math.tointeger(tonumber(port or ""))
  if parsed and number and number >= 1 and number <= 65535 then return { address = parsed, port = number } end
  return nil, ("--server: '%s' is no ADDRESS:PORT, such as 192.0.2.1:80 or [2001:db8::1]:80"):format(text)
end

local DEVICES <const> = { [4] = "10.9.0.1/24", [6] = "fd00:9::1/64" }

-- The address behind another.
local function next_to(address)
  local head, last = address:match "^(.-)(%x+)$"
  if address:find(":", 1, true) then return core.parse_address(("%s%x"):format(head, tonumber(last, 16) + 1)) end
  return core.parse_address(("%s%d"):format(head, tonumber(last) + 1))
end

---@param options { server?: table, client?: integer, tun?: string }
---@return tcplab.probe.peer_options?
---@return string? message
function peer.options(options)
  local server = options.server
  local family = server and server.address:find(":", 1, true) and 6 or 4
  local device = options.tun or DEVICES[family]
  local own = core.parse_address(device:match "^([^/]+)/%d+$" or "")
  local hand = own and next_to(own)
  if not hand then
    return nil, ("--tun: '%s' is no address with a prefix length behind which there is another, such as 10.9.0.1/24"):format(device)
  end
  return { device = device, hand = hand, address = server and server.address, port = server and server.port or options.client }
end

-- ---- the way there ----

local function prefix_of(options) return options.device:gsub("[%x]+/", "0/") end

local function forwarding(options)
  local six = options.device:find(":", 1, true)
  local name = six and "net.ipv6.conf.all.forwarding" or "net.ipv4.ip_forward"
  local file <close> = io.open("/proc/sys/" .. name:gsub("%.", "/"))
  return file ~= nil and file:read "l" == "1", name, six and "ip6" or "ip"
end

-- What this machine would need for packets of the device to get there and back; each a command, for the user to think about.
local function way(options)
  local on, setting, family = forwarding(options)
  local lines = { "what may be missing on this machine, as commands; tcplab sets nothing:" }
  if not on then lines[#lines + 1] = ("  sysctl -w %s=1"):format(setting) end
  lines[#lines + 1] = ("  nft add table %s tcplab"):format(family)
  if options.address then
    lines[#lines + 1] = ("  nft 'add chain %s tcplab post { type nat hook postrouting priority 100 ; }'"):format(family)
    lines[#lines + 1] = ("  nft add rule %s tcplab post %s saddr %s masquerade"):format(family, family, prefix_of(options))
  else
    lines[#lines + 1] = ("  nft 'add chain %s tcplab pre { type nat hook prerouting priority -100 ; }'"):format(family)
    lines[#lines + 1] = ("  nft add rule %s tcplab pre tcp dport %d dnat to %s"):format(family, options.port, options.hand)
  end
  return table.concat(lines, "\n")
end

-- ---- what will be sent ----

local function sent(it)
  local words = {}
  for i, packet in ipairs(it.packets) do words[i] = (packet.count > 1 and packet.count .. " x " or "") .. packet.word end
  local text = #words > 0 and table.concat(words, ", ") or "nothing"
  return text .. (it.odd and " (" .. it.odd .. ")" or "")
end

local function print_plan(plan, out)
  for _, list in ipairs { plan.asked, plan.odd } do
    for _, it in ipairs(list) do out:write(("  %s: %s\n"):format(it.question.name, sent(it))) end
  end
end

local function total(list, field)
  local sum = 0
  for _, it in ipairs(list) do sum = sum + it[field] end
  return sum
end

local function on_terminal() return os.execute "test -t 0 -a -t 2" == true end

-- Whether what could be taken for an attack is sent.
local function odd_wanted(plan, all, terminal)
  if #plan.odd == 0 or all then return all end
  if not terminal() then return false end
  io.stderr:write(("%d of them a strict peer could take for an attack. Ask them too? [y/N] "):format(#plan.odd))
  return (io.read "l" or ""):lower():sub(1, 1) == "y"
end

local function choose(plan, all, terminal)
  local asked = table.move(plan.asked, 1, #plan.asked, 1, {})
  if odd_wanted(plan, all, terminal) then return table.move(plan.odd, 1, #plan.odd, #asked + 1, asked) end
  for _, it in ipairs(plan.odd) do
    table.insert(plan.left_out, { question = it.question.name, message = "a strict peer could take it for an attack: " .. it.odd .. " (--all)" })
  end
  return asked
end

-- ---- asking ----

local WHY <const> = { EAGAIN = "it does not answer", EHOSTUNREACH = "there is no way to it", ECONNREFUSED = "it refuses connections" }

-- Nothing where a server answers.
local function silence(options)
  if not options.address then return nil end
  local ok, message, code = questions.knock(options)
  if ok then return nil end
  if not WHY[code] then return message, code end
  return ("%s port %d: %s"):format(options.address, options.port, WHY[code]) .. (code ~= "ECONNREFUSED" and "\n" .. way(options) or ""), code
end

local function announce(options, chosen)
  local whom = ("%s%s port %d"):format(options.address and "" or "whoever calls ", options.address or options.hand, options.port)
  local count = total(chosen, "count")
  local manner = ("%d %s, a RST for each connection at its end, 20 packets a second at most"):format(count, count == 1 and "packet" or "packets")
  waiting.announce(#chosen, whom .. ", " .. manner, total(chosen, "seconds") + #chosen)
  if not options.address then
    io.stderr:write("tcplab: each question waits a minute for a new call, which must come by itself and again\n")
    if not forwarding(options) then io.stderr:write(way(options), "\n") end
  end
end

---@param options table   those of the command
---@param names? string[]
---@param ways tcplab.probe.ways
---@param terminal? fun(): boolean  what stands for the terminal's presence
---@return tcplab.probe.sheet?
---@return string? message
---@return string? code
function peer.ask(options, names, ways, terminal)
  local where, wrong = peer.options(options)
  if not where then return nil, wrong end
  local plan = questions.plan(where.address and "server" or "client", names)
  io.stderr:write(("tcplab: what will be sent%s, a question a line:\n"):format(where.address and ", after a handshake (S, .)" or ""))
  print_plan(plan, io.stderr)
  local chosen = choose(plan, options.all, terminal or on_terminal)
  announce(where, chosen)
  local message, code = silence(where)
  if message then return nil, message, code end
  local line <close> = waiting.line(#chosen)
  ways.on_answer = line.told
  local sheet
  sheet, message, code = questions.ask_peer(where, chosen, ways)
  if sheet then sheet.left_out = plan.left_out end
  return sheet, message, code
end

---Says what was left out.
---@param sheet tcplab.probe.sheet
function peer.tell_left_out(sheet)
  for _, it in ipairs(sheet.left_out) do exit.complain(("not asked: %s: %s"):format(it.question, answers.word(it.message))) end
end

return peer
