-- SPDX-License-Identifier: MIT
-- What ladders say: of a packet on its arrow, and of a run of packets told in one row.

local columns = require "tcplab.base.columns"

local caption = {}

---A moment in seconds.
---@param ns integer
---@param digits integer decimals
---@return string
function caption.clock(ns, digits) return ("%." .. digits .. "f"):format(ns / 1e9) end

-- As one counts: just below the initial number is negative.
local function signed(difference)
  difference = difference & 0xffffffff
  return difference >= 0x80000000 and difference - 0x100000000 or difference
end

-- What the sender counts from is known best by itself; a segment from nobody counts from the SYNs that were seen.
local function relative(number, known, base)
  if not number then return nil end
  if known then return signed(known) end
  return base and signed(number - base) or number
end

-- A reset that answers a segment without ACK counts from nothing: its number is 0 (RFC 9293 section 3.10.7.1).
local function is_bare_reset(segment) return segment.kind == "RST" and segment.ack and segment.seq == 0 end

---A segment's sequence and acknowledgement numbers.
---@param packet tcplab.conversation.packet  with a segment
---@param f tcplab.conversation
---@param counted boolean they count from the initial ones
---@return integer seq
---@return integer? ack
function caption.numbers(packet, f, counted)
  local segment = packet.segment
  if not counted then return segment.seq, segment.ack end
  local mine, peer = f[packet.side], f[packet.side == "left" and "right" or "left"]
  local known = segment.relative or {}
  return relative(segment.seq, known.seq, not is_bare_reset(segment) and mine.base), relative(segment.ack, known.ack, peer.base)
end

-- A packet that is no readable segment.
local function what_else(bytes)
  if not bytes or #bytes < 28 then return "damaged packet" end
  local v6 = bytes:byte(1) >> 4 == 6
  if bytes:byte(v6 and 7 or 10) ~= (v6 and 58 or 1) then return "damaged packet" end
  local at = v6 and 41 or (bytes:byte(1) & 15) * 4 + 1
  return ("ICMP type %d code %d"):format(bytes:byte(at) or 0, bytes:byte(at + 1) or 0)
end

-- ---- options, in words ----

local function per_block(option, base)
  local list = {}
  for i, block in ipairs(option.blocks) do
    list[i] = base and ("%d:%d"):format(signed(block[1] - base), signed(block[2] - base)) or ("%d:%d"):format(block[1], block[2])
  end
  return "sack " .. table.concat(list, " ")
end

local in_words = {
  mss = function(option) return "mss " .. option.value end,
  window_scale = function(option) return "scale " .. option.value end,
  sack_permitted = function() return "sack ok" end,
  sack = per_block,
  timestamps = function(option) return ("ts %d:%d"):format(option.value, option.echo) end,
  user_timeout = function(option) return ("timeout %d %s"):format(option.value, option.minutes and "min" or "s") end,
  fast_open = function() return "fast open" end,
  unknown = function(option) return "kind " .. option.kind end,
  malformed = function(option) return "malformed kind " .. option.kind end,
}

---A segment's options in words, each for itself: "mss 1460", "ts 7:0".
---@param segment tcplab.Segment
---@param base? integer  SACK's blocks count from here, where the peer's data begins
---@return string[]
function caption.options(segment, base)
  local list = {}
  for _, option in ipairs(segment.options or {}) do
    local say = in_words[option.name]
    if say then list[#list + 1] = say(option, base) end
  end
  return list
end

-- " <mss 1460, ts 7:0>", or nothing.
local function options_of(segment, base)
  local list = caption.options(segment, base)
  if #list == 0 then return "" end
  return " <" .. table.concat(list, ", ") .. ">"
end

-- ---- a segment ----

local announces = { SYN = true, ["SYN-ACK"] = true }

---What a packet carries, from the fullest telling to the barest: the first that fits is used.
---@param packet tcplab.conversation.packet
---@param f tcplab.conversation
---@param counted boolean sequence numbers count from the initial ones
---@param full? boolean   the fullest tells of window and options too
---@return string[]
function caption.labels(packet, f, counted, full)
  local segment = packet.segment
  if not segment then
    local what = what_else(packet.event.bytes)
    return { what, what, what:match "^%a+" }
  end
  local seq, ack = caption.numbers(packet, f, counted)
  local size = #(segment.payload or "")
  local name = segment.kind .. ((segment.flags or ""):find("U", 1, true) and " URG" or "")
  local head = ("%s seq=%d"):format(name, seq)
  if size > 0 then head = head .. (":%d"):format(seq + size) end
  local acked = ack and segment.kind ~= "RST" and (" ack=%d"):format(ack) or ""
  local window = segment.kind ~= "RST" and (" win=%d"):format(segment.window or 0) or ""
  local closed = size == 0 and segment.window == 0 and window or ""
  local sized = size > 0 and (" (%d)"):format(size) or ""
  local plain = sized ~= "" and sized or announces[segment.kind] and window or closed
  local list = { head .. acked .. plain, head .. acked .. closed, head .. closed, name }
  if full then
    local told = head .. acked .. window .. sized
    table.insert(list, 1, told)
    table.insert(list, 1, told .. options_of(segment, counted and f[packet.side == "left" and "right" or "left"].base))
  end
  return list
end

---What was special: at its sending on the sender's end, at its arrival on the receiver's.
---@param row tcplab.rows.row
---@return string text "" when nothing was
function caption.remarks(row)
  local packet, list = row.packet, {}
  local segment = packet.segment or {}
  local leaves, comes = row.part ~= "arrived" or not packet.row, row.part ~= "sent" or not packet.fate
  if segment.probe and leaves then list[#list + 1] = "probe" end
  if segment.retransmission and leaves and not segment.probe then list[#list + 1] = "retransmission" end
  if packet.event.duplicated and leaves then list[#list + 1] = "duplicate" end
  if packet.corrupted and comes then list[#list + 1] = "corrupted" end
  if packet.marked and comes then list[#list + 1] = "CE" end
  if row.refused then list[#list + 1] = "refused: " .. row.refused end
  return table.concat(list, ", ")
end

---What a packet is, for its colour: its segment's kind, "again" for a retransmission, "lost" for what is no segment.
---@param packet tcplab.conversation.packet
---@return string
function caption.style(packet)
  local segment = packet.segment
  if not segment then return "lost" end
  return segment.retransmission and "again" or segment.kind
end

local function first_fitting(candidates, from, to, room, remark)
  for i = from, to do
    local label = candidates[i] .. remark
    if columns.width(label) <= room then return label end
  end
end

---The label with its remarks that fits; where the two together would cost the numbers, the remarks are left over for a note.
---@param row tcplab.rows.row
---@param f tcplab.conversation
---@param style { relative: boolean, full: boolean? }
---@param room integer columns
---@return string label
---@return string? left_over
function caption.fitted(row, f, style, room)
  local candidates, remark = caption.labels(row.packet, f, style.relative, style.full), caption.remarks(row)
  local second_half = row.part == "arrived" and row.packet.row ~= nil -- the first half told it all
  local first = second_half and #candidates - 2 or 1
  if remark ~= "" then
    local label = first_fitting(candidates, first, second_half and #candidates or #candidates - 1, room, " " .. remark)
    if label then return label end
  end
  local label = first_fitting(candidates, first, #candidates, room, "") or columns.clip(candidates[#candidates], math.max(room, 0))
  return label, remark ~= "" and remark or nil
end

local function one_way(totals)
  local parts = {}
  if totals.segments > 0 then parts[1] = ("%d segments, %d bytes"):format(totals.segments, totals.bytes) end
  if totals.acks > 0 then parts[#parts + 1] = totals.acks == 1 and "1 ACK" or totals.acks .. " ACKs" end
  return table.concat(parts, ", ")
end

---What a run of plain packets comes to.
---@param fold table  a row's
---@return string
function caption.fold(fold)
  local first, second = one_way(fold.left), one_way(fold.right)
  if fold.left.segments == 0 then first, second = second, first end
  if fold.left.segments > 0 and fold.right.segments > 0 then return ("... %s; back %s ..."):format(first, second) end
  return "... " .. first .. (second ~= "" and first ~= "" and ", " or "") .. second .. " ..."
end

return caption
