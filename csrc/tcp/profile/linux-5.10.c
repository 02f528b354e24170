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
  {TL_T_RTO_MAX, 120 * S, "measured, 5.10 to 7.3: zero-window probes"},
  {TL_T_R2, 924600 * MS, "tcp_retries2 of 15, at 0.2 s; measured: 17 transmissions"},
  {TL_T_SYN_R2, 127 * S, "measured, 5.10 and 6.1"},
  {TL_T_USER_TIMEOUT, 0, "TCP_USER_TIMEOUT is off by default"},
  {TL_T_QUICK_ACKS, 16, "measured, 5.10 and 6.1"},
  {TL_T_FIN_WAIT_2_TIMEOUT, 60 * S, "measured, 5.10 to 7.3"},
  {TL_T_TIME_WAIT_REUSE_LOOPBACK, 1, "tcp_tw_reuse, 5.10 to 7.3"},
  {TL_T_ECN_RETRIES, 0, "measured, 5.10 to 7.3"},
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
