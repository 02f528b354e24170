/* SPDX-License-Identifier: MIT */
#include "profile.h"

/* clang-format off */
static const tl_difference differences[] = {
  {TL_T_TEXT_BEYOND_WINDOW, TL_TEXT_REFUSED, "measured, 6.18: an ACK alone answers it"},
  {TL_T_RECEIVE_BUFFER_MAX, 33554432, "tcp_rmem, 6.18 to 7.3"},
  {TL_T_UNSENT_ACK_CHALLENGE, 1, "measured, 6.18 to 7.3"},
  {TL_T_HALF_OPEN_RESET, 0, "measured: a challenge ACK"},
};
/* clang-format on */

const tl_sheet tl_sheet_linux_6_18 = {"linux-6.18", "Linux 6.18 out of the box; measured: 6.18.44.",
                                      TL_PROFILE_LINUX_6_12, TL_DIFFERENCES(differences)};
