-- SPDX-License-Identifier: MIT
-- A trace as a pcapng file (draft-ietf-opsawg-pcapng): raw IP packets, nanoseconds, an interface for each link, and a comment on every packet.
--
-- Each packet stands once, where it enters its first link, lost ones too: so the file shows what was sent, and its comments say what became of it.

local conversation = require "tcplab.trace.conversation"

local pcapng = {}

local SECTION, INTERFACE, PACKET = 0x0A0D0D0A, 1, 6
local RAW_IP = 101 -- LINKTYPE_RAW
local COMMENT, END = 1, 0
local APPLICATION = 4 -- of a section
local NAME, RESOLUTION = 2, 9 -- of an interface
local NANOSECONDS = "\9"

local function padded(bytes) return bytes .. ("\0"):rep(-#bytes % 4) end

local function option(code, value) return string.pack("<I2I2", code, #value) .. padded(value) end

local function options(list)
  if #list == 0 then return "" end
  return table.concat(list) .. option(END, "")
end

local function block(kind, body)
  local size = 12 + #body
  return string.pack("<I4I4", kind, size) .. body .. string.pack("<I4", size)
end

local function section(comment)
  local list = { option(APPLICATION, "tcplab") }
  if comment then table.insert(list, 1, option(COMMENT, comment)) end
  return block(SECTION, string.pack("<I4I2I2i8", 0x1A2B3C4D, 1, 0, -1) .. options(list))
end

local function interface(name)
  return block(INTERFACE, string.pack("<I2I2I4", RAW_IP, 0, 0) .. options { option(NAME, name), option(RESOLUTION, NANOSECONDS) })
end

local function packet(link, ns, bytes, comment)
  local head = string.pack("<I4I4I4I4I4", link, ns >> 32, ns & 0xffffffff, #bytes, #bytes)
  return block(PACKET, head .. padded(bytes) .. options { option(COMMENT, comment) })
end

-- ---- what became of each packet ----

local ended = { dropped = true, delivered = true, refused = true }

local function fates(events)
  local fate = {}
  for _, event in ipairs(events) do
    if event.moment == "segment" and ended[event.point] then fate[event.packet] = event end
  end
  return fate
end

local function seconds(ns) return ("%d.%09d s"):format(ns // 1000000000, ns % 1000000000) end

local function what_became(fate)
  if not fate then return "still under way at the end" end
  local text
  if fate.point == "dropped" then
    text = ("dropped%s: %s"):format(fate.link and " on " .. conversation.name(fate.link) or "", fate.reason or "unknown")
  elseif fate.point == "refused" then
    text = ("refused by %s at %s: %s"):format(conversation.name(fate.host) or "the network", seconds(fate.ns), fate.reason or "unknown")
  else
    text = ("delivered to %s at %s"):format(conversation.name(fate.host) or conversation.name(fate.to) or "the network", seconds(fate.ns))
  end
  if fate.corrupted then text = text .. ", corrupted on the way" end
  if fate.marked then text = text .. ", marked CE on the way" end
  return text
end

local function remember(known, event)
  if not event.conn then return end
  local k = known[event.conn] or {}
  known[event.conn] = k
  k.cwnd = event.cwnd or k.cwnd
  k.ssthresh = event.ssthresh or k.ssthresh
  k.rto = event.rto or k.rto
  k.srtt = event.srtt or k.srtt
end

local function sender_of(event, known)
  local parts = { (conversation.name(event.host) or conversation.name(event.sender) or conversation.name(event.from) or "unknown") }
  if event.state then parts[1] = parts[1] .. " " .. event.state end
  local k = event.conn and known[event.conn] or {}
  if k.cwnd then parts[#parts + 1] = ("cwnd %d"):format(k.cwnd) end
  if k.srtt then parts[#parts + 1] = ("srtt %.6f s"):format(k.srtt) end
  if k.rto then parts[#parts + 1] = ("rto %.3f s"):format(k.rto) end
  return table.concat(parts, ", ")
end

local function comment(event, fate, known)
  local parts = { sender_of(event, known) }
  local segment = event.segment or {}
  if segment.retransmission then parts[#parts + 1] = "retransmission" end
  if segment.probe then parts[#parts + 1] = "probe" end
  if event.duplicated then parts[#parts + 1] = "duplicate made by the link" end
  parts[#parts + 1] = what_became(fate)
  return table.concat(parts, "; ")
end

-- ---- the file ----

-- Interfaces in the order in which their links were first used.
local function links_of(events)
  local index, links = {}, {}
  for _, event in ipairs(events) do
    local link = event.moment == "segment" and event.link
    if link and not index[link] then
      index[link] = #links
      links[#links + 1] = link
    end
  end
  return index, links
end

-- A packet's first notice at a link's entrance. What was delivered by hand was never on a wire.
local function enters(event, seen)
  if event.moment ~= "segment" or seen[event.packet] or not event.link then return false end
  if event.point ~= "sent" and event.point ~= "dropped" then return false end
  seen[event.packet] = true
  return event.bytes ~= nil and event.bytes ~= ""
end

---Writes a trace.
---@param out file*          or anything with its write
---@param events table[]     a trace's events, oldest first, segments with their bytes
---@param lost? integer      how many earlier events are gone
---@return any ok            as file:write answers
---@return string? message
---@return integer? number
function pcapng.write(out, events, lost)
  local index, links = links_of(events)
  local note = (lost or 0) > 0 and ("%d earlier events were overwritten"):format(lost) or nil
  local ok, message, number = out:write(section(note))
  for i = 1, #links do
    if ok then ok, message, number = out:write(interface(conversation.name(links[i]))) end
  end
  local fate, known, seen = fates(events), {}, {}
  for _, event in ipairs(events) do
    if not ok then break end
    if enters(event, seen) then
      local text = comment(event, fate[event.packet], known)
      ok, message, number = out:write(packet(index[event.link], event.ns, event.bytes, text))
    elseif event.moment == "rtt" or event.moment == "congestion" then
      remember(known, event)
    end
  end
  return ok, message, number
end

return pcapng
