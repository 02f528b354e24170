/* SPDX-License-Identifier: MIT */
#include "profile.h"

#include <stddef.h>

const tl_sheet tl_sheet_linux_7_2 = {"linux-7.2", "Linux 7.2 out of the box; measured: 7.2.13 and 7.3-rc7.",
                                     TL_PROFILE_LINUX_6_18, 0, NULL};
