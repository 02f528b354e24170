-- SPDX-License-Identifier: MIT
-- What 5.10.223, 6.1.192, 6.12.95, 6.18.44, 7.2.13 and 7.3-rc7 answered, booted side by side: what all did, and what some.

-- Since the wheel rounds up, times of many seconds are those that were due.
local function all()
  return {
    syn = { flags = "S", window = 64240 },
    syn_options = {
      no_scaling = { "S", "win 64240", "mss 1460", "sackOK", "ts" },
      no_timestamps_no_scaling = { "S", "win 64240", "mss 1460", "nop", "nop", "sackOK" },
      no_sack_no_scaling = { "S", "win 64240", "mss 1460", "nop", "nop", "ts" }, nothing = { "S", "win 64240", "mss 1460" },
    },
    syn_ack = { flags = "S.", window = 65160 },
    syn_ack_options = { nothing = { "S.", "win 64240", "mss 1460" }, no_scaling = { "S.", "win 65160", "mss 1460", "sackOK", "ts" } },
    ip_header = { syn = { "DF", "numbered", "dscp 0", "ecn 0" }, syn_ack = { "DF", "id 0", "dscp 0", "ecn 0" } },
    ports = {
      connect = { "even", "even", "even", "even", "even", "even", "even", "even" },
      listen = { "odd", "odd", "odd", "odd", "odd", "odd", "odd", "odd" },
    },
    syn_ecn = {
      syns_on = { "SEW", "S", "S", "S" }, syns_passive = { "S", "S", "S", "S" }, syn_ack_off = { "S.", "S." }, syn_ack_passive = { "S.E", "S.E" },
    },
    syn_ack_retries = { times = { 1.0, 3.0, 7.0, 15.0, 31.0 } },
    half_open_life = { seconds = 64.0 },
    shutdown_early = { receive = "R 1; CLOSED" },
    icmp = {
      network_unreachable = "ENETUNREACH", host_unreachable = "EHOSTUNREACH", protocol_unreachable = "ENOPROTOOPT", port_unreachable = "ECONNREFUSED",
      source_route_failed = "EOPNOTSUPP", network_prohibited = "ENETUNREACH", host_prohibited = "EHOSTUNREACH", filtered = "EHOSTUNREACH",
      time_exceeded = "EHOSTUNREACH", parameter_problem = "EPROTO", source_quench = "goes on",
    },
    icmp_half_open = { network_unreachable = "CLOSED", host_unreachable = "CLOSED", port_unreachable = "SYN-RECEIVED" },
    backlog = { listen_0 = 1, listen_5 = 6 },
    half_open = { answered_5 = 300 },
    syn_backlog = { of_512 = 385 },
    queue_full = { times = { 1.0, 3.0, 7.0 }, abort = "R 1" },
    cookie = { sizes = { 536, 536, 536, 1300, 1300, 1300, 1440, 1460, 1460 } },
    listener_closed = { waiting = "R. 1 ack 1" },
    syn_sent = {
      syn_sent_syn_ack_text = ". 1 ack 1; ESTABLISHED", syn_sent_syn_ack_fin = ". 1 ack 1; ESTABLISHED", syn_sent_wrong_echo = "R 1; SYN-SENT",
      syn_sent_syn_ack_high = "R 2, S 0; SYN-SENT", syn_sent_ack_high = "R 1001, S 0; SYN-SENT",
    },
    syn_in_state = {
      syn_received_in_window = "R. 0 ack 1002; CLOSED", syn_received_syn_ack_repeated = ". 1 ack 1; SYN-RECEIVED",
      established_in_window = ". 1 ack 1; ESTABLISHED", established_repeated = ". 1 ack 1; ESTABLISHED",
    },
    rst = {
      established_exact = "silence; CLOSED", established_behind = ". 1 ack 1; ESTABLISHED", established_outside = "silence; ESTABLISHED",
      close_wait_before = "silence; CLOSED",
    },
    rst_at_sack = {
      established_last_block = "silence; CLOSED", established_first_block = ". 1 ack 1 sack 301-401 101-201; ESTABLISHED",
    },
    listen = {
      listen_syn_fin = "silence; LISTEN", listen_syn_fin_push_urgent = "silence; LISTEN", listen_ack = "R 500; LISTEN",
      listen_fin = "silence; LISTEN",
    },
    challenge_limit = {
      rst_in_window = { 1, 1 }, syn_in_window = { 1, 1 }, ack_before = { 1, 1 }, text_outside = { 5, 1 }, rst_outside = { 0, 0 },
    },
    close_unread = { unread_close = "R. 1 ack 6", linger_0 = "R. 1 ack 6" },
    after_close = {
      close_text_fin_unacknowledged = "R 1; CLOSED", shutdown_both_text_behind = "R 2; CLOSED",
    },
    after_reset = { text_receive = { "hello", "ECONNRESET" }, fin_send = "EPIPE" },
    orphan = { fin_wait_2 = 61.2 },
    time_wait = {
      time_wait_rst_in_window = "silence; TIME-WAIT", time_wait_rst_old_stamp = "silence; TIME-WAIT", time_wait_text = ". 2 ack 2; TIME-WAIT",
      time_wait_ack_unsent = "silence; TIME-WAIT",
    },
    time_wait_syn = {
      below_old_stamp = ". 2 ack 2", plain_equal = ". 2 ack 2", above_old_stamp = ". 2 ack 2", plain_above = "S.",
    },
    time_wait_reuse = { reuse_address = "S" },
    time_wait_length = { shortest = 60.0, longest = 62.05, bursts = 3 },
  }
end

local SOONER <const> = { times = { 1.0, 3.0, 7.0, 15.0, 31.0, 63.0 }, gives_up = 127.0, code = "ETIMEDOUT" }
local LINEAR <const> = { times = { 1.0, 2.0, 3.0, 4.0, 5.0, 7.0, 11.0, 19.0, 35.0, 67.0 }, gives_up = 131.0, code = "ETIMEDOUT" }

-- Of some versions, by the first and the last.
local SOME <const> = {
  { "linux-5.10", "linux-6.12", "syn", { options = { "mss 1460", "sackOK", "ts", "nop", "ws 7" } } },
  { "linux-6.18", "linux-7.2", "syn", { options = { "mss 1460", "sackOK", "ts", "nop", "ws 10" } } },
  { "linux-5.10", "linux-6.12", "syn_ack", { options = { "mss 1460", "sackOK", "ts", "nop", "ws 7" } } },
  { "linux-6.18", "linux-7.2", "syn_ack", { options = { "mss 1460", "sackOK", "ts", "nop", "ws 10" } } },
  { "linux-5.10", "linux-6.1", "syn_retries", SOONER }, { "linux-6.12", "linux-7.2", "syn_retries", LINEAR },
  { "linux-5.10", "linux-6.1", "syn_count", { times = { 1.0, 3.0 } } },
  { "linux-6.12", "linux-7.2", "syn_count", { times = { 1.0, 2.0, 3.0, 4.0, 5.0 } } },
  { "linux-5.10", "linux-5.10", "half_open", { kept_5 = 5 } }, { "linux-6.1", "linux-7.2", "half_open", { kept_5 = 6, answered_5_no_cookies = 6 } },
  { "linux-5.10", "linux-5.10", "simultaneous_open", { syn_ack = ". 1 ack 1; SYN-RECEIVED" } },
  { "linux-6.1", "linux-7.2", "simultaneous_open", { syn_ack = ". 1 ack 1 sack 0-1; ESTABLISHED" } },
  { "linux-6.1", "linux-7.2", "challenge_host", { answered = 1800 } },
  { "linux-5.10", "linux-6.12", "ack_in_state", { established_unsent = "silence; ESTABLISHED" } },
  { "linux-6.18", "linux-7.2", "ack_in_state", { established_unsent = ". 1 ack 1; ESTABLISHED" } },
  { "linux-5.10", "linux-6.1", "syn_in_state", { established_repeated_old_stamp = ". 1 ack 1 sack 0-1; ESTABLISHED" } },
  { "linux-6.12", "linux-7.2", "syn_in_state", { established_repeated_old_stamp = ". 1 ack 1; ESTABLISHED" } },
  { "linux-5.10", "linux-5.10", "rst", { syn_received_in_window = "silence; CLOSED" } },
  { "linux-6.1", "linux-6.1", "rst", { syn_received_in_window = ". 1 ack 1; SYN-RECEIVED" } },
  { "linux-6.12", "linux-6.12", "rst", { syn_received_in_window = "silence; CLOSED" } },
  { "linux-6.18", "linux-7.2", "rst", { syn_received_in_window = ". 1 ack 1; SYN-RECEIVED" } },
  { "linux-6.12", "linux-7.2", "time_wait_syn", { number = 65537 } },
  -- Of 6.1.192 and 6.12.117, each as a program on a virtual clock.
  { "linux-6.1", "linux-7.2", "ack_in_state", { close_wait_unsent = ". 1 ack 2; CLOSE-WAIT", fin_wait_2_unsent_far = ". 2 ack 1; FIN-WAIT-2" } },
  { "linux-6.1", "linux-7.2", "isn", { number_step = 64, stamps = "apart" } },
}

local ORDER <const> = { "linux-5.10", "linux-6.1", "linux-6.12", "linux-6.18", "linux-7.2" }
local place = {}
for i, name in ipairs(ORDER) do place[name] = i end

---What the kernel of a profile answered, by question and value.
return function(profile)
  local told = all()
  for _, row in ipairs(SOME) do
    if place[row[1]] <= place[profile] and place[profile] <= place[row[2]] then
      told[row[3]] = told[row[3]] or {}
      for value, witnessed in pairs(row[4]) do told[row[3]][value] = witnessed end
    end
  end
  return told
end
