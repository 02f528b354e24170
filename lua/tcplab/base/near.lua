-- SPDX-License-Identifier: MIT
-- A name that may have been meant, or none.

local near = {}

-- What others call things.
local SYNONYMS <const> = {
  { "delay", "latency", "lag" }, { "rate", "bandwidth", "bw", "throughput", "capacity", "speed", "bitrate" }, { "loss", "packet_loss", "plr" },
  { "duplicate", "dup", "duplication" }, { "corrupt", "corruption", "bit_errors" }, { "reorder", "reordering" }, { "mark", "ecn_mark", "ce" },
  { "queue", "limit", "buffer" }, { "queue", "queue_size", "queue_length", "packets" },
  { "source_port", "sport", "src_port" },
  { "local_port", "sport", "source_port", "src_port" }, { "destination_port", "dport", "dst_port" }, { "source", "src", "saddr", "src_addr" },
  { "destination", "dst", "daddr", "dst_addr" }, { "payload", "data", "text", "body" }, { "window", "win" }, { "urgent", "urg", "urg_ptr" },
  { "seq", "sequence_number", "seqno" }, { "ack", "ack_number", "ackno", "acknowledgment" }, { "ttl", "hop_limit", "hoplimit" },
  { "address", "ip", "addr", "ip_address" }, { "port", "dport" }, { "nodelay", "nagle" }, { "sack", "selective_ack" },
  { "receive_buffer", "rcvbuf", "recv_buffer" }, { "send_buffer", "sndbuf" }, { "keepalive_idle", "keepidle" },
  { "keepalive_interval", "keepintvl" }, { "keepalive_probes", "keepcnt" }, { "fast_open", "tfo", "fastopen" },
  { "congestion", "congestion_control", "cc" }, { "initial_window", "initcwnd", "iw" }, { "mss", "maxseg", "max_segment_size" },
  { "receive", "recv", "read" }, { "send", "write" }, { "close", "disconnect", "destroy", "stop" }, { "setoption", "setsockopt", "set_option" },
  { "getoption", "getsockopt", "get_option" }, { "settimeout", "set_timeout" }, { "getpeername", "peer", "remote" },
  { "getsockname", "local_address" }, { "status", "info", "tcp_info", "stats" }, { "ECN", "CE" }, { "limit", "max", "size" },
  { "point", "fate" }, { "reason", "why", "cause" }, { "time", "timestamp", "now" }, { "conn", "connection" }, { "moment", "type" },
  { "spawn", "go", "task", "async" }, { "sleep", "wait", "delay" }, { "now", "time" }, { "host", "node", "add_host" }, { "seed", "random_seed" },
  { "rto_initial", "initial_timeout" }, { "timeout", "deadline" },
}

-- Small letters, without what C and kernels put before a name, and without what parts its words.
local function folded(name)
  name = name:lower():gsub("^net%.[%w.]*%.", "")
  for _, prefix in ipairs { "^tcp_", "^so_", "^ip_", "^ipv6_" } do
    local rest = name:gsub(prefix, "")
    if rest ~= "" then name = rest end
  end
  return name
end

local function joined(name) return (name:gsub("[^%w]", "")) end

-- Its words in the order of the alphabet.
local function words(name)
  local list = {}
  for word in name:gmatch "%w+" do list[#list + 1] = word end
  table.sort(list)
  return table.concat(list, " ")
end

-- How many letters must be changed, added, taken away, or change places with the next, to get from a to b.
local function distance(a, b)
  local row, before, earlier = {}
  for j = 0, #b do row[j] = j end
  for i = 1, #a do
    earlier, before, row = before, row, {}
    row[0] = i
    for j = 1, #b do
      local same = a:byte(i) == b:byte(j)
      row[j] = math.min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (same and 0 or 1))
      if i > 1 and j > 1 and a:byte(i) == b:byte(j - 1) and a:byte(i - 1) == b:byte(j) then row[j] = math.min(row[j], earlier[j - 2] + 1) end
    end
  end
  return row[#b]
end

-- How many letters of so many may be wrong.
local function allowed(length) return length <= 2 and 0 or length <= 5 and 1 or length <= 9 and 2 or 3 end

-- The first of the names of which the test holds.
local function first(names, test)
  for _, candidate in ipairs(names) do
    if test(folded(candidate)) then return candidate end
  end
end

local function by_letters(name, names)
  local best, least
  for _, candidate in ipairs(names) do
    local other = folded(candidate)
    local letters = distance(name, other)
    if letters <= allowed(math.max(#name, #other)) and (not least or letters < least) then best, least = candidate, letters end
  end
  return best
end

-- One begins as the other does, and is not much longer.
local function by_beginning(name, names)
  return first(names, function(other)
    local short, long = math.min(#name, #other), math.max(#name, #other)
    return short >= 3 and long < 2 * short and name:sub(1, short) == other:sub(1, short)
  end)
end

-- The name among the given ones for which others have that one, or one like it.
local function by_synonym(name, names, is_like)
  for _, list in ipairs(SYNONYMS) do
    for i = 2, #list do
      local meant = is_like(name, list[i]) and first(names, function(other) return other == folded(list[1]) end)
      if meant then return meant end
    end
  end
end

local function is_same(a, b) return joined(a) == joined(folded(b)) end
local function is_like(a, b) return #b > 4 and distance(a, folded(b)) <= 1 end

---@param name any
---@param names string[]  the first of equally near ones wins
---@return string? near   nil: none of them is
function near.of(name, names)
  name = folded(tostring(name))
  return first(names, function(other) return other == name end) or first(names, function(other) return is_same(name, other) end)
    or first(names, function(other) return words(name) == words(other) end)
    or first(names, function(other) return other:sub(-#name) == name and other:sub(-#name - 1):find "^[.-]" ~= nil end)
    or by_synonym(name, names, is_same) or by_letters(name, names) or by_synonym(name, names, is_like) or by_beginning(name, names)
end

local FEW <const> = 16

local function listed(names)
  if #names == 1 then return names[1] end
  return table.concat(names, ", ", 1, #names - 1) .. " and " .. names[#names]
end

---The end of a message about a name that there is not: the one that may have been meant, or, where none is near, those there are, if they are few.
---@param name any
---@param names string[]
---@param all? string  where they are told, when they are many: "tcplab.options() lists them"
---@return string
function near.hint(name, names, all)
  local meant = near.of(name, names)
  if meant then return ("; did you mean %q?"):format(meant) end
  if #names <= FEW and #names > 0 then return (#names == 1 and "; there is %s" or "; there are %s"):format(listed(names)) end
  return all and "; " .. all or ""
end

return near
