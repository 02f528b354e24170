/* SPDX-License-Identifier: MIT */
#include "profile.h"

/* clang-format off */
static const tl_difference differences[] = {
  {TL_T_PATH_MTU_ANNOUNCED, 0, "measured, 7.2 and 7.3: the MSS of the link"},
};
/* clang-format on */

const tl_sheet tl_sheet_linux_7_2 = {"linux-7.2", "Linux 7.2 out of the box; measured: 7.2.13 and 7.3-rc7.",
                                     TL_PROFILE_LINUX_6_18, TL_DIFFERENCES(differences)};
