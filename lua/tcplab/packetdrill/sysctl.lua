-- SPDX-License-Identifier: MIT
-- Sysctls that scripts set: those that the stack knows, those that say what is so in any case, and those that change nothing here.

local kernel_name = require "tcplab.connection.kernel_name"
local verdict = require "tcplab.packetdrill.verdict"

local sysctl = {}

local ANY <const> = {}

-- What the stack has no name for, with the values that change nothing here; ANY: none does.
local INDIFFERENT <const> = {
  ["net.inet.tcp.pmtud_blackhole_detection"] = { ["0"] = true },
  ["net.ipv4.tcp_min_tso_segs"] = ANY, ["net.ipv4.tcp_tso_win_divisor"] = ANY, ["net.ipv4.tcp_pacing_ss_ratio"] = ANY,
  ["net.ipv4.tcp_pacing_ca_ratio"] = ANY, ["net.ipv4.tcp_fack"] = ANY, ["net.ipv4.tcp_autocorking"] = ANY, ["net.ipv4.tcp_low_latency"] = ANY,
  ["net.ipv4.tcp_no_metrics_save"] = ANY, ["net.ipv4.tcp_no_ssthresh_metrics_save"] = ANY, ["net.ipv4.tcp_early_demux"] = ANY,
  ["net.ipv4.tcp_ecn_option"] = { ["0"] = true, ["2"] = true }, ["net.ipv4.tcp_ecn_option_beacon"] = ANY,
  ["net.ipv4.tcp_notsent_lowat"] = { ["4294967295"] = true }, ["net.ipv4.tcp_mtu_probing"] = { ["0"] = true },
  ["net.ipv4.tcp_max_reordering"] = ANY, ["net.ipv4.tcp_limit_output_bytes"] = ANY, ["net.ipv4.tcp_comp_sack_nr"] = ANY,
  ["net.ipv4.tcp_comp_sack_delay_ns"] = ANY, ["net.ipv4.tcp_comp_sack_slack_ns"] = ANY, ["net.ipv4.tcp_tso_rtt_log"] = ANY,
  ["net.ipv4.tcp_moderate_rcvbuf"] = ANY, ["net.ipv4.tcp_reordering"] = { ["3"] = true }, ["net.ipv4.tcp_recovery"] = { ["1"] = true },
}

local ALIASES <const> = {
  ["kern.ipc.maxsockbuf"] = "net.inet.tcp.recvbuf_max",
}

-- The usual state of Linux's scripts, where it is not the profile's.
sysctl.DEFAULTS = {
  { "net.ipv4.tcp_rmem", "4096 540000 15728640" }, { "net.ipv4.tcp_wmem", "4096 262144 4194304" }, { "net.ipv4.tcp_timestamps", "1" },
  { "net.ipv4.tcp_syn_retries", "5" }, { "net.ipv4.tcp_synack_retries", "5" }, { "net.ipv4.tcp_frto", "2" }, { "net.ipv4.tcp_sack", "1" },
  { "net.ipv4.tcp_dsack", "1" }, { "net.ipv4.tcp_congestion_control", "cubic" }, { "net.ipv4.tcp_slow_start_after_idle", "0" },
  { "net.ipv4.tcp_early_retrans", "4" }, { "net.ipv4.tcp_ecn", "0" }, { "net.ipv4.tcp_syncookies", "1" },
}

local function as_value(text)
  local number = text:match "^%s*(%-?%d+)%s*$" or text:match "^%s*(0[xX]%x+)%s*$"
  if number then return math.tointeger(tonumber(number)) end
  return text
end

local LARGEST_BUFFER <const> = 1 << 30 -- a larger one could not be told to the peer

---Sets one.
---@param host tcplab.host
---@param name string
---@param text string
function sysctl.set(host, name, text)
  local same = INDIFFERENT[name]
  if same == ANY or same and same[text] then return end
  name = ALIASES[name] or name
  local found, row = pcall(kernel_name.find, name)
  if not found or not row then verdict.unsupported("the sysctl %s=%s", name, text) end
  local value = as_value(text)
  if name == "net.inet.tcp.recvbuf_max" and math.type(value) == "integer" then value = math.min(value, LARGEST_BUFFER) end
  local ok, message = pcall(host.setoption, host, name, value)
  if not ok then verdict.unsupported("the sysctl %s=%s: %s", name, text, (tostring(message):gsub("^[^:]+:%d+: ", ""))) end
end

return sysctl
