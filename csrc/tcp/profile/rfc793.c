/* SPDX-License-Identifier: MIT */
#include "../record/spans.h"
#include "profile.h"

/* clang-format off */
static const tl_difference differences[] = {
  {TL_T_SEND_BUFFER, 65535, "RFC 793 3.1: no larger window can be told"},
  {TL_T_RECEIVE_BUFFER, 65535, "RFC 793 3.1: no larger window can be told"},
  {TL_T_TIME_WAIT_REOPEN, 0, "MAY-2 is of RFC 1122"},
  {TL_T_ISN, TL_ISN_CLOCK, "RFC 793 3.3"},
  {TL_T_PORT_SELECTION, TL_PORT_SEQUENTIAL, "RFC 6056 2.1: the habit then"},
  {TL_T_PORT_LOW, 1024, "RFC 6056 2.1: the habit then"},
  {TL_T_PORT_HIGH, 5000, "RFC 6056 2.1: the habit then"},
  {TL_T_RTO_INITIAL, 3 * S, "RFC 1122 4.2.3.1"},
  {TL_T_R2, FOR_EVER, "R2 is of RFC 1122; the user timeout ends it"},
  {TL_T_SYN_R2, FOR_EVER, "R2 is of RFC 1122; the user timeout ends it"},
  {TL_T_DELAYED_ACK, 0, "delayed ACKs are of RFC 813, 1982"},
  {TL_T_NODELAY, 1, "the Nagle algorithm is of RFC 896, 1984"},
  {TL_T_INITIAL_WINDOW, 1000, "congestion control is of 1988"},
  {TL_T_SLOW_START_AFTER_IDLE, 0, "congestion control is of 1988"},
  {TL_T_PMTUD, 0, "RFC 1191 is of 1990"},
  {TL_T_WINDOW_SCALING, 0, "RFC 1072 is of 1988"},
  {TL_T_TIMESTAMPS, 0, "RFC 1323 is of 1992"},
  {TL_T_SACK, 0, "RFC 2018 is of 1996"},
  {TL_T_TOLERATE_MISSING_TIMESTAMPS, 1, "RFC 793 knows none"},
  {TL_T_SYN_COOKIES, TL_COOKIES_NEVER, "they are of 1996"},
  {TL_T_SYN_ACK_RETRIES, 255, "RFC 793 3.8: until the user timeout"},
  {TL_T_RFC5961, 0, "RFC 5961 is of 2010"},
  {TL_T_CHALLENGE_STACK_LIMIT, 0, "RFC 5961 is of 2010"},
  {TL_T_TTL, 60, "RFC 793 3.9: one minute"},
};
/* clang-format on */

const tl_sheet tl_sheet_rfc793 = {"rfc793", "TCP as it was in 1981.", TL_PROFILE_RFC9293, TL_DIFFERENCES(differences)};
