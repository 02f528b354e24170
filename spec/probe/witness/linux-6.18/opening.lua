-- SPDX-License-Identifier: MIT
-- What Linux 6.18.44 answered, asked as `tcplab probe --kernel opening` does.

return {
  syn = {
    flags = "S", options = { "mss 1460", "sackOK", "ts", "nop", "ws 10" }, window = 64240, scale = 10,
  },
  syn_options = {
    no_timestamps = { "S", "win 64240", "mss 1460", "nop", "nop", "sackOK", "nop", "ws 10" },
    no_sack = { "S", "win 64240", "mss 1460", "nop", "nop", "ts", "nop", "ws 10" }, no_scaling = { "S", "win 64240", "mss 1460", "sackOK", "ts" },
    no_timestamps_no_sack = { "S", "win 64240", "mss 1460", "nop", "ws 10" },
    no_timestamps_no_scaling = { "S", "win 64240", "mss 1460", "nop", "nop", "sackOK" },
    no_sack_no_scaling = { "S", "win 64240", "mss 1460", "nop", "nop", "ts" }, nothing = { "S", "win 64240", "mss 1460" },
  },
  syn_ack = {
    flags = "S.", options = { "mss 1460", "sackOK", "ts", "nop", "ws 10" }, window = 65160, scale = 10,
  },
  syn_ack_options = {
    nothing = { "S.", "win 64240", "mss 1460" }, mss = { "S.", "win 64240", "mss 1460" },
    timestamps = { "S.", "win 65160", "mss 1460", "nop", "nop", "ts" }, sack = { "S.", "win 64240", "mss 1460", "nop", "nop", "sackOK" },
    scaling = { "S.", "win 64240", "mss 1460", "nop", "ws 10" },
    no_timestamps = { "S.", "win 64240", "mss 1460", "nop", "nop", "sackOK", "nop", "ws 10" },
    no_sack = { "S.", "win 65160", "mss 1460", "nop", "nop", "ts", "nop", "ws 10" }, no_scaling = { "S.", "win 65160", "mss 1460", "sackOK", "ts" },
    small_mss = { "S.", "win 65160", "mss 1460", "sackOK", "ts", "nop", "ws 10" },
    ecn = { "S.E", "win 65160", "mss 1460", "sackOK", "ts", "nop", "ws 10" }, ecn_no_timestamps = { "S.E", "win 64240", "mss 1460" },
  },
  ip_header = {
    syn = { "DF", "numbered", "dscp 0", "ecn 0" }, syn_ack = { "DF", "id 0", "dscp 0", "ecn 0" }, ack = { "DF", "numbered", "dscp 0", "ecn 0" },
    text = { "DF", "numbered", "dscp 0", "ecn 0" }, fin = { "DF", "numbered", "dscp 0", "ecn 0" }, abort = { "DF", "numbered", "dscp 0", "ecn 0" },
    closed_port = { "DF", "id 0", "dscp 0", "ecn 0" },
  },
  ports = {
    connect = { "even", "even", "even", "even", "even", "even", "even", "even" },
    listen = { "odd", "odd", "odd", "odd", "odd", "odd", "odd", "odd" },
  },
  isn = {
    number_step = 64, stamp_step = 1000000, numbers = "apart", stamps = "apart",
  },
  syn_hurried = {
    rst = { 0.009, 1.013 }, ack = { 0.009, 1.013 }, syn_ack = { 0.009, 1.013 }, ack_low = { 0.009, 1.013 }, wrong_echo = { 1.012 },
    text = { 1.012 },
  },
  shutdown_early = {
    send = "R 1; CLOSED", receive = "R 1; CLOSED", both = "R 1; CLOSED",
  },
  simultaneous_open = {
    crossing = "S. 0 ack 1", syn_ack = ". 1 ack 1 sack 0-1; ESTABLISHED", ack = "silence; ESTABLISHED", syn = ". 1 ack 1; SYN-RECEIVED",
    text = ". 1 ack 6; ESTABLISHED", fin = ". 1 ack 2; CLOSE-WAIT", rst = "silence; CLOSED", ack_unsent = "R 2; SYN-RECEIVED",
    syn_ack_again = ". 1 ack 1; ESTABLISHED",
  },
  syn_retries = {
    times = { 1.044, 2.044, 3.064, 4.080, 5.124, 7.120, 11.416, 19.576, 35.696, 69.668 }, gives_up = 135.066, code = "ETIMEDOUT",
  },
  syn_count = {
    times = { 1.036, 2.071, 3.111, 4.113, 5.139 }, gives_up = 7.159, code = "ETIMEDOUT",
  },
  syn_ecn = {
    syns_off = { "S", "S", "S", "S" }, syns_on = { "SEW", "S", "S", "S" }, syns_passive = { "S", "S", "S", "S" }, syn_ack_off = { "S.", "S." },
    syn_ack_on = { "S.E", "S.E" }, syn_ack_passive = { "S.E", "S.E" },
  },
  syn_ack_retries = {
    times = { 1.018, 3.085, 7.056, 15.252, 31.391 },
  },
  half_open_life = {
    seconds = 65.367,
  },
}
