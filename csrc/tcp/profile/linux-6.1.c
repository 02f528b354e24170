/* SPDX-License-Identifier: MIT */
#include "profile.h"

#include <stddef.h>

const tl_sheet tl_sheet_linux_6_1 = {"linux-6.1", "Linux 6.1 out of the box; measured: 6.1.192.", TL_PROFILE_LINUX_5_10,
                                     0, NULL};
