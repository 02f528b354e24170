-- SPDX-License-Identifier: MIT
-- Sysctls that scripts set: those that the stack knows, those that say what is so in any case, and those that change nothing here.

local kernel_name = require "tcplab.connection.kernel_name"
local fast_open_key = require "tcplab.packetdrill.fast_open_key"
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
  { "net.ipv4.tcp_fastopen", "0x70403" }, { "net.ipv4.tcp_fastopen_key", "a1a1a1a1-b2b2b2b2-c3c3c3c3-d4d4d4d4" },
}

local function as_value(text)
  local number = text:match "^%s*(%-?%d+)%s*$" or text:match "^%s*(0[xX]%x+)%s*$"
  if number then return math.tointeger(tonumber(number)) end
  return text
end

local LARGEST_BUFFER <const> = 1 << 30 -- a larger one could not be told to the peer

-- What a script says of one sysctl alone.
local own = {}

local HALVES <const> = { [0] = "off", "client", "server", "both" }

-- Linux's bits: clients, servers, clients without cookies, servers without, and whether all listeners are servers or those that ask.
own["net.ipv4.tcp_fastopen"] = function(run, text)
  local bits = math.tointeger(tonumber(text)) or verdict.unsupported("the sysctl net.ipv4.tcp_fastopen=%s", text)
  local host = run.stage.host
  run.fast_open, run.fast_open_bare = bits, bits & 5 == 5
  host:setoption("fast_open", HALVES[bits & (bits & 0x400 ~= 0 and 3 or 1)])
  host:setoption("fast_open_no_cookie", HALVES[(bits & 4 ~= 0 and 1 or 0) | (bits & 0x200 ~= 0 and 2 or 0)])
end

own["net.ipv4.tcp_fastopen_key"] = function(run, text)
  for name, number in next, fast_open_key.halves(fast_open_key.bytes(text)) do -- each its own: order does not show
    run.stage.host:setoption(name, number)
  end
end

-- Of one that connects; whether it does the option TCP_FASTOPEN says.
own["net.inet.tcp.fastopen.client_enable"] = function(run, text) run.no_fast_open = text == "0" end

---Sets one.
---@param run tcplab.packetdrill.run
---@param name string
---@param text string
function sysctl.set(run, name, text)
  if own[name] then return own[name](run, text) end
  local host = run.stage.host
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
