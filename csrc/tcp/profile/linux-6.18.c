/* SPDX-License-Identifier: MIT */
#include "profile.h"

#include <stddef.h>

const tl_sheet tl_sheet_linux_6_18 = {"linux-6.18", "Linux 6.18 out of the box; measured: 6.18.44.",
                                      TL_PROFILE_LINUX_6_12, 0, NULL};
