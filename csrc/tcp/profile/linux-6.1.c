/* SPDX-License-Identifier: MIT */
#include "profile.h"

/* clang-format off */
static const tl_difference differences[] = {
  {TL_T_HALF_OPEN_BACKLOG, TL_HALF_OPEN_SPARE, "measured, 6.1 to 7.3: 6 of listen(5)"},
  {TL_T_HALF_OPEN_RESET, 0, "measured: a challenge ACK"},
  {TL_T_STAMP_PORTS, 1, "measured, 6.1.192, 6.12.117 and 6.18"},
  {TL_T_CROSSING_SYN_ACK, 1, "measured, 6.1 to 7.3"},
  {TL_T_CHALLENGE_STACK_LIMIT, 0, "measured, 6.1 to 7.3: 1800 of 1800; tcp_challenge_ack_limit"},
};
/* clang-format on */

const tl_sheet tl_sheet_linux_6_1 = {"linux-6.1", "Linux 6.1 out of the box; measured: 6.1.192.", TL_PROFILE_LINUX_5_10,
                                     TL_DIFFERENCES(differences)};
