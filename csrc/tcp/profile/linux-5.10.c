/* SPDX-License-Identifier: MIT */
#include "../record/spans.h"
#include "profile.h"

/* clang-format off */
static const tl_difference differences[] = {
  {TL_T_RECEIVE_BUFFER, 65536, "half of tcp_rmem's 131072; measured, 5.10 to 7.3: a window of 64128"},
  {TL_T_RECEIVE_BUFFER_MAX, 6291456, "tcp_rmem, 5.10 to 6.12; measured: the window scale is 7"},
  {TL_T_MSL, 30 * S, "measured, 5.10 to 7.3: TIME-WAIT lasts 60 s"},
  {TL_T_TIME_WAIT_MAX, 262144, "tcp_max_tw_buckets of a machine with memory"},
  {TL_T_PORT_SELECTION, TL_PORT_DOUBLE_HASH, "RFC 6056; not measured"},
  {TL_T_PORT_LOW, 32768, "ip_local_port_range"},
  {TL_T_PORT_HIGH, 60999, "ip_local_port_range"},
  {TL_T_RTO_MIN, 200 * MS, "measured, 5.10 to 7.3"},
  {TL_T_RTO_MIN_ON, TL_RTO_MIN_ON_VARIANCE, "measured, 5.10 to 7.3: 304 ms at a steady 100 ms"},
  {TL_T_RTO_MAX, 120 * S, "measured, 5.10 to 7.3: zero-window probes"},
  {TL_T_HANDSHAKE_STAMP, 1, "measured, 5.10 to 7.3"},
  {TL_T_MAX_ACK_DELAY, 200 * MS, "measured, 5.10 to 7.3"},
  {TL_T_REVERT_BACKOFF, 1, "measured, 5.10 to 7.3"},
  {TL_T_TIMER_GRANULARITY, 4 * MS, "HZ of 250; measured, 5.10 to 7.3"},
  {TL_T_TIMER_WHEEL, 1, "measured, 5.10 to 7.3: TIME-WAIT lasts 60.0 to 62.05 s"},
  {TL_T_R2, FOR_EVER, "it counts"},
  {TL_T_RETRIES, 15, "tcp_retries2; measured, 5.10 to 7.3: 17 transmissions, 1007 to 1025 s"},
  {TL_T_ORPHAN_RETRIES, 8, "measured, 5.10 to 7.3: 10 FINs, 108 to 127 s"},
  {TL_T_SYN_R2, FOR_EVER, "it counts"},
  {TL_T_SYN_RETRIES, 6, "tcp_syn_retries; measured, 5.10 to 7.3"},
  {TL_T_SILENCE_FROM, TL_SILENCE_FROM_TIMEOUT, "measured, 5.10 to 7.3: a user timeout of 5 s ends at 5.48"},
  {TL_T_USER_TIMEOUT, 0, "TCP_USER_TIMEOUT is off by default"},
  {TL_T_QUICK_ACKS, 16, "measured, 5.10 and 6.1"},
  {TL_T_CORK_TIMEOUT, 0, "measured, 5.10 to 7.3: 0.232 s at 20 ms"},
  {TL_T_KEEPALIVE_RESET, 1, "measured, 5.10 to 7.3"},
  {TL_T_FIN_WAIT_2_TIMEOUT, 60 * S, "measured, 5.10 to 7.3"},
  {TL_T_TIME_WAIT_REUSE_LOOPBACK, 1, "tcp_tw_reuse, 5.10 to 7.3"},
  {TL_T_ECN_RETRIES, 0, "measured, 5.10 to 7.3"},
  {TL_T_HYSTART, TL_HYSTART_TRAINS, "its hystart, as published; not measured"},
  {TL_T_SLOW_START_HEADROOM, 1, "measured, 5.10 to 7.3: cwnd 24 after 3 times 12 segments"},
  {TL_T_ECN, 2, "tcp_ecn, 5.10 to 7.3"},
  {TL_T_OFF_LINK_LIMIT, 0, "not measured"},
  {TL_T_CONGESTION, TL_CONTROL_CUBIC, "tcp_congestion_control"},
  {TL_T_TOLERATE_MISSING_TIMESTAMPS, 1, "not measured"},
  {TL_T_REUSE_ADDRESS, 0, "SO_REUSEADDR is off by default"},
  {TL_T_SYN_ACK_RETRIES, 5, "measured, 5.10 to 7.3"},
  {TL_T_SYN_DATA, 0, "measured, 5.10 to 7.3: text on a SYN is dropped"},
  {TL_T_FAST_OPEN, 1, "tcp_fastopen"},
  {TL_T_BACKLOG, 4096, "somaxconn, 5.10 to 7.3"},
  {TL_T_CHALLENGE_LIMIT, 1, "measured, 5.10 to 7.3"},
  {TL_T_CHALLENGE_INTERVAL, 500 * MS, "measured, 5.10 to 7.3; tcp_invalid_ratelimit"},
};
/* clang-format on */

const tl_sheet tl_sheet_linux_5_10 = {"linux-5.10", "Linux 5.10 out of the box; measured: 5.10.223.",
                                      TL_PROFILE_RFC9293, TL_DIFFERENCES(differences)};
