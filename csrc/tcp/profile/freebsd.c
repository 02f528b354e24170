/* SPDX-License-Identifier: MIT */
#include "../record/spans.h"
#include "profile.h"

/* clang-format off */
static const tl_difference differences[] = {
  {TL_T_RECEIVE_BUFFER, 65536, "net.inet.tcp.recvspace; its test suite"},
  {TL_T_RECEIVE_BUFFER_MAX, 2097152, "net.inet.tcp.recvbuf_max"},
  {TL_T_RECEIVE_BUFFER_WHOLE, 1, "its test suite: 65536 is 65700 after an MSS of 1460"},
  {TL_T_WINDOW_UNANNOUNCED, 1, "its test suite: RST and SYN up to 65700 where 65535 are announced"},
  {TL_T_WINDOW_ON_EVERY_ACK, 1, "its test suite"},
  {TL_T_WINDOW_SCALE_FINE, 0, "its test suite: 6 for 2 MB whatever the MSS"},
  {TL_T_MSL, 30 * S, "net.inet.tcp.msl"},
  {TL_T_PORT_LOW, 10000, "net.inet.ip.portrange.first"},
  {TL_T_RTO_MIN, 30 * MS, "net.inet.tcp.rexmit_min; not measured"},
  {TL_T_REXMIT_SLOP, 200 * MS, "net.inet.tcp.rexmit_slop; its test suite: a SYN again after 1.0 s, then 2.2 s"},
  {TL_T_RTO_MAX, 64 * S, "its test suite"},
  {TL_T_R2, 189250 * MS, "12 retransmissions from 0.23 s, the slop not doubled; its test suite says 12"},
  {TL_T_SYN_R2, 75 * S, "net.inet.tcp.keepinit; its test suite"},
  {TL_T_SYN_R2_ON_TIME, 1, "its test suite: keepinit"},
  {TL_T_USER_TIMEOUT, 0, "it has none"},
  {TL_T_KEEPALIVE, 1, "net.inet.tcp.always_keepalive"},
  {TL_T_KEEPALIVE_COUNT, 8, "net.inet.tcp.keepcnt"},
  {TL_T_FIN_WAIT_2_TIMEOUT, 60 * S, "net.inet.tcp.finwait2_timeout"},
  {TL_T_ECN, 2, "net.inet.tcp.ecn.enable; its test suite"},
  {TL_T_FIN_WITH_ACK, 1, "its test suite: a simultaneous close"},
  {TL_T_DSACK_AT_ONCE, 1, "its test suite"},
  {TL_T_LISTEN_SYN_ACK, 0, "its test suite"},
  {TL_T_FIN_ON_SYN, 0, "its test suite: of a crossing SYN"},
  {TL_T_ECN_CROSSING, 1, "its test suite"},
  {TL_T_ICMP_ENDS, TL_ICMP_REFUSALS_END, "net.inet.tcp.icmp_may_rst; its test suite"},
  {TL_T_CONGESTION, TL_CONTROL_CUBIC, "net.inet.tcp.cc.algorithm"},
  {TL_T_REUSE_ADDRESS, 0, "SO_REUSEADDR is off by default"},
  {TL_T_HALF_OPEN, 15360, "net.inet.tcp.syncache.cachelimit"},
  {TL_T_HALF_OPEN_OVERFLOW, TL_DROP_OLDEST, "RFC 4987 3.4, of its SYN cache"},
  {TL_T_SYN_COOKIE_LIFE, 15 * S, "not measured"},
  {TL_T_SYN_ACK_RETRIES, 3, "net.inet.tcp.syncache.rexmtlimit"},
  {TL_T_SYN_DATA, 0, "not measured"},
  {TL_T_RFC1337, 1, "net.inet.tcp.nolocaltimewait; not measured"},
  {TL_T_TIME_WAIT_CHECK, TL_TIME_WAIT_ANSWERS, "its test suite"},
  {TL_T_CHALLENGE_LIMIT, 5, "net.inet.tcp.ack_war_cnt"},
  {TL_T_CHALLENGE_INTERVAL, 1 * S, "net.inet.tcp.ack_war_timewindow"},
  {TL_T_RESET_LIMIT, 200, "net.inet.icmp.icmplim"},
  {TL_T_SYN_OPTIONS, TL_SYN_OPTIONS_FREEBSD, "its test suite"},
};
/* clang-format on */

const tl_sheet tl_sheet_freebsd = {"freebsd", "FreeBSD 14 out of the box, as its manual and its own test suite say.",
                                   TL_PROFILE_RFC9293, TL_DIFFERENCES(differences)};
