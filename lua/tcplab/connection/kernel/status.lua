-- SPDX-License-Identifier: MIT
-- What the kernel tells of a connection (TCP_INFO), in the words and units of ours; and what /proc tells once its socket is closed.

local core = require "tcplab.core"
local record = require "tcplab.connection.record"

local call = record.call

local status = {}

-- By the kernel's numbers.
local STATES <const> = {
  "ESTABLISHED", "SYN-SENT", "SYN-RECEIVED", "FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT", "CLOSED", "CLOSE-WAIT", "LAST-ACK", "LISTEN", "CLOSING",
  "SYN-RECEIVED",
}
local PHASES <const> = { [0] = "open", "open", "open", "recovery", "loss" } -- its open, disorder, CWR, recovery, loss
local TIMESTAMPS <const>, SACK <const>, SCALING <const>, ECN <const>, SYN_DATA <const> = 1, 2, 4, 8, 32
local NO_SSTHRESH <const>, NO_RTT <const>, NO_PACING <const> = 0x7fffffff, 0xffffffff, -1

local function microseconds(value) return value and value / 1e6 end

---@return string state  by RFC 9293's name
function status.state(self)
  local info = call(self, "info")
  return info and STATES[info.state] or "CLOSED"
end

local function congestion(told, info)
  local mss = info.snd_mss
  told.congestion = info.congestion
  told.phase = PHASES[info.ca_state]
  told.cwnd = info.snd_cwnd * mss
  told.ssthresh = info.snd_ssthresh >= NO_SSTHRESH and 1 << 30 or info.snd_ssthresh * mss
  told.pacing = info.pacing_rate ~= NO_PACING and info.pacing_rate * 8 or nil
  told.sacked, told.lost = info.sacked * mss, info.lost * mss
end

local function times(told, info)
  told.srtt = info.rtt ~= 0 and microseconds(info.rtt) or nil
  told.rttvar = told.srtt and microseconds(info.rttvar)
  told.min_rtt = info.min_rtt ~= NO_RTT and info.min_rtt ~= 0 and microseconds(info.min_rtt) or nil
  told.rto = microseconds(info.rto)
end

local function agreed(told, info)
  local has = info.options
  told.timestamps, told.sack, told.window_scaling = has & TIMESTAMPS ~= 0, has & SACK ~= 0, has & SCALING ~= 0
  told.ecn, told.syn_data = has & ECN ~= 0, has & SYN_DATA ~= 0
end

---What a connection's status() tells.
---@return tcplab.kernel_status
function status.read(self)
  local info = assert(call(self, "info"))
  local address, port, remote_address, remote_port = call(self, "ends")
  local unread, held, unsent = call(self, "queues")
  info.congestion = call(self, "get_option", "TCP_CONGESTION")
  local told = {
    state = STATES[info.state], local_address = address, local_port = port, remote_address = remote_address, remote_port = remote_port,
    receive_queue = unread, send_queue = held, flight = held - unsent,
    snd = { mss = info.snd_mss, scale = info.snd_wscale, wnd = info.snd_wnd },
    rcv = { mss = info.rcv_mss, scale = info.rcv_wscale, wnd = info.rcv_wnd },
    retransmissions = info.total_retrans, backoff = info.backoff, probes = info.probes,
  }
  congestion(told, info)
  times(told, info)
  agreed(told, info)
  info.congestion = nil
  told.tcp_info = info
  return told
end

-- ---- after the socket ----

-- An address as /proc shows it: 32-bit words of the machine's order.
local function shown_address(hex)
  local bytes = hex:gsub("%x%x%x%x%x%x%x%x", function(word)
    return ("%08X"):format((string.unpack(">I4", string.pack("=I4", tonumber(word, 16)))))
  end)
  local mapped = bytes:match "^0000000000000000[0]*FFFF(%x%x%x%x%x%x%x%x)$"
  if #bytes == 8 or mapped then return (mapped or bytes):gsub("%x%x", function(byte) return "." .. tonumber(byte, 16) end):sub(2) end
  return core.parse_address((bytes:gsub("%x%x%x%x", "%0:"):sub(1, -2)))
end

local function is_end(hex, address, port)
  local shown, number = hex:match "^(%x+):(%x+)$"
  return tonumber(number, 16) == port and shown_address(shown) == address
end

---The state of a pair of sockets without a program's, as the kernel lists it.
---@param address? string
---@param port? integer
---@param remote_address? string
---@param remote_port? integer
---@return string state  "CLOSED": it lists none
function status.listed(address, port, remote_address, remote_port)
  for _, path in ipairs { "/proc/self/net/tcp", "/proc/self/net/tcp6" } do
    local file <close> = io.open(path)
    for line in file and file:lines() or function() end do
      local near, far, state = line:match "^%s*%d+: (%x+:%x+) (%x+:%x+) (%x%x)"
      if near and is_end(near, address, port) and is_end(far, remote_address, remote_port) then
        return STATES[tonumber(state, 16)]
      end
    end
  end
  return "CLOSED"
end

return status
