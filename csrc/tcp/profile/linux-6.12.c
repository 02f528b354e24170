/* SPDX-License-Identifier: MIT */
#include "profile.h"

/* clang-format off */
static const tl_difference differences[] = {
  {TL_T_TIME_WAIT_ISN, TL_TIME_WAIT_ISN_OFFSET, "measured, 6.12 to 7.3"},
  {TL_T_SYN_LINEAR_TIMEOUTS, 4, "tcp_syn_linear_timeouts; measured, 6.12 to 7.3"},
  {TL_T_PAWS_BEFORE_SYN, 0, "measured, 6.12 to 7.3: a challenge ACK"},
  {TL_T_HALF_OPEN_RESET, 1, "measured: 6.12.95, which has not the mending yet"},
  {TL_T_BUFFER_SHARE, 160, "measured, 6.12 to 7.3: a window up to 80512 or 80896"},
  {TL_T_RECEIVE_BUFFER, 81920, "160 of 256 parts of tcp_rmem's 131072; measured, 6.12 to 7.3: a window up to 80512 or 80896"},
  {TL_T_UNREAD_WEIGHT, 65174, "measured, 6.12 to 7.3: a full segment counts as 1440 bytes"},
};
/* clang-format on */

const tl_sheet tl_sheet_linux_6_12 = {"linux-6.12", "Linux 6.12 out of the box; measured: 6.12.95.",
                                      TL_PROFILE_LINUX_6_1, TL_DIFFERENCES(differences)};
