-- SPDX-License-Identifier: MIT
-- Notation: packets, options and calls as a script writes them.

local expression = require "tcplab.packetdrill.expression"
local hex = require "tcplab.base.hex"

local notation = {}

local ECN <const> = { [0] = "noecn", "ect1", "ect0", "ce" }

local OPTIONS <const> = {}

function OPTIONS.mss(it) return "mss " .. it.value end
function OPTIONS.wscale(it) return "wscale " .. it.value end
function OPTIONS.TS(it) return ("TS val %d ecr %d"):format(it.value, it.echo) end

function OPTIONS.sack(it)
  local blocks = {}
  for i, block in ipairs(it.blocks) do blocks[i] = ("%d:%d"):format(block[1], block[2]) end
  return "sack " .. table.concat(blocks, " ")
end

local function cookie_text(cookie)
  if type(cookie) == "table" then return cookie.symbol end
  return cookie
end

function OPTIONS.FO(it) return it.cookie and "FO " .. cookie_text(it.cookie) or "FO" end
function OPTIONS.FOEXP(it) return it.cookie and "FOEXP " .. cookie_text(it.cookie) or "FOEXP" end
function OPTIONS.md5(it) return "md5" .. (it.valid and " valid" or it.digest and " " .. cookie_text(it.digest) or "") end

function OPTIONS.ECN(it)
  local words = { "ECN" }
  for _, counter in ipairs(it.counters) do words[#words + 1] = ("%s %d"):format(counter.name, counter.value) end
  return table.concat(words, " ")
end

function OPTIONS.other(it) return ("%d %s"):format(it.number, hex.encode(it.data)) end

---One TCP option.
function notation.option(it)
  local show = OPTIONS[it.kind]
  return show and show(it) or it.kind
end

---A list of options, in its angles.
function notation.options(list)
  local shown = {}
  for i, each in ipairs(list) do shown[i] = notation.option(each) end
  return "<" .. table.concat(shown, ",") .. ">"
end

local function ip_text(packet)
  local words = {}
  if packet.ecn then words[#words + 1] = "[" .. (ECN[packet.ecn] or packet.ecn) .. "]" end
  local fields = {}
  for i, each in ipairs(packet.ip or {}) do fields[i] = ("%s %d"):format(each.name, each.value) end
  if #fields > 0 then words[#words + 1] = "(" .. table.concat(fields, ", ") .. ")" end
  return words
end

local function tcp_text(packet, words)
  words[#words + 1] = packet.flags
  if packet.any_seq then
    words[#words + 1] = ("...(%d)"):format(packet.length)
  else
    words[#words + 1] = ("%d:%d(%d)%s"):format(packet.seq, packet.ends, packet.length, packet.absolute and "!" or "")
  end
  if packet.ack then words[#words + 1] = "ack " .. packet.ack .. (packet.absolute_ack and "!" or "") end
  if packet.window then words[#words + 1] = "win " .. packet.window end
  if packet.urgent then words[#words + 1] = "urg " .. packet.urgent end
  if packet.any_options then words[#words + 1] = "<...>" end
  if packet.options and #packet.options > 0 then words[#words + 1] = notation.options(packet.options) end
end

local function icmp_text(packet, words)
  words[#words + 1] = "icmp " .. packet.type
  if packet.code then words[#words + 1] = packet.code end
  if packet.mtu then words[#words + 1] = "mtu " .. packet.mtu end
  local quote = packet.quote
  if quote then words[#words + 1] = ("[%d:%d(%d)]"):format(quote.seq, quote.seq + quote.length, quote.length) end
end

---A packet, with its direction and without its time.
---@param packet table
---@return string
function notation.packet(packet)
  local words = ip_text(packet)
  table.insert(words, 1, packet.direction)
  if packet.kind == "icmp" then icmp_text(packet, words) else tcp_text(packet, words) end
  return table.concat(words, " ")
end

---A call and its result.
---@param call table
---@param result? string  in place of the script's own
---@return string
function notation.call(call, result)
  local arguments = {}
  for i, each in ipairs(call.arguments) do arguments[i] = expression.text(each) end
  if not result then
    result = expression.text(call.result)
    if call.errno then result = result .. " " .. call.errno end
  end
  return ("%s(%s) = %s"):format(call.name, table.concat(arguments, ", "), result)
end

---A time as an event's first word, in seconds.
function notation.time(seconds) return ("%.6f"):format(seconds) end

return notation
