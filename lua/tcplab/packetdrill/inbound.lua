-- SPDX-License-Identifier: MIT
-- Inbound packets: from what a script writes to the fields of a segment that the peer sends.

local hex = require "tcplab.base.hex"
local icmp_names = require "tcplab.packetdrill.icmp_names"
local verdict = require "tcplab.packetdrill.verdict"

local inbound = {}

local MASK <const> = 0xffffffff
local LONGEST <const> = 65495 -- bytes of text in one packet of IPv4

local ECN <const> = { noecn = 0, ect1 = 1, ect0 = 2, ect01 = 2, ce = 3 }

---The flags of a segment from those of a script: A is AE, and a last digit the counter ACE of Accurate ECN, made of AE, CWR and ECE.
---@param text string
---@return string
function inbound.flags(text)
  if text == "-" then return "" end
  local ace = tonumber(text:match "%d$")
  local letters = text:gsub("%d", ""):gsub("A", "e")
  if not ace then return letters end
  return letters .. (ace & 4 ~= 0 and "e" or "") .. (ace & 2 ~= 0 and "W" or "") .. (ace & 1 ~= 0 and "E" or "")
end

---The bytes of a cookie.
---@param cookie string|table|nil
---@param defined table<string, string>  symbols of the command line
---@return string
function inbound.cookie(cookie, defined)
  if cookie == nil then return "" end
  local text = type(cookie) == "table" and (defined[cookie.symbol] or verdict.unsupported("the symbol %s", cookie.symbol)) or cookie
  return hex.decode(text) or verdict.unsupported("%s is no whole number of bytes", text)
end

local COUNTER_ORDER <const> = { e0b = 172, e1b = 174 }

---The option of Accurate ECN as bytes: which of the two it is tells its first counter.
---@return integer kind, string data
function inbound.counters(list)
  local bytes = {}
  for i, counter in ipairs(list) do
    local value = counter.value & 0xffffff
    bytes[i] = string.char(value >> 16, value >> 8 & 255, value & 255)
  end
  return list[1] and COUNTER_ORDER[list[1].name] or 174, table.concat(bytes)
end

local OPTIONS <const> = {}

function OPTIONS.mss(it) return { name = "mss", value = it.value & 0xffff } end
function OPTIONS.wscale(it) return { name = "window_scale", value = it.value & 255 } end
function OPTIONS.sackOK() return { name = "sack_permitted" } end
function OPTIONS.nop() return { name = "nop" } end
function OPTIONS.eol() return { name = "end" } end

function OPTIONS.TS(it, flow, acknowledges)
  local echo = acknowledges and flow:live_stamp(it.echo) or it.echo
  return { name = "timestamps", value = it.value & MASK, echo = echo }
end

function OPTIONS.sack(it, flow)
  local blocks = {}
  for i, block in ipairs(it.blocks) do blocks[i] = { flow:live(block[1]), flow:live(block[2]) } end
  return { name = "sack", blocks = blocks }
end

function OPTIONS.FO(it, _, _, defined) return { kind = 34, data = inbound.cookie(it.cookie, defined) } end

function OPTIONS.FOEXP(it, _, _, defined) return { kind = 254, data = "\xf9\x89" .. inbound.cookie(it.cookie, defined) } end

function OPTIONS.ECN(it)
  local kind, data = inbound.counters(it.counters)
  return { kind = kind, data = data }
end

function OPTIONS.md5(it, _, _, defined)
  if it.valid then verdict.unsupported "signatures of RFC 2385" end
  return { kind = 19, data = inbound.cookie(it.digest, defined) }
end

local function options(packet, flow, defined)
  local list = {}
  for i, each in ipairs(packet.options or {}) do list[i] = OPTIONS[each.kind](each, flow, packet.ack ~= nil, defined) end
  return list
end

local IP <const> = {}

function IP.ttl(fields, value) fields.ttl = value & 255 end
IP.hlim = IP.ttl

function IP.tos(fields, value) fields.dscp, fields.ecn = value >> 2 & 63, value & 3 end
IP.class = IP.tos

function IP.flowlabel(fields, value) fields.flow_label = value & 0xfffff end

-- The addresses and ports of a packet of the peer's.
local function ends(fields, flow, stage)
  fields.source, fields.destination = stage.remote_address, stage.local_address
  fields.source_port, fields.destination_port = flow.remote_port, flow.local_port
  return fields
end

---A segment of the peer's as a script writes it.
---@param packet table
---@param flow tcplab.packetdrill.flow
---@param stage tcplab.packetdrill.stage
---@param defined table<string, string>
---@return table fields  of a segment
function inbound.segment(packet, flow, stage, defined)
  if packet.encapsulation then verdict.unsupported("TCP over %s", packet.encapsulation) end
  if packet.any_seq or packet.any_options then verdict.unsupported "'...' in a packet that is to be sent" end
  if packet.length > LONGEST then verdict.unsupported("a segment of %d bytes", packet.length) end
  local flags = inbound.flags(packet.flags)
  local syn = flags:find("S", 1, true) ~= nil
  if syn then flow:begin_peer(packet.seq) end
  local fields = ends({
    flags = flags, seq = packet.absolute and packet.seq & MASK or flow:live_peer(packet.seq, syn), window = (packet.window or 0) & 0xffff,
    urgent = packet.urgent, payload = stage:zeros(packet.length), options = options(packet, flow, defined),
    ecn = packet.ecn and ECN[packet.ecn] or nil,
  }, flow, stage)
  if packet.ack then fields.ack = packet.absolute_ack and packet.ack & MASK or flow:live(packet.ack) end
  if flags:find("%.") and not fields.ack then fields.ack = 0 end
  for _, each in ipairs(packet.ip or {}) do IP[each.name](fields, each.value) end
  return fields
end

---An ICMP error about a segment of the host's.
---@param packet table
---@param flow tcplab.packetdrill.flow
---@param stage tcplab.packetdrill.stage
---@param family 4|6
---@return table fields
function inbound.icmp(packet, flow, stage, family)
  local quote = packet.quote
  if not quote then verdict.unsupported "an ICMP message that quotes nothing" end
  local kind, code = icmp_names.number(family, packet.type, packet.code)
  return {
    kind = "ICMP", type = kind, code = code, mtu = packet.mtu, source = stage.remote_address, destination = stage.local_address,
    quoted = {
      source = stage.local_address, source_port = flow.local_port, destination = stage.remote_address, destination_port = flow.remote_port,
      seq = flow:live(quote.seq),
    },
  }
end

return inbound
