-- SPDX-License-Identifier: MIT
-- TCP_INFO: what a connection tells of itself by the names that scripts' code uses, and the constants beside them.

local tcp_info = {}

local STATES <const> = {
  linux = {
    ESTABLISHED = 1, ["SYN-SENT"] = 2, ["SYN-RECEIVED"] = 3, ["FIN-WAIT-1"] = 4, ["FIN-WAIT-2"] = 5, ["TIME-WAIT"] = 6, CLOSED = 7,
    ["CLOSE-WAIT"] = 8, ["LAST-ACK"] = 9, LISTEN = 10, CLOSING = 11,
  },
  freebsd = {
    CLOSED = 0, LISTEN = 1, ["SYN-SENT"] = 2, ["SYN-RECEIVED"] = 3, ESTABLISHED = 4, ["CLOSE-WAIT"] = 5, ["FIN-WAIT-1"] = 6, CLOSING = 7,
    ["LAST-ACK"] = 8, ["FIN-WAIT-2"] = 9, ["TIME-WAIT"] = 10,
  },
}

local CONSTANTS <const> = {
  TCP_CA_Open = 0, TCP_CA_Disorder = 1, TCP_CA_CWR = 2, TCP_CA_Recovery = 3, TCP_CA_Loss = 4, TCP_INFINITE_SSTHRESH = 0x7fffffff,
  TCPI_OPT_TIMESTAMPS = 1, TCPI_OPT_SACK = 2, TCPI_OPT_WSCALE = 4, TCPI_OPT_ECN = 8, TCPI_OPT_ECN_SEEN = 16, TCPI_OPT_SYN_DATA = 32,
  TCP_ESTABLISHED = 1, TCP_SYN_SENT = 2, TCP_SYN_RECV = 3, TCP_FIN_WAIT1 = 4, TCP_FIN_WAIT2 = 5, TCP_TIME_WAIT = 6, TCP_CLOSE = 7,
  TCP_CLOSE_WAIT = 8, TCP_LAST_ACK = 9, TCP_LISTEN = 10, TCP_CLOSING = 11,
  TCPI_CLOSED = 0, TCPI_LISTEN = 1, TCPI_SYN_SENT = 2, TCPI_SYN_RECEIVED = 3, TCPI_ESTABLISHED = 4, TCPI_CLOSE_WAIT = 5, TCPI_FIN_WAIT_1 = 6,
  TCPI_CLOSING = 7, TCPI_LAST_ACK = 8, TCPI_FIN_WAIT_2 = 9, TCPI_TIME_WAIT = 10, True = true, False = false,
}

local INFINITE <const> = 0x7fffffff

local function micro(seconds) return math.floor((seconds or 0) * 1e6 + 0.5) end

local function segments(bytes, status)
  local mss = status.snd.mss or 0
  if mss == 0 then return 0 end
  return ((bytes or 0) + mss - 1) // mss
end

local PHASES <const> = { open = 0, recovery = 3, loss = 4 }

-- Disorder: something was SACKed, and nothing is judged lost.
local function phase_of(status)
  local phase = PHASES[status.phase] or 0
  return phase == 0 and (status.sacked or 0) > 0 and 1 or phase
end

local FIELDS <const> = {}

function FIELDS.snd_cwnd(s) return s.cwnd and s.snd.mss > 0 and s.cwnd // s.snd.mss end
function FIELDS.snd_ssthresh(s) return s.ssthresh and (s.ssthresh >= 1 << 30 and INFINITE or s.ssthresh // math.max(s.snd.mss, 1)) end
function FIELDS.ca_state(s) return s.phase and phase_of(s) end
function FIELDS.unacked(s) return segments(s.flight, s) end
function FIELDS.sacked(s) return s.sacked and segments(s.sacked, s) end
function FIELDS.lost(s) return s.lost and segments(s.lost, s) end
function FIELDS.rtt(s) return s.srtt and micro(s.srtt) or 0 end
function FIELDS.rttvar(s) return micro(s.rttvar) end
function FIELDS.rto(s) return micro(s.rto) end
function FIELDS.min_rtt(s) return micro(s.min_rtt) end
function FIELDS.backoff(s) return s.backoff end
function FIELDS.retransmits(s) return s.backoff end
function FIELDS.probes(s) return s.probes end
function FIELDS.total_retrans(s) return s.retransmissions end
function FIELDS.snd_mss(s) return s.snd.mss end
function FIELDS.advmss(s) return s.rcv.mss end
function FIELDS.snd_wscale(s) return s.snd.scale end
function FIELDS.rcv_wscale(s) return s.rcv.scale end
function FIELDS.snd_wnd(s) return s.snd.wnd end
function FIELDS.rcv_wnd(s) return s.rcv.wnd end
function FIELDS.rcv_space(s) return s.rcv.wnd end
function FIELDS.notsent_bytes(s) return s.send_queue and math.max(s.send_queue - s.flight, 0) end

function FIELDS.options(s)
  local taken = s.fast_open == "accepted"
  return (s.timestamps and 1 or 0) | (s.sack and 2 or 0) | (s.window_scaling and 4 or 0) | (s.ecn and 8 or 0) | (taken and 32 or 0)
end

---The value of a name in code; nil: there is none.
---@param name string
---@param endpoint tcplab.packetdrill.endpoint?
---@param system string  "freebsd", or else as Linux numbers its states
---@return integer|boolean|nil
function tcp_info.look(name, endpoint, system)
  if CONSTANTS[name] ~= nil then return CONSTANTS[name] end
  local field = name:match "^tcpi_(.*)$"
  if not field or not endpoint then return nil end
  if field == "state" then return (STATES[system] or STATES.linux)[endpoint:state()] end
  if not FIELDS[field] or not endpoint.conn then return nil end
  return FIELDS[field](endpoint.conn:_status(false)) or nil
end

return tcp_info
